"""What somebody looked at last and starred, as far as they may still see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, select, union_all

from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS
from crm.recent.models import SeenRecord, StarredRecord
from crm.records import queries
from infra.database import db

KEPT = 20
"""How many records are remembered for a person."""
_TABLES = (SeenRecord, StarredRecord)


@dataclass(frozen=True, slots=True)
class Place:
    """A record that one goes back to."""

    kind: str
    id: int
    name: str
    icon: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where somebody was and what they keep at hand, the last first."""

    recent: list[Place]
    starred: list[Place]


def places(access: Access, limit: int = KEPT) -> Places:
    """What the person looked at and what they starred, as many of each: two statements."""
    rows = db.session.execute(union_all(_last(access, SeenRecord, limit), _last(access, StarredRecord, limit))).all()
    wanted: dict[str, list[int]] = {}
    for row in rows:
        wanted.setdefault(row.object, []).append(row.record_id)
    names = queries.names_of(access, {kind: ids for kind, ids in wanted.items() if kind in OBJECTS})
    last = sorted(rows, key=lambda row: row.at, reverse=True)
    return Places(*(_places((row for row in last if row.table == table.__tablename__), names) for table in _TABLES))


def _last(access: Access, table: type[SeenRecord | StarredRecord], limit: int) -> Select[Any]:
    columns = (literal(table.__tablename__).label("table"), table.object, table.record_id, table.at)
    query = select(*columns).where(table.person_id == access.person_id).order_by(table.at.desc(), table.id.desc())
    return select(query.limit(limit).subquery())


def is_starred(access: Access, kind: str, record_id: int) -> bool:
    """Whether the person starred a record."""
    query = select(StarredRecord.id).where(
        StarredRecord.person_id == access.person_id, StarredRecord.object == kind, StarredRecord.record_id == record_id
    )
    return db.session.scalar(query) is not None


def _places(rows: Iterable[Any], names: dict[str, dict[int, str]]) -> list[Place]:
    return [_place(row, names[row.object]) for row in rows if row.record_id in names.get(row.object, {})]


def _place(row: Any, names: dict[int, str]) -> Place:
    subject = OBJECTS[row.object]
    href = f"/crm/{subject.plural}/{row.record_id}"
    return Place(row.object, row.record_id, names[row.record_id], subject.icon, subject.label, href)
