"""Records found by values of one's own fields."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from crm.objects.models import expression
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import BETWEEN, Field
from crm.values import rules
from crm.values.models import FieldValue
from infra.database import Base, db
from infra.lists import Beside
from infra.wires import wires
from kernel.errors import RuleBroken

BATCH = 2000


def table_of(kind: str) -> Any:
    """The table of an object; whose models stand above this room, the name leads there."""
    name = f"crm_{kind}"
    return next(each.class_ for each in Base.registry.mappers if each.class_.__tablename__ == name)


def digest(text: str) -> str:
    """What finds a sealed value: the same for the same value, and nothing that tells it to whoever lacks the key."""
    key = str(wires().settings.secret_key).encode()
    return hmac.new(key, b"own field\0" + text.encode(), sha256).hexdigest()


def _where(field: Field, *conditions: ColumnElement[bool]) -> Select[int]:
    return select(FieldValue.record_id).where(FieldValue.field_id == field.own, *conditions)


def among(number: Any, field: Field, values: Iterable[Any]) -> ColumnElement[bool]:
    """The condition for records (``number`` is their column) that hold one of some values."""
    wanted = sorted({str(text) for each in values for text, _n in rules.found_by(field, each, digest) if text})
    found: ColumnElement[bool] = number.in_(_where(field, FieldValue.text.in_(wanted)))
    return found


def containing(number: Any, field: Field, text: str) -> ColumnElement[bool]:
    """The condition for records whose value contains a text; of a sealed one only the whole is found."""
    if field.sealed:
        return among(number, field, [text])
    found: ColumnElement[bool] = number.in_(
        _where(field, FieldValue.text.contains(text.strip().casefold(), autoescape=True))
    )
    return found


def between(number: Any, field: Field, low: Any, high: Any) -> ColumnElement[bool]:
    """The condition for records whose number or day lies between two, both of which may be left out."""
    days = isinstance(low, date) or isinstance(high, date)
    column: Any = FieldValue.text if days else FieldValue.number
    ends = [None if each is None else each.isoformat() if days else float(each) for each in (low, high)]
    conditions = [column.is_not(None)]
    conditions += [column >= ends[0]] if ends[0] is not None else []
    conditions += [column <= ends[1]] if ends[1] is not None else []
    found: ColumnElement[bool] = number.in_(_where(field, *conditions))
    return found


def has_order(field: Field) -> bool:
    """Whether records can be put in the order of a field by an index: each has one value, and it is not sealed."""
    return not field.sealed and field.kind not in rules.UNFOUND and field.kind not in rules.UNORDERED


def order_of(field: Field) -> Beside:
    """The order of records by a field, as the table of values gives it."""
    value = FieldValue.number if field.kind in rules.NUMBERS else FieldValue.text
    return Beside(value, FieldValue.record_id, (FieldValue.field_id == field.own,))


def found_as(field: Field, value: Any) -> str:
    """What finds a value, as one word."""
    return next((text or str(number) for text, number in rules.found_by(field, value, digest)), "")


def held_by(field: Field, values: Iterable[Any], but: Iterable[int] = ()) -> dict[str, int]:
    """Which of some values records hold already, ``but`` some: what finds the value (`found_as`), and a record."""
    pairs = [pair for each in values for pair in rules.found_by(field, each, digest)]
    if not pairs:
        return {}
    numbers = [number for _text, number in pairs if number is not None]
    column: Any = FieldValue.number if numbers else FieldValue.text
    asked = sorted(set(numbers)) if numbers else sorted({text for text, _number in pairs if text})
    rows = db.session.execute(
        select(column, func.min(FieldValue.record_id))
        .where(FieldValue.field_id == field.own, column.in_(asked), FieldValue.record_id.not_in(list(but)))
        .group_by(column)
    )
    return {str(row[0]): row[1] for row in rows}


def taken(subject: ObjectType, many: Sequence[Mapping[str, Any]], ids: Sequence[int]) -> dict[int, RuleBroken]:
    """The places of values that others hold already, among the records or among these themselves."""
    found: dict[int, RuleBroken] = {}
    for field in (each for each in subject.own if each.unique):
        places = {at: each[field.key] for at, each in enumerate(many) if each.get(field.key) not in (None, "")}
        held = held_by(field, places.values(), ids)
        for at, value in places.items():
            name = found_as(field, value)
            if name in held:
                found[at] = RuleBroken(
                    "crm.taken",
                    "%(label)s “%(value)s” belongs to another record already.",
                    field=field.key,
                    label=field.label,
                    value=str(value),
                )
            held.setdefault(name, 0)
    return found


def first(kind: str, field: Field, value: str) -> int | None:
    """A record that holds a choice, one in the bin if need be."""
    for number, held in with_value(kind, field):
        if value in str(held).split(BETWEEN):
            return number
    return None


def twice(field: Field) -> int:
    """How many values of a field are held by more than one record."""
    groups = (
        select(FieldValue.text, FieldValue.number)
        .where(FieldValue.field_id == field.own)
        .group_by(FieldValue.text, FieldValue.number)
        .having(func.count() > 1)
    )
    return db.session.scalar(select(func.count()).select_from(groups.subquery())) or 0


def count(field: Field) -> int:
    """How many records hold a value by which they are found."""
    return (
        db.session.scalar(select(func.count(FieldValue.record_id.distinct())).where(FieldValue.field_id == field.own))
        or 0
    )


def values_of(kind: str, field: Field, ids: Sequence[int]) -> dict[int, Any]:
    """What records out of the bin hold in a field."""
    table = table_of(kind)
    asked = select(table.id, getattr(table, field.key)).where(table.id.in_(ids), table.deleted_at.is_(None))
    return {row[0]: row[1] for row in db.session.execute(asked)}


def all_values(kind: str, field: Field) -> Iterator[Mapping[int, Any]]:
    """What all records out of the bin hold in a field, a batch at a time."""
    table = table_of(kind)
    column, holds = getattr(table, field.key), table.more_sealed if field.sealed else table.more
    asked = select(table.id, column).where(table.deleted_at.is_(None), holds.is_not(None), column.is_not(None))
    last = 0
    while rows := db.session.execute(asked.where(table.id > last).order_by(table.id).limit(BATCH)).all():
        yield {row[0]: row[1] for row in rows if row[1] is not None}
        last = rows[-1][0]


def with_value(kind: str, field: Field, ids: Sequence[int] | None = None) -> Iterator[tuple[int, Any]]:
    """Every record that holds something in a field, those in the bin among them, with what it holds."""
    table = table_of(kind)
    column, holds = expression(table, field), table.more_sealed if field.sealed else table.more
    asked = select(table.id, column).where(holds.is_not(None), column.is_not(None))
    if ids is not None:
        asked = asked.where(table.id.in_(ids))
    last = 0
    while rows := db.session.execute(asked.where(table.id > last).order_by(table.id).limit(BATCH)).all():
        yield from ((row[0], row[1]) for row in rows if row[1] is not None)
        last = rows[-1][0]
