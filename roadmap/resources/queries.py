"""Load and allocations as they are read: a bounded number of statements, whatever the size.

What the reader may not see counts as other work: its project, tasks and roles are never named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import func, or_, select

from accounts.absences import queries as absences
from accounts.absences.rules import ALWAYS_THERE, EARLIEST, FULL, PersonTime, Share
from accounts.calendars import queries as calendars
from accounts.people.models import Company, Person
from infra.database import db
from infra.memo import remembered
from infra.wires import wires
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, Refused
from kernel.worktime import Calendar
from roadmap.assignments.queries import asked_of, in_play
from roadmap.projects import queries as projects
from roadmap.projects.models import Project
from roadmap.projects.queries import ProjectRow
from roadmap.projects.rules import State
from roadmap.resources.rules import load as rules
from roadmap.resources.rules import range_words
from roadmap.schedule.rules import TaskType
from roadmap.staffing.models import Allocation, ProjectRole
from roadmap.tasks.models import Assignment, Task
from roadmap.tasks.queries import calendar_of, projects_of, years_of
from roadmap.tasks.rules.states import FINISHED


@dataclass(frozen=True, slots=True)
class Overload:
    """Days in a row that ask too much of somebody, and why; ``person_id`` is None for a role that nobody fills yet."""

    person_id: int | None
    person: str
    first: date
    last: date
    percent: int
    causes: tuple[rules.Named, ...]
    day_off: bool


@dataclass(frozen=True)
class PersonLoad:
    """The load of somebody on every day that was asked for; a placeholder has a role and no person."""

    person_id: int | None
    role_id: int | None
    name: str
    company: str
    outside: bool
    days: tuple[rules.DayLoad, ...]

    @cached_property
    def weeks(self) -> list[rules.WeekLoad]:
        """The same by week."""
        return rules.by_week(self.days)

    @cached_property
    def overloads(self) -> list[Overload]:
        """The runs of days that ask too much."""
        return [
            Overload(self.person_id, self.name, run.first, run.last, run.percent, run.causes, run.day_off)
            for run in rules.runs(self.days)
        ]

    @property
    def key(self) -> str:
        """What an address calls it."""
        return str(self.person_id) if self.person_id else f"role-{self.role_id}"


Holder = tuple[int | None, int | None]
"""Whose time is asked for: a person, or a role that nobody fills."""


Moved = Mapping[int, tuple[datetime, datetime]]
"""Start and finish of tasks as they would be, instead of those that are stored."""


@dataclass(frozen=True)
class Ground:
    """All that load is reckoned from, read once: how it would be with other dates is asked without reading again."""

    people: Mapping[int, _Someone]
    found: _Found
    projects: Mapping[int, Project]
    frame: rules.Frame
    now: date
    visible: frozenset[int]
    times: Mapping[int, PersonTime]
    crowds: Mapping[int, PersonTime]


def ground(project_ids: Sequence[int], first: date, last: date, reader: Actor, *, today: date | None = None) -> Ground:
    """What the load of everybody who works in these projects rests on. Six statements, a few more for crews."""
    now, ids = today or first, list(project_ids)
    people = _people(ids)
    found = _Found(_allocations(ids, people, first, last), asked_of(ids, people, now, last))
    there = projects_of(found.project_ids)
    nobody = any(row.person_id is None for row in (*found.allocations, *found.tasks))
    return Ground(
        people,
        found,
        there,
        rules.Frame(first, last, _calendars(found, there)),
        now,
        frozenset(_visible(reader, there)),
        absences.times_of(people),
        _crowds(ids) if nobody else {},
    )


def loads(
    project_ids: Sequence[int], first: date, last: date, reader: Actor, *, today: date | None = None
) -> list[PersonLoad]:
    """The load of everybody who works in these projects, with their work elsewhere; then of roles without a person.

    What is left of a task lies between ``today`` (or else ``first``) and its finish. Placeholders come last, everybody
    by name.
    """
    return loads_of(ground(project_ids, first, last, reader, today=today))


def loads_of(read: Ground, moved: Moved | None = None) -> list[PersonLoad]:
    """The load as it was read; ``moved`` asks how it would be with other dates. No statement."""
    demands = _demands(read.found, read.projects, read.frame.calendars, read.now, read.visible, moved or {})
    holders: list[Holder] = [(id, None) for id in read.people]
    holders += sorted((each for each in demands if each[0] is None), key=lambda each: each[1] or 0)
    return [
        _person_load(
            (person_id, role_id),
            read.people,
            read.found.role_names,
            rules.loads(
                read.frame,
                (read.times.get(person_id) if person_id else read.crowds.get(role_id or 0)) or ALWAYS_THERE,
                demands.get((person_id, role_id), []),
            ),
        )
        for person_id, role_id in holders
    ]


def overloads(project_id: int, first: date, last: date, reader: Actor, *, today: date | None = None) -> list[Overload]:
    """Who of a project is asked too much of, when and why; the soonest first, then the worst."""
    found = [each for row in loads([project_id], first, last, reader, today=today) for each in row.overloads]
    return sorted(found, key=lambda each: (each.first, -each.percent, each.person))


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """A line of who works in which role when; ``away`` says that the role's range is left, in words."""

    id: int
    project_id: int
    role_id: int
    role: str
    share_min: int | None
    share_max: int | None
    person_id: int | None
    person: str
    company: str
    first: date
    last: date
    percent: int
    note: str

    @property
    def away(self) -> str:
        """What to say of a share outside the role's range; empty where it lies inside."""
        return range_words(self.percent, self.share_min, self.share_max)


def allocations(project_id: int, *, role_id: int | None = None) -> list[AllocationRow]:
    """The lines of a project by role, day and person; ``role_id`` narrows them."""
    query: Any = (
        select(
            Allocation.id,
            Allocation.project_id,
            Allocation.role_id,
            ProjectRole.name,
            ProjectRole.share_min,
            ProjectRole.share_max,
            Allocation.person_id,
            func.coalesce(Person.name, ""),
            func.coalesce(Company.name, ""),
            Allocation.first,
            Allocation.last,
            Allocation.percent,
            Allocation.note,
        )
        .join(ProjectRole, ProjectRole.id == Allocation.role_id)
        .outerjoin(Person, Person.id == Allocation.person_id)
        .outerjoin(Company, Company.id == Person.company_id)
        .where(Allocation.project_id == project_id)
        .order_by(Allocation.role_id, Allocation.first, Allocation.id)
    )
    if role_id is not None:
        query = query.where(Allocation.role_id == role_id)
    return [AllocationRow(*row) for row in db.session.execute(query)]


def allocation(project_id: int, allocation_id: int) -> AllocationRow:
    """One line of a project. Raises NotFound."""
    found = next((row for row in allocations(project_id) if row.id == allocation_id), None)
    if found is None:
        raise NotFound
    return found


def open_tasks(role_id: int) -> int:
    """How many unfinished tasks of a role belong to nobody."""
    query = select(func.count(Task.id)).where(
        Task.role_id == role_id,
        Task.owner_id.is_(None),
        Task.percent_complete < FINISHED,
        Task.type != TaskType.SUMMARY.value,
    )
    return db.session.scalar(query) or 0


def may_survey(actor: Actor) -> bool:
    """Whether somebody plans people in any project."""
    scopes = wires().policy.scopes_where(actor, "resources.edit")
    return scopes is None or bool(scopes)


def surveyed(actor: Actor) -> list[ProjectRow]:
    """The running projects whose load an actor may see across projects: whoever manages one. Raises Refused."""
    policy = wires().policy
    if not may_survey(actor):
        raise Refused
    found = projects.visible(actor, states=(State.ACTIVE.value,))
    return [row for row in found if policy.decide(actor, "resources.see", row.scope)]


@dataclass(frozen=True, slots=True)
class _Someone:
    name: str
    company: str
    outside: bool


class _Found:
    """The rows that ask for time."""

    def __init__(self, allocations: Sequence[Any], tasks: Sequence[Any]) -> None:
        self.allocations, self.tasks = allocations, tasks
        asking = [*((row.project_id, row.role_id, row.role) for row in allocations), *(row[1:4] for row in tasks)]
        self.project_ids = {project_id for project_id, _role_id, _role in asking}
        self.role_names = {role_id: role for _project_id, role_id, role in asking if role_id is not None}
        of_roles = ((row.calendar_id, row.project_id) for row in (*allocations, *tasks))
        self.of_roles = {calendar_id: project_id for calendar_id, project_id in of_roles if calendar_id is not None}


@remembered
def _people(project_ids: list[int]) -> dict[int, _Someone]:
    """Everybody who fills a role, is allocated or has open tasks in the projects, by name."""
    in_role = select(ProjectRole.person_id).where(ProjectRole.project_id.in_(project_ids))
    allocated = select(Allocation.person_id).where(Allocation.project_id.in_(project_ids))
    owning = select(Task.owner_id).where(Task.project_id.in_(project_ids), Task.percent_complete < FINISHED)
    helping = select(Assignment.person_id).where(Assignment.project_id.in_(project_ids))
    query = (
        select(Person.id, Person.name, Person.email, Company.name.label("company"))
        .outerjoin(Company, Company.id == Person.company_id)
        .where(or_(*(Person.id.in_(each) for each in (in_role, allocated, owning, helping))))
    )
    rows = sorted(db.session.execute(query), key=lambda row: (row.name.casefold(), row.id))
    return {row.id: _Someone(row.name, row.company or "", row.email is None) for row in rows}


def _calendars(found: _Found, there: Mapping[int, Project]) -> dict[int, Calendar]:
    """The calendars of projects by number, and those of roles that have their own by theirs below zero."""
    lines = {id: calendar_of(row) for id, row in there.items()}
    for row in calendars.several(found.of_roles):
        lines[-row.id] = calendars.working_time(row, years_of(there[found.of_roles[row.id]]))
    return lines


def _crowds(project_ids: list[int]) -> dict[int, PersonTime]:
    """Roles that nobody fills by name and that stand for more, or less, than one person all day."""
    query = select(ProjectRole.id, ProjectRole.max_units).where(
        ProjectRole.project_id.in_(project_ids), ProjectRole.max_units != FULL
    )
    return {id: PersonTime(shares=(Share(EARLIEST, round(units)),)) for id, units in db.session.execute(query)}


def _allocations(project_ids: list[int], people: Iterable[int], first: date, last: date) -> Sequence[Any]:
    query = (
        select(
            Allocation.id,
            Allocation.project_id,
            Allocation.role_id,
            ProjectRole.name.label("role"),
            Allocation.person_id,
            Allocation.first,
            Allocation.last,
            Allocation.percent,
            ProjectRole.calendar_id,
        )
        .join(Project, Project.id == Allocation.project_id)
        .join(ProjectRole, ProjectRole.id == Allocation.role_id)
        .where(Allocation.last >= first, Allocation.first <= last)
        .order_by(Allocation.id)
    )
    return db.session.execute(
        in_play(query, project_ids, Allocation.person_id, people, Allocation.person_id.is_(None))
    ).all()


def _visible(reader: Actor, projects: Iterable[int]) -> set[int]:
    policy = wires().policy
    return {id for id in projects if policy.decide(reader, "resources.see", project_scope(id))}


def _demands(
    found: _Found,
    projects: Mapping[int, Project],
    lines: Mapping[int, Calendar],
    today: date,
    visible: Collection[int],
    moved: Moved,
) -> dict[Holder, list[rules.Demand]]:
    demands: dict[Holder, list[rules.Demand]] = {}
    for row in found.allocations:
        cause = rules.OTHER
        if row.project_id in visible:
            cause = rules.Cause(rules.Kind.ALLOCATION, row.id, row.role, row.project_id, projects[row.project_id].name)
        clock = -(row.calendar_id or 0)
        demand = rules.Demand(row.project_id, cause, row.first, row.last, percent=row.percent, clock=clock)
        demands.setdefault(_holder(row), []).append(demand)
    overdue: dict[tuple[int, int], tuple[date, date]] = {}
    # There may be thousands, and taking a row apart at once is a third of asking it for each value by name.
    for (
        id,
        project_id,
        role_id,
        _role,
        share,
        person_id,
        name,
        duration,
        effort,
        percent,
        start,
        finish,
        own,
    ) in found.tasks:
        left = rules.left_of(duration, percent)
        begin, end = moved.get(id, (start, finish))
        first, last = begin.date(), end.date()
        if last >= today:
            first = max(first, today)
        else:
            # What is overdue begins today: its end is counted once of each length.
            line = -own if own else project_id
            if (line, left) not in overdue:
                overdue[line, left] = rules.task_window(first, last, left, today, lines[line])
            first, last = overdue[line, left]
        cause = rules.OTHER
        if project_id in visible:
            cause = rules.Cause(rules.Kind.TASK, id, name, project_id, projects[project_id].name)
        work = rules.work_left(effort, duration, share, percent)
        holder = (person_id, None) if person_id is not None else (None, role_id)
        demands.setdefault(holder, []).append(rules.Demand(project_id, cause, first, last, work, 0, -(own or 0)))
    return demands


def _holder(row: Any) -> Holder:
    return (row.person_id, None) if row.person_id is not None else (None, row.role_id)


def _person_load(
    holder: Holder, people: Mapping[int, _Someone], roles: Mapping[int, str], days: tuple[rules.DayLoad, ...]
) -> PersonLoad:
    person_id, role_id = holder
    if person_id is None:
        return PersonLoad(None, role_id, roles[role_id or 0], "", False, days)
    someone = people[person_id]
    return PersonLoad(person_id, None, someone.name, someone.company, someone.outside, days)
