"""Reading and verifying the trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from infra.audit.models import AuditEntry
from infra.audit.rules import GENESIS, State, check_values, link
from infra.audit.trail import LABEL, WHO, sealed_part
from infra.database import db

_PAGE = 2000


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the chain found. ``problems`` are sentences; empty means nothing was altered."""

    sealed: int
    unsealed: int
    erased: int
    head: str
    anchored: bool | None
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Nothing was altered, and the anchor, if one was given, stands in the chain."""
        return not self.problems and self.anchored is not False


def of_subject(subject: str, limit: int = 100) -> Sequence[AuditEntry]:
    """The history of one row, newest first."""
    return db.session.scalars(_newest().where(AuditEntry.subject == subject).limit(limit)).all()


def of_scope(scope: str, limit: int = 20) -> Sequence[AuditEntry]:
    """What happened in a scope, newest first."""
    return db.session.scalars(_newest().where(AuditEntry.scope == scope).limit(limit)).all()


def after(scope: str, entry_id: int, limit: int) -> Sequence[AuditEntry]:
    """What happened in a scope after an entry, newest first."""
    query = _newest().where(AuditEntry.scope == scope, AuditEntry.id > entry_id).limit(limit)
    return db.session.scalars(query).all()


def of_transaction(transaction_id: str) -> Sequence[AuditEntry]:
    """The change set of one action, in the order it was written."""
    return db.session.scalars(
        select(AuditEntry).where(AuditEntry.transaction_id == transaction_id).order_by(AuditEntry.id)
    ).all()


def verify(anchor: str | None = None, session: Session | None = None) -> Verification:
    """Walk the whole chain: every hash follows from the one before, every value fits its digest.

    ``anchor`` is a hash noted earlier elsewhere; it must stand in the chain. ``session`` is on another database than
    the one in use, such as a backup that came back.
    """
    reading = session or db.session()
    sequence, previous, erased, found, problems = 0, GENESIS, 0, False, []
    while rows := reading.scalars(
        select(AuditEntry).where(AuditEntry.sequence > sequence).order_by(AuditEntry.sequence).limit(_PAGE)
    ).all():
        for entry in rows:
            if entry.sequence != sequence + 1:
                problems.append(f"Entries {sequence + 1} to {(entry.sequence or 0) - 1} are missing.")
            sequence = entry.sequence or 0
            if entry.hash != link(previous, sequence, sealed_part(entry)):
                problems.append(f"Entry {sequence} does not follow from the one before it.")
            state = check_entry(entry)
            erased += state is State.ERASED
            if state is State.ALTERED:
                problems.append(
                    f"Entry {sequence} ({entry.action}, {entry.subject}) holds other values than were sealed."
                )
            previous = entry.hash or ""
            found = found or previous == anchor
        reading.expunge_all()
    unsealed = reading.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.sequence.is_(None)))
    return Verification(sequence, unsealed or 0, erased, previous, found if anchor else None, tuple(problems))


def check_entry(entry: AuditEntry) -> State:
    """Compare an entry's values with what was sealed."""
    values: dict[str, Any] = dict(entry.changes)
    if entry.actor_name is not None:
        values[WHO] = [entry.actor_id, entry.actor_name]
    if entry.label is not None:
        values[LABEL] = entry.label
    return check_values(values, entry.salts, entry.digests)


def _newest() -> Select[AuditEntry]:
    return select(AuditEntry).order_by(AuditEntry.id.desc())
