"""Reading one person's work, inside the roll-outs that they may see: four statements, the count in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select

from checklists import queries as checklists
from checklists.models import Item
from desk.my_work import rules
from desk.my_work.rules import Duty, Owed
from infra.database import db
from infra.http import may
from infra.subjects import Subject
from infra.wires import wires
from kernel.actor import INSTANCE, Actor
from kernel.permission import Facts
from roadmap.actions import queries as actions
from roadmap.actions.models import ActionItem
from roadmap.assignments.queries import put_on
from roadmap.projects.models import Phase, Project
from roadmap.projects.queries import reach
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Task, TaskDates
from roadmap.tasks.rules.states import FINISHED
from roadmap.timesheet import queries as timesheet


@dataclass(frozen=True, slots=True)
class Pressing:
    """What is overdue and due today of a person in one roll-out."""

    project_id: int
    project: str
    overdue: int
    today: int


def duties(actor: Actor) -> list[Duty]:
    """The open tasks, checklist items and action items that somebody owns, or that fall to a role which they fill."""
    found = _tasks(actor)
    blocked = timesheet.blocked_tasks(duty.id for duty in found)
    return [replace(duty, blocked=blocked.get(duty.id, "")) for duty in found] + _items(actor) + _actions(actor)


def count_due(actor: Actor, today: date) -> int:
    """How much is overdue or due by the end of this week: one statement."""
    return db.session.scalar(select(due_count(actor, today))) or 0


def due_count(actor: Actor, today: date) -> ColumnElement[int]:
    """The same as a column, which the navigation reads with its other counts."""
    last = rules.end_of_week(today)
    midnight = datetime.combine(last + timedelta(days=1), time())
    due = or_(TaskDates.finish < midnight, Task.deadline <= last)
    tasks = of_tasks(select(func.count()).select_from(Task), actor).where(due)
    items = (
        select(func.count())
        .select_from(Item)
        .join(Project, Project.id == Item.project_id)
        .outerjoin(ProjectRole, ProjectRole.id == Item.role_id)
        .where(Project.state == "active", Item.ticked_at.is_(None), Item.due <= last)
        .where(_mine(Item.owner_id, actor), reach(actor, "checklist.see"))
    )
    actions = (
        select(func.count())
        .select_from(ActionItem)
        .join(Project, Project.id == ActionItem.project_id)
        .outerjoin(ProjectRole, ProjectRole.id == ActionItem.role_id)
        .where(Project.state == "active", ActionItem.state == "open", ActionItem.due <= last)
        .where(_mine(ActionItem.owner_id, actor), reach(actor, "action.see"))
    )
    return tasks.scalar_subquery() + items.scalar_subquery() + actions.scalar_subquery()


def pressing(found: Iterable[Duty], today: date) -> list[Pressing]:
    """What presses, by roll-out, those with most overdue first."""
    by_project: dict[tuple[int, str], list[rules.Bucket]] = {}
    for duty in found:
        by_project.setdefault((duty.project_id, duty.project), []).append(rules.bucket(duty.due, today))
    rows = [
        Pressing(*key, buckets.count(rules.Bucket.OVERDUE), buckets.count(rules.Bucket.TODAY))
        for key, buckets in by_project.items()
    ]
    kept = [row for row in rows if row.overdue or row.today]
    return sorted(kept, key=lambda row: (-row.overdue, -row.today, row.project_id))


def owed(last: date) -> dict[int, list[Owed]]:
    """What everybody has to do until a day, in active roll-outs: by person, in three statements."""
    found: dict[int, list[Owed]] = {}
    for kind, query in _owed(last):
        for row in db.session.execute(query):
            due = min(row.due.date(), row.deadline or date.max) if isinstance(row.due, datetime) else row.due
            found.setdefault(row.who, []).append(Owed(f"{kind}:{row.id}", row.name, row.project_id, due))
    return found


def _owed(last: date) -> tuple[tuple[str, Select[*tuple[Any, ...]]], ...]:
    def asked(model: Any, name: Any, due: Any, *more: Any) -> Select[*tuple[Any, ...]]:
        who = func.coalesce(model.owner_id, ProjectRole.person_id).label("who")
        columns = (who, model.id, name.label("name"), model.project_id, due.label("due"), *more)
        joined = select(*columns).select_from(model).join(Project, Project.id == model.project_id)
        joined = joined.outerjoin(ProjectRole, ProjectRole.id == model.role_id)
        return joined.where(Project.state == "active", who.is_not(None))

    midnight = datetime.combine(last + timedelta(days=1), time())
    tasks = asked(Task, Task.name, TaskDates.finish, Task.deadline).join(TaskDates, TaskDates.task_id == Task.id)
    todo = (Task.type != "summary", Task.percent_complete < FINISHED)
    return (
        ("task", tasks.where(*todo, or_(TaskDates.finish < midnight, Task.deadline <= last))),
        ("item", asked(Item, Item.name, Item.due).where(Item.ticked_at.is_(None), Item.due <= last)),
        (
            "action",
            asked(ActionItem, ActionItem.title, ActionItem.due).where(
                ActionItem.state == "open", ActionItem.due <= last
            ),
        ),
    )


def _tasks(actor: Actor) -> list[Duty]:
    columns = (
        Task.id,
        Task.name,
        Task.type,
        Task.percent_complete,
        Task.actual_start,
        Task.deadline,
        Task.owner_id,
        TaskDates.finish,
        Task.project_id,
        Project.name.label("project"),
        TaskDates.phase_id,
        Phase.name.label("phase"),
        put_on(actor.id).label("helping"),
    )
    query = of_tasks(select(*columns), actor).outerjoin(Phase, Phase.id == TaskDates.phase_id)
    return [_task(row, actor) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class OwnTask:
    """A task of somebody with its dates, wall times of its project's zone, and the revision that last changed it."""

    id: int
    name: str
    type: str
    duration_minutes: int
    start: datetime
    finish: datetime
    revision: int
    project_id: int
    project: str
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its dates."""
        return ZoneInfo(self.timezone)


def own_tasks(actor: Actor) -> list[OwnTask]:
    """What somebody has still to do in running roll-outs, soonest first: one statement."""
    dates = (TaskDates.start, TaskDates.finish, TaskDates.revision)
    columns = (Task.id, Task.name, Task.type, Task.duration_minutes, *dates)
    query = select(*columns, Project.id, Project.name, Project.timezone).select_from(Task)
    return [OwnTask(*row) for row in db.session.execute(of_tasks(query, actor).order_by(TaskDates.start, Task.id))]


def _task(row: Any, actor: Actor) -> Duty:
    owners = frozenset({row.owner_id} if row.owner_id is not None else ())
    helping = frozenset({actor.id} if row.helping and actor.id is not None else ())
    return Duty(
        kind="task",
        id=row.id,
        name=row.name,
        due=min(row.finish.date(), row.deadline or date.max),
        project_id=row.project_id,
        project=row.project,
        place=row.phase or "",
        place_id=row.phase_id,
        required=True,
        percent=row.percent_complete,
        started=row.actual_start is not None or row.percent_complete > 0,
        milestone=row.type == "milestone",
        may=may("task.progress", row.project_id, Facts(owners=owners | helping)),
        may_log=row.type == "task" and may("time.log", row.project_id, Facts(owners=frozenset({actor.id or 0}))),
    )


def _items(actor: Actor) -> list[Duty]:
    if actor.id is None:
        return []
    return [
        Duty(
            kind="item",
            id=row.id,
            name=row.name,
            due=row.due,
            project_id=row.project_id,
            project=row.project_name,
            place=row.checklist_name,
            place_id=row.checklist_id,
            required=row.required,
            may=may("checklist.tick", row.project_id),
        )
        for row in checklists.mine(actor.id, project_ids(actor, "checklist.see"))
    ]


def _actions(actor: Actor) -> list[Duty]:
    if actor.id is None:
        return []
    return [
        Duty(
            kind="action",
            id=row.id,
            name=row.title,
            due=row.due,
            project_id=row.project_id,
            project=row.project,
            place=row.code,
            place_id=None,
            required=True,
            may=may("action.edit", row.project_id, row.facts),
        )
        for row in actions.open_of(actor.id, project_ids(actor, "action.see"))
    ]


def of_tasks(query: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    """A query of tasks, narrowed to those that somebody has still to do in running roll-outs."""
    return (
        query.join(TaskDates, TaskDates.task_id == Task.id)
        .join(Project, Project.id == Task.project_id)
        .outerjoin(ProjectRole, ProjectRole.id == Task.role_id)
        .where(Project.state == "active", Task.type != "summary", Task.percent_complete < FINISHED)
        .where(or_(_mine(Task.owner_id, actor), put_on(actor.id)), reach(actor, "task.see"))
    )


def _mine(owner: Any, actor: Actor) -> ColumnElement[bool]:
    return or_(owner == actor.id, owner.is_(None) & (ProjectRole.person_id == actor.id))


def project_ids(actor: Actor, permission: str) -> list[int] | None:
    """The roll-outs in which somebody may do something; None means all."""
    scopes = wires().policy.scopes_where(actor, permission)
    if scopes is None:
        return None
    return sorted(int(scope.partition(":")[2]) for scope in scopes if scope.startswith("project:"))


def subject(number: int) -> Subject | None:
    """One's own work as something that notices lead to; it is the same page for everybody."""
    return Subject(f"work:{number}", _("My work"), INSTANCE, "/my-work", "work.see")
