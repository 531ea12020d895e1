"""Reading notes: whoever sees a record sees its notes, a confidential one only its author and administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select, true

from crm.access.rules import Access
from crm.notes import rules
from crm.notes.models import Note
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries
from crm.timeline.rules import PAGE, TimelineEntry
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound

GUARD = "access"
"""The function of who guards the data of the CRM."""
MOST_PINNED = 5
_FIRST = PAGE + 1
"""As many as a page of the timeline asks for."""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as its reader sees it; ``mine``: they may change and delete it."""

    id: int
    kind: str
    record_id: int
    title: str
    body: str
    confidential: bool
    pinned: bool
    author_name: str
    at: datetime
    edited_at: datetime | None
    mine: bool


def readable(access: Access) -> ColumnElement[bool]:
    """The condition for notes that the reader may read, on records that they may see."""
    if GUARD in access.functions():
        return true()
    return or_(Note.confidential.is_(False), Note.author_id == access.person_id)


def note(access: Access, note_id: int) -> NoteRow:
    """A note that the reader may read, on a record that they may see. Raises NotFound for every other."""
    return shown(access, row(access, note_id))


def row(access: Access, note_id: int) -> Note:
    """The table's row, for the service. Raises NotFound."""
    found = db.session.scalar(select(Note).where(Note.id == note_id, Note.deleted_at.is_(None), readable(access)))
    if found is None:
        raise NotFound
    queries.get(access, OBJECTS[found.object], found.record_id)
    return found


def pinned(kind: str, record_id: int, access: Access) -> list[NoteRow]:
    """The notes that stay on top of a record, the newest first."""
    return [shown(access, each) for each in _first(kind, record_id, access) if each.pinned][:MOST_PINNED]


def timeline(kind: str, record: Any, access: Access, before: datetime | None, limit: int) -> list[TimelineEntry]:
    """The notes on a record as its timeline tells them."""
    if before is None and limit <= _FIRST:
        return [_entry(shown(access, each)) for each in _first(kind, record.id, access)[:limit]]
    query = _of(kind, record.id, access).order_by(Note.created_at.desc()).limit(limit)
    if before is not None:
        query = query.where(Note.created_at < before)
    return [_entry(shown(access, each)) for each in db.session.scalars(query)]


@remembered
def _first(kind: str, record_id: int, access: Access) -> list[Note]:
    """The newest notes of a record, and below them those that are pinned: what its page shows of them at first."""
    newest = _of(kind, record_id, access).with_only_columns(Note.id).order_by(Note.created_at.desc()).limit(_FIRST)
    query = _of(kind, record_id, access).where(or_(Note.pinned, Note.id.in_(newest)))
    return list(db.session.scalars(query.order_by(Note.created_at.desc(), Note.id.desc())))


def shown(access: Access, found: Note) -> NoteRow:
    """A note with its words, unsealed for who may read them."""
    title, body = rules.apart(found.sealed) if found.sealed is not None else (found.title, found.body)
    mine = found.author_id == access.person_id or GUARD in access.functions()
    return NoteRow(
        found.id,
        found.object,
        found.record_id,
        title,
        body,
        found.confidential,
        found.pinned,
        found.author_name,
        found.created_at,
        found.edited_at,
        mine,
    )


def _of(kind: str, record_id: int, access: Access) -> Any:
    return select(Note).where(
        Note.object == kind, Note.record_id == record_id, Note.deleted_at.is_(None), readable(access)
    )


def _entry(found: NoteRow) -> TimelineEntry:
    title = found.title or _("Note")
    title = _("%(title)s (confidential)", title=title) if found.confidential else title
    icon = "lock" if found.confidential else "file"
    return TimelineEntry(found.at, icon, title, found.author_name, found.body, f"/crm/notes/{found.id}")
