"""Changing the roles of a project, who fills them, and who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from accounts.access import service as access
from accounts.access.models import Membership
from accounts.calendars.models import WorkCalendar
from accounts.people.models import Person
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import service as projects
from roadmap.staffing import rules
from roadmap.staffing.events import RoleGiven, RoleTimed
from roadmap.staffing.models import ProjectRole

UNDOABLE = {"role.added": "team.edit", "role.changed": "team.edit"}
"""What can be taken back, and the permission that this needs."""
_FIELDS = frozenset(
    {
        "name",
        "description",
        "share_min",
        "share_max",
        "share",
        "person_id",
        "kind",
        "max_units",
        "calendar_id",
        "uid",
        "kept",
    }
)


def add_role(project_id: int, values: Mapping[str, Any], *, actor: Actor) -> tuple[int, Work]:
    """A role of one's own beside those of the template; its number and the work."""
    with transaction(actor, "role.added") as work:
        projects.check_open(project_id)
        count = work.session.scalar(select(func.max(ProjectRole.id))) or 0
        role = ProjectRole(project_id=project_id, key=f"role-{count + 1}", name="", share=rules.LARGEST_SHARE)
        role.kind, role.max_units = rules.WORK, float(rules.LARGEST_SHARE)
        work.session.add(role)
        _fill(work, role, values)
        work.session.flush()
        return role.id, work


def change_role(project_id: int, role_id: int, values: Mapping[str, Any], *, actor: Actor) -> Work:
    """Change a role: who fills it, with what share of their time. Raises NotFound, RuleBroken."""
    with transaction(actor, "role.changed") as work:
        projects.check_open(project_id)
        role = work.session.get(ProjectRole, role_id)
        if role is None or role.project_id != project_id:
            raise NotFound
        before, timed = role.person_id, (role.person_id, role.calendar_id)
        _fill(work, role, values)
        if (role.person_id, role.calendar_id) != timed:
            work.session.flush()
            work.emit(RoleTimed(project_id, role_id))
        if role.person_id != before:
            work.session.flush()
            work.emit(RoleGiven(project_id, role_id, before, role.person_id))
    return work


def copy_roles(source_id: int, project_id: int, work: Work) -> dict[int, int]:
    """Copy the roles of a project with those who fill them; returns the new number of each."""
    query = select(ProjectRole).where(ProjectRole.project_id == source_id).order_by(ProjectRole.id)
    rows = work.session.scalars(query).all()
    copies = [ProjectRole(project_id=project_id, key=row.key) for row in rows]
    for row, made in zip(rows, copies, strict=True):
        for name in _FIELDS:
            setattr(made, name, getattr(row, name))
    work.session.add_all(copies)
    work.session.flush()
    return {row.id: made.id for row, made in zip(rows, copies, strict=True)}


def add_member(project_id: int, person_id: int, role: str, *, actor: Actor) -> None:
    """Open the project to somebody. Raises RuleBroken for an unknown role or person."""
    _check_member_role(role)
    with transaction(actor, "member.added") as work:
        projects.check_open(project_id)
        _check_person(work, person_id)
        access.grant_role(person_id, role, project_scope(project_id), actor=actor)


def remove_member(project_id: int, person_id: int, role: str, *, actor: Actor) -> None:
    """Close the project to somebody in a role. Raises RuleBroken for its last manager."""
    _check_member_role(role)
    with transaction(actor, "member.removed") as work:
        projects.check_open(project_id)
        scope = project_scope(project_id)
        managers = select(Membership.person_id).where(Membership.scope == scope, Membership.role == "manager")
        if role == "manager" and set(work.session.scalars(managers)) == {person_id}:
            raise RuleBroken("team.last_manager", "A project needs a manager. Add another one first.")
        access.revoke_role(person_id, role, scope, actor=actor)


def _fill(work: Work, role: ProjectRole, values: Mapping[str, Any]) -> None:
    _check_person(work, values.get("person_id"))
    for name in _FIELDS & values.keys():
        if getattr(role, name) != values[name]:
            setattr(role, name, values[name])
    rules.check_role(role.name, role.share_min, role.share_max)
    rules.check_share(role.share)
    rules.check_resource(role.kind, role.max_units)
    _check_calendar(work, role)


def _check_calendar(work: Work, role: ProjectRole) -> None:
    found = None if role.calendar_id is None else work.session.get(WorkCalendar, role.calendar_id)
    if role.calendar_id is not None and (found is None or found.project_id not in (None, role.project_id)):
        raise RuleBroken("role.calendar", "There is no such calendar. Choose one of the list.", field="calendar_id")


def _check_member_role(role: str) -> None:
    if role not in rules.MEMBER_ROLES:
        raise RuleBroken(
            "team.role",
            "“%(role)s” is no role in a project. Choose one of %(roles)s.",
            field="role",
            role=role[:40],
            roles=", ".join(rules.MEMBER_ROLES),
        )


def _check_person(work: Work, person_id: int | None) -> None:
    if person_id is not None and work.session.get(Person, person_id) is None:
        raise RuleBroken("team.person", "There is no such person. Choose one of the list.", field="person_id")
