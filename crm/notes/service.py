"""Writing notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm.access.queries import access_of
from crm.notes import queries, rules
from crm.notes.models import Note
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Refused

UNDOABLE = {"note.added": "crm.use", "note.removed": "crm.use"}
"""What can be taken back. A change is not: the trail does not keep the words of a confidential note."""


@dataclass(frozen=True, slots=True)
class NoteData:
    """What a form about a note gives."""

    title: str
    body: str
    pinned: bool = False
    confidential: bool = False


def add(kind: str, record_id: int, data: NoteData, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Write a note on a record; whoever sees the record may. Raises NotFound, RuleBroken."""
    rules.check(data.title, data.body)
    records.get(access_of(actor), OBJECTS[kind], record_id)
    with transaction(actor, "note.added") as work:
        row = Note(object=kind, record_id=record_id, author_id=actor.id, author_name=actor.name, created_at=now)
        _fill(row, data)
        work.session.add(row)
        work.session.flush()
    return row.id, work


def change(note_id: int, data: NoteData, *, actor: Actor, now: datetime) -> Work:
    """Other words. Raises NotFound, Refused, RuleBroken."""
    rules.check(data.title, data.body)
    with transaction(actor, "note.changed") as work:
        row = _mine(note_id, actor)
        _fill(row, data)
        row.edited_at = now
    return work


def remove(note_id: int, *, actor: Actor, now: datetime) -> Work:
    """Take a note away; undo brings it back. Raises NotFound, Refused."""
    with transaction(actor, "note.removed") as work:
        _mine(note_id, actor).deleted_at = now
    return work


def _mine(note_id: int, actor: Actor) -> Note:
    access = access_of(actor)
    row = queries.row(access, note_id)
    if not queries.shown(access, row).mine:
        raise Refused("Only whoever wrote a note, or an administrator of the CRM, can change it.")
    return row


def _fill(row: Note, data: NoteData) -> None:
    row.pinned, row.confidential = data.pinned, data.confidential
    row.title = "" if data.confidential else data.title.strip()
    row.body = "" if data.confidential else data.body
    row.sealed = rules.together(data.title, data.body) if data.confidential else None
