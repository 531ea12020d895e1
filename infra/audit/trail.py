"""Writing entries in the action's own transaction, and sealing them into the chain in commit order."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, Protocol, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from infra.audit.capture import Change, Changes
from infra.audit.models import AuditEntry
from infra.audit.rules import GENESIS, Kind, Sealed, digest, link
from infra.bulk import put
from kernel.actor import Actor

WHO = "@who"
"""The actor's name is a value like any other, so that erasing a person can remove it."""
LABEL = "@label"
SALT = 8
"""Bytes of chance in a value's salt."""
_PLACES = range(0, 2 * SALT * 1000, 2 * SALT)
CHUNK = 500
"""How many entries are written at a time: an action of a million rows does not hold all of them at once."""


@dataclass(frozen=True, slots=True)
class Note:
    """A fact without a row."""

    action: str
    subject: str
    label: str
    scope: str | None
    facts: Mapping[str, object]


class Books(Protocol):
    """What the trail needs to know of an action."""

    actor: Actor
    action: str
    at: datetime
    scope: str | None
    transaction_id: str
    changes: Changes

    @property
    def notes(self) -> Sequence[Note]:
        """The facts noted."""
        ...


def write(session: Session, work: Books) -> None:
    """Insert an entry for each change and note; seal them at once where one writer holds the database."""
    connection = session.connection()
    head: tuple[int, str] | None = None
    entries = chain(
        (_entry(work, change) for change in work.changes),
        (_entry(work, _noted(note), note.action) for note in work.notes),
    )
    while rows := list(islice(entries, CHUNK)):
        if connection.dialect.name == "sqlite":
            head = _number(rows, *(head or _head(connection)))
        put(connection, AuditEntry, tuple(rows[0]), [tuple(row.values()) for row in rows])


def seal_pending(session: Session, limit: int = 5000) -> int:
    """Give unsealed entries their place in the chain, oldest first; the caller holds the sealing lock.

    Returns how many were sealed.
    """
    pending = session.scalars(
        select(AuditEntry).where(AuditEntry.sequence.is_(None)).order_by(AuditEntry.id).limit(limit)
    ).all()
    sequence, previous = _head(session.connection())
    places = []
    for entry in pending:
        sequence += 1
        previous = link(previous, sequence, sealed_part(entry))
        places.append({"number": entry.id, "sequence": sequence, "hash": previous})
    if places:
        session.connection().execute(_SEAL, places)
    return len(pending)


def sealed_part(entry: AuditEntry) -> Sealed:
    """What the chain covers of a stored entry."""
    return Sealed(
        entry.at.isoformat(timespec="microseconds"),
        entry.kind,
        entry.action,
        entry.subject,
        entry.scope,
        entry.transaction_id,
        entry.digests,
    )


_TABLE = cast("Table", AuditEntry.__table__)
_SEAL = update(_TABLE).where(_TABLE.c.id == bindparam("number"))
_LAST = (
    select(_TABLE.c.sequence, _TABLE.c.hash)
    .where(_TABLE.c.sequence.is_not(None))
    .order_by(_TABLE.c.sequence.desc())
    .limit(1)
)
"""Statements that every write runs while it holds the database: built once, below the ORM."""


def _head(connection: Connection) -> tuple[int, str]:
    last = connection.execute(_LAST).first()
    return (last[0] or 0, last[1] or GENESIS) if last else (0, GENESIS)


def _number(rows: Iterable[dict[str, Any]], sequence: int, previous: str) -> tuple[int, str]:
    """Give entries their place; the place and the hash of the last."""
    for row in rows:
        sequence += 1
        sealed = Sealed(
            row["at"].isoformat(timespec="microseconds"),
            row["kind"],
            row["action"],
            row["subject"],
            row["scope"],
            row["transaction_id"],
            row["digests"],
        )
        previous = link(previous, sequence, sealed)
        row["sequence"], row["hash"] = sequence, previous
    return sequence, previous


def _noted(note: Note) -> Change:
    fields = {name: [None, value] for name, value in note.facts.items()}
    return Change(Kind.NOTED, note.subject, note.label, note.scope or "", fields)


def _entry(work: Books, change: Change, action: str | None = None) -> dict[str, Any]:
    covered: dict[str, Any] = {**change.fields, WHO: [work.actor.id, work.actor.name], LABEL: change.label}
    chance = secrets.token_hex(SALT * len(covered))
    salts = {name: chance[place : place + 2 * SALT] for name, place in zip(covered, _PLACES, strict=False)}
    return {
        "at": work.at,
        "actor_id": work.actor.id,
        "actor_name": work.actor.name,
        "action": action or work.action,
        "kind": change.kind.value,
        "subject": change.subject,
        "label": change.label,
        "scope": change.scope or work.scope or "",
        "transaction_id": work.transaction_id,
        "changes": change.fields,
        "salts": salts,
        "digests": {name: digest(value, salts[name]) for name, value in covered.items()},
    }
