"""How much of a plan's work is planned, and done, by a day: the two lines of a burn-up.

Work is the effort of a task in minutes, its duration where no effort is given; milestones and summaries weigh nothing.
A task's work is spread evenly over the weekdays from its start to its finish (time-phased, as planned value is).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

WEEKDAYS, WEEK = 5, 7
DAY = timedelta(days=1)


class Row(Protocol):
    """What is read of a row of the plan."""

    @property
    def type(self) -> str: ...  # noqa: D102  # named in the table of tasks
    @property
    def start(self) -> datetime: ...  # noqa: D102
    @property
    def finish(self) -> datetime: ...  # noqa: D102
    @property
    def percent(self) -> float: ...  # noqa: D102
    @property
    def duration_minutes(self) -> int: ...  # noqa: D102
    @property
    def work_minutes(self) -> int | None: ...  # noqa: D102
    @property
    def actual_start(self) -> datetime | None: ...  # noqa: D102
    @property
    def actual_finish(self) -> datetime | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Work:
    """The work of one task: planned from ``start`` to ``finish``, both included, done from ``began`` to ``ended``."""

    minutes: int
    percent: float
    start: date
    finish: date
    began: date | None = None
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """Minutes of work when a day begins; ``done`` is None for days that are still ahead."""

    day: date
    planned: float
    done: float | None


def work_of(rows: Iterable[Row]) -> list[Work]:
    """The work in the rows of a plan; of summaries only what stands below them counts."""
    return [_work(row) for row in rows if row.type == "task"]


def _work(row: Row) -> Work:
    minutes = row.duration_minutes if row.work_minutes is None else row.work_minutes
    began = row.actual_start.date() if row.actual_start else None
    ended = row.actual_finish.date() if row.actual_finish else None
    return Work(minutes, row.percent, row.start.date(), row.finish.date(), began, ended)


def weekdays_before(day: date) -> int:
    """How many weekdays of the calendar lie before a day; only differences mean anything.

    >>> weekdays_before(date(2026, 1, 12)) - weekdays_before(date(2026, 1, 5))
    5
    """
    weeks, rest = divmod(day.toordinal() - 1, WEEK)
    return weeks * WEEKDAYS + min(rest, WEEKDAYS)


def share(day: date, first: date, last: date) -> float:
    """The share of a span of days, both ends included, that has passed when a day begins, 0 to 1.

    >>> share(date(2026, 1, 7), date(2026, 1, 5), date(2026, 1, 8))
    0.5
    """
    if day > last:
        return 1.0
    if day <= first:
        return 0.0
    began = weekdays_before(first)
    span = weekdays_before(last + DAY) - began
    if span <= 0:
        return 0.0
    return min(max((weekdays_before(day) - began) / span, 0.0), 1.0)


def scope(work: Iterable[Work]) -> int:
    """All work, in minutes."""
    return sum(each.minutes for each in work)


def planned(work: Iterable[Work], day: date) -> float:
    """The work that is planned to be done when a day begins, in minutes."""
    # Most tasks have not begun, or are over: they need no counting of days.
    return sum(
        each.minutes if day > each.finish else each.minutes * share(day, each.start, each.finish)
        for each in work
        if day > each.start
    )


def done(work: Iterable[Work], day: date, today: date) -> float:
    """The work that was done when a day began, in minutes; on ``today`` and after it all that is done."""
    if day >= today:
        return sum(each.minutes * each.percent / 100 for each in work)
    return sum(each.minutes * each.percent / 100 * _worked(each, day, today) for each in work if each.percent)


def _worked(work: Work, day: date, today: date) -> float:
    return share(day, work.began or min(work.start, today), min(work.ended or today, today - DAY))


def percent_done(work: Sequence[Work], today: date) -> float | None:
    """Done work in percent of all work; None where there is none to measure."""
    return 100 * done(work, today, today) / scope(work) if scope(work) else None


def percent_planned(work: Sequence[Work], today: date) -> float | None:
    """Work planned to be done by now in percent of all work; None where there is none to measure."""
    return 100 * planned(work, today) / scope(work) if scope(work) else None


def days_between(first: date, last: date, today: date, step: int = WEEK) -> list[date]:
    """Every so many days from first to last, with today and the last day among them."""
    count = max((last - first).days, 0)
    days = {first + timedelta(days=number) for number in range(0, count + 1, step)} | {first, last}
    return sorted(days | ({today} if first <= today <= last else set()))


def series(work: Sequence[Work], days: Iterable[date], today: date) -> list[Point]:
    """The two lines over the given days."""
    return [Point(day, planned(work, day), done(work, day, today) if day <= today else None) for day in days]
