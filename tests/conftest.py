"""What all tests share: which fixtures there are, no network, and how random tests behave."""

import gc
import os
import socket
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    name
    for name in ("tests.fixtures.postgres", "tests.fixtures.browser", "tests.fixtures.app", "tests.fixtures.rolled_out")
    if find_spec(name) is not None
]

settings.register_profile("people", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("people"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "people")

gc.disable()  # while tests are collected: everything that is imported stays


def pytest_collection_finish() -> None:
    """Leave what was imported to itself: to look for garbage in all of it took a second and more, again and again."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 10, 20)


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """A test that would reach another machine fails instead."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"A test tried to connect to {address[0]}: tests use this machine only.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield
