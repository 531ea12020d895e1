"""From the rows of the tables to the plan that the scheduler is given: who works when, and on which calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from kernel.worktime import Calendar, NoWorkingTime, common
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, Share, TaskType

PROJECT_CALENDAR = "project"
"""What a plan calls its own calendar where others stand beside it: slack counts in it for everybody."""
_TYPES = {each.value: each for each in TaskType}
_CONSTRAINTS = {each.value: each for each in ConstraintType}
_LINK_TYPES = {each.value: each for each in LinkType}
_HUNDRED = 100


def person_name(person_id: int) -> str:
    """What a plan calls the calendar of a person."""
    return f"person-{person_id}"


def calendar_name(calendar_id: int) -> str:
    """What a plan calls a calendar of a task or of a role."""
    return f"calendar-{calendar_id}"


@dataclass(frozen=True, slots=True)
class Frame:
    """What decides the dates of a plan as a whole."""

    start: datetime
    calendar: Calendar
    status: datetime | None = None
    finish: datetime | None = None
    critical_threshold_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who works on a task: a person, or a role with a calendar of its own (of kind work alone)."""

    task_id: int
    person_id: int | None
    calendar_id: int | None
    units: float
    work_minutes: int | None
    done_minutes: int
    delay_minutes: int


class _Book:
    """The calendars of a plan by name; the common time of two is made when somebody needs it."""

    def __init__(self, known: Mapping[str, Calendar], main: Calendar) -> None:
        self.known, self.used = known, dict[str, Calendar]()
        self.main = main

    def task(self, calendar_id: int | None) -> str | None:
        """The name of a task's calendar; None for the plan's own."""
        return None if calendar_id is None else self._use(calendar_name(calendar_id))

    def person(self, person_id: int | None) -> str | None:
        """The name of somebody's calendar; None for who is always there."""
        return None if person_id is None else self._use(person_name(person_id))

    def both(self, task: str | None, worker: str | None) -> str | None:
        """The time that a task's calendar and its worker's share; the task's alone where their weeks share none.

        A few exceptional days that both happen to have are no time in which work could be done.
        """
        if task is None or worker is None or task == worker:
            return worker or task
        name = f"{task} & {worker}"
        if name not in self.used:
            try:
                shared = common((self.used[task], self.used[worker]))
            except NoWorkingTime:
                shared = self.used[task]
            self.used[name] = shared if any(shared.week) else self.used[task]
        return name

    def gauge(self, task: str | None) -> str:
        """The calendar in which slack counts whoever works: the task's, or else the plan's."""
        if task is None:
            self.used[PROJECT_CALENDAR] = self.main
        return task or PROJECT_CALENDAR

    def _use(self, name: str) -> str | None:
        if name not in self.known:
            return None
        self.used[name] = self.known[name]
        return name


def plan(
    frame: Frame,
    tasks: Iterable[Any],
    links: Iterable[Any],
    assigned: Iterable[Assigned],
    calendars: Mapping[str, Calendar],
) -> Plan:
    """The plan of some rows. ``calendars`` holds those that any of them may need, by `person_name`, `calendar_name`."""
    book = _Book(calendars, frame.calendar)
    return Plan(
        start=frame.start,
        calendar=frame.calendar,
        activities=tuple(_activities(tasks, assigned, book)),
        links=tuple(_link(row) for row in links),
        status_date=frame.status,
        calendars=book.used,
        critical_threshold_minutes=frame.critical_threshold_minutes,
        finish=frame.finish,
    )


def renewed(
    before: Plan, tasks: Iterable[Any], assigned: Iterable[Assigned], calendars: Mapping[str, Calendar]
) -> Plan:
    """A plan of which some rows, or who works on them, changed and nothing else. Arguments as for `plan`, of these."""
    book = _Book({**before.calendars, **calendars}, before.calendar)
    fresh = {row.id: row for row in _activities(tasks, assigned, book)}
    rows = tuple(fresh.get(row.id, row) for row in before.activities)
    return replace(before, activities=rows, calendars={**before.calendars, **book.used})


def _activities(tasks: Iterable[Any], assigned: Iterable[Assigned], book: _Book) -> Iterator[Activity]:
    team: dict[int, list[Assigned]] = {}
    for each in assigned:
        team.setdefault(each.task_id, []).append(each)
    return (_activity(row, team.get(row.id, ()), book) for row in tasks)


def _link(row: Any) -> Link:
    elapsed, in_percent = row.lag_unit.startswith("elapsed"), row.lag_unit.endswith("percent")
    return Link(
        row.predecessor_id,
        row.successor_id,
        _LINK_TYPES[row.type],
        0 if in_percent else row.lag_minutes,
        elapsed,
        row.lag_percent if in_percent else None,
    )


def _activity(row: Any, team: Sequence[Assigned], book: _Book) -> Activity:
    own = book.task(row.calendar_id) if row.type != TaskType.SUMMARY else None
    calendar, slack, shares = own, None, _shares(row, team, own, book)
    alone = None if shares else _who_alone(row, team, book)
    if alone is not None:
        calendar, slack = book.both(own, alone), book.gauge(own)
    return Activity(
        id=row.id,
        type=_TYPES[row.type],
        duration_minutes=row.duration_minutes,
        parent=row.parent_id,
        constraint=_CONSTRAINTS[row.constraint_type],
        constraint_date=row.constraint_date,
        deadline=deadline_of(row.deadline, row.deadline_minute),
        percent_complete=row.percent_complete,
        actual_start=row.actual_start,
        actual_finish=row.actual_finish,
        calendar=calendar,
        slack_calendar=slack,
        active=row.active,
        delay_minutes=row.delay_minutes,
        shares=shares,
        elapsed=row.elapsed,
        manual_start=row.manual_start,
        manual_finish=row.manual_finish,
        done_minutes=row.done_minutes,
        resume=_resume(row),
    )


def deadline_of(day: date | None, minute: int | None) -> datetime | None:
    """When a deadline runs out: with its day, or at its minute."""
    if day is None:
        return None
    return datetime.combine(day, time()) + (timedelta(days=1) if minute is None else timedelta(minutes=minute))


def _resume(row: Any) -> datetime | None:
    """When work goes on that was interrupted; a task that has not stopped has nothing to resume."""
    return row.resume if row.stop is not None and row.resume is not None and row.resume > row.stop else None


def _who_alone(row: Any, team: Sequence[Assigned], book: _Book) -> str | None:
    """The calendar of the one person who does a task: the owner where nobody is assigned. Others could stand in."""
    if row.type != TaskType.TASK or row.elapsed or row.ignores_people or len(team) > 1:
        return None
    return book.person(team[0].person_id if team else row.owner_id)


def _shares(row: Any, team: Sequence[Assigned], own: str | None, book: _Book) -> tuple[Share, ...]:
    """What each has to do, unless the duration is what is fixed: then it is worked in the task's calendar.

    Who has no calendar of their own works when the project does.
    """
    if row.fixed == "duration" or row.elapsed or row.type != TaskType.TASK:
        return ()
    return tuple(_share(row, each, own, book) for each in team if each.units > 0)


def _share(row: Any, each: Assigned, own: str | None, book: _Book) -> Share:
    worker = None
    if not row.ignores_people:
        worker = book.task(each.calendar_id) or book.person(each.person_id) or (own and book.gauge(None))
    minutes = row.duration_minutes if each.work_minutes is None else round(each.work_minutes * _HUNDRED / each.units)
    done = round(each.done_minutes * _HUNDRED / each.units)
    if row.percent_complete and not done:
        done = round(minutes * row.percent_complete / _HUNDRED)
    return Share(minutes, book.both(own, worker), each.delay_minutes, min(done, minutes))
