"""Whether a target is reached, can still be reached, or no longer, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from readiness.benefits.rules.intervals import Interval


class Reach(StrEnum):
    """How an objective stands."""

    NO_FIGURE = "no figure"
    NOT_KEPT = "not kept"
    NO_BASELINE = "no baseline"
    NOT_LIVE = "not live"
    UNKNOWN = "unknown"
    REACHED = "reached"
    REACHABLE = "reachable"
    UNLIKELY = "unlikely"
    IMPOSSIBLE = "impossible"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Course:
    """A value on its way to a target: counted from ``live`` on, due on ``due`` (None: no day was set).

    ``stands``: it is a stock, whose last value counts; else the mean over all days to the due day has to reach it.
    """

    value: float
    target: float
    live: date
    today: date
    due: date | None = None
    interval: Interval | None = None
    rising: bool = True
    share: bool = False
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it stands; ``needed`` is the value that the days left have to show on average."""

    reach: Reach
    needed: float | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How an objective stood at the end of a day: its value, the interval from ``low`` to ``high``, and the word."""

    day: date
    kpi: str
    baseline: float | None
    target: float | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    reach: Reach


def judge(course: Course) -> Verdict:
    """Hold a value against its target and the time that is left.

    >>> start, today, due = date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 20)
    >>> judge(Course(0.4, 0.5, start, today, due)).needed
    0.6
    """
    good = _reaches(course, course.value)
    if good or course.due is None:
        return Verdict(Reach.REACHED if good else Reach.REACHABLE)
    left = (course.due - course.today).days
    if left <= 0:
        return Verdict(Reach.MISSED)
    needed = _needed(course, left)
    if needed < 0 or (course.share and needed > 1):
        return Verdict(Reach.IMPOSSIBLE, needed)
    return Verdict(Reach.UNLIKELY if _beyond(course, needed) else Reach.REACHABLE, needed)


def _reaches(course: Course, value: float) -> bool:
    return value >= course.target if course.rising else value <= course.target


def _needed(course: Course, left: int) -> float:
    if course.stands:
        return course.target
    gone = (course.today - course.live).days + 1
    return (course.target * (gone + left) - course.value * gone) / left


def _beyond(course: Course, needed: float) -> bool:
    """Whether more is needed than what was seen can explain by chance. A stock may still move."""
    if course.interval is None or course.stands:
        return False
    return needed > course.interval.high if course.rising else needed < course.interval.low
