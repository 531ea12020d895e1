"""What acts do to the dates of a plan: which rows move, and by how many working days its ends do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kernel.worktime import Calendar
from roadmap.schedule.rules import Dates, Schedule


@dataclass(frozen=True, slots=True)
class Moved:
    """A row with another start, finish or criticality."""

    id: int
    before: Dates
    after: Dates


@dataclass(frozen=True, slots=True)
class Ends:
    """A moment that people look at, before and after; ``days`` are working days, later is positive."""

    before: datetime
    after: datetime
    days: int


def moved(before: Mapping[int, Dates], after: Mapping[int, Dates]) -> list[Moved]:
    """The rows of both that differ, in the order of the second."""
    return [
        Moved(id, before[id], dates)
        for id, dates in after.items()
        if id in before and _shown(before[id]) != _shown(dates)
    ]


def _shown(dates: Dates) -> tuple[datetime, datetime, bool]:
    return dates.start, dates.finish, dates.critical


def ends(before: datetime, after: datetime, calendar: Calendar) -> Ends:
    """How far a moment moves; within one day it may move by no day at all.

    >>> from kernel.worktime import standard
    >>> ends(datetime(2026, 1, 9, 17), datetime(2026, 1, 12, 17), standard()).days
    1
    """
    return Ends(before, after, calendar.days_between(before.date(), after.date()))


def go_live(milestones: Iterable[int], before: Schedule, after: Schedule) -> tuple[datetime, datetime] | None:
    """When the last of the go-live milestones is, before and after; None where there is none (any more)."""
    found = [id for id in milestones if id in before.dates and id in after.dates]
    if not found:
        return None
    return max(before.dates[id].finish for id in found), max(after.dates[id].finish for id in found)
