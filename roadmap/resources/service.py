"""Changing who works in which role when: a function a verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.people import service as people
from accounts.people.models import Person
from accounts.people.rules import PersonData
from infra.merge import merge
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectFramed
from roadmap.projects.models import Project
from roadmap.projects.rules import ROLLOUT_DAYS, Clash, wall_time
from roadmap.resources import rules
from roadmap.staffing.events import RoleGiven
from roadmap.staffing.models import Allocation, ProjectRole
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Task, TaskDates
from roadmap.tasks.rules.states import FINISHED

UNDOABLE = {
    "allocation.added": "resources.edit",
    "allocation.changed": "resources.edit",
    "allocation.removed": "resources.edit",
    "role.filled": "resources.edit",
}
"""What can be taken back, and the permission that this needs."""


@dataclass(frozen=True, slots=True)
class AllocationData:
    """Somebody in a role for a share of their days; ``person_id`` None is a placeholder."""

    role_id: int
    person_id: int | None
    first: date
    last: date
    percent: int
    note: str = ""


def add_allocation(
    project_id: int, data: AllocationData, *, actor: Actor, now: datetime, newcomer: PersonData | None = None
) -> tuple[int, Work]:
    """Plan somebody in a role; the first who is planned there also fills it on the team page.

    A ``newcomer`` is added as a person without a sign-in and takes the place of ``person_id``. Raises RuleBroken for
    shares or days that make no sense or overlap; returns the number and the work.
    """
    with transaction(actor, "allocation.added") as work:
        projects.check_open(project_id)
        if newcomer is not None:
            data = replace(data, person_id=_add_newcomer(newcomer, actor, now))
        role = _check(work, project_id, data)
        row = Allocation(project_id=project_id, **asdict(data))
        work.session.add(row)
        if role.person_id is None and data.person_id is not None:
            role.person_id = data.person_id
        work.session.flush()
        return row.id, work


def change_allocation(
    project_id: int,
    allocation_id: int,
    data: AllocationData,
    *,
    actor: Actor,
    base: Mapping[str, Any] | None = None,
) -> Work:
    """Change a line; ``base`` is what the form showed. Raises Clash, NotFound, and as `add_allocation`."""
    with transaction(actor, "allocation.changed") as work:
        projects.check_open(project_id)
        row = _get(work, project_id, allocation_id)
        values = asdict(data)
        if base is not None:
            merged = merge(base, values, {name: getattr(row, name) for name in values})
            if merged.conflicts:
                raise Clash(merged.conflicts)
            values = dict(merged.values)
        _check(work, project_id, AllocationData(**values), allocation_id)
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
    return work


def remove_allocation(project_id: int, allocation_id: int, *, actor: Actor) -> Work:
    """Take a line away. Raises NotFound."""
    with transaction(actor, "allocation.removed") as work:
        projects.check_open(project_id)
        work.session.delete(_get(work, project_id, allocation_id))
    return work


def fill_role(
    project_id: int, role_id: int, person_id: int, *, actor: Actor, now: datetime, with_tasks: bool = False
) -> Work:
    """Give a role that nobody fills to somebody: all its lines that are not over, and its open tasks if wanted.

    Raises NotFound, RuleBroken for an unknown person.
    """
    with transaction(actor, "role.filled") as work:
        project = projects.opened(work, project_id)
        role = _role(work, project_id, role_id)
        _check_person(work, person_id)
        _hand_over(work, role_id, None, person_id, wall_time(now, project.timezone).date())
        if role.person_id is None:
            role.person_id = person_id
        work.session.flush()
        ids = _open_tasks(work, role_id) if with_tasks else []
        for place in range(0, len(ids), tasks.BULK_LIMIT):
            part = ids[place : place + tasks.BULK_LIMIT]
            tasks.bulk_change(project_id, part, {"owner_id": person_id}, actor=actor, now=now)
    return work


def follow_role(event: RoleGiven, work: Work) -> None:
    """Somebody else fills a role: what is planned there from today on goes to them; what is over stays."""
    project = work.session.get_one(Project, event.project_id)
    _hand_over(work, event.role_id, event.before, event.after, wall_time(work.at, project.timezone).date())


def follow_frame(event: ProjectFramed, work: Work) -> None:
    """The project starts on another day: what is planned moves by as many days."""
    if event.days_later:
        later = timedelta(days=event.days_later)
        for row in work.session.scalars(select(Allocation).where(Allocation.project_id == event.project_id)):
            row.first, row.last = row.first + later, row.last + later


def _hand_over(work: Work, role_id: int, before: int | None, after: int | None, today: date) -> None:
    """A line that runs today is cut in two, except a placeholder's, of which nobody worked the first part.

    Lines that would overlap with others of the new person in the role stay as they are.
    """
    holder = Allocation.person_id.is_(None) if before is None else Allocation.person_id == before
    query = select(Allocation).where(Allocation.role_id == role_id, holder, Allocation.last >= today)
    for row in work.session.scalars(query.order_by(Allocation.first)).all():
        cut = before is not None and row.first < today
        rest = rules.Period(today if cut else row.first, row.last, row.percent)
        if any(rest.meets(other) for other in _others(work, role_id, after)):
            continue
        if cut:
            row.last = today - timedelta(days=1)
            work.session.add(_continued(row, rest, after))
        else:
            row.person_id = after
        work.session.flush()


def _continued(row: Allocation, rest: rules.Period, person_id: int | None) -> Allocation:
    return Allocation(
        project_id=row.project_id,
        role_id=row.role_id,
        person_id=person_id,
        first=rest.first,
        last=rest.last,
        percent=rest.percent,
        note=row.note,
    )


def _check(work: Work, project_id: int, data: AllocationData, but: int = 0) -> ProjectRole:
    role = _role(work, project_id, data.role_id)
    _check_person(work, data.person_id)
    if len(data.note) > rules.NOTE_LIMIT:
        raise RuleBroken(
            "allocation.note", "A note has at most %(limit)s characters.", field="note", limit=rules.NOTE_LIMIT
        )
    start, finish = _window(work, project_id)
    others = _others(work, data.role_id, data.person_id, but)
    rules.check_allocation(rules.Period(data.first, data.last, data.percent), others, start, finish)
    return role


def _window(work: Work, project_id: int) -> tuple[date, date]:
    start = work.session.get_one(Project, project_id).start
    finish = work.session.scalar(select(func.max(TaskDates.finish)).where(TaskDates.project_id == project_id))
    latest = start + timedelta(days=ROLLOUT_DAYS)
    return start, max(latest, finish.date()) if finish else latest


def _others(work: Work, role_id: int, person_id: int | None, but: int = 0) -> Sequence[rules.Period]:
    holder = Allocation.person_id.is_(None) if person_id is None else Allocation.person_id == person_id
    query = (
        select(Allocation.first, Allocation.last, Allocation.percent, ProjectRole.name, Person.name)
        .join(ProjectRole, ProjectRole.id == Allocation.role_id)
        .outerjoin(Person, Person.id == Allocation.person_id)
        .where(Allocation.role_id == role_id, holder, Allocation.id != but)
        .order_by(Allocation.first)
    )
    return [rules.Period(row[0], row[1], row[2], row[3], row[4] or "") for row in work.session.execute(query)]


def _open_tasks(work: Work, role_id: int) -> list[int]:
    query = select(Task.id).where(
        Task.role_id == role_id, Task.owner_id.is_(None), Task.percent_complete < FINISHED, Task.type != "summary"
    )
    return list(work.session.scalars(query.order_by(Task.id)))


def _add_newcomer(newcomer: PersonData, actor: Actor, now: datetime) -> int:
    if newcomer.email is not None:
        raise RuleBroken("allocation.newcomer", "People with a sign-in are added by an administrator.", field="name")
    return people.add_person(newcomer, now=now, actor=actor)


def _check_person(work: Work, person_id: int | None) -> None:
    person = None if person_id is None else work.session.get(Person, person_id)
    if person_id is not None and (person is None or not person.active):
        raise RuleBroken("allocation.person", "There is no such person. Choose one of the list.", field="person_id")


def _role(work: Work, project_id: int, role_id: int) -> ProjectRole:
    role = work.session.get(ProjectRole, role_id)
    if role is None or role.project_id != project_id:
        raise RuleBroken("allocation.role", "There is no such role in this project. Choose one.", field="role_id")
    return role


def _get(work: Work, project_id: int, allocation_id: int) -> Allocation:
    row = work.session.get(Allocation, allocation_id)
    if row is None or row.project_id != project_id:
        raise NotFound
    return row
