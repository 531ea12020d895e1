"""The one door through which records are written: create, change, put into the bin, take out of it, in ones or many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Kind
from crm.records import queries, rules
from crm.records.events import RecordChange, RecordsWritten
from crm.records.models import TABLES, StageChange
from infra.database import db
from infra.merge import FieldConflict, merge
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Conflict, NotFound, Refused, RuleBroken

UNDOABLE = {f"record.{verb}": "crm.use" for verb in ("created", "changed", "removed", "restored")}
"""What can be taken back by whoever may still do the opposite."""


class Clash(Conflict):
    """Somebody else changed the same fields meanwhile; ``conflicts`` says which."""

    def __init__(self, conflicts: Sequence[FieldConflict]) -> None:
        """Keep the fields on which somebody must choose."""
        super().__init__("crm.clash", "Somebody else changed the same fields meanwhile. Choose what holds.")
        self.conflicts = tuple(conflicts)


def create(
    kind: str, values: Mapping[str, Any], *, actor: Actor, now: datetime, origin: str = "entered"
) -> tuple[int, Work]:
    """Keep a new record; its number. ``values`` are typed, by the keys of the catalogue. Raises Refused, RuleBroken."""
    subject, access = OBJECTS[kind], access_of(actor)
    demand(access, access_rules.CREATE, subject)
    _check_fields(subject, values, access_rules.fields_written(access, subject, action=access_rules.CREATE))
    with transaction(actor, "record.created") as work:
        (record_id,) = create_many(work, kind, [values], now=now, origin=origin)
    return record_id, work


def create_many(work: Work, kind: str, many: Sequence[Mapping[str, Any]], *, now: datetime, origin: str) -> list[int]:
    """Keep many new records in a transaction that is open; their numbers. Whoever calls has asked for permission.

    Values may carry ``created_at`` for records that are older than today. Raises RuleBroken.
    """
    table, actor = TABLES[kind], work.actor
    rows = []
    for values in many:
        full = _owned(kind, {**_defaults(kind), **values}, {}, actor)
        full = {"created_at": now, "changed_at": now, "created_by": actor.id, "origin": origin, **full}
        full |= rules.follow(kind, {}, full, full["created_at"], queries.stage_facts(full.get("stage_id")))
        _check_needed(OBJECTS[kind], full)
        rows.append(table(**full))
    work.session.add_all(rows)
    work.session.flush()
    if kind == "opportunity":
        work.session.add_all([_stage_change(row, None, row.created_at, actor) for row in rows])
    changes = tuple(RecordChange(row.id, {}, _values(kind, row)) for row in rows)
    work.emit(RecordsWritten(kind, changes, created=True))
    return [row.id for row in rows]


def change(
    kind: str,
    record_id: int,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    base: Mapping[str, Any] | None = None,
) -> Work:
    """Change fields of a record. ``base`` is what the form showed: fields merge, the same field raises Clash.

    Raises NotFound for a record that the actor may not see, Refused for one or a field that they may not write.
    """
    access, subject = access_of(actor), OBJECTS[kind]
    with transaction(actor, "record.changed") as work:
        record = queries.get(access, subject, record_id)
        allowed = _writable(access, subject, record)
        _check_fields(subject, values, allowed)
        there = _values(kind, record)
        merged = merge(there if base is None else base, values, there)
        if merged.conflicts:
            raise Clash(merged.conflicts)
        change_many(work, kind, [(record, {key: merged.values[key] for key in values})], now=now)
    return work


def change_many(
    work: Work, kind: str, many: Sequence[tuple[queries.AnyRecord, Mapping[str, Any]]], *, now: datetime
) -> int:
    """Change many records in an open transaction; how many really changed. Whoever calls asked for permission."""
    changes = []
    for record, values in many:
        if found := _change(work, kind, record, values, now):
            changes.append(found)
    work.session.flush()
    if changes:
        work.emit(RecordsWritten(kind, tuple(changes)))
    return len(changes)


def remove(kind: str, ids: Iterable[int], *, actor: Actor, now: datetime) -> Work:
    """Put records into the recycle bin. Raises NotFound, Refused; then none of them is moved."""
    access, subject = access_of(actor), OBJECTS[kind]
    with transaction(actor, "record.removed") as work:
        rows = [queries.get(access, subject, each) for each in sorted(set(ids))]
        for row in rows:
            demand(access, access_rules.DELETE, subject, queries.facts(access, access_rules.DELETE, subject, row))
        _bin(work, kind, rows, now)
    return work


def restore(kind: str, ids: Iterable[int], *, actor: Actor) -> Work:
    """Take records out of the recycle bin; who may delete a record may do this. Raises NotFound."""
    access, subject, table = access_of(actor), OBJECTS[kind], TABLES[kind]
    with transaction(actor, "record.restored") as work:
        wanted = sorted(set(ids))
        rows = list(
            db.session.scalars(
                select(table).where(
                    table.id.in_(wanted),
                    table.deleted_at.is_not(None),
                    table.merged_into_id.is_(None),
                    queries.allowed(access, access_rules.DELETE, subject),
                )
            )
        )
        if len(rows) < len(wanted):
            raise NotFound
        _bin(work, kind, rows, None)
    return work


def _bin(work: Work, kind: str, rows: Sequence[queries.AnyRecord], at: datetime | None) -> None:
    changes = []
    for row in rows:
        changes.append(RecordChange(row.id, {"deleted_at": row.deleted_at}, {"deleted_at": at}))
        row.deleted_at, row.deleted_by = at, work.actor.id if at else None
    work.session.flush()
    work.emit(RecordsWritten(kind, tuple(changes)))


def _change(
    work: Work, kind: str, record: queries.AnyRecord, values: Mapping[str, Any], now: datetime
) -> RecordChange | None:
    before = _values(kind, record)
    after = _owned(kind, {**before, **values}, before, work.actor)
    after |= rules.follow(kind, before, after, now, queries.stage_facts(after.get("stage_id")))
    changed = {key: value for key, value in after.items() if rules.differs(before.get(key), value)}
    if not changed:
        return None
    _check_needed(OBJECTS[kind], after)
    if "stage_id" in changed:
        work.session.add(_stage_change_of(record, before["stage_id"], after, now, work.actor))
    for key, value in changed.items():
        setattr(record, key, value)
    record.changed_at = now
    return RecordChange(record.id, {key: before.get(key) for key in changed}, changed)


def _values(kind: str, record: queries.AnyRecord) -> dict[str, Any]:
    extra = ("outcome",) if kind == "opportunity" else ()
    keys = [each.key for each in OBJECTS[kind].fields if hasattr(record, each.key)]
    return {key: getattr(record, key) for key in (*keys, *extra)}


def _defaults(kind: str) -> dict[str, Any]:
    if kind == "opportunity":
        first = next((each for each in queries.stages() if each.outcome == "open" and each.active), None)
        return {"stage_id": first.id if first else None, "currency": "EUR"}
    return dict(_DEFAULTS.get(kind, {}))


_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "lead": {"status": "new"},
    "activity": {"state": "done", "kind": "task"},
    "campaign": {"state": "planned", "currency": "EUR"},
    "product": {"currency": "EUR", "active": True},
}


def _owned(kind: str, values: dict[str, Any], before: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """A new record belongs to who made it; its team is that of its owner, unless another was named."""
    if not OBJECTS[kind].has("owner_id"):
        return values
    owner = values.get("owner_id", actor.id) if not before else values.get("owner_id")
    moved = not before or owner != before.get("owner_id")
    named = values.get("team_id") is not None and values.get("team_id") != before.get("team_id")
    team = values.get("team_id") if named or not moved else teams.team_of(owner)
    return {**values, "owner_id": owner, "team_id": team}


def _writable(access: Access, subject: ObjectType, record: queries.AnyRecord) -> frozenset[str]:
    facts = queries.facts(access, access_rules.EDIT, subject, record)
    demand(access, access_rules.EDIT, subject, facts)
    return access_rules.fields_written(access, subject, facts)


def _check_fields(subject: ObjectType, values: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """A field that may not be written is refused as one that is not there: nobody learns that it exists."""
    for key in values:
        if key not in allowed:
            raise Refused(
                "%(object)s have no field %(key)s that you may fill in.", object=subject.label_plural, key=key
            )


def _check_needed(subject: ObjectType, values: Mapping[str, Any]) -> None:
    for each in subject.fields:
        if each.needed and values.get(each.key) in (None, ""):
            raise RuleBroken("crm.needed", "%(label)s is needed.", field=each.key, label=each.label)
        value = values.get(each.key)
        if isinstance(value, str) and len(value) > each.longest:
            raise RuleBroken(
                "crm.too_long",
                "That has %(length)d characters; at most %(limit)d fit.",
                field=each.key,
                length=len(value),
                limit=each.longest,
            )
        if each.kind is Kind.CHOICE and value and each.written and value not in dict(each.choices):
            raise RuleBroken("crm.choice", "“%(value)s” is none of the choices.", field=each.key, value=str(value)[:60])


def _stage_change(row: queries.AnyRecord, from_id: int | None, at: datetime, actor: Actor) -> StageChange:
    return _stage_change_of(
        row, from_id, {"stage_id": row.stage_id, "amount": row.amount, "probability": row.probability}, at, actor
    )


def _stage_change_of(
    row: queries.AnyRecord, from_id: int | None, after: Mapping[str, Any], at: datetime, actor: Actor
) -> StageChange:
    stage = queries.stage_facts(after["stage_id"])
    likely = after.get("probability")
    return StageChange(
        opportunity_id=row.id,
        from_id=from_id,
        to_id=after["stage_id"],
        at=at,
        person_id=actor.id,
        amount=after.get("amount"),
        probability=likely if likely is not None else (stage.probability if stage else 0),
    )
