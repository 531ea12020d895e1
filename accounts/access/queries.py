"""Who holds which role where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select, true

from accounts.access import rules
from accounts.access.models import Membership
from accounts.people.events import MaySwitchOff
from accounts.people.models import Person
from accounts.policy.models import SignInPolicy
from accounts.policy.queries import COLUMNS as POLICY
from accounts.policy.queries import policy_of
from accounts.policy.rules import Policy, Starters
from infra.database import db
from kernel.actor import INSTANCE, Actor
from kernel.actor import Membership as Held
from kernel.questions import Obstacle


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role in a scope."""

    person_id: int
    name: str
    email: str | None
    title: str
    active: bool
    role: str
    label: str


def actor_of(person_id: int) -> Actor | None:
    """The person as one who acts, in one statement; None for nobody or somebody switched off."""
    rows = db.session.execute(
        select(Person.name, Person.email, Membership.role, Membership.scope, *POLICY)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(SignInPolicy, true())
        .where(Person.id == person_id, Person.active)
    ).all()
    if not rows:
        return None
    held = ((row.role, row.scope) for row in rows)
    return as_actor(person_id, rows[0].name, rows[0].email, held, policy_of(rows[0]))


def as_actor(
    person_id: int, name: str, email: str | None, held: Iterable[tuple[str | None, str | None]], policy: Policy
) -> Actor:
    """An actor from joined rows. Everybody who can sign in is a member of the instance without being told so."""
    memberships = [Held(role, scope) for role, scope in held if role and scope]
    if email:
        memberships.append(Held(rules.PERSON, INSTANCE))
    if email and (policy.starters is Starters.EVERYBODY or leads(memberships)):
        memberships.append(Held(rules.STARTER, INSTANCE))
    return Actor(person_id, name, email or "", tuple(dict.fromkeys(memberships)))


def leads(memberships: Iterable[Held]) -> bool:
    """Whether somebody looks after the instance or manages any roll-out."""
    return any(held.role in (rules.ADMINISTRATOR, rules.MANAGER) for held in memberships)


def leaders() -> set[int]:
    """The numbers of all who look after the instance or manage any roll-out."""
    leading = Membership.role.in_((rules.ADMINISTRATOR, rules.MANAGER))
    return set(db.session.scalars(select(Membership.person_id).where(leading)))


def members(scope: str) -> list[Member]:
    """Everybody who holds a role in a scope, by name; somebody with two roles comes twice."""
    labels = {role.key: role.label for role in rules.roles_of(scope)}
    rows = db.session.execute(
        select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.scope == scope)
        .order_by(func.lower(Person.name), Person.id, Membership.role)
    )
    return [
        Member(person.id, person.name, person.email, person.title, person.active, role, labels.get(role, role))
        for person, role in rows
    ]


def memberships_of(person_id: int) -> list[Held]:
    """Every role that was given to a person."""
    rows = db.session.execute(
        select(Membership.role, Membership.scope)
        .where(Membership.person_id == person_id)
        .order_by(Membership.scope, Membership.role)
    )
    return [Held(row.role, row.scope) for row in rows]


def project_counts() -> dict[int, int]:
    """In how many scopes other than the instance each person holds a role."""
    rows = db.session.execute(
        select(Membership.person_id, func.count(Membership.scope.distinct()))
        .where(Membership.scope != INSTANCE)
        .group_by(Membership.person_id)
    )
    return {found[0]: found[1] for found in rows}


def administrators() -> set[int]:
    """The numbers of those administrators who can sign in."""
    return set(
        db.session.scalars(
            select(Membership.person_id)
            .join(Person, Person.id == Membership.person_id)
            .where(
                Membership.role == rules.ADMINISTRATOR,
                Membership.scope == INSTANCE,
                Person.active,
                Person.email.is_not(None),
            )
        )
    )


def obstacles_to_switch_off(question: MaySwitchOff) -> list[Obstacle]:
    """Somebody has to be able to look after the instance."""
    if administrators() != {question.person_id}:
        return []
    return [Obstacle(rules.LAST_ADMINISTRATOR)]
