"""Reading tags, and the condition for records that carry one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from crm.access.queries import reach
from crm.access.rules import SEE, Access
from crm.objects.rules.catalogue import OBJECTS
from crm.records.models import TABLES
from crm.tags.models import Tag, Tagging
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag; ``uses`` is how many records carry it, 0 where nobody counted."""

    id: int
    name: str
    colour: int
    uses: int = 0


def tags() -> list[TagRow]:
    """Every tag by name, with how many records carry it."""
    rows = db.session.execute(
        select(Tag.id, Tag.name, Tag.colour, func.count(Tagging.id).label("uses"))
        .outerjoin(Tagging, Tagging.tag_id == Tag.id)
        .group_by(Tag.id)
        .order_by(Tag.key)
    )
    return [TagRow(row.id, row.name, row.colour, row.uses) for row in rows]


@remembered
def names(access: Access, kind: str) -> dict[int, str]:
    """The tags by number, in the order of names, that hang on any record of an object that the reader may see."""
    subject, table = OBJECTS[kind], TABLES[kind]
    carried = exists(
        select(Tagging.id)
        .join(table, table.id == Tagging.record_id)
        .where(Tagging.tag_id == Tag.id, Tagging.object == kind, table.deleted_at.is_(None))
        .where(reach(access, SEE, subject, table))
    )
    return {row.id: row.name for row in db.session.execute(select(Tag.id, Tag.name).where(carried).order_by(Tag.key))}


def of_records(kind: str, ids: Iterable[int]) -> dict[int, list[TagRow]]:
    """The tags of some records, which the caller made sure the reader may see."""
    rows = db.session.execute(
        select(Tagging.record_id, Tag.id, Tag.name, Tag.colour)
        .join(Tag, Tag.id == Tagging.tag_id)
        .where(Tagging.object == kind, Tagging.record_id.in_(sorted(set(ids))))
        .order_by(Tag.key)
    )
    found: dict[int, list[TagRow]] = {}
    for row in rows:
        found.setdefault(row.record_id, []).append(TagRow(row.id, row.name, row.colour))
    return found


def tagged(kind: str, tag_ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition for records of an object that carry any of some tags: for lists to filter by."""
    table: Any = TABLES[kind]
    condition: ColumnElement[bool] = table.id.in_(
        select(Tagging.record_id).where(Tagging.object == kind, Tagging.tag_id.in_(sorted(set(tag_ids))))
    )
    return condition


def carrying(kind: str, ids: Sequence[int], *, tag_id: int | None = None, name: str = "") -> set[int]:
    """Those of some records that carry a tag, by its number or else by its name."""
    which = Tag.id == tag_id if tag_id is not None else Tag.key == name.lower()
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        part = Tagging.record_id.in_(ids[start : start + 500])
        query = select(Tagging.record_id).join(Tag, Tag.id == Tagging.tag_id)
        found.update(db.session.scalars(query.where(Tagging.object == kind, which, part)))
    return found


def row(tag_id: int) -> Tag:
    """A tag by its number. Raises NotFound."""
    found = db.session.get(Tag, tag_id)
    if found is None:
        raise NotFound("There is no such tag.")
    return found
