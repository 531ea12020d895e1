"""The objects as they are here and now: those that ship with what was set about their fields, and one's own fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask import Flask, g, has_app_context
from sqlalchemy import Text, cast, select

from crm.objects.models import OwnField
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import BETWEEN, Field, Kind, Mark
from infra.database import db
from infra.memo import KEPT

LONGEST: Mapping[Kind, int] = {Kind.LONG: 10_000, Kind.ADDRESS: 500, Kind.EMAIL: 254, Kind.PHONE: 40, Kind.TIME: 5}
"""How long a value of one's own field may be, by its kind; else 200."""
_SHAPES = "shapes"
_TEXTS = (OwnField.default, OwnField.choices, OwnField.among, OwnField.levels)
_PLAIN = (
    *(OwnField.id, OwnField.object, OwnField.key, OwnField.label, OwnField.kind, OwnField.needed, OwnField.required),
    *(OwnField.hidden, OwnField.unique, OwnField.listed, OwnField.mark, OwnField.help, OwnField.depends_on),
)
_NAMES = tuple(each.key for each in (*_PLAIN, *_TEXTS))


def connect(_app: Flask) -> None:
    """Let the catalogue say what holds here."""
    OBJECTS.connect(shapes)


def shapes() -> Mapping[str, ObjectType] | None:
    """Every object with its fields as they are now, asked once for a page, an action or a job; None where none runs."""
    if not has_app_context():
        return None
    kept: dict[Any, Any] = g.setdefault(KEPT, {})
    if _SHAPES not in kept:
        kept[_SHAPES] = OBJECTS.shipped  # whoever asks while this is read gets what ships
        kept[_SHAPES] = _built(_read())
    found: Mapping[str, ObjectType] = kept[_SHAPES]
    return found


def forget_shapes() -> None:
    """Ask anew: a field was changed in this very action."""
    g.get(KEPT, {}).pop(_SHAPES, None)


def _read() -> tuple[Any, ...]:
    """What was set, as values that are compared: what is made of them is kept while they stay the same."""
    rows = db.session.execute(
        select(*_PLAIN, *(cast(each, Text) for each in _TEXTS))
        .where(OwnField.deleted_at.is_(None))
        .order_by(OwnField.position, OwnField.id)
    )
    return tuple(tuple(row) for row in rows)


@lru_cache(16)
def _built(rows: tuple[tuple[Any, ...], ...]) -> Mapping[str, ObjectType]:
    if not rows:
        return OBJECTS.shipped
    by_object: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found = dict(zip(_NAMES, row, strict=True))
        by_object.setdefault(found["object"], []).append(found)
    return {key: _shaped(subject, by_object.get(key, ())) for key, subject in OBJECTS.shipped.items()}


def _shaped(subject: ObjectType, rows: Iterable[Mapping[str, Any]]) -> ObjectType:
    listed = list(rows)
    if not listed:
        return subject
    settings = {row["key"]: row for row in listed if not row["kind"]}
    fields = [_set(each, settings[each.key]) if each.key in settings else each for each in subject.fields]
    return replace(subject, fields=(*fields, *(field_of(row) for row in listed if row["kind"])))


def _set(field: Field, row: Mapping[str, Any]) -> Field:
    """A field that ships with what was set about it; what the product itself needs stays needed."""
    return replace(
        field,
        needed=field.needed or row["needed"],
        required=row["required"],
        hidden=row["hidden"],
        label=row["label"] or field.label,
        help=row["help"] or field.help,
    )


def field_of(row: Mapping[str, Any]) -> Field:
    """A field of one's own as the catalogue holds it."""
    default, choices, among, levels = (_told(row[each.key]) for each in _TEXTS)
    kind = Kind(row["kind"])
    pairs = tuple((str(value), str(label)) for value, label in choices or ())
    all_of_them = len(BETWEEN.join(value for value, _label in pairs))
    return Field(
        row["key"],
        row["label"],
        kind,
        needed=row["needed"],
        required=row["required"],
        hidden=row["hidden"],
        mark=Mark(row["mark"]),
        choices=pairs,
        longest=all_of_them if kind is Kind.MULTI else LONGEST.get(kind, 200),
        listed=row["listed"],
        help=row["help"],
        own=row["id"],
        unique=row["unique"],
        default=default,
        depends_on=row["depends_on"],
        among=tuple((value, tuple(named)) for value, named in (among or {}).items()),
        levels=tuple((levels or {}).items()),
    )


def _told(value: Any) -> Any:
    """A value of a JSON column: as its text from the database, or as the row of a form holds it."""
    return json.loads(value) if isinstance(value, str) else value
