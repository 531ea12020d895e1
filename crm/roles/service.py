"""Placing people (roles, team, records) in one action, and the invariants that changes are held against."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from crm.access import queries as access
from crm.access import service as roles
from crm.access.rules import ADMINISTRATOR, check
from crm.handover import service as handover
from crm.invariants import queries as invariants
from crm.invariants.models import CrmInvariant
from crm.invariants.rules import SHIPPED, Invariant
from crm.roles.rules import check_invariant, check_reason
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound

UNDOABLE = dict.fromkeys(
    ("crm_person.placed", "crm_invariant.added", "crm_invariant.lifted", "crm_invariant.restored"), "crm.access"
)
"""What can be taken back, and the permission that this needs."""


def place(
    person_id: int,
    keys: Iterable[str],
    team_id: int | None,
    *,
    leads: bool,
    follow: bool,
    actor: Actor,
    now: datetime,
) -> Work:
    """Give a person these roles and this team; with ``follow`` their open records go along.

    Raises NotFound, and RuleBroken for an invariant or for the last who gives out roles.
    """
    with transaction(actor, "crm_person.placed") as work:
        roles.set_roles(person_id, keys, actor=actor)
        handover.move(person_id, team_id, leads=leads, follow=follow, actor=actor, now=now)
    return work


def add_invariant(wanted: Invariant, reason: str, *, actor: Actor) -> Work:
    """Rule something out from now on. Raises RuleBroken, also where somebody can do it already."""
    with transaction(actor, "crm_invariant.added") as work:
        clean = check_invariant(wanted, access.roles())
        row = CrmInvariant(
            key=f"own-{uuid4().hex[:8]}",
            role_key=clean.role,
            object=clean.object,
            action=clean.action,
            field=clean.field,
            unless="" if clean.role else ADMINISTRATOR,
            sentence=clean.sentence,
            reason=check_reason(reason),
        )
        work.session.add(row)
        work.session.flush()
        _check_holds(row.key)
    return work


def lift_invariant(key: str, reason: str, *, actor: Actor) -> Work:
    """Let an invariant hold no longer; the trail keeps the reason. Raises NotFound, RuleBroken without a reason."""
    said = check_reason(reason)
    with transaction(actor, "crm_invariant.lifted") as work:
        shipped, row = next((each for each in SHIPPED if each.key == key), None), invariants.by_key(key)
        if shipped is None and row is None:
            raise NotFound
        if shipped is not None and row is None:
            work.session.add(CrmInvariant(key=key, sentence=shipped.sentence, reason=said, lifted=True))
        elif shipped is None and row is not None:
            work.note("crm_invariant.lifted", subject=f"crm_invariant:{row.id}", label=row.sentence, reason=said)
            work.session.delete(row)
    return work


def restore_invariant(key: str, *, actor: Actor) -> Work:
    """Let a shipped invariant hold again. Raises NotFound, RuleBroken where somebody breaks it by now."""
    with transaction(actor, "crm_invariant.restored") as work:
        row = invariants.by_key(key)
        if row is None or not row.lifted:
            raise NotFound
        work.session.delete(row)
        work.session.flush()
        _check_holds(key)
    return work


def _check_holds(key: str) -> None:
    """Refuse an invariant that is broken by how things are."""
    state = access.state()
    check(None, state, [each for each in invariants.holding() if each.key == key], somebody_left=False)
