"""Giving and taking roles."""

from __future__ import annotations

from sqlalchemy import select

from accounts.access import queries, rules
from accounts.access.models import Membership
from accounts.people import queries as people
from infra.database import db
from infra.transaction import transaction
from kernel.actor import INSTANCE, Actor
from kernel.errors import Conflict


def grant_role(person_id: int, role: str, scope: str, *, actor: Actor) -> None:
    """Give a person a role in a scope; twice is the same as once. Raises RuleBroken, NotFound."""
    rules.role(role, scope)
    if (role, scope) == (rules.PERSON, INSTANCE):
        return
    with transaction(actor, "role.granted") as work:
        people.row(person_id)
        if _held(person_id, role, scope) is None:
            work.session.add(Membership(person_id=person_id, role=role, scope=scope))
            work.session.flush()


def revoke_role(person_id: int, role: str, scope: str, *, actor: Actor) -> None:
    """Take a role away; one that is not held stays not held. Raises Conflict for the last administrator."""
    with transaction(actor, "role.revoked") as work:
        if (role, scope) == (rules.ADMINISTRATOR, INSTANCE) and queries.administrators() == {person_id}:
            raise Conflict("access.last_administrator", rules.LAST_ADMINISTRATOR)
        held = _held(person_id, role, scope)
        if held is not None:
            work.session.delete(held)


def set_role(person_id: int, role: str, scope: str, *, actor: Actor) -> None:
    """Make a role the only one that a person holds in a scope."""
    rules.role(role, scope)
    with transaction(actor, "role.changed"):
        for held in queries.memberships_of(person_id):
            if held.scope == scope and held.role != role:
                revoke_role(person_id, held.role, scope, actor=actor)
        grant_role(person_id, role, scope, actor=actor)


def _held(person_id: int, role: str, scope: str) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(Membership.person_id == person_id, Membership.role == role, Membership.scope == scope)
    )
