"""Fields, rules and layouts in words, for the pages that set them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from crm.fields import queries, rules
from crm.fields.forms import FieldForm
from crm.fields.rules import FieldData
from crm.objects.models import OwnCheck, OwnField
from crm.objects.queries import check_of
from crm.objects.rules import checks
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.checks import Condition
from crm.objects.rules.fields import Field, Kind, Mark
from crm.records.charts import Names, words


@dataclass(frozen=True, slots=True)
class ObjectLine:
    """An object, with how many of its fields are one's own, asked for or hidden, and how many rules it has."""

    subject: ObjectType
    own: int
    asked: int
    hidden: int
    rules: int


@dataclass(frozen=True, slots=True)
class Standard:
    """A field that ships, and how it is set; ``fixed``: the product works by it."""

    field: Field
    how: str
    fixed: bool


def objects() -> list[ObjectLine]:
    """Every object."""
    return [
        ObjectLine(
            each,
            len(each.own),
            sum(1 for what in each.written if what.counts),
            len(each.hidden),
            len(each.checks),
        )
        for each in OBJECTS.values()
    ]


def standard(subject: ObjectType) -> list[Standard]:
    """The fields that ship and people fill in, hidden ones among them."""
    shipped = OBJECTS.shipped[subject.key]
    return [
        Standard(each, _how(each), shipped.field(each.key).needed)
        for each in subject.fields
        if each.written and not each.own
    ]


def _how(field: Field) -> str:
    return "hidden" if field.hidden else "needed" if field.needed else "required" if field.required else "open"


def in_words(row: OwnCheck, subject: ObjectType) -> str:
    """A rule as a sentence."""
    kept = {"id": row.id, "name": row.name, "message": row.message, "any": row.any, "conditions": row.conditions}
    found = check_of(kept, subject)
    if found is None:
        return str(_("A field that it compares is gone: it refuses nothing."))
    joint = _(" or ") if found.any else _(" and ")
    return joint.join(_said(each, subject) for each in found.conditions)


def _said(condition: Condition, subject: ObjectType) -> str:
    what = subject.field(condition.field)
    said = f"{_(what.label)} {_(checks.COMPARATORS[condition.how])}"
    if condition.how in checks.ALONE:
        return said
    if condition.other:
        return f"{said} {_(subject.field(condition.other).label)}"
    return f"{said} “{words(what, condition.value, Names())}”"


def layouts(kind: str) -> list[tuple[str, str]]:
    """Whose layout is one of its own: a role's key and name."""
    known, roles = queries.layouts(kind), queries.seeing(kind)
    return [(key, roles.get(key, key) if key else _("Everybody")) for key in known]


@dataclass(frozen=True, slots=True)
class Placed:
    """A field in a layout: its section and its place, neither where it is left out."""

    field: Field
    section: str
    place: str


def placed(subject: ObjectType, sections: Sequence[Any]) -> list[Placed]:
    """The fields of an object as a layout places them; without one as they ship."""
    order = [(title, key) for title, keys in sections for key in keys] or [("", each.key) for each in subject.written]
    where = {key: (title, str(number)) for number, (title, key) in enumerate(order, start=1)}
    found = [Placed(each, *where.get(each.key, ("", ""))) for each in subject.written]
    return sorted(found, key=lambda each: int(each.place or 9999))


def in_another_kind(row: OwnField, before: Field, subject: ObjectType, form: FieldForm) -> FieldData:
    """A field as it would be with the kind and the choices that were sent; all else stays."""
    kind = form.kind.data or ""
    typed = form.choices.data or ""
    if kind in rules.CHOOSING and not typed.strip() and before.kind in rules.CHOOSING:
        typed = rules.written_choices(row.choices)
    other = subject.field(row.depends_on) if subject.has(row.depends_on) else None
    stays = kind in rules.CHOOSING and other is not None
    return FieldData(
        row.label,
        kind,
        needed=row.needed,
        required=row.required,
        unique=row.unique,
        listed=row.listed,
        mark=row.mark,
        help=row.help,
        choices=typed,
        depends_on=row.depends_on if stays else "",
        among=rules.written_among(before, other) if stays and other is not None else "",
        levels=row.levels,
    )


def as_planned(row: OwnField, data: FieldData, subject: ObjectType) -> Field:
    """The field as it would be."""
    checked = rules.check(data, subject, row.key)
    shape = Field(row.key, checked.label, Kind(checked.kind), mark=Mark(checked.mark), own=row.id)
    return replace(shape, choices=tuple((a, b) for a, b in checked.choices), longest=rules.longest(checked))
