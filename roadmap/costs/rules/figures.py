"""Budget, plan and actual cost of a project and of each of its phases, at a day.

Planned cost of a task = its effort x the rate over its days, spread evenly over the weekdays from start to finish.
Planned value = its share up to the day; earned value = planned cost x progress. Actual cost = logged hours x the rate
of their day + expenses. Forecast at completion = actual cost + what is left of each task at its planned cost + fixed
costs that are still to come. A fixed cost is planned, and earned, on its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from roadmap.costs.rules.earned import Earned
from roadmap.costs.rules.rates import DAY, HOUR, Hours, Prices, price
from roadmap.standing.rules.curve import share


@dataclass(frozen=True, slots=True)
class Planned:
    """A task as its cost is planned: minutes of effort, percent done, the days it takes, whose rate counts."""

    phase_id: int | None
    minutes: int
    percent: float
    start: date
    finish: date
    role_id: int | None
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Amount:
    """Money of one day that hangs on no hours."""

    phase_id: int | None
    day: date
    cents: int


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


def cost_until(task: Planned, prices: Prices, end: date) -> float | None:
    """What a task is planned to cost up to the beginning of a day; None where a part of it has no rate.

    >>> from roadmap.costs.rules.rates import Flat
    >>> cost_until(Planned(1, 960, 0, date(2026, 1, 5), date(2026, 1, 6), None, None), Flat(), date(2026, 1, 6))
    480.0
    """
    inside = [day for day in prices.changes(task.role_id, task.person_id) if task.start < day <= task.finish]
    edges = [task.start, *inside, task.finish + DAY]
    total = 0.0
    for first, after in pairwise(edges):
        rate = prices.on(first, task.role_id, task.person_id)
        if rate is None:
            return None
        passed = share(min(after, end), task.start, task.finish) - share(first, task.start, task.finish)
        total += task.minutes * max(passed, 0.0) * rate / HOUR
    return total


def whole_cost(task: Planned, prices: Prices) -> float | None:
    """What a task is planned to cost; None without a rate."""
    return cost_until(task, prices, task.finish + DAY)


def line(books: Books, prices: Prices, as_of: date, phases: Iterable[int | None] | None, name: str = "") -> Line:
    """The figures of some phases, of everything where ``phases`` is None, at the end of a day."""
    wanted = None if phases is None else set(phases)
    tasks = [each for each in books.tasks if _in(each.phase_id, wanted)]
    costs = [(each, whole_cost(each, prices)) for each in tasks]
    known = [(task, cost) for task, cost in costs if cost is not None]
    fixed = [each for each in books.fixed if _in(each.phase_id, wanted)]
    due = sum(each.cents for each in fixed if each.day <= as_of)
    hours = [each for each in books.hours if _in(each.phase_id, wanted) and each.day <= as_of]
    labour, unpriced = _labour(hours, prices)
    spent = sum(each.cents for each in books.expenses if _in(each.phase_id, wanted) and each.day <= as_of)
    has_plan = bool(known or fixed) or (prices.known and not tasks)
    has_cost = labour is not None or bool(spent)
    planned = sum(cost for _task, cost in known) + sum(each.cents for each in fixed)
    to_date = sum(cost_until(task, prices, as_of + DAY) or 0.0 for task, _cost in known) + due
    done = sum(cost * task.percent / 100 for task, cost in known)
    actual = (labour or 0) + spent if has_cost or has_plan else None
    left = sum(cost * (100 - task.percent) / 100 for task, cost in known)
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
        unplanned=sum(task.minutes for task, cost in costs if cost is None),
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
