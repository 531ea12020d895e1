"""Working calendars as tables that answer for all runs at once: `kernel.worktime.Axis`, a vector at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from kernel.errors import RuleBroken
from kernel.worktime import DAY, Calendar, instant_of

Line = NDArray[np.int64]
"""A clock minute, a place or a number of minutes, one a run; a plain number stands for the same in every run."""
LARGEST = 25_000_000
"""Minutes that the tables of all calendars may hold together: 47 years of one, almost five of ten."""


def same(number: int) -> Line:
    """The same number in every run."""
    return np.asarray(number, dtype=np.int64)


class VectorRuler:
    """A calendar between two days: the place of a clock minute, and where work at a place goes on or has ended."""

    __slots__ = ("_base", "_first", "_places", "_worked")

    def __init__(self, calendar: Calendar, first_day: int, days: int) -> None:
        working = np.zeros(days * DAY, dtype=np.bool_)
        morning = instant_of(first_day * DAY).date()
        for number in range(days):
            for period in calendar.periods(morning + timedelta(days=number)):
                working[number * DAY + period.start : number * DAY + period.end] = True
        self._first = np.int64(first_day * DAY)
        self._base = np.int64(calendar.axis.index(first_day * DAY))
        self._places = np.zeros(len(working) + 1, dtype=np.int32)
        np.cumsum(working, dtype=np.int32, out=self._places[1:])
        self._worked = np.flatnonzero(working).astype(np.int32)

    def place(self, moment: Line) -> Line:
        """Working minutes before a clock minute, counted as the calendar's axis counts."""
        return np.take(self._places, moment - self._first, mode="clip") + self._base

    def starts(self, place: Line) -> Line:
        """The latest clock minute of a place: where work goes on."""
        return np.take(self._worked, place - self._base, mode="clip") + self._first

    def ends(self, place: Line) -> Line:
        """The earliest clock minute of a place: where work has ended."""
        return np.take(self._worked, place - (self._base + 1), mode="clip") + (self._first + 1)

    def next(self, moment: Line) -> Line:
        """The moment itself in working time, else when work begins again."""
        return self.starts(self.place(moment))

    def after(self, moment: Line, minutes: Line) -> Line:
        """When so much work from a moment on has ended."""
        return self.ends(self.place(moment) + minutes)

    def before(self, moment: Line, minutes: Line) -> Line:
        """When so much work has to begin to have ended by a moment."""
        return self.starts(self.place(moment) - minutes)


class ClockRuler(VectorRuler):
    """Around the clock: each minute is worked, and each place is its minute."""

    __slots__ = ()

    def __init__(self) -> None:
        """There is nothing to lay out."""

    def place(self, moment: Line) -> Line:
        """The minute itself."""
        return moment

    def starts(self, place: Line) -> Line:
        """The minute itself."""
        return place

    def ends(self, place: Line) -> Line:
        """The minute itself."""
        return place


def lay_out_rulers(calendars: Iterable[Calendar], first: int, last: int, before: int) -> dict[int, VectorRuler]:
    """Rulers by the calendar's identity, long enough for clock minutes from first to last and lags of ``before``.

    Raises RuleBroken where they would be longer than anybody plans.
    """
    found = {id(each): each for each in calendars}
    begins, ends = [first], [last]
    for calendar in found.values():
        axis = calendar.axis
        begins.append(axis.start_of(axis.index(first) - before - 1))
        ends.append(axis.end_of(axis.index(last) + before + 1))
    first_day, last_day = (min(begins) - before) // DAY - 1, (max(ends) + before) // DAY + 1
    days = last_day - first_day + 1
    if days * DAY * len(found) > LARGEST:
        text = "With these estimates the plan would last until %(day)s at worst. Look for a slip in a duration."
        raise RuleBroken("forecast.too_long", text, day=instant_of(last).date().isoformat())
    return {number: VectorRuler(calendar, first_day, days) for number, calendar in found.items()}
