"""The demo, played once for all test processes of a run."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from infra.database import db
from tests.web.demo.facts import Facts
from web.app import create_app
from web.clock import morning_of
from web.demo import command
from web.demo.digest import digest
from web.settings import Settings, read

DAY = date(2026, 2, 18)
UNTOUCHED = "first.digest"


def settings_in(folder: Path) -> Settings:
    """The settings of a demo whose data lie in a folder."""
    return read({"ROADMAP_DATA_DIR": str(folder), "ROADMAP_SECRET_KEY": "x" * 40})


def make_demo(folder: Path, day: date = DAY) -> Path:
    """Play the demo into a folder, unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    command._prepare(settings_in(folder), day, fresh=False)
    return folder


def digest_of(folder: Path, day: date = DAY) -> str:
    """The digest of the demo in a folder."""
    app = create_app(settings_in(folder), lambda: morning_of(day))
    with app.app_context():
        try:
            return digest()
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the demo: whoever comes first plays it, the others wait. To be read only."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = make_demo(shared / "demo")
        kept = folder / UNTOUCHED
        if not kept.exists():
            kept.write_text(digest_of(folder), encoding="ascii")
        return folder


@pytest.fixture
def first_digest(demo_folder: Path) -> str:
    """The digest of the shared demo as it was made: whoever opens its pages leaves traces of use in it."""
    return (demo_folder / UNTOUCHED).read_text(encoding="ascii")


@pytest.fixture(scope="session")
def open_demo() -> Callable[[Path], Flask]:
    """A function that starts the application on a demo's folder, on the morning that it was made for."""

    def start(folder: Path, day: date = DAY) -> Flask:
        app = create_app(settings_in(folder), lambda: morning_of(day))
        app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
        return app

    return start


@pytest.fixture(scope="session")
def reading(demo_folder: Path, open_demo: Callable[[Path], Flask]) -> Iterator[Flask]:
    """The application on the shared demo, made once a process: to make one took longer than most tests that read."""
    app = open_demo(demo_folder)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def demo(reading: Flask) -> Iterator[Flask]:
    """The demo, for tests that only read."""
    with reading.app_context(), reading.test_request_context():
        yield reading
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def told(reading: Flask) -> dict[str, list[str]]:
    """Every table of docs/demo.md as it is so, read once a process."""
    with reading.app_context(), reading.test_request_context():
        try:
            return Facts(DAY).sections()
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def own_demo(demo_folder: Path, open_demo: Callable[[Path], Flask], tmp_path: Path) -> Iterator[Flask]:
    """A copy of the demo, for tests that write."""
    folder = tmp_path / "demo"
    shutil.copytree(demo_folder, folder)
    app = open_demo(folder)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def visited_demo(
    demo_folder: Path, open_demo: Callable[[Path], Flask], tmp_path_factory: pytest.TempPathFactory
) -> Flask:
    """A copy of the demo that people come to: whoever uses it leaves what every visit leaves, and nothing else."""
    folder = tmp_path_factory.mktemp("visited") / "demo"
    shutil.copytree(demo_folder, folder)
    return open_demo(folder)
