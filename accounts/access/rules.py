"""The roles of the product in words, and what the rooms of this package allow them."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.actor import INSTANCE
from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

ADMINISTRATOR = "administrator"
PERSON = "person"
MANAGER = "manager"
STARTER = "starter"
"""Held by whoever may start a roll-out, as the policy of signing in says; nobody gives it."""
LAST_ADMINISTRATOR = "This is the last administrator. Make somebody else an administrator first."


@dataclass(frozen=True, slots=True)
class Role:
    """A role, its name for people and what it is for."""

    key: str
    label: str
    description: str


INSTANCE_ROLES: tuple[Role, ...] = (
    Role(ADMINISTRATOR, "Administrator", "Looks after people, calendars and settings, and sees every project."),
    Role(PERSON, "Member", "Signs in and sees the projects in which they hold a role."),
)
PROJECT_ROLES: tuple[Role, ...] = (
    Role(MANAGER, "Project manager", "Plans the project, edits all of it and gives out its roles."),
    Role("member", "Team member", "Sees the plan, reports progress on own tasks and ticks checklists."),
    Role("stakeholder", "Stakeholder", "Reads plan, checklists and reports, and comments on them."),
    Role("executive", "Executive", "Reads the plan and the reports of the project."),
)
"""Who sees what exactly stands in the GRANTS tables of the rooms."""

GRANTS = (
    *allow("people.see", administrator=Visibility.ALL),
    *allow("people.edit", administrator=Visibility.ALL),
    *allow("audit.see", administrator=Visibility.ALL),
    *allow("settings.edit", administrator=Visibility.ALL),
    *allow("jobs.see", administrator=Visibility.ALL),
    *allow("outbox.see", administrator=Visibility.ALL),
    *allow("outbox.edit", administrator=Visibility.ALL),
    *allow("system.see", administrator=Visibility.ALL),
    *allow("portfolio.see", administrator=Visibility.ALL, person=Visibility.ALL),
    *allow("work.see", administrator=Visibility.ALL, person=Visibility.ALL),
)


def roles_of(scope: str) -> tuple[Role, ...]:
    """The roles that can be held in a scope."""
    return INSTANCE_ROLES if scope == INSTANCE else PROJECT_ROLES


def role(key: str, scope: str) -> Role:
    """A role of a scope by its key. Raises RuleBroken with the keys that there are.

    >>> role("manager", "project:7").label
    'Project manager'
    """
    known = {held.key: held for held in roles_of(scope)}
    if key not in known:
        raise RuleBroken(
            "access.role",
            "There is no role %(role)s here; it can be %(known)s.",
            field="role",
            role=key or "(none)",
            known=", ".join(known),
        )
    return known[key]
