"""Writing a backup: under another name beside its place, read again to the last byte, then named."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

from infra.attachments.store import contents
from infra.backup import archive
from infra.backup.rules import Header, Made, Manifest, Progress, silent
from infra.backup.snapshot import Snapshot, snapshot
from infra.database import db
from infra.wires import wires
from kernel.errors import Problem

PART = ".part"
"""What the name of an unfinished file ends with."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is backed up, and what a backup comes back to: the database, the folder of files, the folder of backups.

    ``keys`` open older backups, ``key`` seals new ones where it is not None.
    """

    engine: Engine
    files: Path
    folder: Path
    keys: Sequence[str]
    key: str | None
    migrations: Path


def here() -> Place:
    """The running application's."""
    settings, migrations = wires().settings, wires().extras["migrations"]
    keys = settings.encryption_keys
    key = keys[0] if settings.seals_backups else None
    return Place(db.engine, settings.files_dir, settings.backup_dir, keys, key, migrations)


def product() -> str:
    """The version of the product that runs."""
    try:
        return version("launch90")
    except PackageNotFoundError:
        return "0"


def write(place: Place, path: Path, now: datetime, progress: Progress = silent) -> Made:
    """Write a backup and read it again; its name appears when it is whole, or never. Raises Problem."""
    if path.exists():
        raise Problem("backup.exists", "%(file)s exists already. Choose another name.", file=path)
    with _beside(path) as part:
        with part.open("xb") as out:
            os.fchmod(out.fileno(), 0o600)
            _write(place, out, now, progress)
            out.flush()
            os.fsync(out.fileno())
        found = archive.read(part, place.keys)
        part.rename(path)
        _sync_folder(path.parent)
    rows = sum(found.manifest.rows.values())
    size = path.stat().st_size
    return Made(str(path), size, rows, found.files, found.encrypted, found.header, found.manifest)


def _write(place: Place, out: IO[bytes], now: datetime, progress: Progress) -> None:
    with snapshot(place.engine) as state:
        counts = state.counts()
        header = Header(product(), state.schema, state.database, now.isoformat(), state.about(counts), state.columns())
        writer = archive.Writer(out, header, place.key)
        rows = _write_rows(writer, state, sum(counts.values()), progress)
        wanted, head, numbers = state.digests(), state.head(), state.numbers()
    written = {digest for digest, path in contents(place.files) if writer.add_file(path, digest)}
    missing = sorted(wanted - written)
    writer.finish(Manifest(rows=rows, numbers=numbers, head=head, missing=missing))


def _write_rows(writer: archive.Writer, state: Snapshot, total: int, progress: Progress) -> dict[str, int]:
    rows, done = dict.fromkeys(state.tables, 0), 0
    for name in state.tables:
        for number, (lines, count) in enumerate(state.parts(name), 1):
            writer.add(f"{archive.ROWS}{name}/{number:06}", lines)
            rows[name] += count
            done += count
            progress(done, total)
    return rows


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A name beside the wanted one for the unfinished file, which is gone at the end; the disk's refusals in words."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
    except OSError as error:
        raise Problem(
            "backup.disk",
            "The backup can't be written to %(folder)s: %(why)s. Nothing is left of it.",
            folder=path.parent,
            why=archive.why(error),
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def remove_parts(folder: Path, now: datetime) -> int:
    """Remove what broken runs left behind more than a day ago; how many."""
    old = [part for part in folder.glob(f".*{PART}") if now.timestamp() - part.stat().st_mtime > 86400]  # noqa: PLR2004  # a day
    for part in old:
        part.unlink(missing_ok=True)
    return len(old)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def milliseconds_since(started: float) -> int:
    """Milliseconds since a reading of the performance counter."""
    return round(1000 * (time.perf_counter() - started))
