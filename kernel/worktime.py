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
from itertools import accumulate, pairwise
from typing import NamedTuple

DAY = 1440
_ORIGIN = datetime(1, 1, 1)
_LAST_DAY = date.max.toordinal() - 1
_WEEKDAYS = 7
_FIRST_STRETCH = 1024
_COUNTING_DAY = date(2025, 1, 1).toordinal() - 1  # any day would do; near to most plans it saves work


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
    return _ORIGIN + timedelta(0, minute * 60)  # by its place: a keyword takes twice as long, a million times


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


class _Laid(NamedTuple):
    """A stretch of days: its first day number, the kind of each, minutes and working days before each and after all."""

    first: int
    days: list[_Pattern]
    minutes: list[int]
    worked: list[int]

    def covers(self, day: int) -> bool:
        return self.first <= day < self.first + len(self.days)


class Axis:
    """The working minutes of a calendar in one line, so that a scheduler can run on integers.

    It is laid out day by day as far as anybody asks, forwards and backwards, and then answered by table look-up. A
    longer stretch replaces the shorter in one step and counts from the same day, so threads may share an axis.
    """

    def __init__(self, week: Week, exceptions: Mapping[date, Periods]) -> None:
        kinds = {periods: _Pattern(periods) for periods in {*week, *exceptions.values()}}
        self._week = [kinds[periods] for periods in week]
        self._special = {_day_number(day): kinds[periods] for day, periods in exceptions.items()}
        self._every_week = any(week)
        self._laid = self._after(_Laid(_COUNTING_DAY, [], [0], [0]))

    def index(self, minute: int) -> int:
        """Working minutes before a clock minute, counted from a fixed point that may lie after it."""
        day, rest = divmod(minute, DAY)
        first, days, minutes, _ = self._laid
        place = day - first
        if not 0 <= place < len(days):
            first, days, minutes, _ = self._cover(day)
            place = day - first
        return minutes[place] + days[place].worked[rest]

    def end_of(self, index: int) -> int:
        """The earliest clock minute with this index: the end of a period rather than the start of the next."""
        laid = self._laid
        while not laid.minutes[0] < index <= laid.minutes[-1]:
            laid = self._reach(laid, forwards=index > laid.minutes[-1])
        place = bisect_left(laid.minutes, index) - 1
        return (laid.first + place) * DAY + laid.days[place].ends[index - laid.minutes[place]]

    def start_of(self, index: int) -> int:
        """The latest clock minute with this index: where work at it goes on."""
        laid = self._laid
        while not laid.minutes[0] <= index < laid.minutes[-1]:
            laid = self._reach(laid, forwards=index >= laid.minutes[-1])
        place = bisect_right(laid.minutes, index) - 1
        return (laid.first + place) * DAY + laid.days[place].starts[index - laid.minutes[place]]

    def day_index(self, day: date) -> int:
        """Working days before a day, counted from a fixed point that may lie after it."""
        number = _day_number(day)
        laid = self._cover(number)
        return laid.worked[number - laid.first]

    def day_at(self, index: int) -> date:
        """The working day before which lie that many working days."""
        laid = self._laid
        while not laid.worked[0] <= index < laid.worked[-1]:
            laid = self._reach(laid, forwards=index >= laid.worked[-1])
        return date.fromordinal(laid.first + bisect_right(laid.worked, index))

    def _cover(self, day: int) -> _Laid:
        laid = self._laid
        if not 0 <= day <= _LAST_DAY:
            raise NoWorkingTime("That lies beyond the years that a calendar can name.")
        while not laid.covers(day):
            self._laid = laid = self._before(laid) if day < laid.first else self._after(laid)
        return laid

    def _reach(self, laid: _Laid, *, forwards: bool) -> _Laid:
        last = laid.first + len(laid.days)
        over = last > _LAST_DAY if forwards else laid.first == 0
        more = self._every_week or any(day >= last if forwards else day < laid.first for day in self._special)
        if over or not more:
            side = "after" if forwards else "before"
            raise NoWorkingTime(f"The work does not fit: the calendar has no working time {side} that.")
        self._laid = laid = self._after(laid) if forwards else self._before(laid)
        return laid

    def _pattern(self, day: int) -> _Pattern:
        return self._special.get(day) or self._week[day % _WEEKDAYS]

    def _after(self, laid: _Laid) -> _Laid:
        last = laid.first + len(laid.days)
        more = [self._pattern(day) for day in range(last, min(last + _stretch(laid), _LAST_DAY + 1))]
        minutes = accumulate((each.length for each in more), initial=laid.minutes[-1])
        worked = accumulate((each.length > 0 for each in more), initial=laid.worked[-1])
        return _Laid(laid.first, laid.days + more, [*laid.minutes[:-1], *minutes], [*laid.worked[:-1], *worked])

    def _before(self, laid: _Laid) -> _Laid:
        first = max(0, laid.first - _stretch(laid))
        more = [self._pattern(day) for day in range(first, laid.first)]
        start, start_day = sum(each.length for each in more), sum(each.length > 0 for each in more)
        minutes = accumulate((each.length for each in more), initial=laid.minutes[0] - start)
        worked = accumulate((each.length > 0 for each in more), initial=laid.worked[0] - start_day)
        return _Laid(first, more + laid.days, [*minutes][:-1] + laid.minutes, [*worked][:-1] + laid.worked)


def _stretch(laid: _Laid) -> int:
    return max(_FIRST_STRETCH, len(laid.days))


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

    def usually_works(self, minute: int) -> bool:
        """Whether a clock minute lies in, or at the end of, working time of an ordinary week, holidays or not."""
        day, rest = divmod(minute, DAY)
        return any(period.start <= rest <= period.end for period in self.week[day % _WEEKDAYS])

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
