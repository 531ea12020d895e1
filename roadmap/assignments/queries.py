"""Who is on a task, as pages and files read it, and the work that asks for their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, func, literal, null, or_, select, union_all

from accounts.people.models import Person
from infra.database import db
from kernel.errors import NotFound
from roadmap.assignments.rules import Booking, Effort, Fixed
from roadmap.projects.models import Project
from roadmap.projects.queries import is_running, trunks_of
from roadmap.schedule.rules import TaskType
from roadmap.staffing import queries as staffing
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Assignment, Task, TaskDates
from roadmap.tasks.rules.states import FINISHED

Who = tuple[str, int]
"""A role or a person: "role" or "person", and its number."""


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """Somebody on a task; ``filled_by`` is who fills the role, ``person_id`` whose time it takes."""

    id: int
    task_id: int
    role_id: int | None
    person_id: int | None
    name: str
    filled_by: str
    units: float
    work_minutes: int
    done_minutes: int


def of_task(task_id: int) -> list[AssignmentRow]:
    """Who is on a task, in the order they came."""
    filler = select(Person.name).where(Person.id == ProjectRole.person_id).correlate(ProjectRole).scalar_subquery()
    query = (
        select(
            Assignment.id,
            Assignment.task_id,
            Assignment.role_id,
            func.coalesce(Assignment.person_id, ProjectRole.person_id),
            func.coalesce(Person.name, ProjectRole.name),
            func.coalesce(filler, ""),
            Assignment.units,
            func.coalesce(Assignment.work_minutes, 0),
            Assignment.done_minutes,
        )
        .outerjoin(Person, Person.id == Assignment.person_id)
        .outerjoin(ProjectRole, ProjectRole.id == Assignment.role_id)
        .where(Assignment.task_id == task_id)
        .order_by(Assignment.id)
    )
    return [AssignmentRow(*row) for row in db.session.execute(query)]


def effort_of(task: Task, rows: Sequence[Assignment]) -> Effort:
    """A task and those who are on it in the words of the rules; a booking's key is the assignment's number."""
    bookings = tuple(Booking(row.id, row.units, work_of(row, task.duration_minutes)) for row in rows)
    unbooked = None if bookings else task.work_minutes
    return Effort(task.duration_minutes, bookings, Fixed(task.fixed), task.effort_driven, unbooked)


def work_of(row: Assignment, minutes: int) -> int:
    """What somebody has to do: as it was said, else their share of the duration."""
    return row.work_minutes if row.work_minutes is not None else round(minutes * row.units / 100)


def rows_of(task_id: int) -> Sequence[Assignment]:
    """The table's rows of a task."""
    return db.session.scalars(select(Assignment).where(Assignment.task_id == task_id).order_by(Assignment.id)).all()


def kind_of(project_id: int, task_id: int) -> tuple[str, bool]:
    """What of a task stays, and whether its work stays when somebody joins. Raises NotFound."""
    query = select(Task.fixed, Task.effort_driven).where(Task.id == task_id, Task.project_id == project_id)
    found = db.session.execute(query).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


class Asked(NamedTuple):
    """Work that asks for somebody's time: a task of theirs, or their part of one.

    ``share`` is the percentage of a full day with which it is done, ``effort`` the work in minutes where it is said;
    ``person_id`` is None for a role that nobody fills yet. ``calendar_id`` is the role's own calendar, in which it
    works where it was put on a task.
    """

    id: int
    project_id: int
    role_id: int | None
    role: str | None
    share: float | None
    person_id: int | None
    name: str
    duration_minutes: int
    effort: int | None
    percent: int
    start: datetime
    finish: datetime
    calendar_id: int | None


def asked_of(project_ids: list[int], people: Iterable[int], today: date, last: date) -> list[Asked]:
    """Work that is left up to a day: what these people do in running projects and in these, and what nobody does yet.

    A task is its owner's, or else that of who fills its role; where people were put on it, each has their part. One
    statement.
    """
    known, until = list(people), datetime.combine(max(last, today), time.max)
    both = union_all(_owned(project_ids, known, until), _assigned(project_ids, known, until)).subquery()
    rows = db.session.execute(select(*both.c).order_by(both.c.project_id, both.c.row, both.c.of))
    return [Asked(*row[:13]) for row in rows]


def in_play(query: Any, project_ids: list[int], holder: Any, people: Iterable[int], placeholder: Any) -> Any:
    """What people do in running projects and in these, and what nobody does yet in these.

    A branch stands for its trunk, whose work counts no second time beside it.
    """
    here = Project.id.in_(project_ids)
    elsewhere = and_(is_running(), Project.id.not_in(trunks_of(project_ids)))
    theirs = and_(holder.in_(list(people)), or_(here, elsewhere))
    return query.where(or_(theirs, and_(here, placeholder)))


def _owned(project_ids: list[int], people: list[int], until: datetime) -> Any:
    holder = func.coalesce(Task.owner_id, ProjectRole.person_id)
    query = (
        _work(Task.role_id, ProjectRole.share, holder, Task.work_minutes, literal(0), cast(null(), Integer))
        .outerjoin(ProjectRole, ProjectRole.id == Task.role_id)
        .where(*_left(until), ~exists().where(Assignment.task_id == Task.id))
    )
    return in_play(query, project_ids, holder, people, and_(holder.is_(None), Task.role_id.is_not(None)))


def _assigned(project_ids: list[int], people: list[int], until: datetime) -> Any:
    holder = func.coalesce(Assignment.person_id, ProjectRole.person_id)
    query = (
        _work(
            Assignment.role_id,
            Assignment.units,
            holder,
            Assignment.work_minutes,
            Assignment.id,
            ProjectRole.calendar_id,
        )
        .join(Assignment, Assignment.task_id == Task.id)
        .outerjoin(ProjectRole, ProjectRole.id == Assignment.role_id)
        .where(*_left(until), ProjectRole.kind.is_(None) | (ProjectRole.kind == "work"))
    )
    return in_play(query, project_ids, holder, people, holder.is_(None))


def _work(role_id: Any, share: Any, holder: Any, effort: Any, of: Any, calendar: Any) -> Any:
    """The columns of `Asked`, then the task's place in the plan and the assignment it comes from."""
    columns = (
        Task.id,
        Task.project_id,
        role_id.label("role_id"),
        ProjectRole.name.label("role"),
        share.label("share"),
        holder.label("person_id"),
        Task.name,
        Task.duration_minutes,
        effort.label("effort"),
        Task.percent_complete,
        TaskDates.start,
        TaskDates.finish,
        calendar.label("calendar_id"),
        TaskDates.row,
        of.label("of"),
    )
    return (
        select(*columns)
        .select_from(Task)
        .join(Project, Project.id == Task.project_id)
        .join(TaskDates, TaskDates.task_id == Task.id)
    )


def _left(until: datetime) -> tuple[Any, ...]:
    return (
        Task.type == TaskType.TASK.value,
        Task.active,
        Task.percent_complete < FINISHED,
        TaskDates.start <= until,
    )


def put_on(person_id: int | None) -> ColumnElement[bool]:
    """Whether somebody was put on a task, by name or by a role that they fill: a criterion for rows of tasks."""
    fills = select(ProjectRole.id).where(ProjectRole.person_id == person_id)
    return exists().where(
        Assignment.task_id == Task.id, or_(Assignment.person_id == person_id, Assignment.role_id.in_(fills))
    )


def tasks_of(project_id: int, person_id: int | None) -> set[int]:
    """The tasks of a project on which somebody was put."""
    return set(db.session.scalars(select(Task.id).where(Task.project_id == project_id, put_on(person_id))))


def people_on(task_id: int) -> frozenset[int]:
    """Whoever was put on a task, by name or by a role that they fill."""
    who = func.coalesce(Assignment.person_id, ProjectRole.person_id)
    query = select(who).outerjoin(ProjectRole, ProjectRole.id == Assignment.role_id)
    return frozenset(db.session.scalars(query.where(Assignment.task_id == task_id, who.is_not(None))))


def is_work(task_id: int) -> bool:
    """Whether it is a task that somebody does, and no milestone or summary."""
    task = db.session.get(Task, task_id)
    return task is not None and task.type == TaskType.TASK


def choices(project_id: int, taken: Sequence[AssignmentRow]) -> list[tuple[str, str]]:
    """Who may still be put on a task: roles first, then people, each as an address calls it and by name."""
    gone = {f"role-{row.role_id}" if row.role_id else f"person-{row.person_id}" for row in taken}
    roles = [(f"role-{each.id}", each.name) for each in staffing.roles(project_id)]
    people = [(f"person-{each.id}", each.name) for each in staffing.people_of(project_id)]
    return [each for each in roles + people if each[0] not in gone]
