"""Reading which backups there are, and how the last ones and the last drill went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from infra.backup.models import BackupRun, DrillRun
from infra.backup.rules import DRILL_STALE, State, is_stale, made_at
from infra.database import db


@dataclass(frozen=True, slots=True)
class BackupRow:
    """A backup: wished for, under way, failed or made. ``on_disk`` is whether its file still lies in the folder.

    ``size`` in bytes; ``milliseconds`` None where the file says nothing of it, such as one made before a restore.
    """

    at: datetime
    name: str
    reason: str
    state: str
    percent: int
    size: int
    milliseconds: int | None
    rows: int | None
    files: int | None
    encrypted: bool
    asked_by: str
    error: str
    on_disk: bool


@dataclass(frozen=True, slots=True)
class Safety:
    """How safe the data are: the last verified backup, the last drill, and what is wrong with either."""

    last_backup: BackupRow | None
    last_drill: DrillRun | None
    backup_stale: bool
    drill_stale: bool


def files_in(folder: Path) -> list[Path]:
    """The backups in a folder, newest first."""
    found = folder.iterdir() if folder.is_dir() else ()
    dated = [(at, path) for path in found if (at := made_at(path.name))]
    return [path for _at, path in sorted(dated, reverse=True)]


def newest_file(folder: Path, reason: str = "") -> Path | None:
    """The newest backup in a folder, of those made for a reason if one is given."""
    return next((path for path in files_in(folder) if f"-{reason}" in path.name), None)


def file_named(folder: Path, name: str) -> Path | None:
    """A backup by its name; None for any other name, whatever path it spells."""
    return next((path for path in files_in(folder) if path.name == name), None)


def backups(folder: Path) -> list[BackupRow]:
    """Every backup that is known or lies in the folder, newest first."""
    lying = {path.name: path for path in files_in(folder)}
    runs = db.session.scalars(select(BackupRun).order_by(BackupRun.id.desc()).limit(500)).all()
    rows = [_row(run, lying) for run in runs]
    known = {run.file for run in runs}
    rows += [_found(path) for name, path in lying.items() if name not in known]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def drills(limit: int = 24) -> Sequence[DrillRun]:
    """The last drills, newest first."""
    return db.session.scalars(select(DrillRun).order_by(DrillRun.id.desc()).limit(limit)).all()


def last_backup(folder: Path) -> BackupRow | None:
    """The newest verified backup whose file is still there."""
    return next((row for row in backups(folder) if row.on_disk and row.state == State.DONE), None)


def last_drill() -> DrillRun | None:
    """The newest drill, whatever came of it."""
    return db.session.scalar(select(DrillRun).order_by(DrillRun.id.desc()).limit(1))


def safety(folder: Path, now: datetime) -> Safety:
    """The last backup and the last drill, and whether they are too old."""
    backup, drill = last_backup(folder), last_drill()
    backup_stale = is_stale(backup.at if backup else None, now)
    return Safety(backup, drill, backup_stale, is_stale(drill.started_at if drill else None, now, DRILL_STALE))


def _row(run: BackupRun, lying: dict[str, Path]) -> BackupRow:
    return BackupRow(
        run.started_at,
        run.file,
        run.reason,
        run.state,
        run.percent,
        run.size,
        run.milliseconds,
        run.rows,
        run.files,
        run.encrypted,
        run.asked_by,
        run.error,
        run.file in lying,
    )


def _found(path: Path) -> BackupRow:
    """A file that the records don't know: they are older than it since a restore, or it was put there."""
    at = made_at(path.name)
    assert at is not None
    reason = path.name.split("-", 2)[2].partition(".")[0]
    size = path.stat().st_size
    return BackupRow(
        at, path.name, reason, State.DONE, 100, size, None, None, None, path.suffix == ".backup", "", "", on_disk=True
    )
