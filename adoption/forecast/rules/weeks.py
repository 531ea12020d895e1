"""Weeks after go-live, what was counted in each, and the scale on which a forecast is made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

HORIZON = 12
"""The week that is forecast."""
WEEK = timedelta(days=7)
HALF = 0.5
"""Added to both sides of a share, so that none and all have a place on the scale, too."""


class Kind(StrEnum):
    """What a figure is: a share of something, or a rate against what it was before."""

    SHARE = "share"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class WeekCount:
    """What was counted in a week after go-live (1 is the first whole one): a part of a whole, or a number by effort."""

    number: int
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Series:
    """The weeks of a figure. ``usual`` is, of growth, what a unit of the bottom gave before go-live."""

    kind: Kind
    weeks: tuple[WeekCount, ...]
    usual: float = 1.0

    @property
    def size(self) -> float:
        """The bottom that a coming week is taken to have: that of the last one."""
        return self.weeks[-1].bottom

    def place(self, week: WeekCount) -> tuple[float, float]:
        """Where a week stands on the scale of the forecast, and the variance that counting so few gives it.

        >>> z, variance = Series(Kind.SHARE, ()).place(WeekCount(1, 15, 20))
        >>> round(z, 2), round(variance, 2)
        (1.04, 0.25)
        """
        if self.kind is Kind.GROWTH:
            return math.log((week.top + HALF) / (week.bottom * self.usual)), 1 / (week.top + HALF)
        hit, rest = week.top + HALF, week.bottom - week.top + HALF
        return math.log(hit / rest), 1 / hit + 1 / rest

    def noise(self, z: float) -> float:
        """The variance that counting gives a coming week which stands at a place of the scale."""
        if self.kind is Kind.GROWTH:
            return 1 / (self.size * self.usual * math.exp(z) + HALF)
        share = 1 / (1 + math.exp(-z))
        return 1 / ((self.size + 1) * share * (1 - share))

    def value(self, z: float) -> float:
        """The figure at a place of the scale: a share that so many can have, or growth.

        >>> Series(Kind.SHARE, (WeekCount(1, 15, 20),)).value(1.04)
        0.75
        """
        if self.kind is Kind.GROWTH:
            return max(0.0, self.size * self.usual * math.exp(z) - HALF) / (self.size * self.usual) - 1
        count = (self.size + 1) / (1 + math.exp(-z)) - HALF
        return min(max(round(count) / self.size, 0.0), 1.0)

    def edge(self, target: float) -> float:
        """The place from which a target counts as reached: half a user below the fewest that reach it."""
        if self.kind is Kind.GROWTH:
            least = math.ceil(self.size * self.usual * (1 + target) - 1e-9)
            return math.log(max(least, HALF) / (self.size * self.usual))
        fewest = min(max(math.ceil(self.size * target - 1e-9), HALF), self.size + HALF)
        return math.log(fewest / (self.size + 1 - fewest))


def first_monday(live_since: date) -> date:
    """The Monday of the first whole week of use.

    >>> first_monday(date(2025, 12, 30)), first_monday(date(2026, 1, 5))
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 5))
    """
    return live_since + timedelta(days=-live_since.weekday() % 7)


def number_of(monday: date, live_since: date) -> int:
    """Which week after go-live begins on a Monday; below 1: before it.

    >>> number_of(date(2026, 3, 23), date(2025, 12, 30))
    12
    """
    return (monday - first_monday(live_since)) // WEEK + 1


def mondays(live_since: date, today: date, ripens: int = 0) -> tuple[date, ...]:
    """The Mondays of the whole weeks after go-live that are over, at most twelve; a week counts ``ripens`` days later.

    >>> [each.day for each in mondays(date(2026, 1, 28), date(2026, 2, 18))]
    [2, 9]
    """
    first = first_monday(live_since)
    all_of = (first + WEEK * number for number in range(HORIZON))
    return tuple(each for each in all_of if each + WEEK + timedelta(days=ripens) <= today)


def counted(weeks: Iterable[WeekCount]) -> tuple[WeekCount, ...]:
    """The weeks in which there was anything to count, in their order."""
    return tuple(sorted((each for each in weeks if each.bottom > 0), key=lambda each: each.number))


def usual_of(tops: Sequence[float], bottoms: Sequence[float], growths: Sequence[float | None]) -> float | None:
    """What a unit of the bottom gave before, from weeks whose growth is known; None where none says it.

    >>> usual_of([22.0], [100.0], [0.1])
    0.2
    """
    for top, bottom, growth in zip(tops, bottoms, growths, strict=True):
        if top and bottom and growth is not None:
            return round(top / bottom / (1 + growth), 12)
    return None
