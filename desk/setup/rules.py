"""What a template becomes on a given start: the plan, its dates phase by phase, and how they meet the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from desk.template.rules import Template
from kernel.worktime import Calendar
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, Schedule, TaskType, schedule

DAY_MINUTES = 480
"""A template counts in days of eight hours."""
DAYS_A_WEEK = 7
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class PhaseDates:
    """A phase with its days, and whether they stay inside its week window."""

    number: int
    name: str
    start: date
    finish: date
    tasks: int
    inside: bool


@dataclass(frozen=True, slots=True)
class MilestoneDate:
    """A milestone and its day."""

    name: str
    day: date
    phase: int
    is_go_live: bool


@dataclass(frozen=True, slots=True)
class Holiday:
    """A weekday on which nobody works, and what it is called."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What is about to be created. ``slip`` counts calendar days from the target to the go-live; None without one.

    ``asked`` is the start that was typed, ``start`` the first day of work.
    """

    start: date
    finish: date
    go_live: date
    slip: int | None
    phases: tuple[PhaseDates, ...]
    milestones: tuple[MilestoneDate, ...]
    holidays: tuple[Holiday, ...]
    asked: date

    @property
    def moved(self) -> bool:
        """Whether work begins later than asked, because nobody works on that day."""
        return self.start != self.asked

    @property
    def outside(self) -> tuple[PhaseDates, ...]:
        """Phases that leave their week window, usually because of holidays."""
        return tuple(phase for phase in self.phases if not phase.inside)


def minutes(days: float) -> int:
    """Working days of a template as working minutes."""
    return round(days * DAY_MINUTES)


def plan_of(template: Template, start: datetime, calendar: Calendar) -> Plan:
    """The template's tasks as the scheduler takes them; their ids are their places in the template, from 1."""
    ids = _ids(template)
    activities = tuple(
        Activity(
            id=ids[task.key],
            type=TaskType.MILESTONE if task.milestone else TaskType.TASK,
            duration_minutes=minutes(task.duration_days),
            parent=None,
            constraint=ConstraintType.ASAP,
        )
        for task in template.tasks
    )
    return Plan(start=start, calendar=calendar, activities=activities, links=tuple(_links(template, ids)))


def next_monday(today: date) -> date:
    """The Monday after a day.

    >>> next_monday(date(2026, 2, 18)), next_monday(date(2026, 2, 23))
    (datetime.date(2026, 2, 23), datetime.date(2026, 3, 2))
    """
    return today + timedelta(days=DAYS_A_WEEK - today.weekday())


def preview(
    template: Template, start: date, calendar: Calendar, target: date | None, names: Mapping[date, str] | None = None
) -> Preview:
    """Schedule a template without storing anything; ``names`` are those of the public holidays."""
    begin = calendar.next_start(datetime.combine(start, time()))
    found = schedule(plan_of(template, begin, calendar))
    ids = _ids(template)
    go_live = found.dates[ids[template.template.go_live]].finish.date()
    return Preview(
        start=begin.date(),
        finish=found.finish.date(),
        go_live=go_live,
        slip=(go_live - target).days if target else None,
        phases=tuple(_phases(template, ids, found, start)),
        milestones=tuple(_milestones(template, ids, found)),
        holidays=tuple(_days_off(calendar, begin.date(), found.finish.date(), names or {})),
        asked=start,
    )


def last_day_of_week(start: date, week: int) -> date:
    """The Friday of a week of the project, counted from 1.

    >>> last_day_of_week(date(2026, 1, 5), 2)
    datetime.date(2026, 1, 16)
    """
    monday = start - timedelta(days=start.weekday())
    return monday + timedelta(days=(week - 1) * DAYS_A_WEEK + FRIDAY)


def _ids(template: Template) -> dict[str, int]:
    return {task.key: place for place, task in enumerate(template.tasks, 1)}


def _links(template: Template, ids: Mapping[str, int]) -> Iterator[Link]:
    for task in template.tasks:
        for link in task.predecessors:
            yield Link(ids[link.task], ids[task.key], LinkType(link.type), minutes(link.lag_days))


def _phases(template: Template, ids: Mapping[str, int], found: Schedule, start: date) -> Iterator[PhaseDates]:
    for phase in template.phases:
        dates = [found.dates[ids[task.key]] for task in template.tasks if task.phase == phase.key]
        if not dates:
            continue
        first, last = min(each.start for each in dates).date(), max(each.finish for each in dates).date()
        opens = start - timedelta(days=start.weekday()) + timedelta(days=(phase.weeks.from_ - 1) * DAYS_A_WEEK)
        inside = opens <= first and last <= last_day_of_week(start, phase.weeks.to) + timedelta(days=2)
        yield PhaseDates(phase.number, phase.name, first, last, len(dates), inside)


def _milestones(template: Template, ids: Mapping[str, int], found: Schedule) -> Iterator[MilestoneDate]:
    for task in template.tasks:
        if task.milestone:
            day = found.dates[ids[task.key]].finish.date()
            number = template.phase_number(task.phase) or 0
            yield MilestoneDate(task.name, day, number, task.key == template.template.go_live)


def _days_off(calendar: Calendar, first: date, last: date, names: Mapping[date, str]) -> Iterator[Holiday]:
    """Weekdays on which nobody works: the public holidays that the plan steps over."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() <= FRIDAY and not calendar.is_working(day):
            yield Holiday(day, names.get(day, ""))
