"""Erasing values that a person may ask to be forgotten, from rows and trail, and doing so again after a restore.

A backup still holds what was erased after it. So each erasure is listed in a file of the data folder, which no restore
replaces; the list names rows and fields, never the values. The trail's digests stay: the chain still verifies.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, or_, update
from sqlalchemy.orm import Session

from infra.audit.capture import DOOR
from infra.audit.models import AuditEntry
from infra.audit.trail import LABEL, WHO, open_entry, stored
from infra.database import Base

LIST = "erasures.jsonl"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Erasure:
    """One row whose fields were overwritten. ``values`` are what stands there now; ``person_id`` is whose name goes."""

    at: str
    subject: str
    values: Mapping[str, Any]
    person_id: int | None = None


def listed(folder: Path) -> list[Erasure]:
    """Every erasure so far, oldest first."""
    path = folder / LIST
    if not path.exists():
        return []
    return [Erasure(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


def remember(folder: Path, erasure: Erasure) -> None:
    """Add one to the list, safe on the disk before this returns."""
    with (folder / LIST).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(erasure), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def apply(session: Session, erasures: Iterable[Erasure]) -> int:
    """Overwrite the rows and forget the old values in the trail; how many erasures found something to do.

    Doing it twice does no harm.
    """
    return sum(_apply(session, erasure) for erasure in erasures)


def _apply(session: Session, erasure: Erasure) -> bool:
    name, _, number = erasure.subject.partition(":")
    table = Base.metadata.tables.get(name)
    touched = 0
    if table is not None:
        values = {field: value for field, value in erasure.values.items() if field in table.columns}
        done = session.execute(
            update(table).where(table.c.id == int(number)).values(values), execution_options={DOOR: True}
        )
        touched = int(getattr(done, "rowcount", 0))
    return _forget(session, erasure) + touched > 0


def _forget(session: Session, erasure: Erasure) -> int:
    """Remove values and salts from the trail, a batch at a time; how many entries held some.

    A whole entry is expanded first: what its salt stood for is written out, because the salt has to go.
    """
    wanted = [AuditEntry.subject == erasure.subject]
    if erasure.person_id is not None:
        wanted.append(AuditEntry.actor_id == erasure.person_id)
    last, changed = 0, 0
    entries = stored(session.connection()).where(or_(*wanted)).order_by(AuditEntry.id).limit(_BATCH)
    while rows := session.execute(entries.where(AuditEntry.id > last)).all():
        for entry in rows:
            changed += _forget_in(session, entry, erasure)
        last = rows[-1].id
    return changed


def _forget_in(session: Session, entry: Row[Any], erasure: Erasure) -> bool:
    gone = set(erasure.values) | {LABEL} if entry.subject == erasure.subject else set()
    named = erasure.person_id is not None and entry.actor_id == erasure.person_id
    gone |= {WHO} if named else set()
    kept = open_entry(entry)
    if not gone & kept.salts.keys():
        return False
    left: dict[str, Any] = {
        "changes": {name: value for name, value in entry.changes.items() if name not in gone},
        "salts": {name: salt for name, salt in kept.salts.items() if name not in gone},
        "label": None if LABEL in gone else entry.label,
        "actor_name": None if WHO in gone else entry.actor_name,
    }
    if entry.salt is not None:
        left |= {"salt": None, "digests": dict(kept.digests)}
    session.execute(update(AuditEntry).where(AuditEntry.id == entry.id).values(left), execution_options={DOOR: True})
    return True
