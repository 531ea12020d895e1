"""The plan as it is read: what the scheduler is given, and the rows that pages show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from accounts.absences import queries as absences
from accounts.absences.rules import personal
from accounts.calendars import queries as calendars
from accounts.people.models import Person
from infra.database import db
from kernel.errors import NotFound
from kernel.worktime import Calendar
from roadmap.projects.models import Phase, Project
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, TaskType
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Dependency, Task, TaskDates
from roadmap.tasks.rules.dates import Figures
from roadmap.tasks.rules.links import Tie, predecessors_text
from roadmap.tasks.rules.states import FINISHED, State, is_late, state_of
from roadmap.tasks.rules.tree import Node

YEARS_AHEAD = 3
"""How far holidays are known beyond the year of the start."""
PROJECT_CALENDAR = "project"
"""What a plan calls its own calendar where others stand beside it: slack counts in it for everybody."""


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A link as the successor shows it."""

    id: int
    task_id: int
    wbs: str
    type: str
    lag_minutes: int


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A row of the plan with everything that is derived for it; ``percent`` is rolled up in a summary."""

    id: int
    project_id: int
    parent_id: int | None
    row: int
    level: int
    wbs: str
    phase_id: int | None
    phase: str
    type: str
    name: str
    start: datetime
    finish: datetime
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_slack_minutes: int
    free_slack_minutes: int
    critical: bool
    percent: float
    duration_minutes: int
    work_minutes: int | None
    actual_start: datetime | None
    actual_finish: datetime | None
    constraint_type: str
    constraint_date: datetime | None
    deadline: date | None
    owner_id: int | None
    owner: str
    role_id: int | None
    role: str
    is_go_live: bool
    key: str
    uid: str | None
    late: bool
    state: State
    predecessors: tuple[Predecessor, ...]

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.percent >= FINISHED

    @property
    def predecessors_text(self) -> str:
        """Its links as people write them, by WBS number."""
        return predecessors_text(Tie(each.wbs, LinkType(each.type), each.lag_minutes) for each in self.predecessors)


@dataclass(frozen=True, slots=True)
class PlanRows:
    """A stored plan in the words of the scheduler, with its tree and its names."""

    project: Project
    plan: Plan
    nodes: tuple[Node, ...]
    names: dict[int, str]


def calendar_of(project: Project) -> Calendar:
    """The working calendar of a project, with the holidays of the years that a roll-out can reach."""
    year = project.start.year
    return calendars.working_time(project.calendar, (year - 1, year + YEARS_AHEAD))


def plan_of(project_id: int) -> Plan:
    """Everything that decides the dates of a project. Raises NotFound."""
    return load(project_id).plan


def load(project_id: int) -> PlanRows:
    """The stored plan of a project, from four statements and its calendar. Raises NotFound."""
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    tasks = db.session.execute(select(*_PLAN_COLUMNS).where(Task.project_id == project_id).order_by(Task.id)).all()
    links = db.session.execute(
        select(*_LINK_COLUMNS).where(Dependency.project_id == project_id).order_by(Dependency.id)
    )
    own = own_calendars(project, tasks)
    plan = _plan(
        project,
        own,
        tuple(_activity(row, row.percent_complete, own) for row in tasks),
        tuple(Link(row[0], row[1], _LINK_TYPES[row[2]], row[3]) for row in links),
    )
    nodes = tuple(Node(row.id, row.parent_id, row.position, row.phase_id, row.type) for row in tasks)
    return PlanRows(project, plan, nodes, {row.id: row.name for row in tasks})


def plan_from(project_id: int, rows: Sequence[TaskRow]) -> Plan:
    """The same plan from all rows of a project that were read already. Raises NotFound."""
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    links = (
        Link(each.task_id, row.id, _LINK_TYPES[each.type], each.lag_minutes)
        for row in rows
        for each in row.predecessors
    )
    own = own_calendars(project, rows)
    activities = tuple(_activity(row, int(row.percent), own) for row in sorted(rows, key=lambda each: each.id))
    return _plan(project, own, activities, tuple(links))


def own_calendars(project: Project, rows: Iterable[Any]) -> dict[str, Calendar]:
    """The calendars of the owners of tasks who are not always there, by `own_name`; one statement.

    Somebody's days off and part-time share move the tasks that only they do.
    """
    times = absences.times_of({row.owner_id for row in rows if row.owner_id is not None})
    content, year = calendars.content_of(project.calendar), project.start.year
    return {own_name(id): personal(content, year - 1, year + YEARS_AHEAD, time) for id, time in times.items()}


def own_name(person_id: int) -> str:
    """What a plan calls the calendar of a person."""
    return f"person-{person_id}"


def _plan(
    project: Project, own: dict[str, Calendar], activities: tuple[Activity, ...], links: tuple[Link, ...]
) -> Plan:
    calendar = calendar_of(project)
    return Plan(
        start=start_of(project.start, calendar),
        calendar=calendar,
        calendars=own | {PROJECT_CALENDAR: calendar} if own else {},
        activities=activities,
        links=links,
        status_date=datetime.combine(project.status_date, time()) if project.status_date else None,
    )


def start_of(day: date, calendar: Calendar) -> datetime:
    """When work begins on the project's first day, or on the first working day after it."""
    return calendar.next_start(datetime.combine(day, time()))


def rows(project_id: int, today: date, *, ids: Iterable[int] | None = None) -> list[TaskRow]:
    """The plan in tree order, from two statements; ``ids`` narrows it."""
    query = _rows_query().where(Task.project_id == project_id)
    if ids is not None:
        query = query.where(Task.id.in_(list(ids)))
    found = db.session.execute(query.order_by(TaskDates.row)).all()
    ties = _predecessors(project_id)
    return [_task_row(row, ties.get(row.id, ()), today) for row in found]


def task(project_id: int, task_id: int, today: date) -> TaskRow:
    """One row of a project's plan. Raises NotFound where the project has no such task."""
    found = rows(project_id, today, ids=[task_id])
    if not found:
        raise NotFound
    return found[0]


def tasks_of_projects(project_ids: Sequence[int], today: date, *, owner_id: int | None = None) -> list[TaskRow]:
    """The rows of several projects without their links, by project and tree order; ``owner_id`` narrows them."""
    query = _rows_query().where(Task.project_id.in_(project_ids))
    if owner_id is not None:
        query = query.where(Task.owner_id == owner_id)
    ordered = query.order_by(Task.project_id, TaskDates.row)
    return [_task_row(row, (), today) for row in db.session.execute(ordered)]


def go_live_of(project_ids: Iterable[int]) -> dict[int, datetime]:
    """When each project goes live by its plan; projects without a go-live milestone are left out."""
    query = (
        select(Task.project_id, TaskDates.finish)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .where(Task.project_id.in_(list(project_ids)), Task.is_go_live)
        .order_by(TaskDates.finish)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def go_live_column(project_id: int) -> ColumnElement[datetime]:
    """When a project goes live by its plan, as a column that the navigation reads with its counts."""
    finish = select(func.max(TaskDates.finish)).join(Task, Task.id == TaskDates.task_id)
    return finish.where(Task.project_id == project_id, Task.is_go_live).scalar_subquery()


def working_time_of(project_id: int) -> Calendar:
    """The working calendar of a project by its number. Raises NotFound."""
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    return calendar_of(project)


def twins(source_id: int, project_id: int) -> dict[int, int]:
    """The tasks of a project and those that stand at the same place in its copy, by id."""
    copies = {row: id for id, row in _places(project_id)}
    return {id: copies[row] for id, row in _places(source_id) if row in copies}


def _places(project_id: int) -> list[tuple[int, int]]:
    query = select(TaskDates.task_id, TaskDates.row).where(TaskDates.project_id == project_id)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def stored_dates(project_id: int) -> dict[int, tuple[Any, ...]]:
    """The derived rows as they are stored, by task: the row's number, then the columns of ``DATE_COLUMNS``."""
    columns = (TaskDates.task_id, TaskDates.id, *(getattr(TaskDates, name) for name in DATE_COLUMNS))
    return {
        row[0]: tuple(row[1:]) for row in db.session.execute(select(*columns).where(TaskDates.project_id == project_id))
    }


DATE_COLUMNS = Figures._fields
_PLAN_COLUMNS = tuple(
    getattr(Task, name)
    for name in (
        "id",
        "parent_id",
        "position",
        "phase_id",
        "type",
        "name",
        "duration_minutes",
        "constraint_type",
        "constraint_date",
        "deadline",
        "percent_complete",
        "actual_start",
        "actual_finish",
        "owner_id",
    )
)
_LINK_COLUMNS = (Dependency.predecessor_id, Dependency.successor_id, Dependency.type, Dependency.lag_minutes)

_TYPES = {each.value: each for each in TaskType}
_CONSTRAINTS = {each.value: each for each in ConstraintType}
_LINK_TYPES = {each.value: each for each in LinkType}


def _activity(row: Any, percent: int, own: dict[str, Calendar]) -> Activity:
    name = own_name(row.owner_id) if own and row.type == TaskType.TASK else ""
    return Activity(
        id=row.id,
        type=_TYPES[row.type],
        duration_minutes=row.duration_minutes,
        parent=row.parent_id,
        constraint=_CONSTRAINTS[row.constraint_type],
        constraint_date=row.constraint_date,
        deadline=datetime.combine(row.deadline + timedelta(days=1), time()) if row.deadline else None,
        percent_complete=percent,
        actual_start=row.actual_start,
        actual_finish=row.actual_finish,
        calendar=name if name in own else None,
        slack_calendar=PROJECT_CALENDAR if name in own else None,
    )


@cache
def _rows_query() -> Select[Any]:
    owner, role, phase = aliased(Person), aliased(ProjectRole), aliased(Phase)
    columns: tuple[Any, ...] = (
        Task.id,
        Task.project_id,
        Task.parent_id,
        TaskDates.row,
        TaskDates.level,
        TaskDates.wbs,
        TaskDates.phase_id,
        phase.name.label("phase"),
        Task.type,
        Task.name,
        *(getattr(TaskDates, name) for name in DATE_COLUMNS[4:]),
        Task.work_minutes,
        Task.actual_start,
        Task.actual_finish,
        Task.constraint_type,
        Task.constraint_date,
        Task.deadline,
        Task.owner_id,
        owner.name.label("owner"),
        Task.role_id,
        role.name.label("role"),
        Task.is_go_live,
        Task.key,
        Task.uid,
    )
    return (
        select(*columns)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .outerjoin(phase, phase.id == TaskDates.phase_id)
        .outerjoin(owner, owner.id == Task.owner_id)
        .outerjoin(role, role.id == Task.role_id)
    )


def _task_row(row: Any, predecessors: tuple[Predecessor, ...], today: date) -> TaskRow:
    values = row._asdict()
    values |= {name: values[name] or "" for name in ("phase", "owner", "role")}
    late = is_late(row.percent, row.finish, row.deadline, today)
    state = state_of(row.percent, started=row.actual_start is not None, late=late)
    return TaskRow(**values, late=late, state=state, predecessors=predecessors)


def _predecessors(project_id: int) -> dict[int, tuple[Predecessor, ...]]:
    query = (
        select(
            Dependency.successor_id,
            Dependency.id,
            Dependency.predecessor_id,
            TaskDates.wbs,
            Dependency.type,
            Dependency.lag_minutes,
        )
        .join(TaskDates, TaskDates.task_id == Dependency.predecessor_id)
        .where(Dependency.project_id == project_id)
        .order_by(TaskDates.row)
    )
    found: dict[int, list[Predecessor]] = {}
    for row in db.session.execute(query):
        found.setdefault(row[0], []).append(Predecessor(*row[1:]))
    return {id: tuple(ties) for id, ties in found.items()}
