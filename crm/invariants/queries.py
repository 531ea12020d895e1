"""The invariants that hold, and those that were lifted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from crm.invariants.models import CrmInvariant
from crm.invariants.rules import SHIPPED, Invariant
from infra.database import db


@dataclass(frozen=True, slots=True)
class InvariantRow:
    """An invariant with where it comes from and, where somebody added or lifted it, why."""

    invariant: Invariant
    shipped: bool
    lifted: bool
    reason: str


def listed() -> list[InvariantRow]:
    """Every invariant, the shipped ones first, those that were lifted among them."""
    rows = {row.key: row for row in db.session.scalars(select(CrmInvariant).order_by(CrmInvariant.id))}
    shipped = [
        InvariantRow(
            each, shipped=True, lifted=each.key in rows, reason=rows[each.key].reason if each.key in rows else ""
        )
        for each in SHIPPED
    ]
    keys = {each.key for each in SHIPPED}
    own = [
        InvariantRow(_invariant(row), shipped=False, lifted=False, reason=row.reason)
        for row in rows.values()
        if row.key not in keys
    ]
    return shipped + own


def holding() -> list[Invariant]:
    """The invariants that hold now."""
    return [each.invariant for each in listed() if not each.lifted]


def by_key(key: str) -> CrmInvariant | None:
    """The row of an invariant; None for a shipped one that nobody touched, and for an unknown one."""
    return db.session.scalar(select(CrmInvariant).where(CrmInvariant.key == key))


def _invariant(row: CrmInvariant) -> Invariant:
    return Invariant(row.key, row.role_key, row.object, row.action, row.field, row.sentence, row.unless)
