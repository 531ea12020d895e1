"""Making backups, holding drills, bringing a backup back, and keeping record of all three."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

import structlog
from sqlalchemy import select, update

from infra import migrate
from infra.backup import returning, writing
from infra.backup.aside import refuse_company
from infra.backup.events import Restored
from infra.backup.models import BackupRun, DrillRun
from infra.backup.queries import newest_file
from infra.backup.rules import Check, Made, Progress, Reason, State, file_name, silent, to_remove
from infra.backup.writing import Place, here
from infra.database import db
from infra.transaction import transaction
from infra.wires import wires
from kernel.actor import Actor
from kernel.errors import Conflict, NotFound, Problem

log = structlog.get_logger("launch90")
_TURN = Lock()
_BEAT = 2.0
"""Seconds between two signs of a backup under way."""
SILENT = timedelta(minutes=10)
"""A backup that gave no sign for so long was broken off with its process."""


def back_up(
    *, actor: Actor, now: datetime, reason: str = Reason.COMMAND, to: Path | None = None, progress: Progress = silent
) -> Made:
    """Make a backup at a path, or under a dated name in a folder (by default the backups' own). Raises Problem."""
    started = time.perf_counter()
    made = write_aside(here(), now, reason, to, progress)
    record(made, now, reason, writing.milliseconds_since(started), actor)
    return made


def write_aside(place: Place, now: datetime, reason: str, to: Path | None = None, progress: Progress = silent) -> Made:
    """Write a backup without recording it, as before an upgrade, when the tables for that may be missing."""
    path = to or place.folder
    if path == place.folder or path.is_dir():
        path = _free(path, reason, now, encrypted=place.key is not None)
    return writing.write(place, path, now, progress)


def _free(folder: Path, reason: str, now: datetime, *, encrypted: bool) -> Path:
    """A dated name that nothing has: two backups within a second get two names."""
    moment = now
    while (path := folder / file_name(reason, moment, encrypted=encrypted)).exists():
        moment += timedelta(seconds=1)
    return path


def record(made: Made, now: datetime, reason: str, milliseconds: int, actor: Actor) -> None:
    """Enter a backup that was made."""
    with transaction(actor, "backup.made", at=now) as work:
        run = BackupRun(reason=reason, asked_by=actor.name, started_at=now, beat_at=now)
        _fill(run, made, milliseconds)
        work.session.add(run)
        _note(work.note, made)


def ask(reason: str, *, actor: Actor, now: datetime) -> int:
    """Put a backup down for the timetable, which makes it within seconds; its number.

    Raises Conflict while one waits or runs.
    """
    with transaction(actor, "backup.asked") as work:
        _give_up_silent(now)
        work.session.flush()
        under_way = select(BackupRun.id).where(BackupRun.state.in_((State.WAITING, State.RUNNING)))
        if work.session.scalar(under_way.limit(1)) is not None:
            raise Conflict("backup.under_way", "A backup is under way already. It appears here when it is done.")
        run = BackupRun(reason=reason, asked_by=actor.name, started_at=now, beat_at=now)
        work.session.add(run)
        work.session.flush()
        work.note("backup.asked", subject=f"backup_run:{run.id}")
    return run.id


def make_waiting(actor: Actor, now: datetime) -> int:
    """Make the backups that were asked for; how many. Two callers at once never make the same one."""
    if not _TURN.acquire(blocking=False):
        return 0
    try:
        waiting = db.session.scalars(select(BackupRun.id).where(BackupRun.state == State.WAITING)).all()
        return sum(_make(number, actor, now) for number in waiting)
    finally:
        _TURN.release()


def make_daily(actor: Actor, now: datetime) -> str:
    """Make the backup of the day, then remove those that have had their time."""
    made = back_up(actor=actor, now=now, reason=Reason.DAILY)
    gone = prune(actor, now)
    return f"{Path(made.name).name}, {made.rows:,} rows, {gone} old ones removed"


def prune(actor: Actor, now: datetime) -> int:
    """Remove backups that have had their time, and what broken runs left; how many backups."""
    folder = here().folder
    if not folder.exists():
        return 0
    gone = to_remove((path.name for path in folder.iterdir()), now)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    writing.remove_parts(folder, now)
    if gone:
        with transaction(actor, "backup.pruned", at=now) as work:
            work.note("backup.pruned", label=", ".join(gone)[:300])
    return len(gone)


def drill(*, actor: Actor, now: datetime, file: Path | None = None, progress: Progress = silent) -> list[Check]:
    """Let the newest backup, or another, come back aside; record and return what was checked. Raises Problem."""
    place = here()
    path = file or newest_file(place.folder)
    if path is None:
        raise NotFound("There is no backup yet. Make one first: roadmap backup.")
    started = time.perf_counter()
    try:
        checks = returning.rehearse(place, path, f"launch90_drill_{now:%H%M%S}", progress)
    except Problem as problem:
        checks = [Check("readable", passed=False, said=problem.message)]
    _record_drill(path, checks, now, writing.milliseconds_since(started), actor)
    return checks


def hold_monthly_drill(actor: Actor, now: datetime) -> str:
    """The drill of the timetable; a failure fails the job, so that it is seen."""
    checks = drill(actor=actor, now=now)
    failed = [check.said for check in checks if not check.passed]
    if failed:
        raise Problem("backup.drill", "The drill failed: %(said)s", said=" ".join(failed))
    return " ".join(check.said for check in checks)


def restore(
    path: Path, *, actor: Actor, now: datetime, undo: bool = False, progress: Progress = silent
) -> tuple[list[Check], Made | None]:
    """Put a backup in the place of what is; what was is kept as a backup of its own. Gives the checks, and that one.

    ``undo`` leaves the schema as old as the backup is, for the older version of the product. Raises Problem; then
    nothing was changed.
    """
    place = here()
    found = returning.look(place, path)
    db.session.remove()
    refuse_company(place.engine)
    kept = write_aside(place, now, Reason.RESTORE) if migrate.current(place.engine) else None
    schema = found.header.schema if undo else returning.NEWEST
    checks = returning.replace(place, path, now, schema=schema, progress=progress)
    place.engine.dispose()
    if not undo:
        with transaction(actor, "backup.restored", at=now) as work:
            work.note(
                "backup.restored", label=path.name, made_at=found.header.made_at, kept=kept and Path(kept.name).name
            )
            work.emit(Restored(now))
    return checks, kept


def note_download(name: str, *, actor: Actor) -> None:
    """Enter that somebody took a backup out."""
    with transaction(actor, "backup.downloaded") as work:
        work.note("backup.downloaded", label=name)


def _make(number: int, actor: Actor, now: datetime) -> bool:
    if not _claim(number, actor, now):
        return False
    started, place = time.perf_counter(), here()
    run = db.session.get(BackupRun, number)
    assert run is not None
    reason, asked_by = run.reason, run.asked_by
    db.session.rollback()
    try:
        made = write_aside(place, now, reason, None, _beats(number, actor))
    except Problem as problem:
        said = problem.message
        _end(number, actor, lambda run: _fail(run, said))
        raise
    took = writing.milliseconds_since(started)
    with transaction(actor, "backup.made") as work:
        _fill(_run(number), made, took)
        work.note("backup.made", label=Path(made.name).name, rows=made.rows, files=made.files, asked_by=asked_by)
    return True


def _claim(number: int, actor: Actor, now: datetime) -> bool:
    with transaction(actor, "backup.begun") as work:
        mine = update(BackupRun).where(BackupRun.id == number, BackupRun.state == State.WAITING)
        done = work.session.execute(mine.values(state=State.RUNNING, started_at=now, beat_at=now))
    return bool(getattr(done, "rowcount", 0))


def _beats(number: int, actor: Actor) -> Progress:
    """Progress that is written down every other second."""
    last = time.perf_counter()

    def beat(done: int, of: int) -> None:
        nonlocal last
        if time.perf_counter() - last < _BEAT:
            return
        last = time.perf_counter()
        _end(number, actor, lambda run: _beat(run, min(99, 100 * done // max(of, 1))))

    return beat


def _beat(run: BackupRun, percent: int) -> None:
    run.percent, run.beat_at = percent, wires().clock()


def _end(number: int, actor: Actor, change: Callable[[BackupRun], None]) -> None:
    with transaction(actor, "backup.progressed"):
        change(_run(number))


def _run(number: int) -> BackupRun:
    run = db.session.get(BackupRun, number)
    if run is None:
        raise NotFound
    return run


def _fill(run: BackupRun, made: Made, milliseconds: int) -> None:
    path = Path(made.name)
    run.state, run.percent, run.milliseconds = State.DONE, 100, milliseconds
    run.file = path.name if path.parent == here().folder else str(path)
    run.size, run.rows, run.files, run.encrypted = made.size, made.rows, made.files, made.encrypted


def _fail(run: BackupRun, error: str) -> None:
    run.state, run.error = State.FAILED, error


def _give_up_silent(now: datetime) -> None:
    """A run that gives no sign any more was stopped with its process."""
    running = select(BackupRun).where(BackupRun.state == State.RUNNING, BackupRun.beat_at < now - SILENT)
    for run in db.session.scalars(running):
        _fail(run, "The process that made it was stopped.")


def _note(note: Callable[..., None], made: Made) -> None:
    note("backup.made", label=Path(made.name).name, rows=made.rows, files=made.files)


def _record_drill(path: Path, checks: list[Check], now: datetime, milliseconds: int, actor: Actor) -> None:
    passed = all(check.passed for check in checks)
    with transaction(actor, "backup.drilled", at=now) as work:
        run = DrillRun(file=path.name, started_at=now, milliseconds=milliseconds, passed=passed)
        run.checks = [asdict(check) for check in checks]
        work.session.add(run)
        work.note("backup.drilled", label=path.name, passed=passed)
