"""Looking for words in what somebody may see: one statement a kind, narrowed before it is searched."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, case, func, or_, select, true

from accounts.access.models import Membership
from accounts.people.models import Company, Person
from checklists.models import Checklist, Item
from crm.access.queries import access_of, uses
from crm.search import queries as records
from desk.search import rules
from desk.search.rules import Group, Hit
from infra.database import db
from infra.folding import folded
from infra.http import may
from infra.wires import wires
from kernel.actor import Actor
from roadmap.actions.models import ActionItem
from roadmap.actions.rules import code as action_code
from roadmap.projects.models import Project
from roadmap.projects.queries import reach
from roadmap.risks.models import Risk
from roadmap.risks.rules import code as risk_code
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Task, TaskDates


def find(actor: Actor, text: str, most: int) -> list[Group]:
    """Roll-outs, tasks, items, risks, action items, people, at most so many each; nothing for less than two letters."""
    needle = rules.wanted(text)
    if not needle:
        return []
    groups = [
        _group("project", _projects(actor, needle), most, _project_hit),
        _group("task", _tasks(actor, needle), most, _task_hit),
        _group("item", _items(actor, needle), most, _item_hit),
        _group("risk", _risks(actor, needle), most, _risk_hit),
        _group("action", _actions(actor, needle), most, _action_hit),
        _group("person", _people(actor, needle), most, _person_hit),
    ]
    return [each for each in [*groups, *_records(actor, text, most)] if each.hits]


def _records(actor: Actor, text: str, most: int) -> list[Group]:
    """Records of the CRM, for who uses it."""
    if not uses(actor):
        return []
    return [
        rules.Group(each.kind, tuple(Hit(hit.kind, hit.name, hit.detail, hit.href) for hit in each.hits), each.more)
        for each in records.find(access_of(actor), text, most)
    ]


def _group(kind: str, query: Select[*tuple[Any, ...]], most: int, hit: Any) -> Group:
    return rules.group(kind, [hit(row) for row in db.session.execute(query.limit(most + 1))], most)


def _matches(needle: str, *columns: Any) -> ColumnElement[bool]:
    return or_(*(folded(column).like(rules.pattern(needle), escape="\\") for column in columns))


def _best_first(needle: str, column: Any) -> ColumnElement[int]:
    start = rules.pattern(needle)[1:]
    return case(
        (folded(column).like(start, escape="\\"), 0),
        (folded(column).like(f"% {start}", escape="\\"), 1),
        (folded(column).like(f"%{start}", escape="\\"), 2),
        else_=3,
    )


def _projects(actor: Actor, needle: str) -> Select[*tuple[Any, ...]]:
    return (
        select(Project.id, Project.name, Project.state, Project.purpose)
        .where(reach(actor, "project.see"), _matches(needle, Project.name, Project.purpose))
        .order_by(_best_first(needle, Project.name), Project.name, Project.id)
    )


def _tasks(actor: Actor, needle: str) -> Select[*tuple[Any, ...]]:
    return (
        select(Task.id, Task.project_id, Task.name, TaskDates.wbs, Project.name.label("project"))
        .join(Project, Project.id == Task.project_id)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .where(reach(actor, "task.see"))
        .where(or_(_matches(needle, Task.name, Task.description), TaskDates.wbs == needle))
        .order_by(
            TaskDates.wbs != needle, _best_first(needle, Task.name), Project.state, Task.project_id, TaskDates.row
        )
    )


def _items(actor: Actor, needle: str) -> Select[*tuple[Any, ...]]:
    return (
        select(Item.id, Item.project_id, Item.name, Checklist.name.label("checklist"), Project.name.label("project"))
        .join(Project, Project.id == Item.project_id)
        .join(Checklist, Checklist.id == Item.checklist_id)
        .where(reach(actor, "checklist.see"), _matches(needle, Item.name, Item.help))
        .order_by(_best_first(needle, Item.name), Project.state, Item.project_id, Checklist.position, Item.position)
    )


def _risks(actor: Actor, needle: str) -> Select[*tuple[Any, ...]]:
    texts = (Risk.title, Risk.description, Risk.cause, Risk.effect, Risk.trigger)
    return (
        select(Risk.id, Risk.project_id, Risk.number, Risk.title, Project.name.label("project"))
        .join(Project, Project.id == Risk.project_id)
        .where(reach(actor, "risk.see"), _matches(needle, *texts))
        .order_by(_best_first(needle, Risk.title), Project.state, Risk.project_id, Risk.number)
    )


def _actions(actor: Actor, needle: str) -> Select[*tuple[Any, ...]]:
    return (
        select(ActionItem.id, ActionItem.project_id, ActionItem.number, ActionItem.title, Project.name.label("project"))
        .join(Project, Project.id == ActionItem.project_id)
        .where(reach(actor, "action.see"), _matches(needle, ActionItem.title, ActionItem.details))
        .order_by(_best_first(needle, ActionItem.title), Project.state, ActionItem.project_id, ActionItem.number)
    )


def _people(actor: Actor, needle: str) -> Select[*tuple[Any, ...]]:
    """Everybody for who looks after people, else those who have a part in the same roll-outs."""
    held = (scope for scope in actor.scopes() if scope.startswith("project:"))
    scopes = sorted(scope for scope in held if wires().policy.decide(actor, "team.see", scope))
    ids = [int(scope.partition(":")[2]) for scope in scopes]
    member = select(func.min(Membership.scope)).where(Membership.person_id == Person.id, Membership.scope.in_(scopes))
    filled = select(func.min(ProjectRole.project_id)).where(
        ProjectRole.person_id == Person.id, ProjectRole.project_id.in_(ids)
    )
    shared, role = member.scalar_subquery(), filled.scalar_subquery()
    known = true() if may("people.see") else or_(shared.is_not(None), role.is_not(None))
    return (
        select(Person.id, Person.name, Person.title, Company.name.label("company"), shared.label("scope"), role)
        .outerjoin(Company, Company.id == Person.company_id)
        .where(known, _matches(needle, Person.name))
        .order_by(_best_first(needle, Person.name), Person.name, Person.id)
    )


def _project_hit(row: Any) -> Hit:
    return Hit("project", row.name, row.purpose[:120], url_for("overview.page", project_id=row.id))


def _task_hit(row: Any) -> Hit:
    href = url_for("tasks.page", project_id=row.project_id, task_id=row.id)
    return Hit("task", row.name, f"{row.wbs}, {row.project}", href)


def _item_hit(row: Any) -> Hit:
    href = url_for("checklists.item", project_id=row.project_id, item_id=row.id)
    return Hit("item", row.name, f"{row.checklist}, {row.project}", href)


def _risk_hit(row: Any) -> Hit:
    href = url_for("risks.page", project_id=row.project_id, risk_id=row.id)
    return Hit("risk", row.title, f"{risk_code(row.number)}, {row.project}", href)


def _action_hit(row: Any) -> Hit:
    href = url_for("actions.page", project_id=row.project_id, action_id=row.id)
    return Hit("action", row.title, f"{action_code(row.number)}, {row.project}", href)


def _person_hit(row: Any) -> Hit:
    detail = ", ".join(filter(None, (row.title, row.company)))
    if may("people.see"):
        return Hit("person", row.name, detail, url_for("people.profile", person_id=row.id))
    project_id = int(row.scope.partition(":")[2]) if row.scope else row[5]
    return Hit("person", row.name, detail, url_for("team.page", project_id=project_id))
