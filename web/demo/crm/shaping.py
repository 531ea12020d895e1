"""What the administrator added to leads: a type of property, what goes with it, and a rule over both and the value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from crm.fields import service as fields
from crm.fields.rules import CheckData, FieldData
from crm.records import service as records
from crm.records.models import Lead
from infra.transaction import transaction
from kernel.actor import Actor

LEAD = "lead"
TYPES = ("Laboratory", "Warehouse", "Office", "Plant")
EQUIPMENT = {
    "Laboratory": ("Clean room", "Plain"),
    "Warehouse": ("Cold store", "High rack", "Plain"),
    "Office": ("Plain",),
    "Plant": ("Clean room", "Cold store"),
}
TYPE, FITTED = "x_property_type", "x_equipment"
KNOWN = 240
"""Of so many open leads it has been found out, the newest first."""
RULE = CheckData(
    "A plant is worth something",
    "Say what a plant may be worth: without it nobody can plan the visit.",
    any=False,
    conditions=((TYPE, "is", "Plant"), ("value", "empty", "")),
)


def play(tobias: Actor, now: datetime) -> None:
    """Two fields, the second depending on the first, a rule over several, and what is known of open leads."""
    kinds = sorted({each for group in EQUIPMENT.values() for each in group})
    fields.add(
        LEAD,
        FieldData("Property type", "choice", listed=True, help="What they look for.", choices="\n".join(TYPES)),
        actor=tobias,
    )
    among = "\n".join(f"{kind}: {', '.join(group)}" for kind, group in EQUIPMENT.items())
    fields.add(
        LEAD,
        FieldData("Equipment", "choice", choices="\n".join(kinds), depends_on=TYPE, among=among),
        actor=tobias,
    )
    fields.add_check(LEAD, RULE, actor=tobias)
    open_leads = select(Lead).where(Lead.status.in_(("new", "contacted", "mql", "sql")), Lead.deleted_at.is_(None))
    with transaction(tobias, "records.changed", at=now) as work:
        rows: Sequence[Lead] = work.session.scalars(open_leads.order_by(Lead.id.desc()).limit(KNOWN)).all()
        records.change_many(work, LEAD, [(row, _found_out(row)) for row in rows], now=now)


def _found_out(row: Lead) -> dict[str, str]:
    """What somebody found out about a lead; a plant only where its value is known, as the rule asks."""
    kinds = TYPES if row.value is not None else TYPES[:-1]
    kind = kinds[row.id % len(kinds)]
    group = EQUIPMENT[kind]
    return {TYPE: _key(kind), FITTED: _key(group[row.id // len(kinds) % len(group)])}


def _key(label: str) -> str:
    return label.lower().replace(" ", "-")
