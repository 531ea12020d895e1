"""Earned schedule: where on the plan's own curve the work done stands, in weeks from the start.

Formulas after Lipke: ES = c + (EV - PV_c) / (PV_c+1 - PV_c), SPI(t) = ES / AT. A week counts by its working time: on
Friday evening it has passed as on Sunday, and a week with holidays is a week.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from kernel.worktime import Calendar
from roadmap.standing.rules import curve
from roadmap.standing.rules.curve import Work, begin, share

WEEK = timedelta(weeks=1)
MOST_WEEKS = 2100
"""No curve is followed for longer: about forty years."""


@dataclass(frozen=True, slots=True)
class EarnedTime:
    """The earned schedule of a plan. ``es`` is where the plan had earned as much, ``at`` the time passed, ``planned``
    the time that the plan needs in all, in weeks; None where nothing is planned. ``over``: all work is done.
    """

    start: date
    es: float | None
    at: float
    planned: float | None
    over: bool = False

    @property
    def spi(self) -> float | None:
        """SPI(t); None before the start, without work, and once all work is done, when time is no longer needed."""
        return None if self.over else spi_t(self.es, self.at)

    @property
    def behind(self) -> float | None:
        """How many weeks behind the plan the work is; below 0 it is ahead."""
        return None if self.es is None else self.at - self.es

    @property
    def needed(self) -> float | None:
        """How many weeks it takes in all, if the rest goes as the work so far did."""
        return None if self.planned is None or not self.spi else self.planned / self.spi

    @property
    def finish(self) -> date | None:
        """The day on which that ends."""
        return None if self.needed is None else day_after(self.start, self.needed)


def earned_schedule(planned: Sequence[float], earned: float) -> float | None:
    """ES = c + (EV - PV_c) / (PV_c+1 - PV_c): the time, in periods, at which the plan had earned as much.

    ``planned`` is the planned value at the end of each period, from period 0; c is the last period whose planned value
    does not exceed what is earned. All earned is the first period at which all was planned. None without a plan.

    >>> earned_schedule((0, 10, 25, 45, 70, 90, 100), 40)
    2.75
    """
    if not planned or planned[-1] <= 0:
        return None
    if earned >= planned[-1]:
        return float(len(list(takewhile(lambda value: value < planned[-1], planned))))
    at = len(list(takewhile(lambda value: value <= earned, planned))) - 1
    return at + (earned - planned[at]) / (planned[at + 1] - planned[at]) if at >= 0 else 0.0


def spi_t(earned_at: float | None, actual: float) -> float | None:
    """SPI(t) = ES / AT, both in periods; None, said as n/a, where no time has passed or nothing is planned.

    >>> spi_t(2.75, 4)
    0.6875
    """
    return None if earned_at is None or actual <= 0 else earned_at / actual


def weeks_passed(start: date, moment: datetime, calendar: Calendar) -> float:
    """How many weeks lie between a start and a moment, the last one as far as its working time has passed.

    >>> from kernel.worktime import Period
    >>> office = Calendar(((Period(540, 1020),),) * 5 + ((), ()))
    >>> weeks_passed(date(2026, 1, 5), datetime(2026, 1, 31), office)
    4.0
    """
    if moment <= begin(start):
        return 0.0
    whole = (moment - begin(start)) // WEEK
    began = begin(start) + whole * WEEK
    return whole + share(moment, began, began + WEEK, calendar)


def day_after(start: date, weeks: float) -> date | None:
    """The day that so many weeks after a start end with; None beyond the calendar."""
    try:
        return start + timedelta(days=max(-(-weeks * WEEK.days // 1) - 1, 0))
    except OverflowError:
        return None


def earned_time(work: Sequence[Work], start: date, earned: float, moment: datetime, calendar: Calendar) -> EarnedTime:
    """The earned schedule of work of which so much is earned at a moment; ``earned`` counts as the work does."""
    scope, at = curve.scope(work), weeks_passed(start, moment, calendar)
    if scope <= 0:
        return EarnedTime(start, None, at, None)
    whole = _week_of(work, start, scope * (1 - 1e-9))
    return EarnedTime(start, _weeks_earned(work, start, min(earned, scope)), at, float(whole), earned >= scope)


def _planned(work: Sequence[Work], start: date, week: int) -> float:
    return curve.planned(work, start + week * WEEK)


def _week_of(work: Sequence[Work], start: date, amount: float) -> int:
    """The first week with whose end so much is planned. Planned value never falls: it is found by halving."""
    return bisect_right(range(MOST_WEEKS), amount, key=lambda week: _planned(work, start, week))


def _weeks_earned(work: Sequence[Work], start: date, earned: float) -> float | None:
    scope = curve.scope(work)
    if earned >= scope:
        return float(_week_of(work, start, scope * (1 - 1e-9)))
    week = _week_of(work, start, earned) - 1
    if week < 0:
        return 0.0
    rest = earned_schedule((_planned(work, start, week), _planned(work, start, week + 1)), earned)
    return None if rest is None else week + rest
