"""What is to be levelled, in whole numbers: rows with their links, who works on them, and what everybody has left.

Instants are clock minutes (see `kernel.worktime`), days are their whole days. Whatever can't move is fixed where it
stands; its load is already taken off what people have.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Protocol

from kernel.worktime import DAY, Axis, Calendar

NEVER = 1 << 60
FS, SS, FF, SF = range(4)
"""Which ends a link ties, as the scheduler codes them."""


class Tie(NamedTuple):
    """A link from a row, by its place in the problem; the lag is working time unless it is elapsed.

    `whole` is a link to a summary above the row.
    """

    source: int
    kind: int = FS
    lag: int = 0
    elapsed: bool = False
    whole: bool = False


class Part(NamedTuple):
    """What one of several has to do: working minutes of a calendar, which begin so much later than the row."""

    minutes: int
    axis: int
    delay: int = 0


class Use(NamedTuple):
    """Who works on a row, by place in the problem, minutes of work in all, and the calendar by place.

    A role with a calendar of its own works in that.
    """

    pool: int
    minutes: float
    axis: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the plan. `floor` is the earliest start that dates allow, `now` where it stands.

    `latest` is the last start that leaves alone what must not move; a start is put back to `ceiling`, or to end at
    `finish_ceiling`, whatever it waits for, as the scheduler does with tasks that may not start or finish later.

    Its minutes are working time of calendar `axis`, or those of its parts; lags count in `gauge`, days in `home`. A
    fixed row begins and ends where it does now, a held one follows its links and is never delayed, and one with members
    is a summary from which a link leads, which lasts as long as they.
    """

    id: int
    minutes: int
    now: int
    now_end: int
    floor: int
    finish_floor: int = 0
    latest: int = NEVER
    ceiling: int = NEVER
    finish_ceiling: int = NEVER
    priority: int = 500
    fixed: bool = False
    held: bool = False
    axis: int = 0
    gauge: int = 0
    home: int = 0
    project: int = 0
    ties: tuple[Tie, ...] = ()
    uses: tuple[Use, ...] = ()
    members: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def takes_time(self) -> bool:
        """Whether it is more than a point in time."""
        return bool(self.minutes or self.parts)

    @property
    def free(self) -> bool:
        """Whether levelling may delay it."""
        return bool(self.uses) and not self.fixed and not self.held

    @property
    def sources(self) -> set[int]:
        """The rows that come before it."""
        return {tie.source for tie in self.ties}.union(self.members)


class Pool(NamedTuple):
    """Somebody who works: minutes left for what moves on each day from the problem's first, and days without work."""

    key: str
    free: Sequence[float]
    full: Sequence[float]
    away: frozenset[int] = frozenset()


class Timeline(Protocol):
    """A calendar's working minutes in one line: `kernel.worktime.Axis`, or that read from its end."""

    def index(self, minute: int, /) -> int:
        """Working minutes before a clock minute."""

    def start_of(self, index: int, /) -> int:
        """Where a working minute begins."""

    def end_of(self, index: int, /) -> int:
        """Where the working minute before it ends."""


class Mirror:
    """A calendar's working time read from its end: minute ``at`` becomes 0, and 0 becomes ``at``."""

    def __init__(self, axis: Axis, at: int) -> None:
        """Turn it around."""
        self._axis, self._at = axis, at

    def index(self, minute: int, /) -> int:
        """Working minutes before a clock minute."""
        return -self._axis.index(self._at - minute)

    def start_of(self, index: int, /) -> int:
        """Where a working minute begins."""
        return self._at - self._axis.end_of(-index)

    def end_of(self, index: int, /) -> int:
        """Where the working minute before it ends."""
        return self._at - self._axis.start_of(-index)


class Line:
    """A calendar's working time with remembered answers, and its working days in order."""

    __slots__ = ("ends", "first", "nights", "place", "starts", "working")

    def __init__(self, axis: Timeline, first: int, last: int) -> None:
        """Look at the days from the first to the last, by number."""
        self.place, self.starts, self.ends = _Known(axis.index), _Known(axis.start_of), _Known(axis.end_of)
        self.first = first
        self.nights = [axis.index(day * DAY) for day in range(first, last + 2)]
        self.working = [first + number for number, (a, b) in enumerate(pairwise(self.nights)) if b > a]

    def days(self, start: int, finish: int) -> list[int]:
        """The working days that a stretch of time touches."""
        low = bisect_left(self.working, start // DAY)
        return self.working[low : bisect_left(self.working, -(-finish // DAY))]

    def lagged(self, moment: int, lag: int, *, elapsed: bool) -> int:
        """A moment moved by a lag."""
        if elapsed or not lag:
            return moment + lag
        place = self.place[moment] + lag
        return self.ends[place] if lag > 0 else self.starts[place]


class _Known(dict[int, int]):
    __slots__ = ("answer",)

    def __init__(self, answer: Callable[[int], int]) -> None:
        self.answer = answer

    def __missing__(self, key: int) -> int:
        value = self[key] = self.answer(key)
        return value


class Pace:
    """How long a row takes: begun with the first of its parts, done with the last."""

    __slots__ = ("parts",)

    def __init__(self, job: Job, lines: Sequence[Line]) -> None:
        """Lay the parts on their lines."""
        parts = job.parts or (Part(job.minutes, job.axis),)
        self.parts = [(lines[part.axis], part.minutes, part.delay) for part in parts]

    def next(self, moment: int) -> int:
        """When the first can begin."""
        return min([line.starts[line.place[moment]] for line, _minutes, _delay in self.parts])

    def after(self, moment: int) -> int:
        """When the last is done that began at a moment."""
        return max([line.ends[line.place[moment] + delay + minutes] for line, minutes, delay in self.parts])

    def back(self, moment: int) -> int:
        """When to begin to be done by a moment."""
        return min([line.starts[line.place[moment] - delay - minutes] for line, minutes, delay in self.parts])


class TurnedPace(Pace):
    """How long a row of several parts takes where time runs the other way: they still begin together."""

    __slots__ = ("at",)

    def __init__(self, job: Job, lines: Sequence[Line], at: int) -> None:
        """Lay the parts on the lines of the plan, and turn them around at a minute."""
        super().__init__(job, lines)
        self.at = at

    def next(self, moment: int) -> int:
        """When the last of them ends that is done by a moment."""
        return self.at - super().after(super().back(self.at - moment))

    def after(self, moment: int) -> int:
        """When they begin to be done by a moment."""
        return self.at - super().back(self.at - moment)

    def back(self, moment: int) -> int:
        """When they are done that begin at a moment."""
        return self.at - super().after(super().next(self.at - moment))


@dataclass(frozen=True)
class Problem:
    """Rows so that each comes after those that it is tied to; calendar 0 is the first project's own.

    ``first`` and ``last`` are the days between which people's time is known. What has not begun although its time has
    come asks for time from ``since`` on. Where time runs the other way ``mirror`` is the minute at which it was turned.
    """

    jobs: tuple[Job, ...]
    pools: tuple[Pool, ...]
    calendars: tuple[Calendar, ...]
    first: int
    last: int
    since: int = 0
    mirror: int | None = None

    @cached_property
    def lines(self) -> list[Line]:
        """The calendars' working time."""
        at = self.mirror
        axes = [each.axis if at is None else Mirror(each.axis, at) for each in self.calendars]
        return [Line(axis, self.first, self.last) for axis in axes]

    @cached_property
    def opened(self) -> dict[tuple[int, int], list[int]]:
        """By pool and calendar the days on which work of the calendar is done by the pool, in order."""
        found: dict[tuple[int, int], list[int]] = {}
        for pool, axis in {(use.pool, use.axis) for job in self.jobs for use in job.uses}:
            days, away = self.lines[axis].working, self.pools[pool].away
            found[pool, axis] = [day for day in days if day not in away]
        return found

    @cached_property
    def paces(self) -> list[Pace]:
        """How long each row takes."""
        if self.mirror is None or not any(job.parts for job in self.jobs):
            return [Pace(job, self.lines) for job in self.jobs]
        plain = [Line(each.axis, self.first, self.last) for each in self.calendars]
        return [TurnedPace(job, plain, self.mirror) if job.parts else Pace(job, self.lines) for job in self.jobs]

    def begin(self, start: int, finish: int) -> int:
        """When a row begins in the plan that stands here from a start to a finish."""
        return start if self.mirror is None else self.mirror - finish

    def day(self, day: int) -> int:
        """A day of the plan by its number here."""
        return day if self.mirror is None else self.mirror // DAY - 1 - day

    @cached_property
    def followers(self) -> list[list[int]]:
        """Which rows are tied to each row."""
        found: list[list[int]] = [[] for _ in self.jobs]
        for place, job in enumerate(self.jobs):
            for source in job.sources:
                found[source].append(place)
        return found

    @cached_property
    def ranks(self) -> list[int]:
        """The priority of each row: its own or, if that is higher, of a row that waits for it."""
        found = [job.priority for job in self.jobs]
        for place in reversed(range(len(found))):
            found[place] = max([found[place], *(found[after] for after in self.followers[place])])
        return found
