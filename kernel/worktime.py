"""Working time: from instants to working minutes and back.

Instants are naive wall times. Inside, an instant is a *clock minute* (minutes since 1 January of year 1) and a place on
the working axis is an *index*: how many working minutes lie before it. One index can name two instants, the end of a
period (17:00) and the start of the next (08:00); `Axis.end_of` gives the first, `Axis.start_of` the second.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise

DAY = 1440
_ORIGIN = datetime(1, 1, 1)
_LAST_DAY = date.max.toordinal() - 1
_WEEKDAYS = 7
_FIRST_STRETCH = 1024


class NoWorkingTime(ValueError):
    """A calendar without any working time, or work that would run past its last working moment."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Working time from `start` up to `end`, in minutes of the day; the end does not belong to it."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY:
            raise ValueError(f"A period lies within one day and ends after it starts, not {self.start} to {self.end}.")


Periods = tuple[Period, ...]
Week = tuple[Periods, Periods, Periods, Periods, Periods, Periods, Periods]


def minute_of(instant: datetime) -> int:
    """The clock minute of an instant; seconds are dropped."""
    return (instant.toordinal() - 1) * DAY + instant.hour * 60 + instant.minute


def instant_of(minute: int) -> datetime:
    """The instant of a clock minute."""
    return _ORIGIN + timedelta(minutes=minute)


def _day_number(day: date) -> int:
    return day.toordinal() - 1


class _Pattern:
    """One kind of day: for each minute the work done before it, and for each minute of work where it lies."""

    __slots__ = ("ends", "length", "starts", "worked")

    def __init__(self, periods: Periods) -> None:
        minutes = [minute for period in periods for minute in range(period.start, period.end)]
        self.length = len(minutes)
        self.starts = minutes
        self.ends = [0, *(minute + 1 for minute in minutes)]
        self.worked = _running_count(minutes)


def _running_count(minutes: list[int]) -> list[int]:
    working = bytearray(DAY)
    for minute in minutes:
        working[minute] = 1
    counted, total = [], 0
    for flag in working:
        counted.append(total)
        total += flag
    return counted


class Axis:
    """The working minutes of a calendar in one line, so that a scheduler can run on integers.

    It is laid out day by day as far as anybody asks, forwards and backwards, and then answered by table look-up.
    """

    def __init__(self, week: Week, exceptions: Mapping[date, Periods]) -> None:
        kinds = {periods: _Pattern(periods) for periods in {*week, *exceptions.values()}}
        self._week = [kinds[periods] for periods in week]
        self._special = {_day_number(day): kinds[periods] for day, periods in exceptions.items()}
        self._every_week = any(pattern.length for pattern in self._week)
        self._first = 0
        self._days: list[_Pattern] = []
        self._before = [0]
        self._worked_days = [0]

    def index(self, minute: int) -> int:
        """Working minutes before a clock minute, counted from a fixed point that may lie after it."""
        day, rest = divmod(minute, DAY)
        place = day - self._first
        if not 0 <= place < len(self._days):
            self._cover(day)
            place = day - self._first
        return self._before[place] + self._days[place].worked[rest]

    def end_of(self, index: int) -> int:
        """The earliest clock minute with this index: the end of a period rather than the start of the next."""
        before = self._before
        while not before[0] < index <= before[-1]:
            self._reach(index)
        place = bisect_left(before, index) - 1
        return (self._first + place) * DAY + self._days[place].ends[index - before[place]]

    def start_of(self, index: int) -> int:
        """The latest clock minute with this index: where work at it goes on."""
        before = self._before
        while not before[0] <= index < before[-1]:
            self._reach(index)
        place = bisect_right(before, index) - 1
        return (self._first + place) * DAY + self._days[place].starts[index - before[place]]

    def day_index(self, day: date) -> int:
        """Working days before a day."""
        number = _day_number(day)
        self._cover(number)
        return self._worked_days[number - self._first]

    def day_at(self, index: int) -> date:
        """The working day before which lie that many working days."""
        while not self._worked_days[0] <= index < self._worked_days[-1]:
            self._extend(forwards=index >= self._worked_days[-1])
        return date.fromordinal(self._first + bisect_right(self._worked_days, index))

    def pattern(self, day: int) -> _Pattern:
        """The kind of day, by day number."""
        return self._special.get(day) or self._week[day % 7]

    def _cover(self, day: int) -> None:
        if not self._days:
            self._first = max(0, day - _FIRST_STRETCH // 4)
        while day < self._first:
            self._extend(forwards=False)
        while day >= self._first + len(self._days):
            self._extend(forwards=True)

    def _reach(self, index: int) -> None:
        self._extend(forwards=index >= self._before[-1])

    def _extend(self, *, forwards: bool) -> None:
        stretch = max(_FIRST_STRETCH, len(self._days))
        if forwards:
            self._append(stretch)
        else:
            self._prepend(stretch)

    def _append(self, stretch: int) -> None:
        last = self._first + len(self._days)
        end = min(last + stretch, _LAST_DAY + 1)
        if last == end or not (self._every_week or any(day >= last for day in self._special)):
            raise NoWorkingTime("The calendar has no working time after that, so the work can't be finished.")
        days = [self.pattern(day) for day in range(last, end)]
        minutes, worked = self._before[-1], self._worked_days[-1]
        for pattern in days:
            minutes += pattern.length
            worked += pattern.length > 0
            self._before.append(minutes)
            self._worked_days.append(worked)
        self._days += days

    def _prepend(self, stretch: int) -> None:
        start = max(0, self._first - stretch)
        if start == self._first or not (self._every_week or any(day < self._first for day in self._special)):
            raise NoWorkingTime("The calendar has no working time before that.")
        days = [self.pattern(day) for day in range(start, self._first)]
        minutes, worked = self._before[0], self._worked_days[0]
        before, worked_days = [], []
        for pattern in reversed(days):
            minutes -= pattern.length
            worked -= pattern.length > 0
            before.append(minutes)
            worked_days.append(worked)
        self._before[:0] = reversed(before)
        self._worked_days[:0] = reversed(worked_days)
        self._days[:0] = days
        self._first = start


@dataclass(frozen=True)
class Calendar:
    """Working periods of each weekday, Monday first, and of the days that differ (holidays have none).

    Raises `NoWorkingTime` when nothing in it is working time, `ValueError` when periods overlap or are out of order.
    """

    week: Week
    exceptions: Mapping[date, Periods] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.week) != _WEEKDAYS:
            raise ValueError(f"A week has seven days, not {len(self.week)}.")
        days = [*self.week, *self.exceptions.values()]
        for periods in days:
            _check_order(periods)
        if not any(days):
            raise NoWorkingTime("The calendar has no working time on any day. Give at least one weekday a period.")

    @cached_property
    def axis(self) -> Axis:
        """The working minutes in one line; built on first use, then shared."""
        return Axis(self.week, self.exceptions)

    def add(self, instant: datetime, minutes: int) -> datetime:
        """The instant that many working minutes later, or earlier when negative.

        Forwards it stops at the end of a period (17:00, not 08:00 of the next day), backwards at the start of one.
        Adding nothing changes nothing.
        """
        if minutes == 0:
            return instant
        index = self.axis.index(minute_of(instant)) + minutes
        return instant_of(self.axis.end_of(index) if minutes > 0 else self.axis.start_of(index))

    def between(self, start: datetime, end: datetime) -> int:
        """Working minutes from `start` to `end`; negative when `end` comes first."""
        return self.axis.index(minute_of(end)) - self.axis.index(minute_of(start))

    def next_start(self, instant: datetime) -> datetime:
        """The instant itself in working time, else when work next begins."""
        return instant_of(self.axis.start_of(self.axis.index(minute_of(instant))))

    def previous_end(self, instant: datetime) -> datetime:
        """The instant itself in or at the end of working time, else when work last ended."""
        return instant_of(self.axis.end_of(self.axis.index(minute_of(instant))))

    def periods(self, day: date) -> Periods:
        """The working periods of a day."""
        return self.exceptions.get(day, self.week[day.weekday()])

    def is_working(self, day: date) -> bool:
        """Whether any work is done on a day."""
        return bool(self.periods(day))

    def day_minutes(self, day: date) -> int:
        """Working minutes of a day."""
        return sum(period.end - period.start for period in self.periods(day))

    def add_days(self, day: date, working_days: int) -> date:
        """The day that many working days later or earlier; a day off counts as the next working day."""
        return self.axis.day_at(self.axis.day_index(day) + working_days)

    def days_between(self, start: date, end: date) -> int:
        """Working days from `start` up to `end`, which is not counted; negative when `end` comes first."""
        return self.axis.day_index(end) - self.axis.day_index(start)


def _check_order(periods: Periods) -> None:
    for earlier, later in pairwise(periods):
        if later.start < earlier.end:
            raise ValueError(f"Periods of a day follow each other: {later} starts before {earlier} has ended.")


def common(calendars: Iterable[Calendar]) -> Calendar:
    """The working time that all of them share, as for a task with a calendar of its own done by one person.

    Raises `NoWorkingTime` when they share none.
    """
    several = list(calendars)
    week = [_shared([calendar.week[weekday] for calendar in several]) for weekday in range(7)]
    days = {day for calendar in several for day in calendar.exceptions}
    exceptions = {day: _shared([calendar.periods(day) for calendar in several]) for day in sorted(days)}
    return Calendar((week[0], week[1], week[2], week[3], week[4], week[5], week[6]), exceptions)


def _shared(lines: list[Periods]) -> Periods:
    shared = lines[0]
    for periods in lines[1:]:
        pairs = [(max(a.start, b.start), min(a.end, b.end)) for a in shared for b in periods]
        shared = tuple(Period(start, end) for start, end in sorted(pairs) if start < end)
    return shared


OFFICE_HOURS: Periods = (Period(8 * 60, 12 * 60), Period(13 * 60, 17 * 60))


def standard(holidays: Iterable[date] = ()) -> Calendar:
    """Monday to Friday, 08:00 to 12:00 and 13:00 to 17:00, less the holidays."""
    on, off = OFFICE_HOURS, ()
    return Calendar((on, on, on, on, on, off, off), dict.fromkeys(holidays, off))


def around_the_clock() -> Calendar:
    """Every minute of every day."""
    whole: Periods = (Period(0, DAY),)
    return Calendar((whole, whole, whole, whole, whole, whole, whole))
