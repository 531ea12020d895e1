"""The demo for those that measure it: made once a run in a folder of its own, served, and visited by who signs in."""

import atexit
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from scripts.serve_wheel import free_port
from web.app import create_app
from web.clock import TODAY, morning_of
from web.demo.cast import DOMAIN, PASSWORD
from web.settings import read

DAY = date(2026, 3, 2)
ROADMAP = Path(sys.executable).with_name("roadmap")
PATIENCE = 60.0  # seconds for the server to answer the first time
OK, FOUND = 200, 302
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Made:
    """A demo's folder, and the seconds that it took to make."""

    folder: Path
    seconds: float


@cache
def made() -> Made:
    """The demo from nothing, by its own command; removed when the program ends."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    begun = time.perf_counter()
    command = [str(ROADMAP), "demo", "--no-serve", "--today", DAY.isoformat(), "--format", "json"]
    subprocess.run(command, env=environment(folder), check=True, capture_output=True)
    return Made(folder, time.perf_counter() - begun)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a command that works in a demo's folder, on the demo's day."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROADMAP_")}
    return kept | {"ROADMAP_DATA_DIR": str(folder), TODAY: DAY.isoformat()}


def application(folder: Path) -> Flask:
    """The application on a demo's data, in this process; it is ten past nine of the demo's day."""
    now = morning_of(DAY)
    return create_app(read({"ROADMAP_DATA_DIR": str(folder)}), lambda: now)


def signed_in(app: Flask, key: str) -> FlaskClient:
    """A browser without scripts, signed in as one of the demo's people.

    Raises:
        RuntimeError: the door stays shut.
    """
    client = app.test_client()
    answer = client.post("/sign-in", data=_credentials(client.get("/sign-in").text, key))
    if answer.status_code != FOUND:
        raise RuntimeError(f"{key} can't sign in: {answer.status_code}")
    return client


def _credentials(page: str, key: str) -> dict[str, str]:
    found = _TOKEN.search(page)
    return {"csrf_token": found[1] if found else "", "email": f"{key}@{DOMAIN}", "password": PASSWORD, "next": ""}


@dataclass
class Browser:
    """One kept connection to a server, with cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare the connection."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Send a request; returns the status and the page."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        answer = self._send(method, path, body, headers)
        page = answer.read().decode(errors="replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return answer.status, page

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Send; once more when the server has closed a connection that nobody used for a while."""
        try:
            self.connection.request(method, path, body, headers)
            return self.connection.getresponse()
        except http.client.RemoteDisconnected:
            self.connection.close()
            self.connection.request(method, path, body, headers)
            return self.connection.getresponse()

    def sign_in(self, key: str) -> None:
        """Sign in as one of the demo's people.

        Raises:
            RuntimeError: the door stays shut.
        """
        status, _page = self.ask("POST", "/sign-in", _credentials(self.ask("GET", "/sign-in")[1], key))
        if status != FOUND:
            raise RuntimeError(f"{key} can't sign in: {status}")


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, its process, and the seconds until it first answered."""

    port: int
    process: int
    seconds: float

    def browsers(self, people: Iterable[str]) -> dict[str, Browser]:
        """A browser for each of these people, signed in."""
        found = {key: Browser(self.port) for key in people}
        for key, browser in found.items():
            browser.sign_in(key)
        return found


@contextmanager
def serving(folder: Path, *command: str) -> Iterator[Server]:
    """Run `roadmap serve`, or another command that serves, on a free port until the block ends.

    Raises:
        RuntimeError: it ended by itself, or does not answer in time.
    """
    port = free_port()
    words = [str(ROADMAP), *(command or ("serve",)), "--port", str(port)]
    begun = time.perf_counter()
    server = subprocess.Popen(words, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if server.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise RuntimeError(f"{' '.join(words)} does not answer.")
            time.sleep(0.02)
        yield Server(port, server.pid, time.perf_counter() - begun)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _answers(port: int) -> bool:
    probe = Browser(port)
    try:
        return probe.ask("GET", "/healthz")[0] == OK
    except OSError:
        return False
    finally:
        probe.connection.close()
