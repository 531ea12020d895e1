"""The objects as they are here and now: those that ship with what was set about their fields, and one's own fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask import Flask, g, has_app_context
from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, union_all

from crm.objects.models import OwnCheck, OwnField, OwnLayout
from crm.objects.rules import own
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.checks import Check, Condition
from crm.objects.rules.fields import BETWEEN, LONGEST, Field, Kind, Mark
from infra.database import db
from infra.memo import KEPT
from kernel.wording import OwnWords

_SHAPES = "shapes"
_KEPT = (
    *(OwnField.position, OwnField.id, OwnField.object, OwnField.key, OwnField.label, OwnField.kind, OwnField.needed),
    *(OwnField.required, OwnField.hidden, OwnField.unique, OwnField.listed, OwnField.mark, OwnField.help),
    *(OwnField.depends_on, OwnField.default, OwnField.choices, OwnField.among, OwnField.levels, OwnField.carried),
)
_NAMES = tuple(each.key for each in _KEPT)
_NUMBERS = frozenset({"id", "position"})
_FLAGS = frozenset({"needed", "required", "hidden", "unique", "listed", "any"})
_JSON = frozenset({"default", "choices", "among", "levels", "carried", "conditions", "sections"})
_APART = "\x1f"
"""What stands between the columns of a field that is read as one word; nobody can type it into a form."""
_CHECKS = (OwnCheck.id, OwnCheck.object, OwnCheck.name, OwnCheck.message, OwnCheck.any, OwnCheck.conditions)
_CHECK_NAMES = tuple(each.key for each in _CHECKS)
_LAYOUTS = (OwnLayout.id, OwnLayout.object, OwnLayout.role_key, OwnLayout.sections)
_LAYOUT_NAMES = tuple(each.key for each in _LAYOUTS)
KINDS = ("field", "check", "layout")
"""What is read in words."""


def _word(columns: Iterable[Any]) -> ColumnElement[str]:
    """Columns as one word."""
    word: ColumnElement[str] = literal("")
    for each in columns:
        word = word.concat(func.coalesce(cast(each, String), "")).concat(literal(_APART))
    return word


IN_WORDS: tuple[Select[str, str], ...] = (
    select(literal("field").label("kind"), _word(_KEPT).label("word")).where(OwnField.deleted_at.is_(None)),
    select(literal("check"), _word(_CHECKS)).where(OwnCheck.active.is_(True)),
    select(literal("layout"), _word(_LAYOUTS)),
)
"""Every field that was set, every rule over fields and every layout, as a word each: whoever asks something else on
every page reads them by the same statement and hands them to `tell`.
"""


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
        rows = db.session.execute(union_all(*IN_WORDS)).all()
        told = {kind: tuple(row[1] for row in rows if row[0] == kind) for kind in KINDS}
        kept[_SHAPES] = _built(*(told[kind] for kind in KINDS))
    found: Mapping[str, ObjectType] = kept[_SHAPES]
    return found


def tell(words: Mapping[str, Iterable[str]]) -> None:
    """Take what somebody read by the way, unless it is known."""
    g.setdefault(KEPT, {}).setdefault(_SHAPES, _built(*(tuple(words[kind]) for kind in KINDS)))


def forget_shapes() -> None:
    """Ask anew: a field was changed in this very action."""
    g.get(KEPT, {}).pop(_SHAPES, None)


@lru_cache(16)
def _built(fields: tuple[str, ...], checks: tuple[str, ...], layouts: tuple[str, ...]) -> Mapping[str, ObjectType]:
    """The objects with these fields, rules and layouts: made once for as long as the same ones are read."""
    if not fields and not checks and not layouts:
        return OBJECTS.shipped
    by_object: dict[str, list[dict[str, Any]]] = {}
    for row in sorted((_read(_NAMES, each) for each in fields), key=lambda row: (row["position"], row["id"])):
        by_object.setdefault(row["object"], []).append(row)
    shaped = {key: _shaped(subject, by_object.get(key, ())) for key, subject in OBJECTS.shipped.items()}
    rows = sorted((_read(_CHECK_NAMES, each) for each in checks), key=lambda row: row["id"])
    for key in {row["object"] for row in rows} & shaped.keys():
        found = (check_of(row, shaped[key]) for row in rows if row["object"] == key)
        shaped[key] = replace(shaped[key], checks=tuple(each for each in found if each is not None))
    for row in (_read(_LAYOUT_NAMES, each) for each in layouts):
        sections = tuple((str(title), tuple(keys)) for title, keys in row["sections"] or ())
        subject = shaped[row["object"]]
        shaped[row["object"]] = replace(subject, layouts=(*subject.layouts, (row["role_key"], sections)))
    return shaped


def check_of(row: Mapping[str, Any], subject: ObjectType) -> Check | None:
    """A rule as the catalogue holds it; None where a field that it looks at is gone."""
    found = []
    for each in row["conditions"] or ():
        if not subject.has(each["field"]) or (each.get("other") and not subject.has(each["other"])):
            return None
        field, value = subject.field(each["field"]), each.get("value")
        typed = (
            value if value is None or field.kind is Kind.MOMENT else own.loaded(replace(field, mark=Mark.NONE), value)
        )
        found.append(Condition(each["field"], each["how"], typed, each.get("other") or ""))
    return Check(row["id"], row["name"], row["message"], row["any"], tuple(found))


def _read(names: tuple[str, ...], word: str) -> dict[str, Any]:
    return {name: _value(name, text) for name, text in zip(names, word.split(_APART)[:-1], strict=True)}


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
    pairs = tuple((str(value), OwnWords(label)) for value, label in row["choices"] or ())
    all_of_them = len(BETWEEN.join(value for value, _label in pairs))
    return Field(
        row["key"],
        OwnWords(row["label"]),
        kind,
        needed=row["needed"],
        required=row["required"],
        hidden=row["hidden"],
        mark=Mark(row["mark"]),
        choices=pairs,
        longest=all_of_them if kind is Kind.MULTI else LONGEST.get(kind, 200),
        listed=row["listed"],
        help=OwnWords(row["help"]),
        own=row["id"],
        unique=row["unique"],
        default=row["default"],
        depends_on=row["depends_on"],
        among=tuple((value, tuple(named)) for value, named in (row["among"] or {}).items()),
        levels=tuple((row["levels"] or {}).items()),
        carried=tuple((row["carried"] or {}).items()),
    )
