"""The plan as it is read: what the scheduler is given, and the rows that pages show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from accounts.absences import queries as absences
from accounts.absences.rules import personal
from accounts.calendars import queries as calendars
from accounts.people.models import Person
from infra.audit.capture import Changes
from infra.audit.rules import Kind
from infra.database import db
from infra.memo import remembered_each
from kernel.errors import NotFound
from kernel.worktime import Calendar
from roadmap.projects.models import Phase, Project
from roadmap.schedule.rules import LinkType, Plan
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Assignment, Dependency, Task, TaskDates
from roadmap.tasks.rules import planning
from roadmap.tasks.rules.dates import Figures, Known
from roadmap.tasks.rules.links import Predecessor, Tie, predecessors_text
from roadmap.tasks.rules.states import FINISHED, State, is_late, state_of
from roadmap.tasks.rules.tree import Node

FEW = 500
"""Up to so many rows are read by number."""
YEARS_AHEAD = 3
"""How far holidays are known beyond the year of the start."""


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
    active: bool
    delay_minutes: int
    late: bool
    state: State
    predecessors: tuple[Predecessor, ...]
    stop: datetime | None = None
    resume: datetime | None = None
    position: int = 0
    manual: bool = False
    elapsed: bool = False

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
    return calendars.working_time(project.calendar, years_of(project))


def years_of(project: Project) -> tuple[int, int]:
    """The first and the last year whose holidays a roll-out needs."""
    return project.start.year - 1, project.start.year + YEARS_AHEAD


def load(project_id: int) -> PlanRows:
    """The stored plan of a project: its tasks, links, assignments and the calendars they need. Raises NotFound."""
    project = _project(project_id)
    links = db.session.execute(
        select(*_LINK_COLUMNS).where(Dependency.project_id == project_id).order_by(Dependency.id)
    )
    mine = (Task.project_id == project_id, Assignment.project_id == project_id)
    tasks, assigned, times = _rows_of_plan(project, *mine)
    plan = planning.plan(_frame(project), tasks, links, assigned, times)
    return PlanRows(project, plan, tuple(map(_node, tasks)), {row.id: row.name for row in tasks})


def load_again(project_id: int, known: Known, ids: set[int]) -> PlanRows:
    """The same of a plan that was known before an action changed these rows alone: only they are read."""
    project = _project(project_id)
    tasks, assigned, times = _rows_of_plan(project, Task.id.in_(ids), Assignment.task_id.in_(ids))
    fresh = {row.id: _node(row) for row in tasks}
    nodes = tuple(fresh.get(node.id, node) for node in known.nodes)
    names = {**known.names, **{row.id: row.name for row in tasks}}
    return PlanRows(project, planning.renewed(known.plan, tasks, assigned, times), nodes, names)


def _project(project_id: int) -> Project:
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    return project


def _rows_of_plan(
    project: Project, tasks: ColumnElement[bool], assignments: ColumnElement[bool]
) -> tuple[Sequence[Any], list[planning.Assigned], dict[str, Calendar]]:
    """Tasks with who works on them and the calendars that either needs."""
    rows = db.session.execute(select(*_PLAN_COLUMNS).where(tasks).order_by(Task.id)).all()
    assigned = [planning.Assigned(*row) for row in db.session.execute(_assigned(assignments))]
    return rows, assigned, _calendars(project, rows, assigned)


def _node(row: Any) -> Node:
    return Node(row.id, row.parent_id, row.position, row.phase_id, row.type)


def changed_alone(changes: Changes) -> set[int]:
    """The tasks of which an action changed the row or who works on them; none where there are many or more changed."""
    if changes.tables() - {Task.__tablename__, Assignment.__tablename__}:
        return set()
    tasks = list(changes.of({Task.__tablename__}))
    few = len(tasks) <= FEW and all(each.kind is Kind.CHANGED for each in tasks)
    return touched(changes) if few else set()


def _assigned(criterion: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Who works on tasks, materials and costs left out: those take no time."""
    return (
        select(
            Assignment.task_id,
            Assignment.person_id,
            ProjectRole.calendar_id,
            Assignment.units,
            Assignment.work_minutes,
            Assignment.done_minutes,
            Assignment.delay_minutes,
        )
        .outerjoin(ProjectRole, ProjectRole.id == Assignment.role_id)
        .where(criterion, or_(ProjectRole.id.is_(None), ProjectRole.kind == "work"))
        .order_by(Assignment.id)
    )


def _calendars(project: Project, tasks: Iterable[Any], assigned: Iterable[planning.Assigned]) -> dict[str, Calendar]:
    """The calendars that tasks, roles and people may need, by name: at most one statement for each kind."""
    assigned, tasks = list(assigned), list(tasks)
    people = {each.person_id for each in assigned} | {row.owner_id for row in tasks}
    wanted = {each.calendar_id for each in assigned} | {row.calendar_id for row in tasks}
    years = years_of(project)
    found = people_calendars(project, {each for each in people if each is not None})
    for row in calendars.several({each for each in wanted if each is not None}):
        found[planning.calendar_name(row.id)] = calendars.working_time(row, years)
    return found


def people_calendars(project: Project, people: Iterable[int]) -> dict[str, Calendar]:
    """The calendars of those people who are not always there, by `person_name`; one statement.

    Somebody's days off and part-time share move the tasks that only they do.
    """
    times = absences.times_of(set(people))
    content, year = calendars.content_of(project.calendar), project.start.year
    return {
        planning.person_name(id): personal(content, year - 1, year + YEARS_AHEAD, time) for id, time in times.items()
    }


def _frame(project: Project) -> planning.Frame:
    calendar = calendar_of(project)
    return planning.Frame(
        start=start_of(project.start, calendar, project.start_minute),
        calendar=calendar,
        status=_status(project),
        finish=project.finish_by,
        critical_threshold_minutes=project.critical_threshold_minutes,
    )


def _status(project: Project) -> datetime | None:
    """From when on what remains may be done. In a plan of MS Project that date moves work only if the file says so."""
    told = (project.kept or {}).get("project")
    if project.status_date is None or (told is not None and told.get("MoveRemainingStartsForward") != "1"):
        return None
    return datetime.combine(project.status_date, time()) + timedelta(minutes=project.status_minute or 0)


def start_of(day: date, calendar: Calendar, minute: int | None = None) -> datetime:
    """When work begins on the project's first day, or on the first working day after it."""
    return calendar.next_start(datetime.combine(day, time()) + timedelta(minutes=minute or 0))


def rows(project_id: int, today: date, *criteria: ColumnElement[bool]) -> list[TaskRow]:
    """The plan in tree order, from two statements; ``criteria`` of TaskDates narrow it."""
    query = _rows_query().where(TaskDates.project_id == project_id, *criteria).order_by(TaskDates.row)
    found = db.session.execute(query).all()
    ties = _predecessors(project_id, *criteria) if found else {}
    return [_task_row(row, ties.get(row.id, ()), today) for row in found]


def task(project_id: int, task_id: int, today: date) -> TaskRow:
    """One row of a project's plan. Raises NotFound where the project has no such task."""
    for found in rows(project_id, today, TaskDates.task_id == task_id):
        return found
    raise NotFound


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
    return times_of([project_id]).get(project_id) or calendar_of(_project(project_id))


def times_of(project_ids: Iterable[int]) -> dict[int, Calendar]:
    """The working calendars of some projects."""
    return {id: calendar_of(project) for id, project in projects_of(project_ids).items()}


@remembered_each
def projects_of(project_ids: Iterable[int]) -> dict[int, Project]:
    """The rows of some projects with their calendars: two statements, however many there are, and once a page."""
    return {row.id: row for row in db.session.scalars(select(Project).where(Project.id.in_(list(project_ids))))}


def twins(source_id: int, project_id: int) -> dict[int, int]:
    """The tasks of a project and those that stand at the same place in its copy, by id."""
    copies = {figures.row: id for id, figures in stored_dates(project_id).items()}
    return {id: copies[each.row] for id, each in stored_dates(source_id).items() if each.row in copies}


def stored_dates(project_id: int) -> dict[int, Figures]:
    """The derived rows as they are stored, by task."""
    columns = (TaskDates.task_id, *(getattr(TaskDates, name) for name in DATE_COLUMNS))
    found = db.session.execute(select(*columns).where(TaskDates.project_id == project_id))
    return {row[0]: Figures._make(row[1:]) for row in found}


def touched(changes: Changes) -> set[int]:
    """The tasks of which an action changed the row itself, what they wait for, or who works on them."""
    found = {int(each.subject.partition(":")[2]) for each in changes.of({Task.__tablename__})}
    for model, name in ((Dependency, "successor_id"), (Assignment, "task_id")):
        unnamed = []
        for each in changes.of({model.__tablename__}):
            numbers = each.fields.get(name, ())
            found |= {number for number in numbers if number is not None}
            if not numbers:
                unnamed.append(int(each.subject.partition(":")[2]))
        if unnamed:
            found |= set(db.session.scalars(select(getattr(model, name)).where(model.id.in_(unnamed))))
    return found


DATE_COLUMNS = Figures._fields
_PLAN_FIELDS = (
    "id parent_id position phase_id type name duration_minutes constraint_type constraint_date deadline "
    "deadline_minute percent_complete actual_start actual_finish owner_id active manual_start manual_finish "
    "calendar_id ignores_people elapsed fixed delay_minutes done_minutes stop resume"
)
_PLAN_COLUMNS = tuple(getattr(Task, name) for name in _PLAN_FIELDS.split())
_LINK_FIELDS = "predecessor_id successor_id type lag_minutes lag_unit lag_percent"
_LINK_COLUMNS = tuple(getattr(Dependency, name) for name in _LINK_FIELDS.split())


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
        func.coalesce(phase.name, "").label("phase"),
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
        func.coalesce(owner.name, "").label("owner"),
        Task.role_id,
        func.coalesce(role.name, "").label("role"),
        Task.is_go_live,
        Task.key,
        Task.uid,
        *(getattr(Task, name) for name in ("active", "delay_minutes", "position", "elapsed")),
        Task.manual_start.is_not(None).label("manual"),
    )
    return (
        select(*columns)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .outerjoin(phase, phase.id == TaskDates.phase_id)
        .outerjoin(owner, owner.id == Task.owner_id)
        .outerjoin(role, role.id == Task.role_id)
    )


def _task_row(row: Any, predecessors: tuple[Predecessor, ...], today: date) -> TaskRow:
    late = is_late(row.percent, row.finish, row.deadline, today)
    state = state_of(row.percent, started=row.actual_start is not None, late=late)
    return TaskRow(**row._asdict(), late=late, state=state, predecessors=predecessors)


def _predecessors(project_id: int, *criteria: ColumnElement[bool]) -> dict[int, tuple[Predecessor, ...]]:
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
    if criteria:
        query = query.where(Dependency.successor_id.in_(select(TaskDates.task_id).where(*criteria)))
    found: dict[int, list[Predecessor]] = {}
    for row in db.session.execute(query):
        found.setdefault(row[0], []).append(Predecessor(*row[1:]))
    return {id: tuple(ties) for id, ties in found.items()}
