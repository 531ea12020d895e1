"""What lies in the recycle bin, as far as the reader may delete and so bring back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from accounts.people import queries as people
from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.bin import rules
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records import queries
from crm.records.models import TABLES
from infra.database import db

PAGE = 100


@dataclass(frozen=True, slots=True)
class Binned:
    """A deleted record; ``left`` are the days until it is gone for good."""

    kind: str
    id: int
    name: str
    label: str
    icon: str
    at: datetime
    who: str
    left: int


def binned(access: Access, now: datetime, kind: str = "", text: str = "") -> list[Binned]:
    """What the reader may bring back, the last deleted first: at most PAGE records."""
    wanted = [OBJECTS[kind]] if kind in OBJECTS else list(OBJECTS.values())
    rows = [
        (subject, row)
        for subject in wanted
        if access_rules.may(access, access_rules.DELETE, subject)
        for row in db.session.scalars(_rows(access, subject, text))
    ]
    rows.sort(key=lambda each: each[1].deleted_at, reverse=True)
    who = people.names_of({row.deleted_by for _subject, row in rows[:PAGE] if row.deleted_by})
    names = {each.key: queries.called(access, each, [row for of, row in rows[:PAGE] if of is each]) for each in wanted}
    return [_binned(subject, row, names[subject.key][row.id], who, now) for subject, row in rows[:PAGE]]


def _rows(access: Access, subject: ObjectType, text: str) -> Select[Any]:
    table = TABLES[subject.key]
    found = select(table).where(
        table.deleted_at.is_not(None),
        table.merged_into_id.is_(None),
        queries.allowed(access, access_rules.SEE, subject),
        queries.allowed(access, access_rules.DELETE, subject),
    )
    if text.strip():
        found = found.where(reach(access, access_rules.SEE, subject, table, "name"))
        found = found.where(func.lower(table.name).contains(text.strip().lower()[:200], autoescape=True))
    return found.order_by(table.deleted_at.desc(), table.id).limit(PAGE)


def _binned(subject: ObjectType, row: Any, name: str, who: dict[int, str], now: datetime) -> Binned:
    left = rules.days_left(row.deleted_at, now)
    by = who.get(row.deleted_by or 0, "")
    return Binned(subject.key, row.id, name, subject.label, subject.icon, row.deleted_at, by, left)
