"""Earned schedule: where on the plan's own curve the work done stands, in weeks.

There are no baselines yet, so the plan is measured as it stands: re-planning moves the curve along.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import takewhile

from roadmap.standing.rules import curve
from roadmap.standing.rules.curve import Work

WEEK_DAYS = 7
MOST_WEEKS = 104
"""No curve is followed for longer than two years."""


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


def spi_of(work: Sequence[Work], start: date, today: date) -> float | None:
    """SPI(t) of a plan: its work by week from the start, against what is done today.

    None before the start, without work, and once all work is done, when time is no longer needed.
    """
    scope = curve.scope(work)
    earned = curve.done(work, today, today)
    if not scope or earned >= scope or today <= start:
        return None
    return spi_t(_weeks_earned(work, start, earned), (today - start).days / WEEK_DAYS)


def _weeks_earned(work: Sequence[Work], start: date, earned: float) -> float | None:
    """Earned schedule in weeks. Planned value never falls, so that the week is found by halving."""

    def planned(week: int) -> float:
        return curve.planned(work, start + timedelta(weeks=week))

    week = bisect_right(range(MOST_WEEKS), earned, key=planned) - 1
    if week < 0:
        return 0.0
    rest = earned_schedule((planned(week), planned(week + 1)), earned)
    return None if rest is None else week + rest
