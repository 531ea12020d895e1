"""A tick through a real server: alone, and by eight clients at once on the same list, audited and durable.

Run: python -m benchmarks.tick
"""

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from accounts.access import service as access
from accounts.people import service as people
from accounts.people.rules import PersonData
from accounts.signin import service as signin
from accounts.signin.queries import TOKEN
from accounts.tries.rules import Visit
from benchmarks.harness import Figure, percentile, run, timings
from checklists import queries, seed
from infra.database import db
from infra.transaction import transaction
from kernel.actor import INSTANCE, SYSTEM, project_scope
from roadmap.projects import service as projects
from web.app import create_app
from web.database import ensure_schema
from web.settings import read

CLIENTS = 8
EACH = 60
ALONE = 100
START_LIMIT = 30
SECRET = "x" * 40
SERVE = "import sys; from web.serving import run; run('127.0.0.1', int(sys.argv[1]), scheduler=False)"


@dataclass(frozen=True)
class World:
    """Where the server is, what can be ticked, and the session of each client."""

    port: int
    project: int
    checklist: int
    items: list[int]
    cookies: list[str]


class Client:
    """A browser that keeps its connection, and ticks."""

    def __init__(self, world: World, cookie: str) -> None:
        """Open the list once, for the token that its forms carry."""
        self._world = world
        self._connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=30)
        self._headers = {"Cookie": cookie, "Accept": "application/json", "Connection": "keep-alive"}
        page = self._ask("GET", f"/projects/{world.project}/checklists/{world.checklist}", "")[1]
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if found is None:
            raise RuntimeError("The list's page holds no form.")
        self._token = found[1]
        self._headers["Content-Type"] = "application/x-www-form-urlencoded"

    def tick(self, item: int) -> int:
        """Tick an item; the status of the answer."""
        body = urlencode({"csrf_token": self._token, "done": "1", "version": ""})
        return self._ask("POST", f"/projects/{self._world.project}/checklists/items/{item}/tick", body)[0]

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str]:
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        cookie = SimpleCookie(answer.headers.get("Set-Cookie", ""))
        if cookie:
            self._headers["Cookie"] = "; ".join(f"{name}={each.value}" for name, each in cookie.items())
        return answer.status, answer.read().decode()


def main() -> list[Figure]:
    """Ticks one after another, then by all clients at once; and whether any was lost."""
    with tempfile.TemporaryDirectory() as folder:
        world = plant(Path(folder))
        with served(Path(folder), world.port):
            alone = tick_alone(world)
            rate, failed = tick_together(world)
        lost = len(world.items) - ticked(Path(folder), world)
    spread = percentile(alone, 75) - percentile(alone, 25)
    return [
        Figure("tick alone (wall, p95)", percentile(alone, 95), "ms", 25, spread=spread),
        Figure(f"ticks by {CLIENTS} clients on one list", rate, "ticks/s", 300, better="higher"),
        Figure("ticks refused", failed, "ticks", 0),
        Figure("ticks acknowledged and lost", lost - failed, "ticks", 0),
    ]


def tick_alone(world: World) -> list[float]:
    """Milliseconds of each tick by one client."""
    client, waiting = Client(world, world.cookies[0]), iter(world.items[:ALONE])
    return timings(lambda: client.tick(next(waiting)), ALONE - 5, warm_up=5)


def tick_together(world: World) -> tuple[float, int]:
    """Ticks a second by all clients at once, and how many were refused."""
    clients = [Client(world, cookie) for cookie in world.cookies]
    shares = [world.items[ALONE + at :: CLIENTS] for at in range(CLIENTS)]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda client, share: statuses.extend(client.tick(item) for item in share), args=pair)
        for pair in zip(clients, shares, strict=True)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = sum(map(len, shares))
    good = sum(status == http.client.OK for status in statuses)
    return wanted / (time.perf_counter() - begun), wanted - good


def plant(folder: Path) -> World:
    """A project with one long list, and a session for each client."""
    now = datetime.now(UTC)
    app = _app(folder)
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    with app.app_context():
        project = projects.create_empty("Benchmark", date(2026, 1, 5), actor=SYSTEM, now=now)
        count = ALONE + CLIENTS * EACH
        lines = tuple(seed.ItemSeed(f"i{n}", f"Item {n}", "", "", True, None, None) for n in range(count))
        wanted = seed.ListSeed("long", "Long", "", None, None, "", None, (seed.SectionSeed("All", lines),))
        with transaction(SYSTEM, "checklist.added") as work:
            made = seed.plant(project, [wanted], {}, {}, {}, work)["long"]
        cookies = []
        for n in range(CLIENTS):
            person = people.add_person(PersonData(f"Person {n}", f"p{n}@example.org"), now=now, actor=SYSTEM)
            access.grant_role(person, "person", INSTANCE, actor=SYSTEM)
            access.grant_role(person, "member", project_scope(project), actor=SYSTEM)
            visit = Visit("127.0.0.1", "benchmark", now)
            token = signin.open_session(person, stays=False, visit=visit)
            cookies.append(f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({TOKEN: token})}")
        items = [item.id for section in queries.sections(project, made) for item in section.items]
        db.session.remove()
        db.engine.dispose()
    return World(_free_port(), project, made, items, cookies)


def ticked(folder: Path, world: World) -> int:
    """How many items are ticked in the database."""
    with _app(folder).app_context():
        done = queries.lists(world.project, datetime.now(UTC).date())[0].progress.done
        db.session.remove()
        db.engine.dispose()
    return done


@contextmanager
def served(folder: Path, port: int) -> Iterator[None]:
    """The product on a port of this machine, with one worker."""
    environ = {**os.environ, "ROADMAP_DATA_DIR": str(folder), "ROADMAP_SECRET_KEY": SECRET}
    command = [sys.executable, "-c", SERVE, str(port)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port, server)
            yield
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _app(folder: Path) -> Flask:
    app = create_app(read({"ROADMAP_DATA_DIR": str(folder), "ROADMAP_SECRET_KEY": SECRET}))
    with app.app_context():
        ensure_schema()
    return app


if __name__ == "__main__":
    run(main)
