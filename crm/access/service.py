"""Giving and taking roles of the CRM."""

from __future__ import annotations

from sqlalchemy import select

from accounts.people import queries as people
from crm.access import queries
from crm.access.models import CrmHolder
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound

UNDOABLE = dict.fromkeys(
    ("crm_role.given", "crm_role.taken", "team.added", "team.changed", "team.joined"), "crm.access"
)
"""What can be taken back, and the permission that this needs."""


def give_role(person_id: int, role_key: str, *, actor: Actor) -> Work:
    """Give a person a role; twice is the same as once. Raises NotFound for an unknown role or person."""
    if role_key not in queries.roles():
        raise NotFound("There is no role %(key)s; there are %(known)s.", key=role_key, known=", ".join(queries.roles()))
    with transaction(actor, "crm_role.given") as work:
        people.row(person_id)
        if _held(person_id, role_key) is None:
            work.session.add(CrmHolder(person_id=person_id, role_key=role_key))
            work.session.flush()
    return work


def take_role(person_id: int, role_key: str, *, actor: Actor) -> Work:
    """Take a role away; one that is not held stays not held."""
    with transaction(actor, "crm_role.taken") as work:
        row = _held(person_id, role_key)
        if row is not None:
            work.session.delete(row)
    return work


def _held(person_id: int, role_key: str) -> CrmHolder | None:
    return db.session.scalar(select(CrmHolder).where(CrmHolder.person_id == person_id, CrmHolder.role_key == role_key))
