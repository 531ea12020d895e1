"""How much of a plan's work is planned, and done, by a day: the lines of a burn-up, and of planned and earned value.

Work is the effort of a task in minutes, its duration where no effort is given; milestones and summaries weigh nothing.
It is spread evenly over the working time from start to finish (time-phased, as planned value is), and what is done of
it over the working time from when it began: of an unfinished task as long as that share of its duration takes, which is
where the scheduler leaves done work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from kernel.worktime import Calendar, NoWorkingTime, minute_of

WEEK = 7
DAY = timedelta(days=1)
FINISHED = 100
Gap = tuple[datetime, datetime]
"""From when until when work lies still."""


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
    """The work of one task, in minutes or in money: planned from ``start`` to ``finish`` by a calendar.

    What is done of it was done from ``began`` to ``ended``; without ``began`` nobody knows when, and it counts from the
    planned start on. ``gap`` is when it lies still.
    """

    minutes: float
    percent: float
    start: datetime
    finish: datetime
    time: Calendar
    began: datetime | None = None
    ended: datetime | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """Minutes of work when a day begins; ``done`` is None for days that are still ahead."""

    day: date
    planned: float
    done: float | None


def work_of(rows: Iterable[Row], calendar: Calendar) -> list[Work]:
    """The work in the rows of a plan; of summaries only what stands below them counts."""
    return [_work(row, calendar) for row in rows if row.type == "task"]


def _work(row: Row, calendar: Calendar) -> Work:
    minutes = row.duration_minutes if row.work_minutes is None else row.work_minutes
    began, ended = done_between(row, calendar)
    return Work(minutes, row.percent, row.start, row.finish, calendar, began, ended)


def done_between(row: Row, calendar: Calendar) -> tuple[datetime | None, datetime | None]:
    """When the done work of a row was done: from its actual start as long as its share of the duration takes."""
    began = row.actual_start
    if began is None or row.actual_finish is not None or not row.percent:
        return began, row.actual_finish
    try:
        return began, calendar.add(began, round(row.duration_minutes * min(row.percent, FINISHED) / FINISHED))
    except NoWorkingTime:
        return began, row.finish


def begin(day: date) -> datetime:
    """The moment at which a day begins."""
    return datetime.combine(day, time())


def share(moment: datetime, start: datetime, finish: datetime, calendar: Calendar, gap: Gap | None = None) -> float:
    """The share of the working time from start to finish that has passed at a moment, 0 to 1; by the clock where a
    calendar has none of it.

    >>> from kernel.worktime import Period
    >>> office = Calendar(((Period(540, 1020),),) * 5 + ((), ()))
    >>> share(datetime(2026, 1, 7), datetime(2026, 1, 5, 9), datetime(2026, 1, 8, 17), office)
    0.5
    """
    if moment >= finish:
        return 1.0
    if moment <= start:
        return 0.0
    index = calendar.axis.index
    first = index(minute_of(start))
    span, passed = index(minute_of(finish)) - first, index(minute_of(moment)) - first
    if gap is not None:
        still = index(minute_of(gap[0]))
        span -= index(minute_of(gap[1])) - still
        passed -= max(index(minute_of(min(gap[1], moment))) - still, 0)
    return passed / span if span > 0 else (moment - start) / (finish - start)


def scope(work: Iterable[Work]) -> float:
    """All work, in minutes."""
    return sum(each.minutes for each in work)


def planned(work: Iterable[Work], day: date) -> float:
    """The work that is planned to be done when a day begins, in minutes."""
    moment = begin(day)
    # Most tasks have not begun, or are over: they need no counting of minutes.
    return sum(
        each.minutes
        if moment >= each.finish
        else each.minutes * share(moment, each.start, each.finish, each.time, each.gap)
        for each in work
        if moment > each.start or moment >= each.finish
    )


def done(work: Iterable[Work], day: date, today: date) -> float:
    """The work that was done when a day began, in minutes; on ``today`` and after it all that is done."""
    if day >= today:
        return sum(each.minutes * each.percent / 100 for each in work)
    moment, now = begin(day), begin(today)
    return sum(each.minutes * each.percent / 100 * _worked(each, moment, now) for each in work if each.percent)


def _worked(work: Work, moment: datetime, now: datetime) -> float:
    if work.began is None:
        return float(moment >= min(work.start, now))
    return share(moment, work.began, min(work.ended or now, now), work.time)


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
