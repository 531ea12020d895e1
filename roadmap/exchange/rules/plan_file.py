"""A plan as a file holds it, whatever the format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from roadmap.baselines.rules.frozen import Frozen
from roadmap.planting.rules import RowSeed, TieSeed


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong or was not understood, where (a row, a column), and what would be right."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class CalendarSeed:
    """A working calendar as a document has it; days off and extra work by ISO day."""

    name: str
    week: list[list[list[int]]]
    country: str = ""
    subdivision: str = ""
    exceptions: tuple[tuple[date, str, list[list[int]]], ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class RoleSeed:
    """A resource of a file; ``max_units`` is percent of a full day, ``calendar`` the key of one of the calendars."""

    key: str
    name: str
    kind: str = "work"
    max_units: float = 100.0
    calendar: str | None = None
    email: str = ""
    uid: str | None = None
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class AssignmentSeed:
    """Who works on a task, by the keys of row and role; ``units`` is percent of a full day."""

    row: str
    role: str
    units: float = 100.0
    work_minutes: int | None = None
    done_minutes: int = 0
    delay_minutes: int = 0
    uid: str | None = None
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PhaseSeed:
    """A phase by the key of its summary row."""

    key: str
    number: int
    name: str
    week_from: int | None = None
    week_to: int | None = None


@dataclass(frozen=True, slots=True)
class RateSeed:
    """What an hour of a role costs in the smallest unit, by the role's key; without a day from the plan's first on."""

    role: str
    first_day: date | None
    cents: int


def rate_days(rates: Iterable[RateSeed], begin: date) -> Iterator[tuple[str, date, int]]:
    """Each rate with the role's key and its first day: without one it counts from ``begin``, and before all others.

    >>> list(rate_days([RateSeed("a", None, 100), RateSeed("a", date(2026, 1, 2), 120)], date(2026, 1, 5)))
    [('a', datetime.date(2026, 1, 1), 100), ('a', datetime.date(2026, 1, 2), 120)]
    """
    found = list(rates)
    for each in found:
        others = [other.first_day for other in found if other.role == each.role and other.first_day is not None]
        yield each.role, each.first_day or min([begin, *(day - timedelta(days=1) for day in others)]), each.cents


@dataclass(frozen=True, slots=True)
class CostSeed:
    """Money that hangs on no hours, on a row, a phase (both by the key of the row) or the whole plan.

    ``spent`` is what is gone already; without a ``day`` it counts with its row.
    """

    name: str
    cents: int
    row: str | None = None
    phase: str | None = None
    day: date | None = None
    spent: bool = False


@dataclass(frozen=True, slots=True)
class BaselineSeed:
    """A frozen plan by the keys of its rows; ``number`` is what MS Project calls it, ``reference`` the one that counts.

    Without a ``day`` it was taken on that of the import.
    """

    name: str
    rows: Mapping[str, Frozen]
    number: int | None = None
    day: date | None = None
    reference: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanFile:
    """Everything that was read. ``resources`` maps a row's key to the name of who or what does it.

    A file that knows resources as such has ``roles`` and ``assignments`` instead. ``frame`` holds columns of the
    project; a row's value ``calendar`` is the key of one of the ``calendars`` beside the project's, or of that one.
    ``said`` are the dates that the other program gave a task, by its key. The values of an ``exact`` file are checked
    already, and a midnight in it is a minute, not a day. Amounts are in the smallest unit of ``currency``, empty where
    the file names none.
    """

    rows: tuple[RowSeed, ...]
    ties: tuple[TieSeed, ...] = ()
    resources: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[PhaseSeed, ...] = ()
    name: str = ""
    start: date | None = None
    status_date: date | None = None
    calendar: CalendarSeed | None = None
    shares: Mapping[str, int] = field(default_factory=dict)
    calendars: tuple[CalendarSeed, ...] = ()
    roles: tuple[RoleSeed, ...] = ()
    assignments: tuple[AssignmentSeed, ...] = ()
    frame: Mapping[str, Any] = field(default_factory=dict)
    rates: tuple[RateSeed, ...] = ()
    costs: tuple[CostSeed, ...] = ()
    baselines: tuple[BaselineSeed, ...] = ()
    currency: str = ""
    exact: bool = False
    said: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    errors: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()
