"""Which records are one person, and what would become of what is held of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, or_, select

from crm.forgetting.rules import KINDS
from crm.records.models import TABLES, Lead
from infra.database import db
from infra.personal import queries as personal
from infra.personal.rules import Part, Step, Who

_ROUNDS = 8
"""A chain of merges and conversions that is longer than this does not exist."""


@dataclass(frozen=True, slots=True)
class Same:
    """A lead or contact that is, or may be, somebody: ``sure`` where more than the address says so."""

    kind: str
    id: int
    name: str
    email: str
    sure: bool
    binned: bool


def same(kind: str, record_id: int) -> list[Same]:
    """The record itself, what it was merged with, what it was converted from or to, and who has its address.

    Whoever has the address and another name may be somebody else at a shared one: ``sure`` is False.
    """
    sure = _family({(kind, record_id)})
    rows = _rows(sure)
    emails, names = {row.email for row in rows if row.email}, {_folded(row.name) for row in rows}
    others = [each for each in _with_address(emails) if (each.kind, each.id) not in sure]
    found = rows + [replace(each, sure=_folded(each.name) in names) for each in others]
    return sorted(found, key=lambda each: (not each.sure, each.kind, each.id))


def who(kind: str, record_id: int) -> Who:
    """A lead or contact as all that is surely them; an address that others share is not theirs alone."""
    listed = same(kind, record_id)
    sure = [each for each in listed if each.sure]
    shared = {each.email for each in listed if not each.sure}
    name = next((each.name for each in sure if (each.kind, each.id) == (kind, record_id)), "")
    records = tuple((TABLES[each.kind].__tablename__, each.id) for each in sure)
    return Who(name, None, records, frozenset(each.email for each in sure if each.email) - shared)


def with_address(address: str, name: str) -> tuple[tuple[str, int], ...]:
    """The leads and contacts that are somebody who works here: their address and their name."""
    found = [each for each in _with_address({address.lower()}) if _folded(each.name) == _folded(name)]
    return tuple((TABLES[each.kind].__tablename__, each.id) for each in found)


def parts_of(whose: Who) -> list[Part]:
    """Everything that is held of somebody."""
    return personal.parts(whose)


def plan(whose: Who) -> list[Step]:
    """What erasing somebody would do, table by table."""
    return personal.plan(whose, personal.parts(whose))


def _family(start: set[tuple[str, int]]) -> set[tuple[str, int]]:
    found = set(start)
    for _round in range(_ROUNDS):
        more = _next(found) - found
        if not more:
            break
        found |= more
    return found


def _next(known: set[tuple[str, int]]) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for kind in KINDS:
        table, ids = TABLES[kind], [number for each, number in known if each == kind]
        near = or_(table.merged_into_id.in_(ids), table.id.in_(ids))
        for row in db.session.execute(select(table.id, table.merged_into_id).where(near)):
            found.update((kind, each) for each in (row.id, row.merged_into_id) if each is not None)
    leads = [number for each, number in known if each == "lead"]
    contacts = [number for each, number in known if each == "contact"]
    became = select(Lead.id, Lead.contact_id).where(or_(Lead.id.in_(leads), Lead.contact_id.in_(contacts)))
    for row in db.session.execute(became):
        found.update({("lead", row.id)} | ({("contact", row.contact_id)} if row.contact_id else set()))
    return found


def _rows(known: Iterable[tuple[str, int]]) -> list[Same]:
    listed = set(known)
    return [
        row
        for kind in KINDS
        for row in _read(kind, TABLES[kind].id.in_([number for each, number in listed if each == kind]), sure=True)
    ]


def _with_address(emails: Iterable[str]) -> list[Same]:
    wanted = sorted(emails)
    if not wanted:
        return []
    return [row for kind in KINDS for row in _read(kind, func.lower(TABLES[kind].email).in_(wanted), sure=False)]


def _read(kind: str, condition: ColumnElement[bool], *, sure: bool) -> list[Same]:
    table = TABLES[kind]
    query = select(table.id, table.name, func.lower(table.email).label("email"), table.deleted_at).where(condition)
    return [
        Same(kind, row.id, row.name, row.email, sure, binned=row.deleted_at is not None)
        for row in db.session.execute(query)
    ]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
