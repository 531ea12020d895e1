"""The rules of checklists: what a tick may do, how far a list is, what is late, what counts as evidence."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from kernel.errors import Conflict, RuleBroken
from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (
    *allow("checklist.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("checklist.tick", administrator=ALL, manager=ALL, member=ALL),
    *allow("checklist.edit", administrator=ALL, manager=ALL),
)

NAME_LIMIT = 300
NOTE_LIMIT = 20_000
URL_LIMIT = 2_000


class EvidenceKind(StrEnum):
    """What shows that an item is done."""

    TEXT = "text"
    LINK = "link"
    FILE = "file"


class Recurrence(StrEnum):
    """How often a list comes round again."""

    ONCE = ""
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Outcome(StrEnum):
    """What a press on the box came to."""

    TICKED = "ticked"
    UNTICKED = "unticked"
    ALREADY_TICKED = "already-ticked"
    ALREADY_OPEN = "already-open"


class Tickable(Protocol):
    """What the arithmetic needs of an item."""

    @property
    def ticked_at(self) -> datetime | None:
        """When it was ticked, None while it is open."""
        ...

    @property
    def required(self) -> bool:
        """Whether its milestone waits for it."""
        ...

    @property
    def due(self) -> date | None:
        """The day it should be done by."""
        ...


@dataclass(frozen=True, slots=True)
class Tick:
    """Who ticked and when; the state of a box that is not open."""

    by_id: int | None
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list is: items ticked of all, how many of the open ones are late or required."""

    done: int
    total: int
    late: int
    required_open: int

    @property
    def percent(self) -> float | None:
        """The share done, 0 to 100; None for an empty list, which is neither done nor open."""
        return 100 * self.done / self.total if self.total else None

    @property
    def whole(self) -> bool:
        """Every item is ticked, and there is one."""
        return self.total > 0 and self.done == self.total


def progress(items: Iterable[Tickable], today: date) -> Progress:
    """Count a list."""
    rows = list(items)
    open_rows = [row for row in rows if row.ticked_at is None]
    return Progress(
        done=len(rows) - len(open_rows),
        total=len(rows),
        late=sum(is_late(row, today) for row in open_rows),
        required_open=sum(row.required for row in open_rows),
    )


def total(parts: Iterable[Progress]) -> Progress:
    """Several lists taken as one.

    >>> total([Progress(1, 2, 0, 1), Progress(3, 4, 1, 0)])
    Progress(done=4, total=6, late=1, required_open=1)
    """
    rows = list(parts)
    return Progress(
        sum(row.done for row in rows),
        sum(row.total for row in rows),
        sum(row.late for row in rows),
        sum(row.required_open for row in rows),
    )


def is_late(item: Tickable, today: date) -> bool:
    """Open, and its day has passed. On its day it is due, not late."""
    return item.ticked_at is None and item.due is not None and item.due < today


def press(tick: Tick | None, *, wanted: bool) -> Outcome:
    """What a press comes to when nobody else is in the way.

    >>> press(None, wanted=True).value
    'ticked'
    """
    if wanted:
        return Outcome.TICKED if tick is None else Outcome.ALREADY_TICKED
    return Outcome.ALREADY_OPEN if tick is None else Outcome.UNTICKED


def check_untick(tick: Tick, actor_id: int | None, seen: str, *, sure: bool) -> None:
    """Ask before a tick is taken away that is another person's, or that is newer than the page that was pressed.

    ``seen`` is the instant of the tick as the page showed it (ISO 8601), empty if it showed none. Raises Conflict.
    """
    if sure:
        return
    newer = bool(seen) and seen != tick.at.isoformat()
    if newer or tick.by_id != actor_id:
        raise Conflict(
            "checklist.other_tick",
            "%(name)s ticked this at %(at)s. Untick it all the same?",
            name=tick.by_name,
            at=tick.at,
        )


def check_name(name: str, field: str = "name") -> str:
    """The name without surrounding space. Raises RuleBroken when it is empty or too long."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise RuleBroken("checklist.no_name", "Write what is to be done.", field=field)
    if len(cleaned) > NAME_LIMIT:
        raise RuleBroken(
            "checklist.long_name",
            "That is %(length)d characters long; at most %(limit)d fit. Put the rest into the note.",
            field=field,
            length=len(cleaned),
            limit=NAME_LIMIT,
        )
    return cleaned


def check_note(note: str, field: str = "note") -> str:
    """The note as it was written. Raises RuleBroken when it is too long."""
    if len(note) > NOTE_LIMIT:
        raise RuleBroken(
            "checklist.long_note",
            "The note is %(length)d characters long; at most %(limit)d can be kept. Attach a longer text as a file.",
            field=field,
            length=len(note),
            limit=NOTE_LIMIT,
        )
    return note.strip()


def check_link(url: str) -> str:
    """A web address that a browser may open. Raises RuleBroken for anything else.

    >>> check_link(" https://example.org/report ")
    'https://example.org/report'
    """
    cleaned = url.strip()
    parts = urlsplit(cleaned) if len(cleaned) <= URL_LIMIT and cleaned.isprintable() else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise RuleBroken(
            "checklist.bad_link",
            "A link starts with https:// or http://, such as https://example.org/report.",
            field="url",
        )
    return cleaned


def next_due(due: date, recurrence: Recurrence) -> date:
    """The day on which the next round is due: a day or week later, or the same day of the next month if it has one.

    >>> next_due(date(2026, 1, 31), Recurrence.MONTHLY)
    datetime.date(2026, 2, 28)
    """
    if recurrence is Recurrence.MONTHLY:
        year, month = (due.year, due.month + 1) if due.month < 12 else (due.year + 1, 1)
        return date(year, month, min(due.day, calendar.monthrange(year, month)[1]))
    return due + timedelta(days=1 if recurrence is Recurrence.DAILY else 7)


def round_is_due(due: date | None, recurrence: Recurrence, today: date) -> bool:
    """Whether a recurring list's next round should be laid out: its last round's day has come."""
    return recurrence is not Recurrence.ONCE and due is not None and due <= today
