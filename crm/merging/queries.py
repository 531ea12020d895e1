"""What merging reads: the records side by side, what hangs on them, and what became of a merged one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, UniqueConstraint, func, inspect, select

from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.duplicates.queries import fields_of
from crm.merging.models import Merge, MergePolicy
from crm.merging.rules import Candidate
from crm.notes import queries as notes
from crm.notes.models import Note
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records.models import TABLES, OpportunityLine, StageChange
from crm.records.queries import AnyRecord, facts, key_of, names, seen
from infra.database import Base, db
from kernel.errors import NotFound

STAYING = frozenset({StageChange.__tablename__, OpportunityLine.__tablename__, Merge.__tablename__, "crm_not_the_same"})
"""What stays with the record that it belongs to: the way that a deal went, its lines, and what merging itself noted."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A column by which rows of another table hang on records: by their number, or by "crm_lead:12"."""

    model: type[Base]
    column: Any
    by_key: bool = False
    kinds: Any = None


def ties(kind: str) -> Iterator[Tie]:
    """Every audited table whose rows hang on records of an object, found from the tables themselves."""
    table = TABLES[kind].__table__
    for mapper in sorted(Base.registry.mappers, key=lambda each: str(each.class_.__tablename__)):
        model, columns = mapper.class_, mapper.local_table.columns
        if not model.audited or model.__tablename__ in STAYING:
            continue
        for column in columns:
            if column.name != "merged_into_id" and any(each.column.table is table for each in column.foreign_keys):
                yield Tie(model, column)
        if "subject" in columns and isinstance(columns["subject"].type, String):
            yield Tie(model, columns["subject"], by_key=True)
        sort = columns.get("object") if "object" in columns else columns.get("kind")
        if "record_id" in columns and sort is not None:
            yield Tie(model, columns["record_id"], kinds=sort)


def hanging(tie: Tie, kind: str, ids: Sequence[int]) -> Any:
    """The condition for the rows that hang on these records."""
    wanted: Sequence[Any] = [key_of(kind, each) for each in ids] if tie.by_key else ids
    condition = tie.column.in_(wanted)
    return condition if tie.kinds is None else condition & (tie.kinds == kind)


def unique_besides(tie: Tie) -> list[list[str]]:
    """The columns that must differ between two rows that hang on the same record."""
    table = inspect(tie.model).local_table
    rules = [each for each in getattr(table, "constraints", ()) if isinstance(each, UniqueConstraint)]
    named = [[column.name for column in each.columns] for each in rules]
    named += [[each.name for each in index.columns] for index in getattr(table, "indexes", ()) if index.unique]
    return [[each for each in names if each != tie.column.name] for names in named if tie.column.name in names]


def counted(access: Access, kind: str, record_id: int) -> list[tuple[str, int]]:
    """What hangs on a record as far as the reader may see it: the table and how many rows."""
    found = []
    for tie in ties(kind):
        model: Any = tie.model
        shown = [hanging(tie, kind, [record_id]), *_shown(access, tie)]
        n = db.session.scalar(select(func.count()).select_from(model).where(*shown))
        if n:
            found.append((str(model.__tablename__), int(n)))
    return found


def _shown(access: Access, tie: Tie) -> list[ColumnElement[bool]]:
    """The conditions for the rows that the reader may see, of records those that may be seen to hang there."""
    model: Any = tie.model
    found = [model.deleted_at.is_(None)] if hasattr(model, "deleted_at") else []
    kind = next((key for key, table in TABLES.items() if table is model), None)
    if kind is not None:
        see, subject = access_rules.SEE, OBJECTS[kind]
        found += [reach(access, see, subject, model), reach(access, see, subject, model, tie.column.name)]
    elif model is Note:
        found.append(notes.readable(access))
    return found


def records(access: Access, subject: ObjectType, ids: Iterable[int], *, hold: bool = False) -> list[AnyRecord]:
    """Records that the reader may see, in the order asked. Raises NotFound when one is missing.

    ``hold``: nobody else changes them before the transaction ends.
    """
    table, wanted = TABLES[subject.key], list(dict.fromkeys(ids))
    chosen = seen(access, subject).where(table.id.in_(wanted)).order_by(table.id)
    found = db.session.scalars(chosen.with_for_update(of=table) if hold else chosen)
    rows = {each.id: each for each in found}
    if len(rows) < len(wanted):
        raise NotFound
    return [rows[each] for each in wanted]


def candidates(access: Access, subject: ObjectType, rows: Sequence[AnyRecord]) -> list[Candidate]:
    """The records with the values that the reader sees."""
    views = fields_of(access, subject, rows)
    return [
        Candidate(
            row.id,
            {each.key: getattr(row, each.key) for each in subject.fields if each.key in views[row.id]},
            row.changed_at,
            row.created_at,
        )
        for row in rows
    ]


def may_merge(access: Access, subject: ObjectType, rows: Sequence[AnyRecord]) -> bool:
    """Whether somebody holds the function and may edit each of the records. Tickets ask for no function."""
    if access.everything:
        return True
    edit = access_rules.EDIT
    return (subject.key == "ticket" or "merge" in access.functions()) and all(
        access_rules.may(access, edit, subject, facts(access, edit, subject, row)) for row in rows
    )


def survivor_of(kind: str, record_id: int) -> int | None:
    """The record that a merged one became, whatever it became in turn; None where it was never merged."""
    table, number = TABLES[kind], record_id
    for _step in range(MOST_STEPS):
        into = db.session.scalar(select(table.merged_into_id).where(table.id == number, table.deleted_at.is_not(None)))
        if into is None:
            break
        number = into
    return number if number != record_id else None


MOST_STEPS = 50
"""A record is hardly merged more often; the number only guards against a circle."""


def merges_of(kind: str, record_id: int) -> list[Merge]:
    """What was merged into a record, the latest first."""
    latest = Merge.at.desc(), Merge.id.desc()
    return list(
        db.session.scalars(select(Merge).where(Merge.kind == kind, Merge.survivor_id == record_id).order_by(*latest))
    )


def survivor(access: Access, merge: Merge) -> AnyRecord | None:
    """What a merge made, None where the reader may not see it."""
    table = TABLES[merge.kind]
    return db.session.scalar(seen(access, OBJECTS[merge.kind]).where(table.id == merge.survivor_id))


def recent(access: Access, limit: int = 10) -> list[tuple[Merge, str]]:
    """The latest merges whose result the reader may see by its name, with that name; a statement an object."""
    latest = list(db.session.scalars(select(Merge).order_by(Merge.id.desc()).limit(limit * 3)))
    shown = {
        kind: names(access, OBJECTS[kind], (each.survivor_id for each in latest if each.kind == kind))
        for kind in {each.kind for each in latest}
    }
    found = [(each, shown[each.kind].get(each.survivor_id)) for each in latest]
    return [(each, name) for each, name in found if name is not None][:limit]


def automatic() -> bool:
    """Whether sure pairs are merged without asking."""
    return bool(db.session.scalar(select(MergePolicy.automatic).limit(1)))
