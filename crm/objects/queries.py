"""The objects as they are here and now: those that ship with what was set about their fields, and one's own fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask import Flask, g, has_app_context
from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select

from crm.objects.models import OwnField
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import BETWEEN, Field, Kind, Mark
from infra.database import db
from infra.memo import KEPT

LONGEST: Mapping[Kind, int] = {Kind.LONG: 10_000, Kind.ADDRESS: 500, Kind.EMAIL: 254, Kind.PHONE: 40, Kind.TIME: 5}
"""How long a value of one's own field may be, by its kind; else 200."""
_SHAPES = "shapes"
_KEPT = (
    *(OwnField.position, OwnField.id, OwnField.object, OwnField.key, OwnField.label, OwnField.kind, OwnField.needed),
    *(OwnField.required, OwnField.hidden, OwnField.unique, OwnField.listed, OwnField.mark, OwnField.help),
    *(OwnField.depends_on, OwnField.default, OwnField.choices, OwnField.among, OwnField.levels),
)
_NAMES = tuple(each.key for each in _KEPT)
_NUMBERS = frozenset({"id", "position"})
_FLAGS = frozenset({"needed", "required", "hidden", "unique", "listed"})
_JSON = frozenset({"default", "choices", "among", "levels"})
_APART = "\x1f"
"""What stands between the columns of a field that is read as one word; nobody can type it into a form."""
_WORD: ColumnElement[str] = literal("")
for _each in _KEPT:
    _WORD = _WORD.concat(func.coalesce(cast(_each, String), "")).concat(literal(_APART))
IN_WORDS: Select[str, str] = select(literal("field").label("kind"), _WORD).where(OwnField.deleted_at.is_(None))
"""Every field that was set, as a word each: whoever asks something else on every page reads them by the same statement
and hands them to `tell`."""


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
        kept[_SHAPES] = _built(tuple(row[1] for row in db.session.execute(IN_WORDS)))
    found: Mapping[str, ObjectType] = kept[_SHAPES]
    return found


def tell(words: Iterable[str]) -> None:
    """Take the fields that somebody read by the way, unless they are known."""
    g.setdefault(KEPT, {}).setdefault(_SHAPES, _built(tuple(words)))


def forget_shapes() -> None:
    """Ask anew: a field was changed in this very action."""
    g.get(KEPT, {}).pop(_SHAPES, None)


@lru_cache(16)
def _built(words: tuple[str, ...]) -> Mapping[str, ObjectType]:
    """The objects with these fields: made once for as long as the same ones are read."""
    if not words:
        return OBJECTS.shipped
    by_object: dict[str, list[dict[str, Any]]] = {}
    for row in sorted((_read(each) for each in words), key=lambda row: (row["position"], row["id"])):
        by_object.setdefault(row["object"], []).append(row)
    return {key: _shaped(subject, by_object.get(key, ())) for key, subject in OBJECTS.shipped.items()}


def _read(word: str) -> dict[str, Any]:
    return {name: _value(name, text) for name, text in zip(_NAMES, word.split(_APART)[:-1], strict=True)}


def _value(name: str, text: str) -> Any:
    if name in _NUMBERS:
        return int(text)
    if name in _FLAGS:
        return text in ("1", "true")
    return (json.loads(text) if text else None) if name in _JSON else text


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
    kind = Kind(row["kind"])
    pairs = tuple((str(value), str(label)) for value, label in row["choices"] or ())
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
        default=row["default"],
        depends_on=row["depends_on"],
        among=tuple((value, tuple(named)) for value, named in (row["among"] or {}).items()),
        levels=tuple((row["levels"] or {}).items()),
    )
