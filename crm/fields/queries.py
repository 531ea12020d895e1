"""The fields of an object for the pages that set them up, where each is used, and what another kind would do to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, select

from crm.access import queries as access
from crm.access.rules import CREATE, SEE, Access
from crm.fields import rules
from crm.fields.events import MayDropField
from crm.imports.models import Import
from crm.objects.models import OwnCheck, OwnField
from crm.objects.queries import field_of
from crm.objects.rules import levels
from crm.objects.rules.catalogue import OBJECTS, Layout, ObjectType
from crm.objects.rules.fields import Field
from crm.records import queries as records
from crm.records.models import TABLES
from crm.values import queries as values
from infra.database import db
from infra.lists.models import SavedView
from infra.words import sentence_of
from kernel.actor import Actor
from kernel.errors import NotFound
from kernel.questions import Obstacle

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that another kind can't hold; ``record_id`` only where the reader may see the record."""

    record_id: int | None
    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What another kind would do: how many values go over, and those that don't."""

    good: int
    bad: int
    misfits: tuple[Misfit, ...]


def rows(kind: str) -> list[OwnField]:
    """An object's fields of one's own in their order."""
    asked = select(OwnField).where(OwnField.object == kind, OwnField.kind != "", OwnField.deleted_at.is_(None))
    return list(db.session.scalars(asked.order_by(OwnField.position, OwnField.id)))


def deleted(kind: str) -> list[OwnField]:
    """Those that were deleted and can still be brought back."""
    asked = select(OwnField).where(OwnField.object == kind, OwnField.kind != "", OwnField.deleted_at.is_not(None))
    return list(db.session.scalars(asked.order_by(OwnField.deleted_at.desc())))


def one(kind: str, key: str) -> OwnField:
    """A field of one's own that is in use. Raises NotFound."""
    found = db.session.scalar(
        select(OwnField).where(
            OwnField.object == kind, OwnField.key == key, OwnField.kind != "", OwnField.deleted_at.is_(None)
        )
    )
    if found is None:
        raise NotFound
    return found


def as_field(row: OwnField) -> Field:
    """A row as the catalogue holds it."""
    return field_of({column.key: getattr(row, column.key) for column in OwnField.__table__.columns})


def rules_of(kind: str) -> list[OwnCheck]:
    """The rules over several fields of an object."""
    return list(db.session.scalars(select(OwnCheck).where(OwnCheck.object == kind).order_by(OwnCheck.id)))


def layouts(kind: str) -> dict[str, Layout]:
    """The layouts of an object by role; that of everybody under no name."""
    return dict(OBJECTS[kind].layouts)


def creating(kind: str) -> dict[str, str]:
    """The roles that create records of an object, by key and name."""
    return {
        key: role.name
        for key, role in access.roles().items()
        if any(each.object == kind and each.action == CREATE for each in role.grants)
    }


def seeing(kind: str) -> dict[str, str]:
    """The roles that see records of an object, by key and name."""
    return {
        key: role.name
        for key, role in access.roles().items()
        if any(each.object == kind and each.action == SEE for each in role.grants)
    }


def usual_levels(field: Field, kind: str) -> dict[str, str]:
    """What each role may do with a field."""
    return {key: levels.level_of(field, key) for key in seeing(kind)}


def used_here(question: MayDropField) -> list[Obstacle]:
    """Saved lists, mappings of drafts, rules, and fields that use a field; others tell of themselves."""
    kind, key, subject = question.object, question.key, OBJECTS[question.object]
    needle = f'%"{key}"%'
    page = f"/crm/setup/fields/{kind}"
    found = []
    views = select(SavedView.name).where(SavedView.page == f"crm_{subject.plural}", SavedView.query.contains(key))
    found += [Obstacle(_("The saved list “%(name)s”", name=each), f"/crm/{subject.plural}") for each in _names(views)]
    drafts = select(Import.file_name).where(Import.object == kind, cast(Import.mapping, String).like(needle))
    found += [
        Obstacle(_("The mapping of “%(name)s”", name=each)) for each in _names(drafts.where(Import.state == "draft"))
    ]
    found += [
        Obstacle(_("The rule “%(name)s”", name=each.name), page)
        for each in rules_of(kind)
        if any(key in (part["field"], part.get("other")) for part in each.conditions)
    ]
    found += [
        Obstacle(_("The choices of “%(name)s” depend on it", name=each.label), f"{page}/{each.key}")
        for each in subject.own
        if each.depends_on == key
    ]
    found += [
        Obstacle(_("“%(name)s” of leads goes there at a conversion", name=each.label), "/crm/setup/conversion")
        for each in OBJECTS["lead"].own
        if (kind, key) in each.carried
    ]
    return found


def _names(statement: Any) -> list[str]:
    return [str(each) for each in db.session.scalars(statement)]


def preview(actor: Actor, kind: str, before: Field, after: Field) -> Preview:
    """What becomes of every value of a field that gets another kind, records in the bin among them."""
    found = misfits(kind, before, after)
    good = sum(1 for each in found.values() if each is None)
    bad = {number: why for number, why in found.items() if why is not None}
    shown = sorted(bad)[:SHOWN]
    names = _called(access.access_of(actor), OBJECTS[kind], shown)
    held = dict(values.with_value(kind, before, shown))
    return Preview(
        good,
        len(bad),
        tuple(
            Misfit(
                number if number in names else None, names.get(number, ""), before.said(str(held[number])), bad[number]
            )
            for number in shown
        ),
    )


def _called(reader: Access, subject: ObjectType, ids: Sequence[int]) -> dict[int, str]:
    return records.names(reader, subject, ids)


def misfits(kind: str, before: Field, after: Field) -> dict[int, str | None]:
    """Each record with a value, and why the other kind can't hold it; None where it can."""
    found: dict[int, str | None] = {}
    for number, value in values.with_value(kind, before):
        parsed = rules.converted(before, after, value)
        found[number] = None if parsed.problem is None else sentence_of(parsed.problem)
    return found


def count(row: OwnField) -> int:
    """How many records hold a value, those in the bin among them."""
    return sum(1 for _each in values.with_value(row.object, as_field(row)))


def table(kind: str) -> Any:
    """The table of an object."""
    return TABLES[kind]
