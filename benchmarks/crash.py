"""What survives `kill -9`: eight clients write, the server is killed at random moments, and every answer is held to.

A comment whose answer came back is a promise. After all kills each promised comment is looked for, and the audit trail
is walked. On PostgreSQL two servers and a scheduler run, and the database itself is restarted under them as well;
servers are then not restarted: they have to find back by themselves.

Run: python -m benchmarks.crash [KILLS]
"""

import http.client
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from accounts.signin import service as signin
from accounts.signin.queries import TOKEN
from accounts.tries.rules import Visit
from benchmarks.harness import Figure, run
from infra.audit.models import AuditEntry
from infra.audit.queries import verify
from infra.audit.sealing import seal
from infra.comments.models import Comment
from infra.database import db
from scripts.serve_wheel import free_port
from scripts.system_tools import find_postgres
from tests import factories
from tests.fixtures.postgres import Cluster
from web.app import create_app
from web.database import ensure_schema
from web.settings import read

KILLS, CLIENTS, SEED = 100, 8, 4711
SECRET = "x" * 40
SERVE = "import sys; from web.serving import run; run('127.0.0.1', int(sys.argv[1]), scheduler=False)"
SCHEDULE = "from web import cli; import sys; sys.argv = ['roadmap', 'scheduler']; cli.main()"
SAFE = "-c fsync=on -c synchronous_commit=on -c listen_addresses= -c max_connections=80"
"""PostgreSQL as people run it: a commit is on the disk before it is answered."""
PATIENCE = 60.0
CREATED, _UNAVAILABLE = 303, 503


@dataclass
class Outcome:
    """What a trial found. ``statuses`` counts answers, 0 for none; ``outage`` is the longest, in seconds."""

    kills: int
    acknowledged: int
    lost: int
    sound: bool
    statuses: Mapping[int, int]
    outage: float
    unsealed: int = 0

    @property
    def strange(self) -> int:
        """Answers that were neither a success nor "try again in a moment"."""
        return sum(count for status, count in self.statuses.items() if status not in (0, CREATED, _UNAVAILABLE))


@dataclass
class Writer:
    """A browser that comments without end, and remembers which comments were acknowledged."""

    name: str
    ports: Sequence[int]
    address: str
    cookie: str
    token: str
    promised: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def write(self, stop: threading.Event) -> None:
        """Comment, at any server, until told to stop."""
        number = 0
        while not stop.is_set():
            number += 1
            text = f"{self.name}-{number}"
            status = self._try(self.ports[number % len(self.ports)], text)
            self.statuses[status] += 1
            if status == CREATED:
                self.promised.append(text)
            else:
                stop.wait(0.05)

    def _try(self, port: int, text: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", self.address, urlencode({"csrf_token": self.token, "text": text}), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


@dataclass
class Program:
    """A process that is killed and started again."""

    code: str
    environ: Mapping[str, str]
    port: int | None = None
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it; returns when it listens, if it does that."""
        words = [sys.executable, "-c", self.code, str(self.port or "")]
        self.process = subprocess.Popen(
            words, env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        limit = time.monotonic() + PATIENCE
        while self.port and not _answers(self.port):
            if time.monotonic() > limit or self.process.poll() is not None:
                raise RuntimeError("The server did not come back.")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it and its children at once, without a chance to put anything in order."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
            self.process = None


def on_sqlite(kills: int, seed: int = SEED) -> Outcome:
    """One server with its timetable inside, killed again and again."""
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        environ = environment(Path(folder), "")
        writers = plant(environ, [free_port()])
        server = Program(SERVE, environ, writers[0].ports[0])
        return _trial(environ, writers, [server], [server], kills, seed)


def on_postgres(kills: int, seed: int = SEED) -> Outcome:
    """Two servers and two schedulers, of which one acts; killed in turn, and PostgreSQL restarted under them."""
    programs = find_postgres()
    if programs is None:
        raise RuntimeError("PostgreSQL's programs are not installed.")
    with _folders() as (folder, data):
        cluster = Cluster(programs, folder, SAFE)
        cluster.start()
        try:
            environ = environment(data, cluster.url("postgres"))
            writers = plant(environ, [free_port(), free_port()])
            servers = [Program(SERVE, environ, port) for port in writers[0].ports]
            schedulers = [Program(SCHEDULE, environ), Program(SCHEDULE, environ)]
            victims = [each for pair in zip(servers, schedulers, strict=True) for each in (*pair, Database(cluster))]
            return _trial(environ, writers, [*servers, *schedulers], victims, kills, seed)
        finally:
            cluster.stop()


@dataclass
class Database:
    """PostgreSQL, which is stopped without a checkpoint and started again; nothing else is restarted with it."""

    cluster: Cluster

    def kill(self) -> None:
        """Stop at once."""
        self.cluster.stop()

    def start(self) -> None:
        """Start on what is on the disk."""
        self.cluster.go()


def _trial(
    environ: Mapping[str, str],
    writers: Sequence[Writer],
    programs: Sequence[Program],
    victims: Sequence[Program | Database],
    kills: int,
    seed: int,
) -> Outcome:
    chance = random.Random(seed)  # noqa: S311  # the same moments each time
    stop, longest = threading.Event(), 0.0
    threads = [threading.Thread(target=writer.write, args=(stop,)) for writer in writers]
    try:
        for program in programs:
            program.start()
        for thread in threads:
            thread.start()
        for number in range(kills):
            time.sleep(chance.uniform(0.1, 1.2))
            begun = time.perf_counter()
            victim = victims[number % len(victims)]
            victim.kill()
            victim.start()
            _until_written(writers)
            longest = max(longest, time.perf_counter() - begun)
        time.sleep(0.5)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
        unsealed = _unsealed(environ)
        for program in programs:
            program.kill()
    return _judge(environ, writers, kills, longest, unsealed)


def _until_written(writers: Sequence[Writer]) -> None:
    """Wait until somebody's comment is acknowledged again."""
    before, limit = sum(len(writer.promised) for writer in writers), time.monotonic() + PATIENCE
    while sum(len(writer.promised) for writer in writers) == before:
        if time.monotonic() > limit:
            raise RuntimeError("Nothing could be written any more.")
        time.sleep(0.02)


def _judge(environ: Mapping[str, str], writers: Sequence[Writer], kills: int, longest: float, unsealed: int) -> Outcome:
    promised = {text for writer in writers for text in writer.promised}
    statuses: Counter[int] = sum((writer.statuses for writer in writers), Counter())
    with application(environ):
        there = set(db.session.scalars(select(Comment.text)))
        seal()
        found = verify()
    return Outcome(kills, len(promised), len(promised - there), found.sound, statuses, longest, unsealed)


def _unsealed(environ: Mapping[str, str]) -> int:
    """How many entries wait for their seal a while after the last write: the scheduler is at work or it is not."""
    limit, left = time.monotonic() + 20, 1
    waiting = select(func.count()).select_from(AuditEntry).where(AuditEntry.sequence.is_(None))
    with application(environ):
        while left and time.monotonic() < limit:
            left = db.session.scalar(waiting) or 0
            db.session.rollback()
            time.sleep(0.2)
    return left


def plant(environ: Mapping[str, str], ports: Sequence[int]) -> list[Writer]:
    """A task that everybody comments on, and a session for each writer."""
    writers = []
    with application(environ) as app:
        ensure_schema()
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        project = factories.project("Crash")
        task = factories.task(project, "Everybody comments here")
        for number in range(CLIENTS):
            person = factories.person(f"Writer {number}", projects={project: "member"})
            assert person.id is not None
            visit = Visit("127.0.0.1", "benchmark", datetime.now(UTC))
            session = {TOKEN: signin.open_session(person.id, stays=False, visit=visit), "csrf_token": f"{number:040}"}
            token = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(session["csrf_token"])
            cookie = f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(session)}"
            writers.append(Writer(f"w{number}", ports, f"/comments/task/{task}", cookie, str(token)))
    return writers


@contextmanager
def application(environ: Mapping[str, str]) -> Iterator[Flask]:
    """The application in this process, on the trial's database."""
    with create_app(read(environ)).app_context():
        yield current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # outlives no context
        db.session.remove()
        db.engine.dispose()


def environment(folder: Path, url: str) -> dict[str, str]:
    """What the programs of a trial get to know."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROADMAP_")}
    own = {"ROADMAP_DATA_DIR": str(folder), "ROADMAP_SECRET_KEY": SECRET, "ROADMAP_DATABASE_URL": url}
    return kept | own


@contextmanager
def _folders() -> Iterator[tuple[Path, Path]]:
    """A short path that PostgreSQL's own user may enter, and one for the data."""
    with (
        tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp", ignore_cleanup_errors=True) as short,
        tempfile.TemporaryDirectory(prefix="crash-") as data,
    ):
        yield Path(short), Path(data)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> list[Figure]:
    """Both trials, as figures."""
    kills = int(sys.argv[1]) if sys.argv[1:] else KILLS
    return [*_figures("SQLite", on_sqlite(kills)), *_figures("PostgreSQL", on_postgres(kills))]


def _figures(name: str, found: Outcome) -> list[Figure]:
    return [
        Figure(f"{name}: kills under {CLIENTS} writers", found.kills, "kills"),
        Figure(f"{name}: writes acknowledged", found.acknowledged, "writes"),
        Figure(f"{name}: acknowledged and lost", found.lost, "writes", 0),
        Figure(f"{name}: audit chain verifies (1 is yes)", float(found.sound), "", 1, better="higher"),
        Figure(f"{name}: answers other than done or 503", found.strange, "answers", 0),
        Figure(f"{name}: entries left unsealed", found.unsealed, "entries", 0),
        Figure(f"{name}: longest time until writes go on", found.outage, "s"),
    ]


if __name__ == "__main__":
    run(main)
