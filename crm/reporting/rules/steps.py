"""Stretches of days that follow each other: days, ISO weeks, months, quarters, years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken

MOST = 370
"""So many stretches at most: a year of days."""
_QUARTER, _YEAR = 3, 12
DAY = timedelta(days=1)
_END = date(9998, 12, 31)


class Step(StrEnum):
    """How long a stretch is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


STEPS: Mapping[Step, str] = {
    Step.DAY: "by day",
    Step.WEEK: "by week",
    Step.MONTH: "by month",
    Step.QUARTER: "by quarter",
    Step.YEAR: "by year",
}


def start_of(day: date, step: Step) -> date:
    """The first day of the stretch that a day lies in.

    >>> [start_of(date(2026, 5, 20), each).isoformat() for each in Step]
    ['2026-05-20', '2026-05-18', '2026-05-01', '2026-04-01', '2026-01-01']
    """
    if step is Step.DAY:
        return day
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    months = {Step.MONTH: 1, Step.QUARTER: _QUARTER, Step.YEAR: _YEAR}[step]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def next_of(start: date, step: Step) -> date:
    """The first day of the next stretch; the last of all days at the end of the calendar.

    >>> next_of(date(2026, 10, 1), Step.QUARTER)
    datetime.date(2027, 1, 1)
    """
    if start > _END:
        return date.max
    if step in (Step.DAY, Step.WEEK):
        return start + timedelta(days=1 if step is Step.DAY else 7)
    months = start.month - 1 + {Step.MONTH: 1, Step.QUARTER: _QUARTER, Step.YEAR: _YEAR}[step]
    return date(start.year + months // _YEAR, months % _YEAR + 1, 1)


def stretches(first: date, last: date, step: Step) -> tuple[date, ...]:
    """The first days of all stretches from one day to another. Raises RuleBroken where they are too many.

    >>> len(stretches(date(2026, 1, 5), date(2026, 2, 18), Step.WEEK))
    7
    """
    found: list[date] = []
    start = start_of(first, step)
    while start <= last and start != date.max:
        if len(found) == MOST:
            raise RuleBroken(
                "reports.steps",
                "Told apart %(step)s, these records fall into more than %(most)d stretches. Take longer ones, or a"
                " shorter period.",
                field="first_step",
                step=STEPS[step],
                most=MOST,
            )
        found.append(start)
        start = next_of(start, step)
    return tuple(found)
