"""What somebody may do, read once a page, and the same as a condition for the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true

from accounts.access.rules import ADMINISTRATOR as INSTANCE_ADMINISTRATOR
from accounts.teams import queries as teams
from crm.access import rules
from crm.access.models import CrmHolder, CrmRole, ModuleSwitch, RecordShare
from crm.access.rules import Access, RoleData
from crm.objects.rules.catalogue import Module, ObjectType
from infra.database import db
from infra.memo import remembered
from infra.wires import wires
from kernel.actor import INSTANCE, Actor
from kernel.errors import Refused
from kernel.permission import Facts, Grant, Visibility

OwnedTable = Any
"""A table whose rows have a number, an owner and a team."""


@remembered
def roles() -> dict[str, RoleData]:
    """Every role by its key: the shipped ones, altered where somebody altered them, then those of one's own."""
    found = {each.key: each for each in rules.SHIPPED}
    for row in db.session.scalars(select(CrmRole).order_by(CrmRole.id)):
        grants = tuple(
            Grant(
                row.key,
                each.object,
                each.action,
                Visibility(each.visibility),
                None if each.fields is None else frozenset(each.fields),
            )
            for each in row.grants
        )
        found[row.key] = RoleData(row.key, row.name, row.description, grants)
    return found


@remembered
def modules_on() -> frozenset[Module]:
    """The modules that are switched on."""
    off = set(db.session.scalars(select(ModuleSwitch.module).where(ModuleSwitch.on.is_(False))))
    return frozenset(each for each in Module if each.value not in off)


@remembered
def held(person_id: int) -> tuple[str, ...]:
    """The keys of the roles that were given to a person."""
    return tuple(
        db.session.scalars(
            select(CrmHolder.role_key).where(CrmHolder.person_id == person_id).order_by(CrmHolder.role_key)
        )
    )


def uses(actor: Actor) -> bool:
    """Whether somebody holds any role of the CRM, asked on every page: one statement, none for administrators."""
    return actor.id is None or INSTANCE_ADMINISTRATOR in actor.roles_in(INSTANCE) or bool(held(actor.id))


@remembered
def access_of(actor: Actor) -> Access:
    """All that decides what an actor may do. Administrators of the instance are administrators of the CRM."""
    if actor.id is None:
        return Access(None, modules=modules_on(), everything=True)
    keys = set(held(actor.id))
    if INSTANCE_ADMINISTRATOR in actor.roles_in(INSTANCE):
        keys.add(rules.ADMINISTRATOR)
    known = roles()
    grants = tuple(grant for key in sorted(keys) if key in known for grant in known[key].grants)
    place = teams.belonging(actor.id)
    return Access(actor.id, grants, place.team_id, place.below, modules_on())


def demand(access: Access, action: str, subject: ObjectType, facts: Facts | None = None) -> None:
    """Raise Refused, with the reason, unless the person may do this."""
    given = rules.answer(access, action, subject, facts)
    if not given:
        raise Refused("That is not allowed: %(because)s.", because=given.because)


def reach(
    access: Access, action: str, subject: ObjectType, table: OwnedTable, field: str | None = None
) -> ColumnElement[bool]:
    """The condition that lets through exactly the records, or fields of records, that `rules.answer` says yes to."""
    parts = parts_of(access, action, subject, table, field)
    return true() if parts is None else or_(false(), *parts)


def parts_of(
    access: Access, action: str, subject: ObjectType, table: OwnedTable, field: str | None = None
) -> list[ColumnElement[bool]] | None:
    """The conditions of `reach`, any of which lets a record through; None lets all through.

    Each is one that an index serves: own records, those of one team, those that are shared.
    """
    visibility = rules.widest(access, action, subject, field)
    if visibility is None:
        return [false()]
    if visibility is Visibility.ALL:
        return None
    parts: list[ColumnElement[bool]] = [
        table.owner_id == access.person_id,
        _shared(access, action, subject, table),
    ]
    if visibility >= Visibility.TEAM and access.team_id is not None:
        below = access.below if visibility is Visibility.TEAM_AND_BELOW else frozenset()
        parts += [table.team_id == each for each in sorted({access.team_id, *below})]
    return parts


def facts_of(access: Access, action: str, subject: ObjectType, record: Any) -> Facts:
    """What the answer needs to know of one record."""
    shared = is_shared(access, action, subject, record.id)
    return Facts(
        owners=rules.shared_as_own(access, record.owner_id, shared=shared),
        in_team=record.team_id is not None and record.team_id == access.team_id,
        in_team_below=record.team_id in access.below,
    )


def is_shared(access: Access, action: str, subject: ObjectType, record_id: int) -> bool:
    """Whether a record is shared with the person, as far as the action needs."""
    if access.person_id is None:
        return False
    found = select(RecordShare.id).where(RecordShare.record_id == record_id, *_shares(access, action, subject)).limit(1)
    return db.session.scalar(found) is not None


def _shared(access: Access, action: str, subject: ObjectType, table: OwnedTable) -> ColumnElement[bool]:
    shared: ColumnElement[bool] = table.id.in_(select(RecordShare.record_id).where(*_shares(access, action, subject)))
    return shared


def _shares(access: Access, action: str, subject: ObjectType) -> list[ColumnElement[bool]]:
    """Shares with the person or the team; to see, any will do, to edit one that says so, for the rest none counts."""
    level = {rules.SEE: true(), rules.EDIT: RecordShare.may_edit.is_(True)}.get(action, false())
    with_whom = RecordShare.person_id == access.person_id
    if access.team_id is not None:
        with_whom = or_(with_whom, RecordShare.team_id == access.team_id)
    lasting = or_(RecordShare.until.is_(None), RecordShare.until > wires().clock())
    return [RecordShare.object == subject.key, with_whom, level, lasting]
