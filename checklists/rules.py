"""The rules of checklists: what a tick may do, how far a list is, what is late, what counts as evidence."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from kernel.errors import Conflict, RuleBroken
from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (
    *allow("checklist.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("checklist.tick", administrator=ALL, manager=ALL, member=ALL),
    *allow("checklist.edit", administrator=ALL, manager=ALL),
)

_EDITS = (
    *("items.assigned", "items.due_set", "items.follow_plan", "item.added", "item.changed", "item.removed"),
    *("item.moved", "section.added", "section.changed", "section.removed"),
    *("checklist.added", "checklist.changed", "checklist.removed", "checklist.copied", "checklist.next_round"),
)
_TICKS = ("item.ticked", "item.unticked", "items.ticked", "item.noted", "evidence.added", "evidence.removed")
UNDOABLE = dict.fromkeys(_EDITS, "checklist.edit") | dict.fromkeys(_TICKS, "checklist.tick")
"""What can be taken back, and the permission that this needs."""

NAME_LIMIT = 300
HEADING_LIMIT = 200
"""The longest name of a list or section."""
NOTE_LIMIT = 20_000
URL_LIMIT = 2_000
TOGETHER = 1_000
"""How many items one action may change."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
LARGEST_ID = 2**31 - 1


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


class Shown(StrEnum):
    """Which items of a list a reader wants to see."""

    ALL = "all"
    OPEN = "open"
    MINE = "mine"
    LATE = "late"

    @classmethod
    def of(cls, word: str) -> Shown:
        """What an address asks for; everything where it asks for something unknown."""
        return cls(word) if word in set(cls) else cls.ALL


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


class Given(Tickable, Protocol):
    """An item with somebody to see to it."""

    @property
    def responsible_id(self) -> int | None:
        """Its owner, or while it has none whoever fills its role."""
        ...


Shows = TypeVar("Shows", bound=Given)


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


def shown(items: Iterable[Shows], which: Shown, person_id: int | None, today: date) -> list[Shows]:
    """What the reader asked to see: all, what is open, what is open and theirs, or what is late."""
    if which is Shown.ALL:
        return list(items)
    open_items = [item for item in items if item.ticked_at is None]
    if which is Shown.MINE:
        return [item for item in open_items if person_id is not None and item.responsible_id == person_id]
    return [item for item in open_items if which is Shown.OPEN or is_late(item, today)]


def neighbour(sections: Sequence[tuple[int, Sequence[int]]], item_id: int, *, up: bool) -> tuple[int, int] | None:
    """The place next to an item: the section and the position (from 0) in it; None at the list's ends.

    ``sections`` are the list's in order, each with its items. Beyond a section's edge the next one begins.

    >>> neighbour([(1, [7, 8]), (2, [])], 8, up=True), neighbour([(1, [7, 8]), (2, [])], 8, up=False)
    ((1, 0), (2, 0))
    """
    at, place = next(
        (at, list(items).index(item_id)) for at, (_section, items) in enumerate(sections) if item_id in items
    )
    section_id, items = sections[at]
    wanted = place - 1 if up else place + 1
    if 0 <= wanted < len(items):
        return section_id, wanted
    beyond = at - 1 if up else at + 1
    if not 0 <= beyond < len(sections):
        return None
    section_id, items = sections[beyond]
    return section_id, len(items) if up else 0


def check_name(name: str, field: str = "name", limit: int = NAME_LIMIT) -> str:
    """The name on one line, without surrounding space. Raises RuleBroken when it is empty or too long."""
    cleaned = " ".join(name.replace("\0", "").split())
    if not cleaned:
        raise RuleBroken("checklist.no_name", "Write a name: a few words that say what it is.", field=field)
    if len(cleaned) > limit:
        raise RuleBroken(
            "checklist.long_name",
            "That is %(length)d characters long; at most %(limit)d fit. Say the rest in the help or the note.",
            field=field,
            length=len(cleaned),
            limit=limit,
        )
    return cleaned


def name_of_copy(name: str) -> str:
    """What a copied list is called until somebody gives it a name; shortened to what fits.

    >>> name_of_copy("Cutover")
    'Cutover (copy)'
    """
    return f"{name[: HEADING_LIMIT - 7]} (copy)"


def check_note(note: str, field: str = "note") -> str:
    """The text as it was written. Raises RuleBroken when it is too long."""
    if len(note) > NOTE_LIMIT:
        raise RuleBroken(
            "checklist.long_note",
            "This is %(length)d characters long; at most %(limit)d can be kept. Attach a longer text as a file.",
            field=field,
            length=len(note),
            limit=NOTE_LIMIT,
        )
    return note.replace("\0", "").strip()


def check_evidence(kind: EvidenceKind, text: str, url: str) -> tuple[str, str]:
    """The text and the link of a piece of evidence. Raises RuleBroken when it shows nothing, or can't be kept."""
    said = check_note(text, "text")
    link = check_link(url) if kind is EvidenceKind.LINK else ""
    if kind is EvidenceKind.TEXT and not said:
        raise RuleBroken(
            "checklist.no_evidence", "Write what shows that this is done, or add a link or a file.", field="text"
        )
    return said, link


def check_day(day: date | None, field: str = "due") -> date | None:
    """A day that a roll-out can have. Raises RuleBroken for a slip such as the year 0206."""
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise RuleBroken("checklist.bad_day", "Choose a day between 2000 and 2099, such as 2026-03-03.", field=field)
    return day


def check_recurring(recurrence: Recurrence, due: date | None) -> None:
    """A list that comes round has a day to count from. Raises RuleBroken."""
    if recurrence is not Recurrence.ONCE and due is None:
        raise RuleBroken(
            "checklist.no_round", "A list that comes round needs the day on which it is first due.", field="due"
        )


def check_several(ids: Iterable[int]) -> list[int]:
    """The items of a bulk action in order, each once. Raises RuleBroken for none and for too many."""
    chosen = sorted(set(ids))
    if not chosen:
        raise RuleBroken("checklist.none_selected", "Select items first, by the boxes at the end of their lines.")
    if len(chosen) > TOGETHER:
        raise RuleBroken(
            "checklist.too_many",
            "That is %(count)d items; at most %(limit)d can be changed together.",
            count=len(chosen),
            limit=TOGETHER,
        )
    return chosen


def check_link(url: str) -> str:
    """A web address that a browser may open. Raises RuleBroken for anything else.

    >>> check_link(" https://example.org/report ")
    'https://example.org/report'
    """
    cleaned = url.strip()
    if len(cleaned) > URL_LIMIT or not cleaned.isprintable() or not _opens(cleaned):
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


def next_round_due(due: date, recurrence: Recurrence, today: date) -> date:
    """The day of the next round that can still be ticked in time: rounds that nobody laid out in time are left out.

    >>> next_round_due(date(2026, 2, 6), Recurrence.WEEKLY, date(2026, 2, 18))
    datetime.date(2026, 2, 20)
    """
    following = next_due(due, recurrence)
    while following < today:
        following = next_due(following, recurrence)
    return following


def round_is_due(due: date | None, recurrence: Recurrence, today: date) -> bool:
    """Whether a recurring list's next round should be laid out: its last round's day has come."""
    return recurrence is not Recurrence.ONCE and due is not None and due <= today


def _opens(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a bracket that does not close
        return False
