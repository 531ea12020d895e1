"""Load: what allocations and tasks ask of a person on each day, as a percentage of a full day of theirs.

A day's load is the sum over projects of the larger of two figures: the share that is allocated there, and the work of
the tasks that lies on the day. Tasks are spread evenly over the days on which the person is there; see decision 0022.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from accounts.absences.rules import ALWAYS_THERE, FULL, PersonTime
from kernel.worktime import Calendar
from roadmap.projects.rules import monday_of

USUAL_DAY = 480
"""Minutes of a full day where no calendar says otherwise."""
TOLERANCE = 0.5
"""How many percent above 100 are still no overload: what rounding makes of an even spread."""


class Kind(StrEnum):
    """What may ask for somebody's time; other is work in a project that the reader may not see."""

    TASK = "task"
    ALLOCATION = "allocation"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """What asks for time, named as far as the reader may know; other work has neither name nor number."""

    kind: Kind
    number: int = 0
    label: str = ""
    project_id: int = 0
    project: str = ""


OTHER = Cause(Kind.OTHER)


@dataclass(frozen=True, slots=True)
class Demand:
    """A task's work that is left, in minutes, or the share of a full day that is allocated, on the days of a window."""

    project_id: int
    cause: Cause
    first: date
    last: date
    minutes: float = 0
    percent: int = 0

    @property
    def allocated(self) -> bool:
        """Whether it is a share rather than a task."""
        return self.percent > 0


@dataclass(frozen=True, slots=True)
class Part:
    """A cause and its part of a day, in minutes of work."""

    cause: Cause
    minutes: float


@dataclass(frozen=True, slots=True)
class DayLoad:
    """A day: minutes asked for, minutes that the person has, minutes of a full day of theirs, and what asks.

    ``off`` is a working day on which the person is away.
    """

    day: date
    minutes: float
    capacity: int
    full: int
    off: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def percent(self) -> float:
        """The load in percent of a full day."""
        return self.minutes * 100 / self.full

    @property
    def over(self) -> bool:
        """Whether that is more than the person has; any work at all on a day off is."""
        return self.minutes > 0 and (not self.capacity or self.percent > FULL + TOLERANCE)


class Frame:
    """The days that are looked at, and each project's working minutes on them; shared by all people."""

    def __init__(self, first: date, last: date, calendars: Mapping[int, Calendar]) -> None:
        """Lay out the days from the first to the last, both included."""
        self.first, self.last, self.calendars = first, last, calendars
        self.days = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
        self.minutes = {id: [calendar.day_minutes(day) for day in self.days] for id, calendar in calendars.items()}

    def places(self, first: date, last: date) -> range:
        """The places of a window's days in the frame."""
        return range(max(0, (first - self.first).days), min(len(self.days), (last - self.first).days + 1))


def left_of(duration: int, percent: int) -> int:
    """Working minutes that are left of a task's duration."""
    return round(duration * (FULL - percent) / FULL)


def work_left(work: int | None, duration: int, share: int | None, percent: int) -> float:
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


def loads(frame: Frame, time: PersonTime, demands: Sequence[Demand]) -> tuple[DayLoad, ...]:
    """The load of one person on every day of the frame."""
    share = [time.share_on(day) for day in frame.days] if time.shares else [FULL] * len(frame.days)
    away = [time.is_off(day) for day in frame.days] if time.off else [False] * len(frame.days)
    lines = [frame.minutes[id] for id in sorted({each.project_id for each in demands})]
    full_day = max((max(line) for line in lines), default=0) or USUAL_DAY
    asked: list[dict[int, tuple[list[Part], list[Part]]]] = [{} for _ in frame.days]
    for demand in demands:
        for place, minutes in _spread(frame, time, demand, away):
            shares, tasks = asked[place].setdefault(demand.project_id, ([], []))
            (shares if demand.allocated else tasks).append(Part(demand.cause, minutes))
    found = []
    for place, day in enumerate(frame.days):
        worked = max((line[place] for line in lines), default=0)
        capacity = 0 if away[place] else round(worked * share[place] / FULL)
        full = max(1, round((worked or full_day) * share[place] / FULL))
        parts = _told(asked[place].values()) if asked[place] else ()
        off = away[place] and worked > 0
        found.append(DayLoad(day, sum(part.minutes for part in parts), capacity, full, off, parts))
    return tuple(found)


def _spread(frame: Frame, time: PersonTime, demand: Demand, away: list[bool]) -> Iterable[tuple[int, float]]:
    """Places in the frame with the minutes that a demand asks for there.

    It asks on the days on which the person is there; where there is none, on the project's working days, and where
    there is none either, on its first day.
    """
    line, places = frame.minutes[demand.project_id], frame.places(demand.first, demand.last)
    calendar = frame.calendars[demand.project_id]
    days = time.working_days(calendar, demand.first, demand.last)
    here = [place for place in places if line[place] and not away[place]]
    if not days:
        days = ALWAYS_THERE.working_days(calendar, demand.first, demand.last)
        here = [place for place in places if line[place]]
    if not days:
        days, here = 1, [place for place in places if frame.days[place] == demand.first]
    if demand.allocated:
        return [(place, (line[place] or USUAL_DAY) * demand.percent / FULL) for place in here]
    return [(place, demand.minutes / days) for place in here]


def _told(projects: Iterable[tuple[list[Part], list[Part]]]) -> tuple[Part, ...]:
    """What counts in each project, the larger of shares and tasks, put together by cause, the largest first."""
    sums: dict[Cause, float] = {}
    for shares, tasks in projects:
        for part in max(shares, tasks, key=lambda parts: sum(each.minutes for each in parts)):
            sums[part.cause] = sums.get(part.cause, 0) + part.minutes
    return tuple(Part(cause, minutes) for cause, minutes in sorted(sums.items(), key=lambda each: (-each[1], each[0])))


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
    return (not day.capacity, frozenset(part.cause for part in day.parts)) if day.over else None


def _run(days: list[DayLoad]) -> Run:
    worst = max(days, key=lambda day: day.percent)
    return Run(days[0].day, days[-1].day, round(worst.percent), named(worst), not worst.capacity)


def named(day: DayLoad) -> tuple[Named, ...]:
    """The causes of a day in whole percent that add up to the day's own, the largest first."""
    whole = whole_percents([part.minutes * 100 / day.full for part in day.parts])
    return tuple(Named(part.cause, percent) for part, percent in zip(day.parts, whole, strict=True))


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


def by_week(days: Iterable[DayLoad]) -> list[WeekLoad]:
    """The same by week, Monday first."""
    return [_week(list(group)) for _monday, group in groupby(days, key=lambda each: monday_of(each.day))]


def _week(days: list[DayLoad]) -> WeekLoad:
    minutes, capacity = sum(day.minutes for day in days), sum(day.capacity for day in days)
    worst = max(days, key=lambda day: (day.over, day.percent))
    full = sum(day.full for day in days if day.off or day.minutes)
    return WeekLoad(monday_of(days[0].day), minutes, capacity, full, worst, sum(day.off for day in days))
