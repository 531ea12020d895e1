"""The trail as a list that the database filters."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.people import queries as people
from accounts.trail.rules import Line, change_lines
from infra.audit.models import AuditEntry
from infra.audit.rules import Kind as EntryKind
from infra.audit.words import sentence
from infra.database import db
from infra.formats import moment
from infra.lists import Column, Format, Kind, ListSpec
from kernel.actor import initials

_MOST_CHOICES = 500


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
    return Line(
        entry.id,
        entry.sequence,
        entry.at,
        entry.actor_id,
        "(erased)" if entry.actor_name is None else entry.actor_name,
        entry.action,
        entry.kind,
        entry.subject,
        entry.label or "",
        entry.scope,
        change_lines(entry.changes),
    )


def _distinct(column: InstrumentedAttribute[str]) -> list[tuple[str, str]]:
    found = db.session.scalars(select(column).where(column != "").distinct().order_by(column).limit(_MOST_CHOICES))
    return [(value, value) for value in found]


def _people() -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in people.people()]


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
        Column(
            "action", "Action", Kind.CHOICE, expression=AuditEntry.action, choices=lambda: _distinct(AuditEntry.action)
        ),
        Column(
            "kind",
            "Kind",
            Kind.CHOICE,
            expression=AuditEntry.kind,
            choices=[(kind.value, kind.value) for kind in EntryKind],
            visible=False,
        ),
        Column("label", "What", expression=AuditEntry.label, searched=True),
        Column("subject", "Subject", Kind.TEXT, expression=AuditEntry.subject, searched=True),
        Column("scope", "Scope", Kind.CHOICE, expression=AuditEntry.scope, choices=lambda: _distinct(AuditEntry.scope)),
        Column("changes", "Changes", value=lambda row: "; ".join(row.changes), sortable=False),
    ),
    page_size=50,
    tie_breaker=AuditEntry.id.desc(),
    read=line,
)
"""Filters, order and export of the trail."""
