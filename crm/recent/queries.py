"""What somebody looked at last and starred, as far as they may still see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from crm.recent.models import SeenRecord, StarredRecord
from crm.records import queries
from infra.database import db

KEPT = 20
"""How many records are remembered for a person."""
MOST_STARRED = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A record that one goes back to."""

    kind: str
    id: int
    name: str
    icon: str
    label: str
    href: str


def recent(access: Access, limit: int = KEPT) -> list[Place]:
    """What the person looked at, the last first."""
    query = select(SeenRecord).where(SeenRecord.person_id == access.person_id).order_by(SeenRecord.at.desc())
    return _places(access, db.session.scalars(query.limit(limit)).all())


def starred(access: Access, limit: int = MOST_STARRED) -> list[Place]:
    """What the person starred, the last first."""
    query = select(StarredRecord).where(StarredRecord.person_id == access.person_id).order_by(StarredRecord.at.desc())
    return _places(access, db.session.scalars(query.limit(limit)).all())


def is_starred(access: Access, kind: str, record_id: int) -> bool:
    """Whether the person starred a record."""
    query = select(StarredRecord.id).where(
        StarredRecord.person_id == access.person_id, StarredRecord.object == kind, StarredRecord.record_id == record_id
    )
    return db.session.scalar(query) is not None


def _places(access: Access, rows: Sequence[Any]) -> list[Place]:
    names = {
        kind: queries.names(access, OBJECTS[kind], [row.record_id for row in rows if row.object == kind])
        for kind in sorted({row.object for row in rows} & set(OBJECTS))
    }
    return [_place(row, names[row.object]) for row in rows if row.record_id in names.get(row.object, {})]


def _place(row: Any, names: dict[int, str]) -> Place:
    subject = OBJECTS[row.object]
    href = f"/crm/{subject.plural}/{row.record_id}"
    return Place(row.object, row.record_id, names[row.record_id], subject.icon, subject.label, href)
