"""Budget, plan and actual cost of a project and of each of its phases, at a day.

Planned cost of a task = its effort x the rate over its days, spread evenly over the working time from start to finish,
and the fixed costs that hang on it, spread likewise. Planned value = its share up to the day; earned value = planned
cost x progress. Actual cost = logged hours x the rate of their day + expenses. Forecast at completion = actual cost +
what is left of each task at its planned cost + fixed costs that are still to come. A fixed cost without a task is
planned, and earned, on its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from kernel.worktime import Calendar
from roadmap.costs.rules.earned import Earned
from roadmap.costs.rules.rates import DAY, HOUR, Hours, Prices, price
from roadmap.standing.rules import curve
from roadmap.standing.rules.curve import Work, begin, share

Part = tuple[int | None, int | None, float]
"""A role and a person whose rate counts, and for which part of the minutes."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A task as its cost is planned: minutes of effort, percent done, when, whose rate counts, what it costs besides.

    ``began`` and ``ended`` say when what is done of it was done, ``gap`` when it lies still. Who is assigned to it
    has a part in ``shares``; without any the role's or the person's rate counts for all.
    """

    phase_id: int | None
    minutes: int
    percent: float
    start: datetime
    finish: datetime
    time: Calendar
    role_id: int | None
    person_id: int | None
    task_id: int = 0
    fixed: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    gap: tuple[datetime, datetime] | None = None
    shares: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """Money of one day that hangs on no hours."""

    phase_id: int | None
    day: date
    cents: int
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that counts; ``budgets`` by phase, None for the project as a whole."""

    tasks: Sequence[Planned] = ()
    hours: Sequence[Hours] = ()
    fixed: Sequence[Amount] = ()
    expenses: Sequence[Amount] = ()
    budgets: dict[int | None, int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a phase, or of everything; None where unknown. ``minutes`` are logged, ``effort`` is planned.

    ``unpriced`` logged minutes and ``unplanned`` minutes of effort have no rate: they are in none of the amounts.
    """

    phase_id: int | None
    name: str
    budget: int | None
    planned: int | None
    planned_to_date: int | None
    earned: int | None
    actual: int | None
    forecast: int | None
    minutes: int = 0
    effort: int = 0
    unpriced: int = 0
    unplanned: int = 0

    @property
    def variance(self) -> int | None:
        """What is left of the budget at the end by the forecast; below 0 it is not enough."""
        return None if self.budget is None or self.forecast is None else self.budget - self.forecast

    @property
    def ahead(self) -> int | None:
        """How much more was spent than planned by now; below 0 less."""
        return None if self.actual is None or self.planned_to_date is None else self.actual - self.planned_to_date

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not any((self.budget, self.planned, self.actual, self.minutes, self.effort))

    @property
    def value(self) -> Earned | None:
        """Earned value, where plan and cost are known."""
        if self.planned is None or self.planned_to_date is None or self.earned is None or self.actual is None:
            return None
        return Earned(self.planned, self.planned_to_date, self.earned, self.actual)


def effort_only(books: Books) -> Books:
    """What counts where minutes of work are the budget: no money."""
    return Books([replace(each, fixed=0) if each.fixed else each for each in books.tasks], books.hours)


def pieces(task: Planned, prices: Prices) -> list[Work] | None:
    """A task's planned cost as it falls due: a piece for each rate of its days, one for its fixed costs.

    None without a rate and without fixed costs. Every piece is as far as the task is.
    """
    labour = _labour_of(task, prices)
    if labour is None and not task.fixed:
        return None
    return [*(labour or ()), *([_piece(task, task.fixed, task.start, task.finish)] if task.fixed else [])]


def _labour_of(task: Planned, prices: Prices) -> list[Work] | None:
    """The labour of everybody who works on a task; None where one of them has no rate."""
    if not prices.known:
        return None
    found: list[Work] = []
    for role_id, person_id, part in task.shares or ((task.role_id, task.person_id, 1.0),):
        pieces = _labour_by(task, prices, role_id, person_id, part)
        if pieces is None:
            return None
        found += pieces
    return found


def _labour_by(
    task: Planned, prices: Prices, role_id: int | None, person_id: int | None, part: float
) -> list[Work] | None:
    changes = map(begin, prices.changes(role_id, person_id))
    edges = [task.start, *(each for each in changes if task.start < each < task.finish), task.finish]
    found, before = [], 0.0
    for first, after in pairwise(edges):
        rate = prices.on(first.date(), role_id, person_id)
        if rate is None:
            return None
        passed = share(after, task.start, task.finish, task.time, task.gap)
        found.append(_piece(task, task.minutes * part * (passed - before) * rate / HOUR, first, after))
        before = passed
    return found


def _piece(task: Planned, cents: float, start: datetime, finish: datetime) -> Work:
    inside = task.gap if task.gap is not None and start <= task.gap[0] and task.gap[1] <= finish else None
    return Work(cents, task.percent, start, finish, task.time, task.began, task.ended, inside)


def cost_until(task: Planned, prices: Prices, end: date) -> float | None:
    """What a task is planned to cost up to the beginning of a day; None where nothing is known of it."""
    found = pieces(task, prices)
    return None if found is None else curve.planned(found, end)


def whole_cost(task: Planned, prices: Prices) -> float | None:
    """What a task is planned to cost; None without a rate and without fixed costs."""
    found = pieces(task, prices)
    return None if found is None else curve.scope(found)


def spent(books: Books, prices: Prices) -> dict[int, int]:
    """What was spent on each task: its expenses, and its logged hours that have a rate."""
    found: dict[int, int] = {}
    for each in books.expenses:
        if each.task_id is not None:
            found[each.task_id] = found.get(each.task_id, 0) + each.cents
    for hours in books.hours:
        rate = prices.on(hours.day, hours.role_id, hours.person_id)
        if hours.task_id is not None and rate is not None:
            found[hours.task_id] = found.get(hours.task_id, 0) + price(hours.minutes, rate)
    return found


def line(books: Books, prices: Prices, as_of: date, phases: Iterable[int | None] | None, name: str = "") -> Line:
    """The figures of some phases, of everything where ``phases`` is None, at the end of a day."""
    wanted = None if phases is None else set(phases)
    tasks = [each for each in books.tasks if _in(each.phase_id, wanted)]
    costs = [(each, pieces(each, prices)) for each in tasks]
    known = [piece for _task, found in costs for piece in found or ()]
    fixed = [each for each in books.fixed if _in(each.phase_id, wanted)]
    due = sum(each.cents for each in fixed if each.day <= as_of)
    hours = [each for each in books.hours if _in(each.phase_id, wanted) and each.day <= as_of]
    labour, unpriced = _labour(hours, prices)
    spent = sum(each.cents for each in books.expenses if _in(each.phase_id, wanted) and each.day <= as_of)
    has_plan = any(found is not None for _task, found in costs) or bool(fixed) or (prices.known and not tasks)
    has_cost = labour is not None or bool(spent)
    planned = curve.scope(known) + sum(each.cents for each in fixed)
    to_date = curve.planned(known, as_of + DAY) + due
    done = sum(each.minutes * each.percent / 100 for each in known)
    actual = (labour or 0) + spent if has_cost or has_plan else None
    left = sum(each.minutes * (100 - each.percent) / 100 for each in known)
    to_come = sum(each.cents for each in fixed if each.day > as_of)
    return Line(
        phase_id=None if wanted is None else next(iter(wanted), None),
        name=name,
        budget=_budget(books, wanted),
        planned=round(planned) if has_plan else None,
        planned_to_date=round(to_date) if has_plan else None,
        earned=round(done + due) if has_plan else None,
        actual=actual,
        forecast=round(actual + left + to_come) if actual is not None and has_plan else None,
        minutes=sum(each.minutes for each in hours),
        effort=sum(each.minutes for each in tasks),
        unpriced=unpriced,
        unplanned=sum(task.minutes for task, found in costs if found is None),
    )


def _in(phase_id: int | None, wanted: set[int | None] | None) -> bool:
    return wanted is None or phase_id in wanted


def _budget(books: Books, wanted: set[int | None] | None) -> int | None:
    found = [cents for phase_id, cents in (books.budgets or {}).items() if _in(phase_id, wanted)]
    return sum(found) if found else None


def _labour(hours: Iterable[Hours], prices: Prices) -> tuple[int | None, int]:
    """What hours cost, None where none of them has a rate, and the minutes without one."""
    labour, unpriced, priced = 0, 0, False
    for each in hours:
        rate = prices.on(each.day, each.role_id, each.person_id)
        if rate is None:
            unpriced += each.minutes
        else:
            labour, priced = labour + price(each.minutes, rate), True
    return (labour if priced else None), unpriced
