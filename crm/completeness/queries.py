"""Required fields and valid ones, counted by one statement an object; hidden fields count for nobody."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, select

from crm.access import rules as access_rules
from crm.counts.queries import Scope, seen
from crm.counts.rules.cells import Cell
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.records.models import TABLES
from infra.database import db

COUNTED = ("lead", "account", "contact", "opportunity", "campaign")
"""The objects whose records are looked after by people; activities are logged, products are set up."""
STOPGAPS = ("", "-", "--", ".", "?", "n/a", "na", "n.a.", "x", "xx", "xxx", "none", "null", "tbd", "test", "unknown")
"""What people type to get past a required field; in lower case."""
_TEXTS = frozenset({Kind.TEXT, Kind.LONG, Kind.PHONE, Kind.LINK, Kind.CURRENCY, Kind.COUNTRY, Kind.EMAIL})


def cells(scope: Scope, by: str = "") -> list[Cell]:
    """Valid of required fields, in all or by ``object``, ``team_id`` or ``owner_id``; n are the required fields."""
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for key in COUNTED:
        for segment, top, bottom in _of(OBJECTS[key], scope, by):
            slot = sums[key if by == "object" else segment]
            slot[0] += top
            slot[1] += bottom
    return [Cell(segment, Decimal(top), Decimal(bottom), bottom) for segment, (top, bottom) in sums.items() if bottom]


def _of(subject: ObjectType, scope: Scope, by: str) -> list[tuple[Any, int, int]]:
    table = TABLES[subject.key]
    shown = [
        each for each in subject.counted if access_rules.may(scope.access, access_rules.SEE, subject, None, each.key)
    ]
    if not shown:
        return []
    column = getattr(table, by) if by in ("team_id", "owner_id") else literal(0)
    allowed = {each.key: seen(scope, subject.key, table, (each.key,)) for each in shown}
    top = sum((_one(and_(allowed[each.key], valid(table, each))) for each in shown), literal(0))
    bottom = sum((_one(allowed[each.key]) for each in shown), literal(0))
    query = (
        select(column.label("segment"), func.coalesce(func.sum(top), 0), func.coalesce(func.sum(bottom), 0))
        .where(seen(scope, subject.key, table, ()))
        .group_by(literal_column("segment"))
    )
    return [(row[0], int(row[1]), int(row[2])) for row in db.session.execute(query)]


def valid(table: Any, field: Field) -> ColumnElement[bool]:
    """Whether a field holds something that is meant, as SQL."""
    column = getattr(table, field.key)
    if field.kind is Kind.CHOICE:
        return and_(column.is_not(None), column.in_([value for value, _label in field.choices]))
    if field.kind not in _TEXTS:
        return and_(column.is_not(None))
    meant = func.lower(func.trim(column)).not_in(STOPGAPS)
    if field.kind is Kind.EMAIL:
        return and_(meant, column.like("_%@_%._%"))
    return and_(column.is_not(None), meant)


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
