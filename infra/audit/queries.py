"""Reading and verifying the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from infra.audit.models import AuditEntry
from infra.audit.rules import GENESIS, Kind, State, check_values, link
from infra.audit.trail import open_entry, sealed_part, stored
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


@dataclass(frozen=True, slots=True)
class Addition:
    """How a row came to be; ``intact`` is False where the entry, or its place in the chain, was altered."""

    changes: Mapping[str, Any]
    intact: bool


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


def newest_before(scope: str, moment: datetime) -> int:
    """The number of the newest entry of a scope before a moment; 0 where there is none."""
    query = _newest().where(AuditEntry.scope == scope, AuditEntry.at < moment).with_only_columns(AuditEntry.id)
    return db.session.scalars(query.limit(1)).first() or 0


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
    entries = stored(reading.connection()).order_by(AuditEntry.sequence).limit(_PAGE)
    while rows := reading.execute(entries.where(AuditEntry.sequence > sequence)).all():
        for entry in rows:
            if entry.sequence != sequence + 1:
                problems.append(f"Entries {sequence + 1} to {entry.sequence - 1} are missing.")
            sequence, kept = entry.sequence, open_entry(entry)
            if entry.hash != link(previous, sequence, sealed_part(entry, kept)):
                problems.append(_broken(sequence, whole=entry.salt is not None))
            state = State.SOUND if entry.salt is not None else check_values(kept.values, kept.salts, kept.digests)
            erased += state is State.ERASED
            if state is State.ALTERED:
                problems.append(
                    f"Entry {sequence} ({entry.action}, {entry.subject}) holds other values than were sealed."
                )
            previous = entry.hash or ""
            found = found or previous == anchor
    unsealed = reading.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.sequence.is_(None)))
    return Verification(sequence, unsealed or 0, erased, previous, found if anchor else None, tuple(problems))


def additions(subjects: Iterable[str]) -> dict[str, Addition]:
    """What the trail holds of how some rows came to be, each entry checked by itself: two statements.

    An entry that waits for its seal has no place yet: only its values are checked.
    """
    reading = db.session()
    wanted = AuditEntry.subject.in_(list(subjects)), AuditEntry.kind == Kind.ADDED
    rows = reading.execute(stored(reading.connection()).where(*wanted).order_by(AuditEntry.id)).all()
    places = [row.sequence - 1 for row in rows if row.sequence]
    query = select(AuditEntry.sequence, AuditEntry.hash).where(AuditEntry.sequence.in_(places))
    before = {0: GENESIS} | {row.sequence: row.hash or "" for row in reading.execute(query)}
    return {row.subject: Addition(row.changes, _is_intact(row, before)) for row in rows}


def _is_intact(entry: Row[Any], before: Mapping[int, str]) -> bool:
    kept = open_entry(entry)
    if entry.salt is None and check_values(kept.values, kept.salts, kept.digests) is State.ALTERED:
        return False
    if entry.sequence is None:
        return True
    follows = link(before.get(entry.sequence - 1, ""), entry.sequence, sealed_part(entry, kept))
    return bool(entry.hash == follows)


def _broken(sequence: int, *, whole: bool) -> str:
    """The digests of a whole entry follow from its values: what was altered can't be told from a place in the chain."""
    said = f"Entry {sequence} does not follow from the one before it"
    return f"{said}, or holds other values than were sealed." if whole else f"{said}."


def _newest() -> Select[AuditEntry]:
    return select(AuditEntry).order_by(AuditEntry.id.desc())
