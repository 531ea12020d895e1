"""Giving and taking roles of the CRM, and changing what a role may do; every change is held against the invariants."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from uuid import uuid4

from sqlalchemy import select

from accounts.people import queries as people
from crm.access import queries, rules
from crm.access.models import CrmGrant, CrmHolder, CrmRole
from crm.invariants import queries as invariants
from crm.objects.models import OwnField
from crm.objects.queries import forget_shapes
from crm.objects.rules import levels
from crm.objects.rules.catalogue import OBJECTS
from infra.database import db
from infra.transaction import Work, transaction
from infra.undo.service import Undone
from kernel.actor import Actor
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.permission import Grant

_ROLE_ACTIONS = ("given", "taken", "added", "renamed", "altered", "reset", "removed")
UNDOABLE = dict.fromkeys(
    (*(f"crm_role.{each}" for each in _ROLE_ACTIONS), "team.added", "team.changed", "team.joined", "team.removed"),
    "crm.access",
)
"""What can be taken back, and the permission that this needs."""
LOCK = 9_000_103
"""The number of the lock that lets one change of access at a time be held against the invariants."""


@contextlib.contextmanager
def guarded(actor: Actor, action: str) -> Iterator[Work]:
    """A transaction after which no invariant is broken that held before, and somebody still gives out roles."""
    with transaction(actor, action) as work:
        work.alone(LOCK)
        before = queries.state()
        yield work
        work.session.flush()
        rules.check(before, queries.state(), invariants.holding())


def follow_undo(event: Undone, _work: Work) -> None:
    """Taking a change of access back is a change of access: it breaks no invariant either. Raises RuleBroken."""
    if any(each.partition(":")[0] in ("crm_role", "crm_grant", "crm_holder") for each in event.subjects):
        rules.check(None, queries.state(), invariants.holding())


def give_role(person_id: int, role_key: str, *, actor: Actor) -> Work:
    """Give a person a role; twice is the same as once. Raises NotFound for an unknown one, RuleBroken."""
    _known(role_key)
    with guarded(actor, "crm_role.given") as work:
        people.row(person_id)
        if _held(person_id, role_key) is None:
            work.session.add(CrmHolder(person_id=person_id, role_key=role_key))
    return work


def take_role(person_id: int, role_key: str, *, actor: Actor) -> Work:
    """Take a role away; one that is not held stays not held. Raises RuleBroken for the last administrator."""
    with guarded(actor, "crm_role.taken") as work:
        row = _held(person_id, role_key)
        if row is not None:
            work.session.delete(row)
    return work


def set_roles(person_id: int, keys: Iterable[str], *, actor: Actor) -> Work:
    """Make these the roles of a person, whatever they held. Raises NotFound, RuleBroken."""
    wanted = {_known(key) for key in keys}
    with guarded(actor, "crm_role.given") as work:
        people.row(person_id)
        for row in db.session.scalars(select(CrmHolder).where(CrmHolder.person_id == person_id)):
            if row.role_key not in wanted:
                work.session.delete(row)
        there = set(queries.held(person_id))
        work.session.add_all([CrmHolder(person_id=person_id, role_key=key) for key in sorted(wanted - there)])
    return work


def add_role(name: str, description: str, like: str | None, *, actor: Actor) -> tuple[str, Work]:
    """Make a role of one's own, with the grants of another or with none; its key. Raises RuleBroken, NotFound."""
    clean, said = rules.check_role_name(name, description)
    grants = queries.roles()[_known(like)].grants if like else ()
    with guarded(actor, "crm_role.added") as work:
        _free(clean, "")
        stem = re.sub(r"[^a-z0-9]+", "-", clean.lower()).strip("-")[:30] or "role"
        row = CrmRole(key=f"{stem}-{uuid4().hex[:6]}", name=clean, description=said)
        row.grants = [_row(levels.without_own(each)) for each in grants]
        work.session.add(row)
        work.session.flush()
        _let_own_fields(work, row.key, grants)
    return row.key, work


def rename_role(role_key: str, name: str, description: str, *, actor: Actor) -> Work:
    """Call a role of one's own something else. Raises RuleBroken for a shipped one, NotFound."""
    clean, said = rules.check_role_name(name, description)
    with transaction(actor, "crm_role.renamed") as work:
        row = _own(role_key)
        _free(clean, role_key)
        row.name, row.description = clean, said
    return work


def remove_role(role_key: str, *, actor: Actor) -> Work:
    """Remove a role of one's own that nobody holds. Raises RuleBroken, NotFound."""
    with transaction(actor, "crm_role.removed") as work:
        row = _own(role_key)
        if db.session.scalar(select(CrmHolder.id).where(CrmHolder.role_key == role_key).limit(1)) is not None:
            raise RuleBroken("crm.role_held", "Somebody holds this role. Take it from everybody first.")
        work.session.delete(row)
    return work


def alter_role(role_key: str, grants: Iterable[Grant], *, base: str, actor: Actor) -> Work:
    """Let a role have these grants. ``base`` is the mark of the role when it was shown (`rules.mark_of`).

    Raises Conflict where somebody changed the role meanwhile, RuleBroken for an invariant, NotFound.
    """
    wanted = {(each.object, each.action): each for each in grants}
    with guarded(actor, "crm_role.altered") as work:
        now = queries.roles()[_known(role_key)]
        if rules.mark_of(now) != base:
            raise Conflict("crm.role_changed", "Somebody changed this role meanwhile. Look at it again.")
        row = _row_of(role_key)
        if row is None:
            row = CrmRole(key=now.key, name=now.name, description=now.description)
            work.session.add(row)
        _follow(row, {key: levels.without_own(each) for key, each in wanted.items()})
        _let_own_fields(work, role_key, wanted.values())
    return work


def _let_own_fields(work: Work, role_key: str, grants: Iterable[Grant]) -> None:
    """Keep with the fields of one's own what a role may do with each."""
    wanted = list(grants)
    said = {key: levels.said(wanted, subject) for key, subject in OBJECTS.items() if subject.own}
    for row in work.session.scalars(select(OwnField).where(OwnField.kind != "", OwnField.deleted_at.is_(None))):
        level = said.get(row.object, {}).get(row.key)
        known = next((each for each in OBJECTS[row.object].own if each.key == row.key), None)
        if level is not None and known is not None and levels.level_of(known, role_key) != level:
            row.levels = {**row.levels, role_key: level}
    work.session.flush()
    forget_shapes()


def reset_role(role_key: str, *, actor: Actor) -> Work:
    """Let a shipped role be as it is shipped; what it may do with fields of one's own stays.

    Raises NotFound for a role of one's own, RuleBroken.
    """
    if role_key not in {each.key for each in rules.SHIPPED}:
        raise NotFound("Only a role that ships can be as it is shipped.")
    with guarded(actor, "crm_role.reset") as work:
        row = _row_of(role_key)
        if row is not None:
            work.session.delete(row)
    return work


def _follow(row: CrmRole, wanted: dict[tuple[str, str], Grant]) -> None:
    """Change only what differs, so that the trail names exactly what was changed."""
    there = {(each.object, each.action): each for each in row.grants}
    for key, kept in there.items():
        if key not in wanted:
            row.grants.remove(kept)
        else:
            kept.visibility, kept.fields = int(wanted[key].visibility), _fields(wanted[key])
    row.grants.extend(_row(each) for key, each in wanted.items() if key not in there)


def _row(grant: Grant) -> CrmGrant:
    return CrmGrant(object=grant.object, action=grant.action, visibility=int(grant.visibility), fields=_fields(grant))


def _fields(grant: Grant) -> list[str] | None:
    return None if grant.fields is None else sorted(grant.fields)


def _known(role_key: str) -> str:
    if role_key not in queries.roles():
        raise NotFound("There is no role %(key)s; there are %(known)s.", key=role_key, known=", ".join(queries.roles()))
    return role_key


def _own(role_key: str) -> CrmRole:
    if role_key in {each.key for each in rules.SHIPPED}:
        raise RuleBroken("crm.role_shipped", "This role ships with the CRM: it keeps its name and is not removed.")
    row = _row_of(_known(role_key))
    if row is None:
        raise NotFound
    return row


def _free(name: str, role_key: str) -> None:
    taken = any(each.name.casefold() == name.casefold() and each.key != role_key for each in queries.roles().values())
    if taken:
        raise RuleBroken("crm.role_taken", "There is a role “%(name)s” already.", field="name", name=name)


def _row_of(role_key: str) -> CrmRole | None:
    return db.session.scalar(select(CrmRole).where(CrmRole.key == role_key))


def _held(person_id: int, role_key: str) -> CrmHolder | None:
    return db.session.scalar(select(CrmHolder).where(CrmHolder.person_id == person_id, CrmHolder.role_key == role_key))
