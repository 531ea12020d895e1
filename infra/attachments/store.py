"""The folder of contents: each once, under its hash, whole or not at all.

A content that no row names any more is kept for a day, so that a deletion can be undone. Its file's time says since
when: writing it again, or deleting a row that named it, sets the time anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from kernel.errors import Problem, TooLarge

KEPT = timedelta(days=1)
HEAD = 4096
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A content in the folder: its hash, its size in bytes, its first bytes."""

    digest: str
    size: int
    head: bytes


def path_of(folder: Path, digest: str) -> Path:
    """Where a content lies."""
    return folder / digest[:2] / digest[2:]


def put(folder: Path, stream: BinaryIO, limit: int, now: datetime) -> Stored:
    """Keep a content, safe on the disk before this returns; the same content is kept once.

    Raises TooLarge beyond ``limit`` bytes and Problem when the disk takes no more.
    """
    try:
        incoming = folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                stored = _copy(stream, file, limit)
            _settle(temporary, path_of(folder, stored.digest), now)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise Problem(
            "files.disk", "The file can't be kept: the server's disk is full or read-only. Nothing was changed."
        ) from error
    return stored


def touch(folder: Path, digest: str, now: datetime) -> None:
    """Start the time anew for which a content without a row is kept."""
    path = path_of(folder, digest)
    if path.exists():
        os.utime(path, (now.timestamp(), now.timestamp()))


def remove_orphans(folder: Path, named: Collection[str], now: datetime) -> int:
    """Remove contents that no row names and nobody touched for a day, and leftovers of broken uploads."""
    before = (now - KEPT).timestamp()
    orphans = [path for path in _contents(folder) if path.stat().st_mtime < before and _digest_of(path) not in named]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def contents(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every content in the folder with its hash, whether a row names it or not."""
    return ((_digest_of(path), path) for path in sorted(_contents(folder)) if path.parent.name != "incoming")


def _copy(stream: BinaryIO, file: BinaryIO, limit: int) -> Stored:
    hasher, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                "files.too_large", "The file is too large: at most %(limit)s MB.", field="file", limit=limit // _CHUNK
            )
        head = head or chunk[:HEAD]
        hasher.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return Stored(hasher.hexdigest(), size, head)


def _settle(temporary: Path, place: Path, now: datetime) -> None:
    os.utime(temporary, (now.timestamp(), now.timestamp()))
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(place)
    for folder in (place.parent, place.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _contents(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*/*") if path.is_file())


def _digest_of(path: Path) -> str:
    return path.parent.name + path.name
