"""The steps of coming on board, and what became of those who began together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from adoption.policy.rules import SMALLEST_GROUP, runs

HABIT_WEEKS, HABIT_OF = 3, 4
"""A habit: active in three of the last four whole weeks."""
MOST_WEEKS = 12
"""So many weeks after their first one a cohort is followed."""
WEEK_DAYS = 7


class Step(StrEnum):
    """Each step of coming on board, in order."""

    INVITED = "invited"
    SIGNED_IN = "signed-in"
    TRAINED = "trained"
    FIRST_RECORD = "first-record"
    HABIT = "habit"


@dataclass(frozen=True, slots=True)
class Active:
    """Whether somebody was active in a whole week; ``counts``: they were enabled all week and not on leave."""

    person_id: int
    monday: date
    counts: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Stair:
    """A step with how many people got there; None is unknown, and ``why`` says why."""

    step: Step
    people: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those who count were active."""

    active: int
    n: int

    @property
    def percent(self) -> float | None:
        """In percent; None below five people."""
        return 100 * self.active / self.n if self.n >= SMALLEST_GROUP else None


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who began in the weeks from ``first`` to ``last``; ``weeks`` are the whole weeks after their first one."""

    first: date
    last: date
    people: int
    weeks: tuple[Share, ...]


def habits(weeks: Iterable[Active]) -> frozenset[int] | None:
    """Who has the habit; None as long as there are not four whole weeks to tell it from.

    >>> days = [date(2026, 1, 5 + 7 * number) for number in range(4)]
    >>> habits(Active(1, day, True, day != days[0]) for day in days)
    frozenset({1})
    """
    found = list(weeks)
    last = sorted({each.monday for each in found})[-HABIT_OF:]
    if len(last) < HABIT_OF:
        return None
    counted: dict[int, int] = defaultdict(int)
    for each in found:
        counted[each.person_id] += each.monday in last and each.active
    return frozenset(person_id for person_id, count in counted.items() if count >= HABIT_WEEKS)


def cohorts(began: Mapping[int, date], weeks: Iterable[Active]) -> list[Cohort]:
    """Those who began in the same week, or in neighbouring ones where that makes five people; what each week shows.

    ``began`` are the Mondays of the weeks in which people began.
    """
    by_week: dict[date, set[int]] = defaultdict(set)
    for person_id, monday in began.items():
        by_week[monday].add(person_id)
    parts = [(monday, frozenset(by_week[monday])) for monday in sorted(by_week)]
    found = [each for each in weeks if each.person_id in began and each.counts]
    return [_cohort(run, by_week, began, found) for run in runs(parts)]


def _cohort(
    run: Sequence[date], by_week: Mapping[date, set[int]], began: Mapping[int, date], weeks: Iterable[Active]
) -> Cohort:
    ids = set().union(*(by_week[monday] for monday in run))
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for each in weeks:
        place = (each.monday - began[each.person_id]).days // WEEK_DAYS if each.person_id in ids else 0
        if 1 <= place <= MOST_WEEKS:
            sums[place][0] += each.active
            sums[place][1] += 1
    shares = tuple(Share(*sums[place]) for place in range(1, max(sums, default=0) + 1))
    return Cohort(run[0], run[-1], len(ids), shares)
