"""What followed an offer: how much more a group moved than everybody else (difference in differences)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

LEAST_USERS = 10
"""Fewer people than that, in the group or among the others, move by chance alone."""
WEEK = timedelta(days=7)
WEEKS_BEFORE, WEEKS_AFTER, LEAST_AFTER = 4, 4, 2
NORMAL_80 = 1.2816
"""So many standard deviations around the middle hold 80 %."""


@dataclass(frozen=True, slots=True)
class Count:
    """A part of a whole, or so many for so much effort (``rate``)."""

    top: float
    bottom: float
    rate: bool = False

    @property
    def share(self) -> float:
        """The part."""
        return self.top / self.bottom

    @property
    def variance(self) -> float:
        """What chance alone gives so few; a share of none or all is taken as half a one off."""
        if self.rate:
            return (self.top + 0.5) / self.bottom**2
        near = (self.top + 0.5) / (self.bottom + 1)
        return near * (1 - near) / self.bottom


@dataclass(frozen=True, slots=True)
class Sides:
    """The group and the others, before and after."""

    group_before: Count
    group_after: Count
    rest_before: Count
    rest_after: Count


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much the group moved more than the others, with an interval of 80 %; None and ``why`` where unknown."""

    points: float | None
    low: float = 0.0
    high: float = 0.0
    sides: Sides | None = None
    why: str = ""
    n: int = 0


def refusal(group: int, rest: int, weeks_after: int) -> Effect | None:
    """Why nothing may be said of an effect, from how many people there are and how many weeks have passed.

    >>> refusal(9, 40, 4).why, refusal(12, 8, 4).why, refusal(12, 40, 1).why, refusal(12, 40, 2)
    ('few', 'few-others', 'early', None)
    """
    if group < LEAST_USERS:
        return Effect(None, why="few", n=group)
    if rest < LEAST_USERS:
        return Effect(None, why="few-others", n=rest)
    if weeks_after < LEAST_AFTER:
        return Effect(None, why="early", n=weeks_after)
    return None


def difference(sides: Sides) -> Effect:
    """The difference of the differences; unknown where a side has nothing to count.

    >>> found = difference(Sides(Count(40, 80), Count(60, 80), Count(100, 200), Count(110, 200)))
    >>> round(found.points, 3), found.low < 0.2 < found.high
    (0.2, True)
    """
    four = (sides.group_before, sides.group_after, sides.rest_before, sides.rest_after)
    if not all(each.bottom > 0 for each in four):
        return Effect(None, why="nothing")
    points = (sides.group_after.share - sides.group_before.share) - (sides.rest_after.share - sides.rest_before.share)
    off = NORMAL_80 * math.sqrt(sum(each.variance for each in four))
    return Effect(points, points - off, points + off, sides)


def weeks_before(offered: date) -> tuple[date, date]:
    """The first and last day of the four whole weeks before an offer.

    >>> [each.isoformat() for each in weeks_before(date(2026, 2, 4))]
    ['2026-01-05', '2026-02-01']
    """
    monday = offered - timedelta(days=offered.weekday())
    return monday - WEEK * WEEKS_BEFORE, monday - timedelta(days=1)


def weeks_after(done: date, today: date) -> tuple[date, date, int]:
    """The first and last day of at most four whole weeks after it was done, and how many of them are over.

    >>> first, last, weeks = weeks_after(date(2026, 2, 4), date(2026, 2, 25))
    >>> first.isoformat(), last.isoformat(), weeks
    ('2026-02-09', '2026-02-22', 2)
    """
    first = done + timedelta(days=7 - done.weekday())
    weeks = min(WEEKS_AFTER, max(0, (today - first).days // 7))
    return first, first + WEEK * weeks - timedelta(days=1), weeks
