"""What an objective aims at: its figure, the change that it promises, its day, and a baseline to hold it against."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from crm.kpis.rules.definitions import Kpi, Unit
from kernel.errors import RuleBroken

MONTH = 30
DROPPED = "dropped"
SUMS = frozenset({"revenue", "mql", "sql"})
"""Figures that grow with the days they are counted over: they are compared by thirty days."""
TEXT_LIMIT = 1000
MOST_CHANGE = 10_000.0
WINDOW_DAYS = 90
"""How long a baseline is measured unless other days are chosen."""


class Outcome(StrEnum):
    """What somebody says came of an objective."""

    REACHED = "reached"
    PARTLY = "partly"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Aim:
    """What an objective is measured by: the key of a figure (empty: none), a change in percent, and its day."""

    kpi: str = ""
    change: float | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """A value from before go-live, frozen. ``stated``: it was entered with a ``note``, not measured here.

    ``reason`` says why it replaced the one before it. A sum is that of thirty days.
    """

    id: int
    kpi: str
    value: float
    n: int | None
    since: date
    until: date
    stated: bool
    note: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of an objective when the roll-out was to be closed."""

    outcome: Outcome
    words: str
    by: str
    at: datetime


class Objective(Protocol):
    """What the rule of variants looks at."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def parent_id(self) -> int | None:
        """The number of the objective that it is a variant of."""

    @property
    def state(self) -> str:
        """Whether it was dropped."""


Row = TypeVar("Row", bound=Objective)


def chosen(rows: Sequence[Row]) -> list[Row]:
    """What is aimed at: no objective that was dropped, and a variant only in place of one that was."""
    there = {row.id for row in rows if row.state != DROPPED}
    return [row for row in rows if row.id in there and row.parent_id not in there]


def months_after(day: date, months: int) -> date:
    """The same day some months later, the last of the month where it has no such day.

    >>> months_after(date(2026, 1, 31), 1), months_after(date(2025, 12, 30), 12)
    (datetime.date(2026, 2, 28), datetime.date(2026, 12, 30))
    """
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def aim_of(details: Mapping[str, Any], starts: date | None) -> Aim:
    """What the charter says an objective aims at; its months count from go-live, or from the day it is planned for."""
    months = int(details.get("due_months") or 0)
    due = months_after(starts, months) if starts and months else None
    change = details.get("change_percent")
    return Aim(str(details.get("measure") or ""), None if change is None else float(change), due)


def target_of(one: Kpi, baseline: float | None, change: float | None) -> float | None:
    """The value that is aimed at; None where it does not follow. A figure that is a change itself needs no baseline."""
    if change is None:
        return None
    if one.unit is Unit.CHANGE:
        return change / 100
    found = None if not baseline else baseline * (1 + change / 100)  # a change of nothing says nothing
    return min(found, 1.0) if found is not None and one.unit is Unit.SHARE else found


def by_month(key: str, value: float, days: int) -> float:
    """A value that can be compared with one of other days: sums are those of thirty days.

    >>> by_month("revenue", 900, 90), by_month("win-rate", 0.4, 90)
    (300.0, 0.4)
    """
    return value * MONTH / max(1, days) if key in SUMS else value


def check_aim(kpi: str, change: float | None, due: date | None, known: Mapping[str, object]) -> Aim:
    """What was chosen, as it is kept. Raises RuleBroken."""
    if kpi and kpi not in known:
        raise RuleBroken("benefits.kpi", "Choose a figure from the list.", field="kpi")
    if change is None or change != change or not -100 <= change <= MOST_CHANGE:  # noqa: PLR0124  # NaN is none
        raise RuleBroken(
            "benefits.change", "Say by how many percent it should change: a number from -100 to 10000.", field="change"
        )
    return Aim(kpi, change, due)


def check_days(since: date, until: date, live: date | None, today: date) -> None:
    """A baseline is of days that are over, before go-live. Raises RuleBroken."""
    if since > until:
        raise RuleBroken("benefits.days", "The first day comes before the last.", field="since")
    if until >= today:
        raise RuleBroken("benefits.over", "The baseline is of days that are over: end it yesterday.", field="until")
    if live is not None and until >= live:
        text = "The baseline has to end before go-live, which was on %(day)s."
        raise RuleBroken("benefits.before", text, field="until", day=live.isoformat())


def check_reason(reason: str, *, replaces: bool, late: bool) -> str:
    """Why a baseline replaces another, or is frozen after go-live. Raises RuleBroken where that has to be said."""
    said = check_words(reason, "reason") if reason.strip() else ""
    if not said and replaces:
        text = "Say why the baseline before it no longer holds; it stays readable."
        raise RuleBroken("benefits.reason", text, field="reason")
    if not said and late:
        raise RuleBroken("benefits.late", "Say why it is frozen only after go-live.", field="reason")
    return said


def check_words(words: str, field: str) -> str:
    """A text as it is kept. Raises RuleBroken where it is empty or too long."""
    said = " ".join(words.split())
    if not said:
        raise RuleBroken("benefits.words", "Write a sentence.", field=field)
    if len(said) > TEXT_LIMIT:
        raise RuleBroken("benefits.long", "At most %(most)s characters fit.", field=field, most=TEXT_LIMIT)
    return said
