"""What a backup says of itself, which backups are kept, and when the last one is too old."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kernel.errors import Problem, RuleBroken
from kernel.permission import Visibility, allow

ALL = Visibility.ALL
GRANTS = (*allow("backup.see", administrator=ALL), *allow("backup.run", administrator=ALL))

FORMAT = 1
DAILY, WEEKLY, MONTHLY = 7, 4, 12
KEPT_ANYWAY = timedelta(days=14)
STALE = timedelta(hours=36)
"""A daily backup that is this old was missed at least once."""
DRILL_STALE = timedelta(days=40)


class Reason(StrEnum):
    """Why a backup was made; part of its file's name."""

    DAILY = "daily"
    ASKED = "asked"
    COMMAND = "command"
    UPGRADE = "before-upgrade"
    RESTORE = "before-restore"


class State(StrEnum):
    """How far a backup is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class About:
    """What is in a database, for somebody who has to choose between two: counts, and the newest entry of its trail."""

    projects: int
    people: int
    newest_entry: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says first. ``schema`` is a revision, ``tables`` the columns of each table in the rows' order."""

    product: str
    schema: str
    database: str
    made_at: str
    about: About
    tables: Mapping[str, Sequence[str]]
    format: int = FORMAT

    @classmethod
    def read(cls, data: Any) -> Header:
        """From JSON; raises Problem for what is none, or of a later format."""
        try:
            if data["format"] > FORMAT:
                raise Problem(
                    "backup.newer",
                    "This backup was made by a newer version of Launch90 (%(version)s). Install that version first.",
                    version=str(data["product"]),
                )
            return cls(**{**data, "about": About(**data["about"])})
        except (KeyError, TypeError, ValueError):
            raise damaged("its header can't be read") from None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says last: every member with hash and size, rows per table, the last number given out in each.

    ``head`` is the newest hash of the sealed trail; ``missing`` the contents that rows name and the disk lacks.
    """

    members: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    head: str | None = None
    missing: Sequence[str] = ()

    @classmethod
    def read(cls, data: Any) -> Manifest:
        """From JSON; raises Problem for what is none."""
        try:
            return cls(**data)
        except (TypeError, ValueError):
            raise damaged("its list of contents can't be read") from None


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup. ``size`` in bytes, ``rows`` and ``files`` as verified by reading it again."""

    name: str
    size: int
    rows: int
    files: int
    encrypted: bool
    header: Header
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a drill looked at."""

    name: str
    passed: bool
    said: str


Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


def silent(_done: int, _of: int) -> None:
    """Progress that nobody watches."""


def damaged(why: str) -> Problem:
    """The error of a file that can't be trusted."""
    return Problem("backup.damaged", "This backup can't be used: %(why)s. Nothing was changed.", why=why)


def file_name(reason: str, at: datetime, *, encrypted: bool) -> str:
    """The name of a backup's file, by which its day is known.

    >>> from datetime import UTC
    >>> file_name(Reason.DAILY, datetime(2026, 3, 2, 2, 30, tzinfo=UTC), encrypted=False)
    'launch90-20260302T023000Z-daily.tar.gz'
    """
    ending = "backup" if encrypted else "tar.gz"
    return f"launch90-{at:%Y%m%dT%H%M%SZ}-{reason}.{ending}"


_NAME = re.compile(r"launch90-(\d{8}T\d{6}Z)-([a-z-]+)\.(?:tar\.gz|backup)")


def made_at(name: str) -> datetime | None:
    """When a backup of ours was made, by its name; None for another file.

    >>> made_at("launch90-20260302T023000Z-daily.tar.gz"), made_at("notes.txt")
    (datetime.datetime(2026, 3, 2, 2, 30, tzinfo=datetime.timezone.utc), None)
    """
    found = _NAME.fullmatch(name)
    try:
        return datetime.strptime(f"{found[1]}+0000", "%Y%m%dT%H%M%SZ%z") if found else None
    except ValueError:
        return None


def to_remove(names: Iterable[str], now: datetime) -> list[str]:
    """Which backups have had their time. Kept are the newest of each of 7 days, 4 weeks and 12 months that have one.

    What was not made by the timetable stays two weeks at least: somebody may want to go back to it. The newest of all
    stays whatever happens, and so does a file that is not one of ours.

    >>> from datetime import UTC
    >>> names = ["launch90-20260301T023000Z-daily.tar.gz", "launch90-20260301T120000Z-asked.tar.gz"]
    >>> to_remove(names, datetime(2026, 3, 1, 13, tzinfo=UTC))
    ['launch90-20260301T023000Z-daily.tar.gz']
    """
    dated = sorted(((at, name) for name in names if (at := made_at(name))), reverse=True)
    kept = {name for at, name in dated if Reason.DAILY not in name and now - at < KEPT_ANYWAY}
    for many, period in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        newest: dict[str, str] = {}
        for at, name in dated:
            newest.setdefault(at.strftime(period), name)
        kept |= set(list(newest.values())[:many])
    return [name for _at, name in dated if name not in kept]


def is_stale(last: datetime | None, now: datetime, limit: timedelta = STALE) -> bool:
    """Whether the last one is missing or older than the limit."""
    return last is None or now - last > limit


def size_of(size: int) -> str:
    """A size in bytes for people.

    >>> size_of(900), size_of(13_300), size_of(4_865_579), size_of(7_300_000_000)
    ('1 KB', '13 KB', '4.9 MB', '7.3 GB')
    """
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB" if size < 1_000_000_000 else f"{size / 1_000_000_000:.1f} GB"


def check_reason(reason: str) -> str:
    """Why an upgrade goes without a backup, in at least a word; raises RuleBroken."""
    if len(reason.strip()) < 3:
        raise RuleBroken("backup.reason", "Say why the upgrade goes without a backup, in a few words.")
    return reason.strip()
