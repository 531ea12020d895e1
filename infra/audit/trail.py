"""Writing entries in the action's own transaction, and sealing them into the chain: then, or in commit order later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, Protocol, cast

from sqlalchemy import Row, Select, Table, bindparam, inspect, null, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from infra.audit.capture import Change, Changes
from infra.audit.models import AuditEntry
from infra.audit.rules import (
    GENESIS,
    Kind,
    Opened,
    Sealed,
    canonical,
    canonical_fields,
    link,
    link_new,
    new_salts,
    opened,
)
from infra.bulk import put_ahead
from infra.database import Json
from kernel.actor import Actor

WHO = "@who"
"""The actor's name is a value like any other, so that erasing a person can remove it."""
LABEL = "@label"
CHUNK = 500
"""How many entries are written at a time: an action of a million rows does not hold all of them at once."""
LOCK = 9_000_101
"""The number of the advisory lock of whoever seals on PostgreSQL."""
WORTH_SEALING = 1000
"""From so many changes an action on PostgreSQL seals its own entries: sealed later, each is written once more."""


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
    """Insert an entry for each change and note; seal them at once where nobody else seals meanwhile."""
    told = chain(
        ((work.action, change) for change in work.changes),
        ((note.action, _noted(note)) for note in work.notes),
    )
    if first := next(told, None):
        connection = session.connection()
        head = _head(connection) if _may_seal(connection, work) else None
        rows = _rows(work, chain((first,), told), head)
        put_ahead(connection, AuditEntry, _COLUMNS, iter(lambda: list(islice(rows, CHUNK)), []))


def may_hold(connection: Connection) -> bool:
    """Whether the end of the chain is ours until we commit; nobody waits for it. SQLite has one writer at a time."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": LOCK}))


def _may_seal(connection: Connection, work: Books) -> bool:
    many = connection.dialect.name == "sqlite" or len(work.changes) >= WORTH_SEALING
    return many and may_hold(connection)


_COLUMNS = (
    *("at", "actor_id", "actor_name", "action", "kind", "subject", "label", "scope", "transaction_id"),
    *("changes", "salt", "salts", "digests", "sequence", "hash"),
)
Head = tuple[int, str]
"""Place and hash of the last entry that was sealed."""


def _rows(work: Books, told: Iterable[tuple[str, Change]], head: Head | None) -> Iterator[tuple[Any, ...]]:
    """The entries in the order of _COLUMNS; with their places in the chain where its head is given."""
    salts, who = new_salts(), (work.actor.id, work.actor.name)
    at, id_ = work.at.isoformat(timespec="microseconds"), work.transaction_id
    for action, change in told:
        salt, scope = next(salts), change.scope or work.scope or ""
        facts = (action, change.kind.value, change.subject, change.label, scope, id_)
        if head is None:
            yield work.at, *who, *facts, change.fields, salt, {}, {}, None, None
            continue
        texts = {name: canonical(value) for name, value in change.fields.items()}
        changes = Json(canonical_fields(texts))
        texts |= {WHO: canonical([*who]), LABEL: canonical(change.label)}
        covered = (at, change.kind.value, action, change.subject, scope, id_)
        head = (head[0] + 1, link_new(head[1], head[0] + 1, covered, texts, salt))
        yield work.at, *who, *facts, changes, salt, {}, {}, *head


def seal_pending(session: Session, limit: int = 5000) -> int:
    """Give unsealed entries their place in the chain, oldest first; the caller holds the sealing lock.

    Returns how many were sealed.
    """
    connection = session.connection()
    pending = connection.execute(_UNSEALED.limit(limit)).all()
    sequence, previous = _head(connection)
    places = []
    for entry in pending:
        sequence += 1
        previous = link(previous, sequence, sealed_part(entry, open_entry(entry)))
        places.append({"number": entry.id, "sequence": sequence, "hash": previous})
    if places and connection.dialect.name == "postgresql":
        connection.execute(_SEAL_AT_ONCE, {name: [place[name] for place in places] for name in places[0]})
    elif places:
        connection.execute(_SEAL, places)
    return len(pending)


def stored(connection: Connection) -> Select[Any]:
    """Every entry that a database holds; in an older schema, which `upgrade --undo` goes back to, none has one salt."""
    there = {column["name"] for column in inspect(connection).get_columns(_TABLE.name)}
    return select(*[column if column.name in there else null().label(column.name) for column in _TABLE.c])


def open_entry(entry: Row[Any]) -> Opened:
    """The values, salts and digests of a stored entry, whichever form it is kept in."""
    values: dict[str, Any] = dict(entry.changes)
    if entry.actor_name is not None:
        values[WHO] = [entry.actor_id, entry.actor_name]
    if entry.label is not None:
        values[LABEL] = entry.label
    return opened(values, entry.salt, entry.salts, entry.digests)


def sealed_part(entry: Row[Any], found: Opened) -> Sealed:
    """What the chain covers of a stored entry, and of what was found in it."""
    return Sealed(
        entry.at.isoformat(timespec="microseconds"),
        entry.kind,
        entry.action,
        entry.subject,
        entry.scope,
        entry.transaction_id,
        found.digests,
    )


_TABLE = cast("Table", AuditEntry.__table__)
_UNSEALED = select(_TABLE).where(_TABLE.c.sequence.is_(None)).order_by(_TABLE.c.id)
_SEAL = update(_TABLE).where(_TABLE.c.id == bindparam("number"))
_SEAL_AT_ONCE = text(
    "UPDATE audit_entry SET sequence = given.sequence, hash = given.hash FROM unnest(CAST(:number AS integer[]), "
    "CAST(:sequence AS integer[]), CAST(:hash AS text[])) AS given (id, sequence, hash) WHERE audit_entry.id = given.id"
)
_LAST = (
    select(_TABLE.c.sequence, _TABLE.c.hash)
    .where(_TABLE.c.sequence.is_not(None))
    .order_by(_TABLE.c.sequence.desc())
    .limit(1)
)
"""Statements that every write runs while it holds the database: built once, below the ORM."""


def _head(connection: Connection) -> Head:
    last = connection.execute(_LAST).first()
    return (last[0] or 0, last[1] or GENESIS) if last else (0, GENESIS)


def _noted(note: Note) -> Change:
    fields = {name: [None, value] for name, value in note.facts.items()}
    return Change(Kind.NOTED, note.subject, note.label, note.scope or "", fields)
