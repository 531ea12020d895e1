"""Earned value at a day: of a task, a phase and a project, with its earned schedule and where it leads.

Planned value = the budget that falls due by the end of the day; earned value = budget x progress; actual cost = logged
hours x their rate + expenses, or logged hours where person-days are the budget. A task of the baseline that is gone
from the plan keeps its budget and earns nothing; one that is new has no budget and earns nothing, but costs.

Of a day gone by, progress is what was reported by its end. Of days before a task came into the system nobody reported
anything here: what is done of it lies right behind its reported start, where the scheduler leaves done work.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from kernel.worktime import Calendar
from roadmap.costs.rules.earned import Earned
from roadmap.standing.rules import curve, schedule
from roadmap.standing.rules.curve import DAY, Work, begin
from roadmap.standing.rules.schedule import EarnedTime

Row = TypeVar("Row", "Item", "Spent")
Reports = tuple[tuple[date, float], ...]
"""Percent complete by the day at whose end it was reported, the first when the task came into the system."""
MOST_POINTS = 60
"""More points than that can't be told apart in a picture."""


class Measure(StrEnum):
    """What the budget counts in: the smallest unit of a currency, or minutes of work."""

    MONEY = "money"
    WORK = "work"


class Told(StrEnum):
    """How the progress of a day is known: as it stands now, as it was reported by then, put together afterwards from
    when work was begun, or some tasks so and some so.
    """

    CURRENT = "current"
    REPORTED = "reported"
    RECONSTRUCTED = "reconstructed"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Item:
    """A part of the budget: a task with its pieces and what was reported of it, or a fixed cost without a task."""

    task_id: int | None
    phase_id: int | None
    work: tuple[Work, ...]
    reports: Reports = ()

    def reported(self, day: date) -> float | None:
        """The percent reported by the end of a day; None before the task came into the system."""
        count = bisect_right(self.reports, day, key=lambda each: each[0])
        return self.reports[count - 1][1] if count else None


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent on a day: money, or minutes."""

    task_id: int | None
    phase_id: int | None
    day: date
    amount: float


@dataclass(frozen=True, slots=True)
class Named:
    """A task as tables name it. ``there``: it is in the plan, ``budgeted``: it is in what that is measured against."""

    id: int
    wbs: str
    name: str
    phase_id: int | None
    percent: float
    there: bool = True
    budgeted: bool = True


@dataclass(frozen=True, slots=True)
class Basis:
    """All that decides the value of one project. ``unpriced`` are minutes of work that no rate covers."""

    measure: Measure
    start: date
    time: Calendar
    items: tuple[Item, ...]
    spent: tuple[Spent, ...]
    unpriced: int = 0
    tasks: Mapping[int, Named] = field(default_factory=dict)

    @property
    def work(self) -> list[Work]:
        """Every piece of the budget."""
        return [piece for item in self.items for piece in item.work]


@dataclass(frozen=True, slots=True)
class Line:
    """The value of a task, of a phase, or of all (``id`` None)."""

    id: int | None
    name: str
    wbs: str
    phase_id: int | None
    percent: float | None
    earned: Earned
    time: EarnedTime
    state: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """The curves at the end of a day; None where they do not reach. ``ev_ahead`` and ``ac_ahead`` are the forecast."""

    day: date
    pv: float
    ev: float | None
    ac: float | None
    ev_ahead: float | None = None
    ac_ahead: float | None = None


def fixed_item(phase_id: int | None, day: date, amount: float, as_of: date, time: Calendar) -> Item:
    """A cost without a task: planned, and earned, on its day."""
    start, finish = begin(day), begin(day + DAY)
    return Item(None, phase_id, (Work(amount, 100.0 * (day <= as_of), start, finish, time, start, finish),))


def line_of(
    basis: Basis, items: Sequence[Item], spent: Iterable[Spent], as_of: date, today: date, named: Named | None = None
) -> Line:
    """The value of some items at the end of a day; weeks count from the first of their own days."""
    work = [piece for item in items for piece in item.work]
    earned = Earned(
        bac=curve.scope(work),
        pv=curve.planned(work, as_of + DAY),
        ev=earned_value(items, as_of, today),
        ac=sum(each.amount for each in spent if each.day <= as_of),
    )
    start = basis.start if named is None else min((piece.start.date() for piece in work), default=basis.start)
    time = schedule.earned_time(work, start, earned.ev, begin(as_of + DAY), basis.time)
    if named is None:
        return Line(None, "", "", None, None, earned, time)
    state = "" if named.there and named.budgeted else "new" if named.there else "gone"
    return Line(named.id, named.name, named.wbs, named.phase_id, named.percent, earned, time, state)


def earned_value(items: Iterable[Item], day: date, today: date) -> float:
    """What is earned by the end of a day; of the last one and days after it, all that is done."""
    if day + DAY >= today:
        return curve.done([piece for item in items for piece in item.work], day + DAY, today)
    earned = 0.0
    for item in items:
        percent = item.reported(day)
        if percent is None:
            earned += curve.done(item.work, day + DAY, today)
        elif percent:
            earned += curve.scope(item.work) * percent / 100
    return earned


def told(basis: Basis, day: date, today: date) -> Told:
    """How the progress of a day is known."""
    if day + DAY >= today:
        return Told.CURRENT
    known = {item.reported(day) is not None for item in basis.items if item.task_id is not None}
    if known == {True, False}:
        return Told.MIXED
    return Told.REPORTED if known == {True} else Told.RECONSTRUCTED


def total(basis: Basis, as_of: date, today: date) -> Line:
    """The value of a project at the end of a day."""
    return line_of(basis, basis.items, basis.spent, as_of, today)


def by_phase(basis: Basis, names: Mapping[int | None, str], as_of: date, today: date) -> list[Line]:
    """The value by phase, in the order of the names; without those of which there is nothing to say."""
    items = _grouped(basis.items, lambda each: each.phase_id)
    spent = _grouped(basis.spent, lambda each: each.phase_id)
    found = []
    for phase_id, name in names.items():
        if phase_id in items or phase_id in spent:
            named = Named(phase_id or 0, "", name, phase_id, 0)
            found.append(line_of(basis, items.get(phase_id, []), spent.get(phase_id, []), as_of, today, named))
    return found


def by_task(basis: Basis, as_of: date, today: date) -> list[Line]:
    """The value by task: of all that is budgeted, in the plan, or cost something."""
    items = _grouped(basis.items, lambda each: each.task_id)
    spent = _grouped(basis.spent, lambda each: each.task_id)
    return [
        line_of(basis, items.get(each.id, []), spent.get(each.id, []), as_of, today, each)
        for each in basis.tasks.values()
    ]


def _grouped(rows: Iterable[Row], key: Callable[[Row], int | None]) -> dict[int | None, list[Row]]:
    found: dict[int | None, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def points(basis: Basis, whole: Line, as_of: date, today: date) -> list[Point]:
    """The S-curve: planned value to its end, earned value and cost up to the day, and where they lead by the indices.

    The work that is left is done in the order of the plan, at the pace of SPI(t), and costs what EAC says.
    """
    if not basis.items or whole.earned.bac <= 0:
        return []
    work, last = basis.work, max(piece.finish.date() for item in basis.items for piece in item.work)
    end = max(last, as_of, whole.time.finish or last)
    days = curve.days_between(basis.start - DAY, min(end, basis.start + timedelta(weeks=520)), as_of)
    if len(days) > MOST_POINTS:
        step = -(-len(days) // MOST_POINTS)
        days = sorted({*days[::step], days[-1], as_of})
    return [_point(basis, work, whole, day, as_of, today) for day in days]


def _point(basis: Basis, work: Sequence[Work], whole: Line, day: date, as_of: date, today: date) -> Point:
    pv = curve.planned(work, day + DAY)
    if day < as_of:
        return Point(day, pv, earned_value(basis.items, day, today), _spent(basis, day))
    if day == as_of:
        return Point(day, pv, whole.earned.ev, whole.earned.ac, whole.earned.ev, whole.earned.ac)
    ahead = _ahead(work, whole, day, as_of)
    return Point(day, pv, None, None, ahead, None if ahead is None else _cost_ahead(whole.earned, ahead))


def _spent(basis: Basis, day: date) -> float:
    return sum(each.amount for each in basis.spent if each.day <= day)


def _ahead(work: Sequence[Work], whole: Line, day: date, as_of: date) -> float | None:
    """Earned value on a day ahead: what the plan had earned when it was where the work will be by then."""
    if whole.time.spi is None or whole.time.es is None:
        return None
    weeks = whole.time.es + (day - as_of).days / 7 * whole.time.spi
    at = whole.time.start + timedelta(days=min(round(weeks * 7), 365_000))
    return max(curve.planned(work, at), whole.earned.ev)


def _cost_ahead(earned: Earned, ev: float) -> float | None:
    left = earned.bac - earned.ev
    if earned.etc is None:
        return None
    return earned.ac + (earned.etc * (ev - earned.ev) / left if left > 0 else 0)
