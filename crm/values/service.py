"""Keeping the table of values true: after each write of records, after an undo, and rebuilt as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import delete

from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field
from crm.values import queries, rules
from crm.values.models import FieldValue
from infra.bulk import put
from infra.transaction import Work
from infra.undo.service import Undone

CHUNK = 500
"""Numbers in one statement."""
_COLUMNS = ("field_id", "record_id", "text", "number", "words")


class Written(Protocol):
    """One record that was written: `crm.records.events.RecordChange`."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def after(self) -> Mapping[str, Any]:
        """Its values afterwards, of the fields that changed."""


class ManyWritten(Protocol):
    """What is heard of records: `crm.records.events.RecordsWritten`."""

    @property
    def object(self) -> str:
        """The object that they are of."""

    @property
    def changes(self) -> tuple[Written, ...]:
        """Each record."""

    @property
    def created(self) -> bool:
        """Whether they are new."""


def follow_records(event: ManyWritten, work: Work) -> None:
    """Keep the values of the fields that changed; by those of a record in the bin nothing is found."""
    own = OBJECTS[event.object].own
    if own and any("deleted_at" in each.after for each in event.changes):
        refresh(work, event.object, own, [each.id for each in event.changes])
        return
    for field in own:
        values = {each.id: each.after[field.key] for each in event.changes if field.key in each.after}
        if values:
            keep(work, field, values, new=event.created)


def follow_undo(event: Undone, work: Work) -> None:
    """Records came back, went or changed: keep their values anew."""
    for kind, subject in OBJECTS.items():
        begin = f"{queries.table_of(kind).__tablename__}:"
        ids = [int(each.removeprefix(begin)) for each in event.subjects if each.startswith(begin)]
        if ids and subject.own:
            work.session.flush()
            refresh(work, kind, subject.own, sorted(set(ids)))


def keep(work: Work, field: Field, values: Mapping[int, Any], *, new: bool = False) -> None:
    """The values of a field of some records are these now."""
    numbers = list(values)
    for begin in range(0, 0 if new else len(numbers), CHUNK):
        part = numbers[begin : begin + CHUNK]
        work.session.execute(delete(FieldValue).where(FieldValue.field_id == field.own, FieldValue.record_id.in_(part)))
    rows = [
        (field.own, number, text, count, words if at == 0 else None)
        for number, value in values.items()
        for words in (rules.sought(field, value),)
        for at, (text, count) in enumerate(
            rules.found_by(field, value, queries.digest) or ([(None, None)] if words else [])
        )
    ]
    if rows:
        put(work.session.connection(), FieldValue, _COLUMNS, rows)


def refresh(work: Work, kind: str, fields: Iterable[Field], ids: Sequence[int]) -> None:
    """Keep what some records hold in some fields, as the database has it."""
    for field in fields:
        for begin in range(0, len(ids), CHUNK):
            part = ids[begin : begin + CHUNK]
            there = queries.values_of(kind, field, part)
            keep(work, field, {number: there.get(number) for number in part})


def rebuild(work: Work, kind: str, field: Field) -> int:
    """Forget all values of a field and keep them anew; how many records hold one."""
    work.session.execute(delete(FieldValue).where(FieldValue.field_id == field.own))
    count = 0
    for values in queries.all_values(kind, field):
        keep(work, field, values, new=True)
        count += len(values)
    return count
