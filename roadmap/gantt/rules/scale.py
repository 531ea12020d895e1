"""Time as pixels: the scale of a chart, its axis, and the days nobody works."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

from roadmap.gantt.rules.plan import GanttInput
from roadmap.gantt.rules.view import Zoom

PX_PER_DAY: dict[Zoom, float] = {"hour": 320.0, "day": 30.0, "week": 13.0, "month": 5.0}
MAX_WIDTH = 60_000
"""Pixels; beyond it even a wide zoom is squeezed, as browsers stop drawing."""
HOURS_WIDTH = 400_000
"""The same by the hour, where few bars are long: five years."""
HOUR_ROOM = 120
"""Pixels of a day from which on its hours are labelled."""
DAY_ROOM = 22
"""Pixels of a day from which on each is labelled."""
LABEL_STEP = 30
"""Pixels that a label of the axis needs."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`start` is a Monday at x = 0; a day is `px` wide, its working time fills it."""

    start: date
    days: int
    px: float
    day_begin: time
    day_end: time

    @property
    def width(self) -> float:
        """Pixels of the whole scale."""
        return self.days * self.px

    def day_x(self, day: date) -> float:
        """Left edge of a day."""
        return (day - self.start).days * self.px

    def noon_x(self, day: date) -> float:
        """Middle of a day, where milestones and today's line stand."""
        return self.day_x(day) + self.px / 2

    def x(self, moment: datetime) -> float:
        """Where a moment stands; before work is the day's left edge, after work its right one."""
        return self.day_x(moment.date()) + self.px * self._worked(moment)

    def stone_x(self, moment: datetime) -> float:
        """Where a milestone stands: at its hour where hours can be told apart, else in the middle of its day."""
        return self.x(moment) if self.hourly else self.noon_x(moment.date())

    @property
    def hourly(self) -> bool:
        """Whether a day is wide enough to be read by the hour."""
        return self.px >= HOUR_ROOM

    @property
    def hours(self) -> tuple[tuple[int, float], ...]:
        """The full hours inside a working day that have room, each with its distance from the day's left edge."""
        begin, end = _minutes(self.day_begin), _minutes(self.day_end)
        step = 60 * max(1, ceil(LABEL_STEP * (end - begin) / 60 / self.px))
        return tuple(
            (at // 60, self.px * (at - begin) / (end - begin)) for at in range(-(-begin // 60) * 60, end, step)
        )

    def covers(self, day: date | None) -> bool:
        """Whether a day lies on the scale."""
        return day is not None and 0 <= (day - self.start).days < self.days

    def _worked(self, moment: datetime) -> float:
        begin, end = _minutes(self.day_begin), _minutes(self.day_end)
        return min(max((_minutes(moment.time()) - begin) / max(end - begin, 1), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis. `week` counts from 1 at the project's start; `week` 0 is before it; a day tick has None."""

    x: float
    day: date
    week: int | None = None
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Axis:
    """Two levels: months above weeks, or weeks with their month above days, or days above hours, as there is room."""

    months: tuple[Tick, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the scale, in pixels."""

    x: float
    width: float


def scale_of(plan: GanttInput, zoom: Zoom, width: int) -> Scale:
    """The scale that holds every task, its slack and its deadline in whole weeks; `width` is what `fit` fills."""
    first, last = _bounds(plan)
    start = monday(first)
    days = (monday(last) - start).days + 7
    px = min(PX_PER_DAY.get(zoom, width / days), (HOURS_WIDTH if zoom == "hour" else MAX_WIDTH) / days)
    return Scale(start, days, px, plan.day_begin, plan.day_end)


def axis_of(scale: Scale, project_start: date) -> Axis:
    """Ticks of the axis: labels never closer than they can be read. By the hour, days stand above `Scale.hours`."""
    if scale.hourly:
        return Axis(tuple(_days(scale)), ())
    if scale.px >= DAY_ROOM:
        return Axis(tuple(_weeks(scale, project_start)), tuple(_days(scale)))
    return Axis(tuple(_months(scale)), tuple(_weeks(scale, project_start)))


def shades_of(scale: Scale, plan: GanttInput) -> tuple[Span, ...]:
    """Stretches of days without work, joined; those too narrow to be seen are left out."""
    if scale.px < 0.5:
        return ()
    spans: list[Span] = []
    run = 0
    for offset in range(scale.days + 1):
        if offset < scale.days and not plan.is_working(scale.start + timedelta(offset)):
            run += 1
        elif run:
            spans.append(Span((offset - run) * scale.px, run * scale.px))
            run = 0
    return tuple(span for span in spans if span.width >= 2)


def monday(day: date) -> date:
    """The Monday of a day's week; the calendar's first day if there is none before."""
    return day - timedelta(min(day.weekday(), (day - date.min).days))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _bounds(plan: GanttInput) -> tuple[date, date]:
    first, last = plan.start, max(plan.start, plan.finish)
    for overlay in (each for each in plan.overlays if each.spans):
        first = min(first, *(start.date() for start, _ in overlay.spans.values()))
        last = max(last, *(finish.date() for _, finish in overlay.spans.values()))
    for task in plan.tasks:
        first = min(first, task.start.date())
        last = max(last, task.finish.date(), (task.slack_end or task.finish).date())
        if task.deadline is not None:
            first, last = min(first, task.deadline.date()), max(last, task.deadline.date())
    ends = [day for day in (plan.target, plan.likely and plan.likely[1]) if day is not None]
    return first, max([last, *ends])


def _months(scale: Scale) -> Iterator[Tick]:
    end = scale.start + timedelta(scale.days - 1)
    step = max(1, ceil(LABEL_STEP / (30 * scale.px)))
    count = (end.year - scale.start.year) * 12 + end.month - scale.start.month
    for number in range(0, count + 1, step):
        day = _month(scale.start, number)
        after = min(scale.width, scale.day_x(_month(scale.start, number + step)))
        x = max(0.0, scale.day_x(day))
        yield Tick(x, day, width=after - x)


def _month(start: date, offset: int) -> date:
    month = start.month - 1 + offset
    return date(min(start.year + month // 12, 9999), month % 12 + 1, 1)


def _weeks(scale: Scale, project_start: date) -> Iterator[Tick]:
    step = max(1, ceil(LABEL_STEP / (7 * scale.px)))
    origin = monday(project_start)
    for offset in range(0, scale.days, 7 * step):
        day = scale.start + timedelta(offset)
        yield Tick(offset * scale.px, day, max(0, (day - origin).days // 7 + 1), 7 * step * scale.px)


def _days(scale: Scale) -> Iterator[Tick]:
    return (Tick(n * scale.px, scale.start + timedelta(n), None, scale.px) for n in range(scale.days))
