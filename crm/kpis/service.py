"""Setting targets and the baseline."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from crm.kpis.models import KpiBaseline, KpiTarget
from crm.kpis.rules.definitions import kpi
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {"kpis.target": "crm.setup", "kpis.baseline": "crm.setup"}
"""What can be taken back, and the permission that this needs."""
LARGEST = Decimal(10**12)
EARLIEST = date(2000, 1, 1)


def set_target(key: str, target: Decimal | None, *, actor: Actor) -> Work:
    """What a figure should be from now on, a share as a share of 1; None is no target. Raises NotFound, RuleBroken."""
    kpi(key)
    if target is not None and not -LARGEST < target < LARGEST:
        raise RuleBroken("kpis.target", "That is too large for a target.", field="target")
    with transaction(actor, "kpis.target") as work:
        row = work.session.scalars(select(KpiTarget).where(KpiTarget.key == key)).first()
        said = "" if target is None else format(target, "f")
        if row is None:
            work.session.add(KpiTarget(key=key, target=said))
        else:
            row.target = said
    return work


def set_baseline(
    since: date, until: date, contacts: int | None, users: int | None, proof: str, *, actor: Actor, today: date
) -> Work:
    """What the creation of contacts is compared with from now on; the trail keeps what it was. Raises RuleBroken.

    Without ``contacts`` and ``users`` the CRM counts those days itself; with both they come from the system before it.
    """
    if until < since:
        raise RuleBroken("kpis.baseline_days", "The last day lies before the first.", field="until")
    if since < EARLIEST:
        raise RuleBroken("kpis.baseline_early", "A day before the year 2000 is a slip of the hand.", field="since")
    if until >= today:
        raise RuleBroken("kpis.baseline_open", "The last day has to be over.", field="until")
    if (contacts is None) != (users is None):
        raise RuleBroken("kpis.baseline_both", "Give both, contacts and users, or neither.", field="contacts")
    if contacts is not None and (contacts < 0 or not users or users < 1):
        raise RuleBroken("kpis.baseline_number", "Count at least one user, and no contacts below 0.", field="users")
    if not proof.strip():
        raise RuleBroken("kpis.baseline_proof", "Say where that stands.", field="proof")
    with transaction(actor, "kpis.baseline") as work:
        row = work.session.scalars(select(KpiBaseline)).first()
        if row is None:
            row = KpiBaseline()
            work.session.add(row)
        row.since, row.until, row.contacts, row.users, row.proof = since, until, contacts, users, proof.strip()[:300]
    return work
