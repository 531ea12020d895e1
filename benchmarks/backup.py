"""A backup of a database of 500 MB while eight clients write: how long it takes, and the slowest request meanwhile.

Run: python -m benchmarks.backup [MEGABYTES]
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import text

from benchmarks import crash
from benchmarks.harness import Figure, percentile, run
from infra.database import db
from scripts.serve_wheel import free_port

MEGABYTES = 500
CLIENTS = crash.CLIENTS
SPARE = 5
"""How many times the size has to be free: the database, its log, a backup, and what comes back aside."""
COMMAND = "from web import cli; import sys; sys.argv = ['roadmap', *sys.argv[1:]]; cli.main()"
_MB = 1_000_000
_FIRST = (
    "INSERT INTO job_run (job, started_at, milliseconds, result, error) "
    "VALUES ('job', '2026-01-01 00:00:00.000000', 1, :said, '')"
)
_AGAIN = (
    "INSERT INTO job_run (job, started_at, milliseconds, result, error) SELECT 'job ' || (id % 50), started_at, "
    "id % 999, substr(result, 1, 300) || hex(randomblob(90)), error FROM job_run LIMIT :most"
)


class Patient(crash.Writer):
    """A writer that measures how long each answer takes."""

    def _try(self, port: int, words: str) -> int:
        begun = time.perf_counter()
        status = super()._try(port, words)
        self.took.append((begun, 1000 * (time.perf_counter() - begun)))
        return status

    took: list[tuple[float, float]]


def main() -> list[Figure]:
    """Seconds, size and slowest request; then a drill. Without enough free disk there are no figures."""
    wanted = int(sys.argv[1]) if sys.argv[1:] else MEGABYTES
    with tempfile.TemporaryDirectory(prefix="backup-") as folder:
        if shutil.disk_usage(folder).free < SPARE * wanted * _MB:
            raise RuntimeError(f"{SPARE * wanted} MB have to be free for this.")
        environ = crash.environment(Path(folder), "")
        writers = [_patient(writer) for writer in crash.plant(environ, [free_port()])]
        _grow(environ, wanted)
        return _measure(environ, Path(folder), writers)


def _patient(writer: crash.Writer) -> Patient:
    made = Patient(writer.name, writer.ports, writer.address, writer.cookie, writer.token)
    made.took = []
    return made


def _measure(environ: Mapping[str, str], folder: Path, writers: list[Patient]) -> list[Figure]:
    server, stop = crash.Program(crash.SERVE, environ, writers[0].ports[0]), threading.Event()
    server.start()
    threads = [threading.Thread(target=writer.write, args=(stop,)) for writer in writers]
    try:
        for thread in threads:
            thread.start()
        time.sleep(5)
        begun = time.perf_counter()
        made = _command(environ, "backup", "--format", "json")
        ended = time.perf_counter()
        time.sleep(1)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
        server.kill()
    drill = time.perf_counter()
    passed = _command(environ, "drill", "--format", "json")["passed"]
    drill = time.perf_counter() - drill
    took = [(at, wait) for writer in writers for at, wait in writer.took]
    during, before = ([wait for at, wait in took if begun <= at <= ended], [wait for at, wait in took if at < begun])
    refused = sum(count for writer in writers for status, count in writer.statuses.items() if status != crash.CREATED)
    size = (folder / "launch90.db").stat().st_size / _MB
    return [
        Figure("database", size, "MB"),
        Figure(f"backup while {CLIENTS} clients write, verified (wall)", ended - begun, "s"),
        Figure("its size", int(str(made["size"])) / _MB, "MB"),
        Figure("writes answered meanwhile", len(during) / (ended - begun), "writes/s"),
        Figure("a write before (wall, median)", percentile(before, 50), "ms"),
        Figure("a write meanwhile (wall, median)", percentile(during, 50), "ms"),
        Figure("slowest request meanwhile (wall)", max(during), "ms"),
        Figure("writes refused", refused, "writes", 0),
        Figure("drill with it, passed" if passed else "drill with it, FAILED", drill, "s"),
    ]


def _grow(environ: Mapping[str, str], megabytes: int) -> None:
    """Fill the table of job runs, by doubling, until the database is as large as wanted."""
    first, again = text(_FIRST), text(_AGAIN)
    with crash.application(environ):
        db.session.execute(first, {"said": "Lorem ipsum dolor sit amet, consetetur. " * 12})
        while (left := megabytes * _MB - 4096 * (db.session.scalar(text("PRAGMA page_count")) or 0)) > 0:
            db.session.execute(again, {"most": min(100_000, 1 + left // 560)})
            db.session.commit()


def _command(environ: Mapping[str, str], *words: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *words], env=environ, check=True, capture_output=True, text=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    run(main)
