"""Reading logged time and blockers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from infra.database import db
from infra.lists import Column, Format, Kind, ListSpec
from kernel.actor import Actor
from kernel.errors import NotFound
from roadmap.projects.models import Phase, Project
from roadmap.projects.queries import reach
from roadmap.staffing import queries as staffing
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Task, TaskDates
from roadmap.tasks.rules.states import FINISHED
from roadmap.timesheet.models import Blocker, TimeEntry
from roadmap.timesheet.rules import limits
from roadmap.timesheet.rules.amounts import HOUR

SOON = timedelta(days=14)
"""How far before and after a week tasks are offered for it."""
MOST_CHOICES = 200
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """Time that somebody worked on a task on a day, in minutes."""

    id: int
    project_id: int
    project: str
    task_id: int
    task: str
    wbs: str
    phase_id: int | None
    phase: str
    person_id: int
    person: str
    day: date
    minutes: int
    note: str
    entered_by_id: int | None
    entered_by: str
    entered_at: datetime

    @property
    def week(self) -> str:
        """The week of its day, as addresses name it."""
        return limits.week_text(self.day)


@dataclass(frozen=True, slots=True)
class BlockerRow:
    """What keeps somebody from working on a task; resolved when there is a moment for it."""

    id: int
    project_id: int
    project: str
    task_id: int
    task: str
    owner_id: int | None
    text: str
    raised_by_id: int | None
    raised_by: str
    raised_at: datetime
    helper_id: int | None
    helper: str
    resolved_at: datetime | None
    resolved_by: str
    how: str

    @property
    def open(self) -> bool:
        """Whether it still blocks."""
        return self.resolved_at is None

    def days(self, now: datetime) -> int:
        """For how many whole days it blocks, or blocked."""
        return ((self.resolved_at or now) - self.raised_at).days


@dataclass(frozen=True, slots=True)
class Choice:
    """A task that can be added to a time sheet."""

    task_id: int
    task: str
    project: str


@dataclass(frozen=True, slots=True)
class Workplace:
    """A task that time can be logged on, with what its project says about it."""

    task_id: int
    task: str
    type: str
    owner_id: int | None
    project_id: int
    project: str
    start: date
    state: str


def entries(project_id: int) -> list[EntryRow]:
    """All time of a project, the latest day first."""
    return _entries(_entry_query().where(TimeEntry.project_id == project_id))


def entries_of(person_id: int, first: date, last: date) -> list[EntryRow]:
    """The time of a person over all projects, from one day to another, both included."""
    return _entries(_entry_query().where(TimeEntry.person_id == person_id, TimeEntry.day.between(first, last)))


def entry(entry_id: int) -> EntryRow:
    """One entry. Raises NotFound."""
    found = _entries(_entry_query().where(TimeEntry.id == entry_id))
    if not found:
        raise NotFound
    return found[0]


def of_task(project_id: int, task_id: int) -> list[tuple[int, str, int]]:
    """Who logged how many minutes on a task: number, name, minutes, most first."""
    query = (
        select(Person.id, Person.name, func.sum(TimeEntry.minutes))
        .join(Person, Person.id == TimeEntry.person_id)
        .where(TimeEntry.project_id == project_id, TimeEntry.task_id == task_id)
        .group_by(Person.id, Person.name)
    )
    found = [(row[0], row[1], int(row[2])) for row in db.session.execute(query)]
    return sorted(found, key=lambda each: (-each[2], each[1]))


def sums(person_id: int, days: Iterable[date], *, without: Iterable[int] = ()) -> dict[date, int]:
    """Minutes of a person by day, over all projects, in the weeks of some days; ``without`` some entries."""
    mondays = {limits.monday_of(day) for day in days}
    if not mondays:
        return {}
    first, last = min(mondays), max(mondays) + timedelta(days=limits.WEEK - 1)
    query = (
        select(TimeEntry.day, func.sum(TimeEntry.minutes))
        .where(TimeEntry.person_id == person_id, TimeEntry.day.between(first, last))
        .where(TimeEntry.id.not_in(list(without)))
        .group_by(TimeEntry.day)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query)}


def workplace(task_id: int) -> Workplace:
    """A task and its project. Raises NotFound."""
    found = workplaces([task_id])
    if task_id not in found:
        raise NotFound
    return found[task_id]


def workplaces(task_ids: Sequence[int]) -> Mapping[int, Workplace]:
    """Tasks with their projects, by number."""
    query = (
        select(
            Task.id,
            Task.name,
            Task.type,
            func.coalesce(Task.owner_id, ProjectRole.person_id).label("owner_id"),
            Project.id,
            Project.name.label("project"),
            Project.start,
            Project.state,
        )
        .join(Project, Project.id == Task.project_id)
        .outerjoin(ProjectRole, ProjectRole.id == Task.role_id)
        .where(Task.id.in_(list(task_ids)))
    )
    return {row[0]: Workplace(*row) for row in db.session.execute(query)}


def choices(actor: Actor, monday: date) -> list[Choice]:
    """Tasks under way, or soon, on which somebody may log time: their own first, then by project and plan."""
    owner = func.coalesce(Task.owner_id, ProjectRole.person_id)
    query = (
        select(Task.id, Task.name, Project.name.label("project"))
        .join(Project, Project.id == Task.project_id)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .outerjoin(ProjectRole, ProjectRole.id == Task.role_id)
        .where(Project.state == "active", Task.type == "task", reach(actor, "time.log"))
        .where(TaskDates.start < datetime.combine(monday + SOON, time()))
        .where(or_(Task.percent_complete < FINISHED, TaskDates.finish >= datetime.combine(monday - SOON, time())))
        .order_by((owner == actor.id).desc().nulls_last(), Project.name, TaskDates.row)
        .limit(MOST_CHOICES)
    )
    return [Choice(*row) for row in db.session.execute(query)]


def without_sign_in(project_id: int) -> list[tuple[int, str]]:
    """People who work in a project and cannot log their time themselves: number and name."""
    people = [each.id for each in staffing.people_of(project_id)]
    owners = select(Task.owner_id).where(Task.project_id == project_id, Task.owner_id.is_not(None))
    works = or_(Person.id.in_(people), Person.id.in_(owners))
    query = select(Person.id, Person.name).where(works, Person.email.is_(None)).order_by(Person.name)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def minutes_of(person_id: int | None, task_id: int) -> int:
    """What a person logged on a task, in minutes."""
    query = select(func.sum(TimeEntry.minutes)).where(TimeEntry.person_id == person_id, TimeEntry.task_id == task_id)
    return int(db.session.scalar(query) or 0)


def time_list(people: Choices, tasks: Choices, phases: Choices, weeks: Choices) -> ListSpec:
    """The columns of a project's time; what can be chosen is what occurs."""
    return ListSpec(
        key="time",
        title="Time",
        default_sort="-day",
        page_size=50,
        columns=(
            Column("day", "Day", Kind.DATE, format=Format.DAY),
            Column("week", "Week", Kind.CHOICE, choices=weeks, visible=False),
            Column("person", "Person", Kind.PERSON, filter_value=attrgetter("person_id"), choices=people),
            Column("task", "Task", Kind.CHOICE, filter_value=attrgetter("task_id"), choices=tasks, searched=True),
            Column("phase", "Phase", Kind.CHOICE, filter_value=attrgetter("phase_id"), choices=phases),
            Column("hours", "Hours", Kind.NUMBER, value=_hours, format=Format.NUMBER, numeric=True),
            Column("note", "Note", Kind.TEXT, searched=True),
            Column("entered_by", "Entered by", visible=False),
        ),
    )


def _hours(row: EntryRow) -> float:
    return round(row.minutes / HOUR, 2)


SHEET = ListSpec(
    key="time_sheet",
    title="Time sheet",
    default_sort="day",
    columns=(
        Column("day", "Day", format=Format.DAY),
        Column("project", "Roll-out"),
        Column("task", "Task"),
        Column("hours", "Hours", value=_hours, numeric=True),
        Column("note", "Note"),
    ),
)
"""One's own week as a file."""


def logged_on(task_ids: Iterable[int]) -> dict[str, int]:
    """The minutes logged on tasks, by the task's name; tasks without any are left out."""
    query = (
        select(Task.name, func.sum(TimeEntry.minutes))
        .join(Task, Task.id == TimeEntry.task_id)
        .where(TimeEntry.task_id.in_(list(task_ids)))
        .group_by(Task.id, Task.name)
        .order_by(Task.id)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query)}


def blockers(project_id: int, *, resolved: bool = False) -> list[BlockerRow]:
    """What blocks in a project, the oldest first; with ``resolved`` also what did, after it, the latest first."""
    query = _blocker_query().where(Blocker.project_id == project_id)
    if not resolved:
        query = query.where(Blocker.resolved_at.is_(None))
    found = [_blocker(row) for row in db.session.execute(query)]
    still = sorted((each for each in found if each.open), key=lambda each: (each.raised_at, each.id))
    over = sorted((each for each in found if each.resolved_at), key=lambda each: each.raised_at, reverse=True)
    return still + over


def blockers_of_task(task_id: int) -> list[BlockerRow]:
    """What blocks or blocked a task, open ones first, then the latest."""
    found = [_blocker(row) for row in db.session.execute(_blocker_query().where(Blocker.task_id == task_id))]
    return sorted(found, key=lambda each: (not each.open, -each.raised_at.timestamp()))


def blocker(project_id: int, blocker_id: int) -> BlockerRow:
    """One blocker inside its project. Raises NotFound."""
    query = _blocker_query().where(Blocker.project_id == project_id, Blocker.id == blocker_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _blocker(row)


def blocked_tasks(task_ids: Iterable[int]) -> dict[int, str]:
    """The tasks among these that are blocked, with what blocks them."""
    wanted = list(task_ids)
    return _blocked(Blocker.task_id.in_(wanted)) if wanted else {}


def blocked_in(project_id: int) -> dict[int, str]:
    """The blocked tasks of a project, with what blocks them."""
    return _blocked(Blocker.project_id == project_id)


def _blocked(which: ColumnElement[bool]) -> dict[int, str]:
    query = select(Blocker.task_id, Blocker.text).where(which, Blocker.resolved_at.is_(None))
    return {row[0]: row[1] for row in db.session.execute(query.order_by(Blocker.raised_at))}


def _entry_query() -> Select[Any]:
    person, author = aliased(Person), aliased(Person)
    columns: tuple[Any, ...] = (
        TimeEntry.id,
        TimeEntry.project_id,
        Project.name.label("project"),
        TimeEntry.task_id,
        Task.name.label("task"),
        TaskDates.wbs,
        TaskDates.phase_id,
        Phase.name.label("phase"),
        TimeEntry.person_id,
        person.name.label("person"),
        TimeEntry.day,
        TimeEntry.minutes,
        TimeEntry.note,
        TimeEntry.entered_by_id,
        author.name.label("entered_by"),
        TimeEntry.entered_at,
    )
    return (
        select(*columns)
        .join(Project, Project.id == TimeEntry.project_id)
        .join(Task, Task.id == TimeEntry.task_id)
        .outerjoin(TaskDates, TaskDates.task_id == Task.id)
        .outerjoin(Phase, Phase.id == TaskDates.phase_id)
        .join(person, person.id == TimeEntry.person_id)
        .outerjoin(author, author.id == TimeEntry.entered_by_id)
        .order_by(TimeEntry.day.desc(), TimeEntry.id.desc())
    )


def _entries(query: Select[Any]) -> list[EntryRow]:
    texts = ("wbs", "phase", "entered_by")
    rows = (row._asdict() for row in db.session.execute(query))
    return [EntryRow(**(row | {name: row[name] or "" for name in texts})) for row in rows]


def _blocker_query() -> Select[Any]:
    raised, helper, resolved = aliased(Person), aliased(Person), aliased(Person)
    columns: tuple[Any, ...] = (
        Blocker.id,
        Blocker.project_id,
        Project.name.label("project"),
        Blocker.task_id,
        Task.name.label("task"),
        func.coalesce(Task.owner_id, ProjectRole.person_id).label("owner_id"),
        Blocker.text,
        Blocker.raised_by_id,
        raised.name.label("raised_by"),
        Blocker.raised_at,
        Blocker.helper_id,
        helper.name.label("helper"),
        Blocker.resolved_at,
        resolved.name.label("resolved_by"),
        Blocker.how,
    )
    return (
        select(*columns)
        .join(Project, Project.id == Blocker.project_id)
        .join(Task, Task.id == Blocker.task_id)
        .outerjoin(ProjectRole, ProjectRole.id == Task.role_id)
        .outerjoin(raised, raised.id == Blocker.raised_by_id)
        .outerjoin(helper, helper.id == Blocker.helper_id)
        .outerjoin(resolved, resolved.id == Blocker.resolved_by_id)
    )


def _blocker(row: Any) -> BlockerRow:
    names = ("raised_by", "helper", "resolved_by")
    values = row._asdict()
    return BlockerRow(**(values | {name: values[name] or "" for name in names}))
