"""Reading the shelf: every template that a person may use, whole or in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true

from accounts.access.rules import ADMINISTRATOR
from accounts.people.models import Person
from desk.shelf import rules
from desk.shelf.models import OwnTemplate, OwnTemplateVersion
from desk.template import queries as library
from desk.template.queries import TemplateInvalid, TemplateUnknown
from desk.template.rules import Document, Problem, Template, assemble, check_sections, check_shape, elements
from infra.database import db
from infra.wires import wires
from kernel.actor import INSTANCE, Actor, Membership
from kernel.errors import NotFound

_KEPT = 32
"""Templates held in memory; a version never changes."""


@dataclass(frozen=True, slots=True)
class Card:
    """A template on the shelf. ``version`` is 0 for a shipped one; ``mine``: the reader may change it."""

    key: str
    name: str
    description: str
    shipped: bool
    owner: str
    shared: bool
    archived: bool
    version: int
    elements: int
    made_at: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a template of one's own."""

    number: int
    made_at: datetime
    made_by: str
    note: str
    elements: int


def names() -> list[str]:
    """The keys of all templates that are in use, shipped ones first."""
    own = select(OwnTemplate.key).where(OwnTemplate.archived_at.is_(None)).order_by(OwnTemplate.key)
    return [*library.names(), *db.session.scalars(own)]


def cards(reader: Actor, *, archived: bool = False) -> list[Card]:
    """The templates that a person may use, shipped ones first, then by name."""
    shipped = [_shipped(name) for name in library.names()] if not archived else []
    return [
        *shipped,
        *_own(reader, OwnTemplate.archived_at.is_not(None) if archived else OwnTemplate.archived_at.is_(None)),
    ]


def card(key: str, reader: Actor) -> Card:
    """One template. Raises NotFound for one that does not exist or is not shared with the reader."""
    if key in library.names():
        return _shipped(key)
    found = _own(reader, OwnTemplate.key == key)
    if not found:
        raise NotFound("There is no such template, or it is not shared with you.")
    return found[0]


def choices(reader: Actor) -> list[tuple[str, str]]:
    """Keys and names of the templates that one can start from."""
    return [(each.key, each.name) for each in cards(reader)]


def load(key: str, number: int | None = None) -> Template:
    """A template ready to be planted: the newest version, or a certain one. Raises TemplateUnknown."""
    if key in library.names():
        return library.load(key)
    return _loaded(_version(key, number))


def sections(key: str, number: int | None = None) -> dict[str, Any]:
    """A template as the sections of its files. Raises TemplateUnknown."""
    if key in library.names():
        return rules.merged(library.documents(key))
    return _version(key, number).sections


def versions(key: str) -> list[VersionRow]:
    """The versions of a template of one's own, the newest first; a shipped one has none."""
    query = (
        select(OwnTemplateVersion)
        .join(OwnTemplate, OwnTemplate.id == OwnTemplateVersion.template_id)
        .where(OwnTemplate.key == key)
        .order_by(OwnTemplateVersion.number.desc())
    )
    return [
        VersionRow(row.number, row.made_at, row.made_by, row.note, row.elements) for row in db.session.scalars(query)
    ]


def own(key: str) -> OwnTemplate:
    """The table's row, for writers. Raises NotFound, also for a shipped template."""
    found = db.session.scalar(select(OwnTemplate).where(OwnTemplate.key == key))
    if found is None:
        raise NotFound("There is no such template of one's own.")
    return found


def read(documents: list[Document], name: str) -> tuple[Template | None, list[Problem]]:
    """A template from files that one has written: the template, or everything that keeps it from being planted."""
    schemas = rules.loosened(library.schemas())
    problems = [problem for document in documents for problem in check_shape(document, schemas)]
    problems = problems or check_sections(documents, name)
    if problems:
        return None, sorted(problems)
    template = assemble(documents)
    return template, rules.essential(template)


def administers(actor: Actor) -> bool:
    """Whether somebody looks after the instance."""
    return Membership(ADMINISTRATOR, INSTANCE) in actor.memberships or actor.id is None


def _loaded(row: OwnTemplateVersion) -> Template:
    """A version never changes, so the application keeps the last ones that were read."""
    kept: dict[int, Template] = wires().extras.setdefault("templates", {})
    if row.id not in kept:
        template, problems = read([Document("template.yaml", row.sections)], str(row.id))
        if template is None:
            raise TemplateInvalid(problems)
        if len(kept) >= _KEPT:
            kept.pop(next(iter(kept)))
        kept[row.id] = template
    return kept[row.id]


def _version(key: str, number: int | None) -> OwnTemplateVersion:
    query = (
        select(OwnTemplateVersion)
        .join(OwnTemplate, OwnTemplate.id == OwnTemplateVersion.template_id)
        .where(OwnTemplate.key == key, OwnTemplateVersion.number == number if number is not None else true())
        .order_by(OwnTemplateVersion.number.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    if found is None:
        raise TemplateUnknown(key)
    return found


def _shipped(name: str) -> Card:
    template = library.load(name)
    head = template.template
    return Card(head.key, head.name, head.description, True, "", True, False, 0, len(elements(template)), None, False)


def _own(reader: Actor, which: ColumnElement[bool]) -> list[Card]:
    newest = (
        select(OwnTemplateVersion.template_id, func.max(OwnTemplateVersion.number).label("number"))
        .group_by(OwnTemplateVersion.template_id)
        .subquery()
    )
    query = (
        select(
            OwnTemplate, Person.name, OwnTemplateVersion.number, OwnTemplateVersion.elements, OwnTemplateVersion.made_at
        )
        .join(newest, newest.c.template_id == OwnTemplate.id)
        .join(
            OwnTemplateVersion,
            (OwnTemplateVersion.template_id == OwnTemplate.id) & (OwnTemplateVersion.number == newest.c.number),
        )
        .outerjoin(Person, Person.id == OwnTemplate.owner_id)
        .where(which, true() if administers(reader) else or_(OwnTemplate.shared, OwnTemplate.owner_id == reader.id))
        .order_by(func.lower(OwnTemplate.name), OwnTemplate.id)
    )
    return [_card(reader, *row) for row in db.session.execute(query)]


def _card(reader: Actor, row: OwnTemplate, owner: str | None, number: int, count: int, made_at: datetime) -> Card:
    mine = rules.may_edit(row.owner_id, reader.id, administers=administers(reader))
    archived = row.archived_at is not None
    return Card(
        row.key, row.name, row.description, False, owner or "", row.shared, archived, number, count, made_at, mine
    )


def files(key: str) -> Mapping[str, str]:
    """A template as YAML files, one a section."""
    return rules.to_files(sections(key))
