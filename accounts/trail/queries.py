"""The trail as a list that the database filters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from flask import g
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.people import queries as people
from accounts.trail.rules import Line, change_lines, words_of
from infra import subjects
from infra.audit.models import AuditEntry
from infra.audit.rules import Kind as EntryKind
from infra.audit.words import action_words, sentence
from infra.database import db
from infra.formats import day, moment
from infra.lists import Column, Format, Kind, ListSpec
from kernel.actor import initials

_MOST_CHOICES = 500
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d|$)")
_KINDS = {"checklist_item": "item", "action_item": "action"}
"""Tables whose rows `infra.subjects` knows under another word."""


def entries() -> Select[AuditEntry]:
    """Every entry, newest first."""
    return select(AuditEntry).order_by(AuditEntry.id.desc())


def told(found: Iterable[AuditEntry]) -> list[dict[str, object]]:
    """Entries as the timeline component takes them, each with what changed."""
    return [_told(entry) for entry in found]


def _told(entry: AuditEntry) -> dict[str, object]:
    row = line(entry)
    return {
        "person": (row.actor_id, initials(row.who), ""),
        "text": f"{row.who} {sentence(entry)}",
        "when": moment(row.at),
        "body": "; ".join(row.changes),
    }


def line(entry: AuditEntry) -> Line:
    """One entry in words; what was erased is said to be."""
    table = entry.subject.partition(":")[0]
    return Line(
        entry.id,
        entry.sequence,
        entry.at,
        entry.actor_id,
        "(erased)" if entry.actor_name is None else entry.actor_name,
        entry.action,
        sentence(entry),
        entry.kind,
        entry.subject,
        words_of(table),
        _written(entry.label or ""),
        entry.scope,
        _name_of(entry.scope),
        change_lines(entry.changes, lambda field, value: _said(table, field, value)),
    )


def _said(table: str, field: str, value: object) -> str:
    """A value of a row as people read it: another row by its name, days and moments as everywhere."""
    if isinstance(value, int) and table in db.metadata.tables:
        column = db.metadata.tables[table].columns.get(field)
        for key in column.foreign_keys if column is not None else ():
            return _name_of(f"{key.column.table.name}:{value}")
    return _written(value) if isinstance(value, str) else str(value)


def _written(text: str) -> str:
    """A text, or the day or moment that it holds as ISO 8601 writes it."""
    if not _ISO.match(text):
        return text
    try:
        return day(date.fromisoformat(text)) if len(text) == len("2026-03-03") else moment(datetime.fromisoformat(text))
    except ValueError:
        return text


def _name_of(key: str) -> str:
    """What a row is called, asked once a request; the whole instance has no name."""
    known: dict[str, str] = g.setdefault("trail_names", {})
    if key not in known:
        known[key] = _asked(key)
    return known[key]


def _asked(key: str) -> str:
    table, _, number = key.partition(":")
    if table == "person" and number.isdigit():
        return dict(_people()).get(number, key)
    if table == "company" and number.isdigit():
        return people.company_name(int(number)) or key
    name = subjects.name_of(_KINDS.get(table, table) + ":" + number if number else key)
    return f"{words_of(table)} {number}" if name == key else name


def _distinct(column: InstrumentedAttribute[str]) -> list[tuple[str, str]]:
    found = db.session.scalars(select(column).where(column != "").distinct().order_by(column).limit(_MOST_CHOICES))
    return [(value, value) for value in found]


def _actions() -> list[tuple[str, str]]:
    """What was done, in words; a name stands where the thing's name would."""
    found: list[tuple[str, str]] = g.setdefault("trail_actions", [])
    if not found:
        said = [(key, action_words(key, "…")) for key, _label in _distinct(AuditEntry.action)]
        found += sorted(said, key=lambda pair: pair[1].casefold())
    return found


def _places() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = g.setdefault("trail_places", [])
    if not found:
        found += [(key, _name_of(key) or _("the whole instance")) for key, _label in _distinct(AuditEntry.scope)]
    return found


def _people() -> list[tuple[str, str]]:
    """Everybody by number, asked once a request."""
    found: list[tuple[str, str]] = g.setdefault("trail_people", [])
    if not found:
        found += [(str(row.id), row.name) for row in people.people()]
    return found


AUDIT = ListSpec(
    "audit",
    "Audit trail",
    (
        Column("sequence", "No.", expression=AuditEntry.sequence, numeric=True),
        Column("at", "When", Kind.DATE, expression=AuditEntry.at, format=Format.MOMENT),
        Column(
            "who",
            "Who",
            Kind.PERSON,
            expression=AuditEntry.actor_name,
            filter_expression=AuditEntry.actor_id,
            choices=_people,
            searched=True,
        ),
        Column("text", "What", expression=AuditEntry.label, searched=True),
        Column("action", "Action", Kind.CHOICE, expression=AuditEntry.action, choices=_actions, visible=False),
        Column(
            "kind",
            "Kind",
            Kind.CHOICE,
            expression=AuditEntry.kind,
            choices=[(kind.value, kind.value) for kind in EntryKind],
            visible=False,
        ),
        Column("subject", "About", Kind.TEXT, expression=AuditEntry.subject, searched=True),
        Column("scope", "Where", Kind.CHOICE, expression=AuditEntry.scope, choices=_places),
        Column("changes", "Changes", value=lambda row: "; ".join(row.changes), sortable=False),
    ),
    page_size=50,
    tie_breaker=AuditEntry.id.desc(),
    read=line,
)
"""Filters, order and export of the trail."""
