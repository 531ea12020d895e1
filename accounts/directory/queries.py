"""People as the administrator reads them: with their roles, their sessions and what stands in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from accounts.access import queries as access
from accounts.access import rules as access_rules
from accounts.people import queries as people
from accounts.people.events import MaySwitchOff
from accounts.people.queries import PersonRow
from accounts.secondfactor.queries import who_has_one
from accounts.signin.models import SignInSession
from infra.database import db
from infra.lists import Column, Format, Kind, ListSpec
from infra.wires import ask
from kernel.actor import INSTANCE, Actor, Membership
from kernel.questions import Obstacle


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of people."""

    id: int
    name: str
    email: str | None
    title: str
    company: str
    role: str
    role_label: str
    state: str
    projects: int
    last_seen: datetime | None
    factor: str

    @property
    def initials(self) -> str:
        """Up to two letters that stand for the name."""
        return Actor(self.id, self.name).initials


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything on a person's page."""

    person: PersonRow
    role: str
    memberships: tuple[Membership, ...]
    obstacles: tuple[Obstacle, ...]


STATES = {
    "active": "Signs in",
    "invited": "Not signed in yet",
    "plan": "In plans only",
    "off": "Switched off",
}


FACTOR = ("On", "Off")
PEOPLE = ListSpec(
    "people",
    "People",
    (
        Column("name", "Name", searched=True),
        Column("email", "E-mail", searched=True),
        Column("title", "Job title", value=lambda row: row.title or None, searched=True),
        Column(
            "company",
            "Company",
            Kind.CHOICE,
            value=lambda row: row.company or None,
            choices=lambda: [(name, name) for name in people.companies()],
            searched=True,
        ),
        Column(
            "role_label",
            "Role",
            Kind.CHOICE,
            value=lambda row: row.role_label or None,
            filter_value=lambda row: row.role,
            choices=[(role.key, role.label) for role in access_rules.INSTANCE_ROLES],
        ),
        Column(
            "state",
            "State",
            Kind.CHOICE,
            choices=[(state, state) for state in STATES.values()],
        ),
        Column("factor", "Second factor", Kind.CHOICE, choices=[(word, word) for word in FACTOR]),
        Column("projects", "Projects", Kind.NUMBER, format=Format.NUMBER, numeric=True),
        Column("last_seen", "Last here", Kind.DATE, format=Format.MOMENT),
    ),
    default_sort="name",
)
"""The list of people; the role of those who never sign in is empty."""


def everybody() -> list[Listed]:
    """All people with instance role, state, number of projects and last use, in four statements."""
    administrators = access.administrators()
    seen = _last_seen()
    projects, secured = access.project_counts(), who_has_one()
    return [
        replace(
            _listed(row, row.id in administrators, seen.get(row.id), projects.get(row.id, 0)),
            factor=(FACTOR[0] if row.id in secured else FACTOR[1]) if row.signs_in else "",
        )
        for row in people.people()
    ]


def profile(person_id: int) -> Profile:
    """One person. Raises NotFound."""
    person = people.person(person_id)
    held = access.memberships_of(person_id)
    is_administrator = Membership(access_rules.ADMINISTRATOR, INSTANCE) in held
    return Profile(
        person,
        access_rules.ADMINISTRATOR if is_administrator else access_rules.PERSON,
        tuple(each for each in held if each.scope != INSTANCE),
        tuple(ask(MaySwitchOff(person_id))),
    )


def state_of(row: PersonRow) -> str:
    """How far a person has come: in plans only, invited, active or off."""
    if not row.active:
        return "off"
    if not row.signs_in:
        return "plan"
    return "active" if row.has_password else "invited"


def _listed(row: PersonRow, administers: bool, seen: datetime | None, projects: int) -> Listed:  # noqa: FBT001  # a fact of the row
    role = access_rules.ADMINISTRATOR if administers else access_rules.PERSON
    label = access_rules.role(role, INSTANCE).label if row.signs_in else ""
    state = state_of(row)
    return Listed(row.id, row.name, row.email, row.title, row.company, role, label, STATES[state], projects, seen, "")


def _last_seen() -> dict[int, datetime]:
    rows = db.session.execute(
        select(SignInSession.person_id, func.max(SignInSession.last_seen_at)).group_by(SignInSession.person_id)
    )
    return {found[0]: found[1] for found in rows}


def counts(everybody: Sequence[Listed]) -> Counter[str]:
    """How many people are in each state."""
    return Counter(row.state for row in everybody)
