"""Load: what allocations and tasks ask of a person on each day, as a percentage of a full day of theirs.

A day's load is the sum over projects of the larger of two figures: the share that is allocated there, and the work of
the tasks that lies on the day. Tasks are spread evenly over the days on which the person is there; see decision 0022.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import NamedTuple

from accounts.absences.rules import ALWAYS_THERE, FULL, PersonTime
from kernel.worktime import Calendar
from roadmap.projects.rules import monday_of

WEEKDAYS, USUAL_DAY = 7, 480
"""Days of a week, and minutes of a full day where no calendar says otherwise."""
TOLERANCE = 0.5
"""How many percent above 100 are still no overload: what rounding makes of an even spread."""


class Kind(StrEnum):
    """What may ask for somebody's time; other is work in a project that the reader may not see."""

    TASK = "task"
    ALLOCATION = "allocation"
    OTHER = "other"


class Cause(NamedTuple):
    """What asks for time, named as far as the reader may know; other work has neither name nor number."""

    kind: Kind
    number: int = 0
    label: str = ""
    project_id: int = 0
    project: str = ""


OTHER = Cause(Kind.OTHER)


class Demand(NamedTuple):
    """A task's work that is left, in minutes, or the share of a full day that is allocated, on the days of a window.

    ``clock`` is the calendar in which a role with one of its own works, by its key in the frame.
    """

    project_id: int
    cause: Cause
    first: date
    last: date
    minutes: float = 0
    percent: int = 0
    clock: int = 0

    @property
    def allocated(self) -> bool:
        """Whether it is a share rather than a task."""
        return self.percent > 0

    @property
    def line(self) -> int:
        """The key of the calendar whose days count: the role's own, else the project's."""
        return self.clock or self.project_id


class Part(NamedTuple):
    """A cause and its part of a day, in minutes of work."""

    cause: Cause
    minutes: float


class Frame:
    """The days that are looked at, and each calendar's working minutes on them; shared by all people.

    ``calendars`` are those of projects by number, and of roles by the calendar's own number below zero.
    """

    def __init__(self, first: date, last: date, calendars: Mapping[int, Calendar]) -> None:
        """Lay out the days from the first to the last, both included."""
        self.first, self.last, self.calendars = first, last, calendars
        self.idle: dict[tuple[int, ...], list[DayLoad]] = {}
        self.counted: dict[tuple[int, date, date], int] = {}
        self.days = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
        self.minutes = {id: [calendar.day_minutes(day) for day in self.days] for id, calendar in calendars.items()}
        self.working = {id: [place for place, each in enumerate(line) if each] for id, line in self.minutes.items()}

    def places(self, first: date, last: date) -> tuple[int, int]:
        """The place of a window's first day in the frame, and the one after its last."""
        return max(0, (first - self.first).days), min(len(self.days), (last - self.first).days + 1)

    def working_days(self, time: PersonTime, demand: Demand) -> int:
        """The working days of a demand on which somebody is there; counted once of each window for who always is."""
        calendar = self.calendars[demand.line]
        if time is not ALWAYS_THERE:
            return time.working_days(calendar, demand.first, demand.last)
        window = (demand.line, demand.first, demand.last)
        if window not in self.counted:
            self.counted[window] = time.working_days(calendar, demand.first, demand.last)
        return self.counted[window]

    def worked(self, calendars: Sequence[int]) -> tuple[list[int], int]:
        """Working minutes of each day in any of some calendars, and those of a full day."""
        lines = [self.minutes[id] for id in calendars] or [[0] * len(self.days)]
        longest = lines[0] if len(lines) == 1 else [max(each) for each in zip(*lines, strict=True)]
        return longest, max(longest) or USUAL_DAY


def left_of(duration: int, percent: int) -> int:
    """Working minutes that are left of a task's duration."""
    return round(duration * (FULL - percent) / FULL)


def work_left(work: int | None, duration: int, share: float | None, percent: int) -> float:
    """Minutes of work that are left of a task: its effort, or else its duration by the share of its role.

    >>> work_left(None, 960, 50, 25)
    360.0
    """
    whole = work if work is not None else duration * (FULL if share is None else share) / FULL
    return whole * (FULL - percent) / FULL


def task_window(start: date, finish: date, left: int, today: date, calendar: Calendar) -> tuple[date, date]:
    """On which days the rest of a task is done: none in the past, and overdue work begins today.

    ``left`` is what is left of the task's duration, in working minutes.
    """
    if finish >= today:
        return max(start, today), finish
    begin = calendar.axis.index((today.toordinal() - 1) * 1440)
    end = calendar.axis.end_of(begin + max(left, 1))
    return today, date.fromordinal(end // 1440 + 1)


class Book:
    """What is asked of one person: each demand with its places in the frame and its minutes there."""

    __slots__ = ("asked", "entries", "frame")

    def __init__(self, frame: Frame, time: PersonTime, demands: Sequence[Demand]) -> None:
        """Find the places of each demand."""
        there = {line: _there(frame, time, line) for line in {each.line for each in demands}}
        self.frame = frame
        self.asked: dict[int, list[Part]] = {}
        self.entries = [(each, *_spread(frame, time, each, there[each.line])) for each in demands]

    def totals(self, leave_out: Callable[[Demand], bool] = lambda _demand: False) -> dict[int, float]:
        """Minutes asked for by place: in each project the larger of shares and tasks."""
        shares: dict[int, dict[int, float]] = {}
        tasks: dict[int, dict[int, float]] = {}
        for demand, places, minutes in self.entries:
            if leave_out(demand):
                continue
            lines = shares if demand.allocated else tasks
            line = lines.setdefault(demand.project_id, {})
            for place in places:
                line[place] = line.get(place, 0.0) + (self._share(demand, place) if demand.allocated else minutes)
        totals: dict[int, float] = {}
        for project_id in sorted(shares.keys() | tasks.keys()):
            by_share, by_task = shares.get(project_id, {}), tasks.get(project_id, {})
            for place in by_share.keys() | by_task.keys():
                larger = max(by_share.get(place, 0.0), by_task.get(place, 0.0))
                totals[place] = totals.get(place, 0.0) + larger
        return totals

    def parts(self, day: date) -> list[Part]:
        """What asks on a day: in each project the larger of shares and tasks."""
        place = (day - self.frame.first).days
        if place not in self.asked:
            self.asked[place] = self._parts(place)
        return self.asked[place]

    def _parts(self, place: int) -> list[Part]:
        shares: dict[int, list[Part]] = {}
        tasks: dict[int, list[Part]] = {}
        for demand, places, minutes in self.entries:
            if places and places[0] <= place <= places[-1] and places[bisect_left(places, place)] == place:
                allocated = demand.allocated
                part = Part(demand.cause, self._share(demand, place) if allocated else minutes)
                (shares if allocated else tasks).setdefault(demand.project_id, []).append(part)
        larger = (_larger(shares.get(id), tasks.get(id)) for id in sorted(shares.keys() | tasks.keys()))
        return [part for parts in larger for part in parts]

    def _share(self, demand: Demand, place: int) -> float:
        return (self.frame.minutes[demand.line][place] or USUAL_DAY) * demand.percent / FULL


def _larger(one: list[Part] | None, other: list[Part] | None) -> list[Part]:
    return (
        max(one, other, key=lambda parts: sum([part.minutes for part in parts]))
        if one and other
        else one or other or []
    )


class DayLoad(NamedTuple):
    """A day: minutes asked for, that in percent of a full day of the person, minutes they have, those of a full day.

    ``off`` is a working day on which the person is away; ``book`` knows what asks, which few days are ever asked for.
    """

    day: date
    minutes: float
    percent: float
    capacity: int
    full: int
    off: bool = False
    book: Book | None = None

    @property
    def over(self) -> bool:
        """Whether that is more than the person has; any work at all on a day off is."""
        return self.percent > FULL + TOLERANCE or (self.minutes > 0 and not self.capacity)

    @property
    def parts(self) -> list[Part]:
        """What asks, with its minutes; a cause may stand there more than once."""
        return self.book.parts(self.day) if self.book else []


def loads(frame: Frame, time: PersonTime, demands: Sequence[Demand]) -> tuple[DayLoad, ...]:
    """The load of one person on every day of the frame."""
    days = list(_idle(frame, time, tuple(sorted({each.line for each in demands}))))
    book = Book(frame, time, demands)
    for place, minutes in book.totals().items():
        day, _none, _zero, capacity, full, off, _book = days[place]
        days[place] = DayLoad(day, minutes, minutes * FULL / full, capacity, full, off, book)
    return tuple(days)


def _idle(frame: Frame, time: PersonTime, lines: tuple[int, ...]) -> Sequence[DayLoad]:
    """The days with what the person has on them, nothing asked yet; the same for all who are always there."""
    if time != ALWAYS_THERE:
        return _own_idle(frame, time, lines)
    if lines not in frame.idle:
        worked, full_day = frame.worked(lines)
        days = zip(frame.days, worked, strict=True)
        frame.idle[lines] = [DayLoad(day, 0.0, 0.0, minutes, minutes or full_day) for day, minutes in days]
    return frame.idle[lines]


def _own_idle(frame: Frame, time: PersonTime, lines: tuple[int, ...]) -> list[DayLoad]:
    worked, full_day = frame.worked(lines)
    days = []
    for day, minutes in zip(frame.days, worked, strict=True):
        share, away = time.share_on(day), time.is_off(day)
        full = max(1, round((minutes or full_day) * share / FULL))
        days.append(DayLoad(day, 0.0, 0.0, full if minutes and not away else 0, full, away and minutes > 0))
    return days


def _there(frame: Frame, time: PersonTime, line: int) -> list[int]:
    """The places of a calendar's working days on which the person is there."""
    places = frame.working[line]
    return [place for place in places if not time.is_off(frame.days[place])] if time.off else places


def _spread(frame: Frame, time: PersonTime, demand: Demand, there: list[int]) -> tuple[Sequence[int], float]:
    """Places in the frame where a demand asks, and the minutes of a task on each.

    It asks on the days on which the person is there; where there is none, on the project's working days, and where
    there is none either, on its first day.
    """
    low, high = frame.places(demand.first, demand.last)
    days = frame.working_days(time, demand)
    if not days:
        days, there = frame.working_days(ALWAYS_THERE, demand), frame.working[demand.line]
    if not days:
        return range(low, min(high, low + (frame.first <= demand.first))), demand.minutes
    return there[bisect_left(there, low) : bisect_left(there, high)], demand.minutes / days


@dataclass(frozen=True, slots=True)
class Named:
    """A cause and its part of a full day in whole percent."""

    cause: Cause
    percent: int


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row that ask too much for the same reasons; the figures are those of the worst of them."""

    first: date
    last: date
    percent: int
    causes: tuple[Named, ...]
    day_off: bool

    @property
    def days(self) -> int:
        """How many days it spans."""
        return (self.last - self.first).days + 1


def runs(days: Iterable[DayLoad]) -> list[Run]:
    """The overloads among the days. A weekend between two days does not part them."""
    worked = [day for day in days if day.capacity or day.minutes or day.off]
    return [_run(list(group)) for why, group in groupby(worked, key=_why) if why is not None]


def _why(day: DayLoad) -> tuple[bool, frozenset[Cause]] | None:
    return (not day.capacity, frozenset([part.cause for part in day.parts])) if day.minutes and day.over else None


def _run(days: list[DayLoad]) -> Run:
    worst = max(days, key=lambda day: day.percent)
    return Run(days[0].day, days[-1].day, round(worst.percent), named(worst), not worst.capacity)


def named(day: DayLoad) -> tuple[Named, ...]:
    """The causes of a day in whole percent that add up to the day's own, each once, the largest first."""
    sums: dict[Cause, float] = {}
    for part in day.parts:
        sums[part.cause] = sums.get(part.cause, 0) + part.minutes * FULL / day.full
    ordered = sorted(sums.items(), key=lambda each: (-each[1], each[0]))
    whole = whole_percents([percent for _cause, percent in ordered])
    return tuple(Named(cause, percent) for (cause, _exact), percent in zip(ordered, whole, strict=True))


def whole_percents(exact: Sequence[float]) -> list[int]:
    """Whole numbers near to these that add up to their rounded sum: what is cut off goes to the largest rests.

    >>> whole_percents([33.4, 33.4, 33.4])
    [34, 33, 33]
    """
    cut = [int(each) for each in exact]
    missing = round(sum(exact)) - sum(cut)
    by_rest = sorted(range(len(exact)), key=lambda place: (cut[place] - exact[place], place))
    for place in by_rest[:missing]:
        cut[place] += 1
    return cut


@dataclass(frozen=True, slots=True)
class WeekLoad:
    """A week: its Monday, minutes asked for and there, the worst day, and how many working days are off."""

    monday: date
    minutes: float
    capacity: int
    full: int
    worst: DayLoad
    days_off: int

    @property
    def percent(self) -> int | None:
        """The week's load in percent of what the person has; of whole days in a week off; None where nobody works."""
        if self.capacity:
            return round(self.minutes * 100 / self.capacity)
        return round(self.minutes * 100 / self.full) if self.minutes and self.full else None

    @property
    def over(self) -> bool:
        """Whether the week, or a day of it, asks too much."""
        return self.worst.over or (self.percent or 0) > FULL

    @property
    def peak(self) -> int:
        """The worst day's load in whole percent."""
        return round(self.worst.percent)


def by_week(days: Sequence[DayLoad]) -> list[WeekLoad]:
    """The same by week, Monday first."""
    if not days:
        return []
    cuts = [0, *range(WEEKDAYS - days[0].day.weekday(), len(days), WEEKDAYS), len(days)]
    return [_week(days[begin:end]) for begin, end in pairwise(cuts)]


def _week(days: Sequence[DayLoad]) -> WeekLoad:
    minutes = capacity = full = off = 0.0
    worst, rank = days[0], (False, 0.0)
    for day in days:
        capacity += day.capacity
        off += day.off
        if day.minutes:
            minutes += day.minutes
            mine = (day.over, day.percent)
            worst, rank = (day, mine) if mine > rank else (worst, rank)
        if day.off or day.minutes:
            full += day.full
    return WeekLoad(monday_of(days[0].day), minutes, round(capacity), round(full), worst, round(off))
