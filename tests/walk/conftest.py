"""The demo, served as it is in real life, and who walks through it."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import demo
from web.commands import all_routes
from web.demo.cast import SIGN_INS

VISITORS = {"anonymous": None, **dict(SIGN_INS)}
"""Each role, and who of the demo holds it."""


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data, made once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "walked-demo"
    with (shared / "walked-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "demo.day").exists():
            words = [str(demo.ROADMAP), "demo", "--no-serve", "--today", demo.DAY.isoformat(), "--format", "json"]
            subprocess.run(words, env=demo.environment(folder), check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def server(demo_folder: Path) -> Iterator[demo.Server]:
    """The demo's server on a port of its own, at the demo's day."""
    with demo.serving(demo_folder) as running:
        yield running


@pytest.fixture(scope="session")
def answers(demo_folder: Path, server: demo.Server) -> dict[str, dict[str, SimpleNamespace]]:
    """What each role gets at each address that the application knows: by path, then by role, status and kind."""
    app = demo.application(demo_folder)
    with app.test_request_context():
        routes = [route for route in all_routes() if route.method == "GET"]
    found: dict[str, dict[str, SimpleNamespace]] = {route.path: {} for route in routes}
    for role, key in VISITORS.items():
        client = demo.signed_in(app, key) if key else app.test_client()
        for route in routes:
            with client.get(route.example, buffered=True) as answer:
                found[route.path][role] = SimpleNamespace(
                    address=route.example, status=answer.status_code, kind=answer.mimetype
                )
    return found


@pytest.fixture
def cookies(server: demo.Server):
    """A function from a role to the cookies of a session that it has opened, as a browser takes them."""

    def of(role: str) -> list[dict[str, str]]:
        browser = demo.Browser(server.port)
        if VISITORS[role]:
            browser.sign_in(VISITORS[role])
        browser.connection.close()
        return [
            {"name": name, "value": value, "url": f"http://127.0.0.1:{server.port}"}
            for name, value in browser.cookies.items()
        ]

    return of
