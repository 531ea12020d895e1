"""Branches of a plan, and plans as shots that can be compared and merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from accounts.calendars.models import WorkCalendar
from accounts.people.models import Person
from infra.bulk import columns_of
from infra.database import Base, db
from infra.memo import remembered
from infra.wires import wires
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound
from kernel.merge import as_plain
from roadmap.branches.models import Branch
from roadmap.branches.rules.comparing import Figures
from roadmap.branches.rules.shot import PROJECT, Row, Shot
from roadmap.costs import queries as costs
from roadmap.costs.models import FixedCost
from roadmap.costs.rules.figures import line
from roadmap.costs.rules.rates import RateTable
from roadmap.forecast import queries as forecasts
from roadmap.projects.models import Phase, Project
from roadmap.projects.queries import trunk_of
from roadmap.projects.rules import State
from roadmap.resources import queries as resources
from roadmap.schedule.rules import TaskType
from roadmap.staffing.models import Allocation, ProjectRole
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Assignment, Dependency, Task, TaskDates
from roadmap.twins.queries import twins_of

FRAME = (
    "start",
    "start_minute",
    "target_go_live",
    "finish_by",
    "critical_threshold_minutes",
)
"""What a branch may change of the project itself. Where work stands is no what-if: the status date is the trunk's."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the plan: what its columns point to, and what a row without a name of its own ties together."""

    model: type[Base]
    points: Mapping[str, str] = field(default_factory=dict)
    ties: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The table's name."""
        return str(self.model.__tablename__)

    @property
    def columns(self) -> tuple[str, ...]:
        """All that a row says, whatever is added to it one day."""
        return tuple(name for name in columns_of(self.model) if name != "project_id")


PARTS = (
    Part(Phase),
    Part(ProjectRole),
    Part(Allocation, {"role_id": "project_role"}),
    Part(Task, {"parent_id": "task", "phase_id": "phase", "role_id": "project_role"}),
    Part(FixedCost, {"phase_id": "phase", "task_id": "task"}),
    Part(Dependency, {"predecessor_id": "task", "successor_id": "task"}, ("predecessor_id", "successor_id", "type")),
    Part(Assignment, {"task_id": "task", "role_id": "project_role"}, ("task_id", "role_id", "person_id")),
)
"""What a plan is made of, each after what it points to. Calendars are the trunk's: a holiday is one in both."""


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A branch as lists and bands show it."""

    project_id: int
    trunk_id: int
    name: str
    trunk: str
    state: State
    why: str
    made_by: str
    made_at: datetime
    closed_by: str
    closed_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it can be changed and merged."""
        return self.state is State.BRANCH


_MAKER, _CLOSER, _TRUNK = aliased(Person), aliased(Person), aliased(Project)


def branches(trunk_id: int, *, thrown_away: bool = False) -> list[BranchRow]:
    """The branches of a plan: open ones first, then by age, the newest first."""
    found = [row for row in _rows(Branch.trunk_id == trunk_id) if thrown_away or row.state is not State.THROWN_AWAY]
    return sorted(found, key=lambda row: (not row.open, -row.made_at.timestamp(), -row.project_id))


def branch(trunk_id: int, project_id: int) -> BranchRow:
    """One branch of a plan. Raises NotFound."""
    found = _rows(Branch.trunk_id == trunk_id, Branch.project_id == project_id)
    if not found:
        raise NotFound
    return found[0]


@remembered
def band(project_id: int) -> BranchRow | None:
    """The branch that a page lies in; None in a roll-out."""
    found = _rows(Branch.project_id == project_id)
    return found[0] if found else None


def open_count(trunk_id: int) -> int:
    """How many branches of a plan are open."""
    query = select(func.count(Project.id)).where(Project.branch_of_id == trunk_id, Project.state == State.BRANCH.value)
    return db.session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan as it is stored: its shot, and the numbers of its rows by their keys."""

    shot: Shot
    numbers: Mapping[str, int]


def read(project_id: int, twins: Mapping[str, Mapping[str, int]] | None = None) -> Reading:
    """A plan as it is now; ``twins`` tell which of a branch's rows stand for which of the trunk, by number as text.

    Seven statements. Raises NotFound.
    """
    project = db.session.get(Project, project_id)
    if project is None:
        raise NotFound
    found: dict[str, Row] = {PROJECT: {name: as_plain(getattr(project, name)) for name in FRAME}}
    keys: dict[str, dict[int, str]] = {}
    for part in PARTS:
        known = None if twins is None else twins.get(part.table, {})
        rows = _plain_rows(part, project_id)
        own = keys[part.table] = {} if part.ties else {number: _key(part, number, known) for number, _row in rows}
        for number, row in rows:
            shown = row | {name: keys[table].get(row[name]) for name, table in part.points.items()}
            key = own.setdefault(number, _tie_key(part, shown))
            found[key] = shown
    numbers = {key: number for own in keys.values() for number, key in own.items()}
    return Reading(found, {PROJECT: project_id, **numbers})


def _plain_rows(part: Part, project_id: int) -> list[tuple[int, dict[str, Any]]]:
    columns = part.columns
    query = select(part.model.id, *(getattr(part.model, name) for name in columns))
    rows = db.session.execute(query.where(part.model.project_id == project_id).order_by(part.model.id))  # type: ignore[attr-defined]  # every part has one
    found = []
    for number, *values in rows:
        row = {name: as_plain(value) for name, value in zip(columns, values, strict=True)}
        if row.get("type") == TaskType.SUMMARY:  # it follows from the rows below it
            row["type"] = TaskType.TASK.value
        found.append((number, row))
    return found


def _key(part: Part, number: int, twins: Mapping[str, int] | None) -> str:
    if twins is None:
        return f"{part.table}:{number}"
    twin = twins.get(str(number))
    return f"{part.table}:+{number}" if twin is None else f"{part.table}:{twin}"


def _tie_key(part: Part, row: Row) -> str:
    return f"{part.table}:" + ">".join(str(row[name]) for name in part.ties)


def _rows(*criteria: Any) -> list[BranchRow]:
    query = (
        select(
            Branch.project_id,
            Branch.trunk_id,
            Project.name,
            _TRUNK.name,
            Project.state,
            Branch.why,
            func.coalesce(_MAKER.name, ""),
            Branch.made_at,
            func.coalesce(_CLOSER.name, ""),
            Branch.closed_at,
        )
        .join(Project, Project.id == Branch.project_id)
        .join(_TRUNK, _TRUNK.id == Branch.trunk_id)
        .outerjoin(_MAKER, _MAKER.id == Branch.made_by_id)
        .outerjoin(_CLOSER, _CLOSER.id == Branch.closed_by_id)
        .where(*criteria)
    )
    found: Sequence[Any] = db.session.execute(query).all()
    return [BranchRow(row[0], row[1], row[2], row[3], State(row[4]), *row[5:]) for row in found]


def dates_of(project_id: int) -> dict[int, tuple[datetime, datetime]]:
    """When each row of a plan begins and ends, by number."""
    query = select(TaskDates.task_id, TaskDates.start, TaskDates.finish).where(TaskDates.project_id == project_id)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def p80_of(project_id: int) -> date | None:
    """The P80 of the newest forecast, if the plan is still what that one rests on; else nobody knows."""
    newest = forecasts.latest([project_id]).get(project_id)
    if newest is None or newest.digest != forecasts.ground(project_id, newest.day).digest:
        return None
    return newest.p80.date()


def ends_of(project_ids: Sequence[int]) -> dict[int, Figures]:
    """When some plans end and go live: two statements."""
    latest = select(TaskDates.project_id, func.max(TaskDates.finish)).where(TaskDates.project_id.in_(project_ids))
    finishes = {row[0]: row[1].date() for row in db.session.execute(latest.group_by(TaskDates.project_id))}
    live = {id: moment.date() for id, moment in tasks.go_live_of(project_ids).items()}
    return {id: Figures(finishes.get(id), live.get(id)) for id in project_ids}


def figures(project_id: int, today: date, reader: Actor) -> Figures:
    """What a plan, or a branch of it, comes to; what the reader may not see in the project is left unknown."""
    trunk_id, decide = trunk_of(project_id), wires().policy.decide
    scope = project_scope(trunk_id)
    ends = ends_of([project_id])[project_id]
    last = max(today, ends.finish or today)
    return replace(
        ends,
        p80=p80_of(project_id),
        cost=_cost(project_id, trunk_id, today) if decide(reader, "cost.see", scope) else None,
        overloads=(
            len(resources.overloads(project_id, today, last, reader, today=today))
            if decide(reader, "resources.see", scope)
            else None
        ),
    )


def _cost(project_id: int, trunk_id: int, today: date) -> int | None:
    """What a plan will have cost in the end: a branch's work, at the rates and with the spent money of its trunk."""
    found = costs.books_of({project_id, trunk_id})
    books = found[trunk_id]
    if project_id != trunk_id:
        roles = {own: number for number, own in twins_of(project_id, "project_role").items()}
        there = found[project_id]
        tasks_there = tuple(replace(each, role_id=roles.get(each.role_id or 0)) for each in there.tasks)
        books = replace(books, tasks=tasks_there, fixed=there.fixed)
    return line(books, RateTable(costs.rates(trunk_id)), today, None).forecast


def calendars_named() -> dict[int, str]:
    """The names of calendars, by number."""
    return {row[0]: row[1] for row in db.session.execute(select(WorkCalendar.id, WorkCalendar.name))}


def people_named(project_id: int) -> dict[int, str]:
    """The names of those whom a plan or any branch of it names, by number."""
    here = select(Project.id).where((Project.id == project_id) | (Project.branch_of_id == project_id))
    asked = [
        select(Task.owner_id).where(Task.project_id.in_(here)),
        select(ProjectRole.person_id).where(ProjectRole.project_id.in_(here)),
        select(Assignment.person_id).where(Assignment.project_id.in_(here)),
        select(Allocation.person_id).where(Allocation.project_id.in_(here)),
    ]
    query = select(Person.id, Person.name).where(or_(*(Person.id.in_(each) for each in asked)))
    return {row[0]: row[1] for row in db.session.execute(query)}
