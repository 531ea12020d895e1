"""What a board shows and says: filters, how a next step stands, months of a forecast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from crm.rates.rules import Book, Group, Total, total
from kernel.errors import Conflict

QUIET_DAYS = 14
QUIET = timedelta(days=QUIET_DAYS)
"""A deal is quiet when nothing happened with it for so long."""
WHOLE = 100
_YEAR = 12


class Whose(StrEnum):
    """Whose deals a board shows."""

    ALL = "all"
    TEAM = "team"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a board is narrowed to; None and False narrow nothing. Amounts are in the deals' own currencies."""

    whose: Whose = Whose.ALL
    closes_from: date | None = None
    closes_to: date | None = None
    at_least: Decimal | None = None
    quiet: bool = False
    overdue: bool = False
    stage_id: int | None = None
    outcome: str = "open"
    undated: bool = False
    account_id: int | None = None

    def query(self, **changed: object) -> dict[str, str]:
        """The filters as an address carries them, with some changed; what narrows nothing is left out."""
        new = replace(self, **changed)  # type: ignore[arg-type]  # names of this class only
        found = {
            "whose": "" if new.whose is Whose.ALL else new.whose.value,
            "from": new.closes_from.isoformat() if new.closes_from else "",
            "to": new.closes_to.isoformat() if new.closes_to else "",
            "min": f"{new.at_least:f}" if new.at_least is not None else "",
            "quiet": "1" if new.quiet else "",
            "overdue": "1" if new.overdue else "",
            "stage": str(new.stage_id) if new.stage_id else "",
            "outcome": "" if new.outcome == "open" else new.outcome,
            "undated": "1" if new.undated else "",
        }
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Sums:
    """What some deals are worth: as they stand, and weighted by how likely they are won; ``late`` next steps."""

    value: Total = field(default_factory=Total)
    weighted: Total = field(default_factory=Total)
    count: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One currency of one stage, as the database adds it up; ``weighted`` is in currency times percent."""

    key: int
    currency: str
    count: int
    amount: Decimal
    weighted: Decimal
    unknown: int
    late: int
    day: date | None = None


def sums(parts: Iterable[Part], book: Book, today: date) -> Sums:
    """Add up parts at the rate of their day, else of today."""
    found = list(parts)
    value = total((Group(p.currency, p.day or today, p.amount, p.count, p.unknown) for p in found), book)
    weighted = total((Group(p.currency, p.day or today, p.weighted / WHOLE, p.count, p.unknown) for p in found), book)
    return Sums(value, weighted, value.count, sum(p.late for p in found))


def by_key(parts: Iterable[Part], book: Book, today: date) -> dict[int, Sums]:
    """The sums of each stage."""
    grouped: dict[int, list[Part]] = {}
    for part in parts:
        grouped.setdefault(part.key, []).append(part)
    return {key: sums(each, book, today) for key, each in grouped.items()}


@dataclass(frozen=True, slots=True)
class Step:
    """How a deal's next step stands. Tone: empty, warn, bad, faint; ``days`` late or quiet."""

    kind: str
    tone: str = ""
    days: int = 0


def step(next_step: str, on: date | None, last: datetime | None, created: datetime, now: datetime, today: date) -> Step:
    """What the foot of a card says: a step that is late, then a long silence, then the step, then that there is none.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 2, 18, 12, tzinfo=UTC)
    >>> step("Call", date(2026, 2, 16), noon, noon, noon, date(2026, 2, 18))
    Step(kind='late', tone='bad', days=2)
    """
    if on is not None and on < today:
        return Step("late", "bad", (today - on).days)
    since = now - max(last or created, created)
    if since >= QUIET and on is None:
        return Step("quiet", "warn", since.days)
    if next_step or on is not None:
        return Step("step")
    return Step("none", "faint")


@dataclass(frozen=True, slots=True)
class Month:
    """What is expected in a month by close date; ``first`` None: the deals without one."""

    first: date | None
    open: Sums
    won: Sums


def months(open_parts: Sequence[Part], won_parts: Sequence[Part], book: Book, today: date) -> list[Month]:
    """Every month from the first to the last that has deals, none left out, then the deals without a close date."""
    buckets: dict[date | None, tuple[list[Part], list[Part]]] = {}
    for place, parts in enumerate((open_parts, won_parts)):
        for part in parts:
            key = part.day.replace(day=1) if part.day else None
            buckets.setdefault(key, ([], []))[place].append(part)
    dated = sorted(key for key in buckets if key)
    order: list[date | None] = [*_between(dated[0], dated[-1])] if dated else []
    if None in buckets:
        order.append(None)
    none: tuple[list[Part], list[Part]] = ([], [])
    found = []
    for key in order:
        still_open, won = buckets.get(key, none)
        undated = [replace(part, day=None) for part in still_open]
        found.append(Month(key, sums(undated, book, today), sums(won, book, today)))
    return found


def _between(first: date, last: date) -> list[date]:
    start, end = first.year * _YEAR + first.month - 1, last.year * _YEAR + last.month - 1
    return [date(number // _YEAR, number % _YEAR + 1, 1) for number in range(start, end + 1)]


def month_after(first: date) -> date:
    """The first day of the next month.

    >>> month_after(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return _between(first, first.replace(day=28) + timedelta(days=4))[-1]


def check_where(was_id: int | None, now_id: int, who: str, names: Mapping[int, str]) -> None:
    """Raise Conflict when a card is not any more where the mover saw it."""
    if was_id is not None and was_id != now_id:
        raise Conflict(
            "crm.moved_meanwhile",
            "%(who)s moved it to “%(stage)s” meanwhile. Nothing was changed.",
            who=who or "Somebody",
            stage=names.get(now_id, ""),
        )
