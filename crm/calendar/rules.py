"""Which days a view of the calendar shows."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

WEEK = 7
AGENDA = 14


class View(StrEnum):
    """How much is shown."""

    MONTH = "month"
    WEEK = "week"
    AGENDA = "agenda"


SHOWN = {View.MONTH: 6, View.WEEK: 40, View.AGENDA: 200}
"""How many activities of a day a view shows; the others are counted."""


def span(view: View, day: date) -> tuple[date, date]:
    """The first day of a view, a Monday but for the list, and the day after its last.

    >>> span(View.MONTH, date(2026, 2, 18))
    (datetime.date(2026, 1, 26), datetime.date(2026, 3, 2))
    """
    if view is View.AGENDA:
        return day, day + timedelta(days=AGENDA)
    first = day.replace(day=1) if view is View.MONTH else day
    last = (first + timedelta(days=31)).replace(day=1) if view is View.MONTH else day + timedelta(days=1)
    monday = first - timedelta(days=first.weekday())
    return monday, last + timedelta(days=-last.weekday() % WEEK)


def step(view: View, day: date, by: int) -> date:
    """The day that the next or the previous view is about."""
    if view is View.MONTH:
        middle = day.replace(day=15) + timedelta(days=30 * by)
        return middle.replace(day=1)
    return day + timedelta(days=by * (WEEK if view is View.WEEK else AGENDA))
