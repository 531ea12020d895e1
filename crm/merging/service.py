"""Making records one in one action that can be taken back: values, what hangs on them, the bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.duplicates.models import DuplicatePair
from crm.duplicates.rules.scores import SURE_FROM
from crm.merging import queries, rules
from crm.merging.models import Merge, MergePolicy
from crm.merging.queries import Tie
from crm.objects.rules.catalogue import OBJECTS
from crm.queues.queries import desk
from crm.records import rules as record_rules
from crm.records.events import RecordChange, RecordsWritten
from crm.records.models import TABLES, Account
from crm.records.queries import AnyRecord, facts, key_of, stage_facts
from infra.database import db
from infra.transaction import Work, transaction
from infra.undo import undo
from kernel.actor import Actor
from kernel.errors import Problem, Refused, RuleBroken

UNDOABLE = {"record.merged": "crm.merge", "merging.switched": "crm.setup"}
AT_A_TIME = 200
"""Sure pairs that one run of the job merges."""


def merge(
    kind: str, survivor_id: int, loser_ids: Sequence[int], picks: Mapping[str, int], *, actor: Actor, now: datetime
) -> Work:
    """Make records one. ``picks`` says for a field from which record its value comes; else the survivor's holds.

    Values that the actor may not see are kept where the survivor has none. Raises NotFound, Refused, RuleBroken.
    """
    access, subject = access_of(actor), OBJECTS[kind]
    losers = [each for each in dict.fromkeys(loser_ids) if each != survivor_id]
    if not 1 <= len(losers) < rules.MOST:
        raise RuleBroken("crm.merge_few", "Choose two to %(most)d different records.", most=rules.MOST)
    with transaction(actor, "record.merged") as work:
        rows = queries.records(access, subject, [survivor_id, *losers], hold=True)
        if not queries.may_merge(access, subject, rows):
            raise Refused(
                "To merge records you need the function “Merge records”, and to be able to edit each of them."
            )
        survivor, gone = rows[0], rows[1:]
        values = rules.chosen(subject, queries.candidates(access, subject, rows), survivor_id, picks)
        _check_writable(work, kind, survivor, values)
        _make_one(work, kind, survivor, gone, values | _unseen(work, kind, rows, values), now)
    return work


def _check_writable(work: Work, kind: str, survivor: AnyRecord, values: Mapping[str, Any]) -> None:
    access, subject = access_of(work.actor), OBJECTS[kind]
    allowed = access_rules.fields_written(
        access, subject, facts(access, access_rules.EDIT, subject, survivor), access_rules.EDIT
    )
    for key in values:
        if key not in allowed:
            raise Refused(
                "%(object)s have no field %(key)s that you may fill in.", object=subject.label_plural, key=key
            )


def _unseen(work: Work, kind: str, rows: Sequence[AnyRecord], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of fields that the actor does not see on what stays: nothing is lost because others may read it only.

    Where they see the field there, a value that is hidden on another record would come to light: it stays with that.
    """
    access, subject = access_of(work.actor), OBJECTS[kind]
    shown = queries.candidates(access, subject, rows[:1])[0].values
    found: dict[str, Any] = {}
    for field in rules.fields(subject):
        if field.key not in shown and field.key not in values and getattr(rows[0], field.key) in (None, ""):
            there = [getattr(row, field.key) for row in rows[1:]]
            kept = [each for each in there if each not in (None, "")]
            found |= {field.key: kept[0]} if kept else {}
    return found


def _make_one(
    work: Work,
    kind: str,
    survivor: AnyRecord,
    losers: Sequence[AnyRecord],
    values: Mapping[str, Any],
    now: datetime,
    *,
    automatic: bool = False,
) -> None:
    ids = [each.id for each in losers]
    _put_into_bin(work, kind, survivor, losers, now)
    if kind == "account":
        values = {**values, "parent_id": _parent(survivor, ids, values)}
    _write(work, kind, survivor, values, now)
    for tie in queries.ties(kind):
        _move(work, tie, kind, survivor.id, ids)
    work.session.add(
        Merge(
            kind=kind,
            survivor_id=survivor.id,
            loser_ids=ids,
            transaction_id=work.transaction_id,
            at=now,
            person_id=work.actor.id,
            automatic=automatic,
        )
    )
    work.session.flush()


def _put_into_bin(work: Work, kind: str, survivor: AnyRecord, losers: Sequence[AnyRecord], now: datetime) -> None:
    for row in losers:
        row.deleted_at, row.deleted_by, row.merged_into_id = now, work.actor.id, survivor.id
    work.session.flush()
    changes = tuple(RecordChange(each.id, {"deleted_at": None}, {"deleted_at": now}) for each in losers)
    work.emit(RecordsWritten(kind, changes))


def _parent(survivor: AnyRecord, losers: Sequence[int], values: Mapping[str, Any]) -> int | None:
    below = select(Account.id, Account.parent_id).where(Account.parent_id.is_not(None))
    parents = {row.id: row.parent_id for row in db.session.execute(below)}
    parents[survivor.id] = values.get("parent_id", survivor.parent_id)
    return rules.parent_after(parents, survivor.id, losers)


def _write(work: Work, kind: str, survivor: AnyRecord, values: Mapping[str, Any], now: datetime) -> None:
    """The survivor's values with what follows from them. When it was changed stays: a later edit of another field
    would otherwise stand in the way of taking the merge back.
    """
    keys = [each.key for each in OBJECTS[kind].fields if hasattr(survivor, each.key)]
    before = {key: getattr(survivor, key) for key in keys} | (
        {"outcome": survivor.outcome} if kind == "opportunity" else {}
    )
    after = before | dict(values)
    known = desk() if kind == "ticket" else stage_facts(after.get("stage_id"))
    after |= record_rules.follow(kind, before, after, now, known)
    changed = {key: value for key, value in after.items() if record_rules.differs(before.get(key), value)}
    for key, value in changed.items():
        setattr(survivor, key, value)
    work.session.flush()
    if changed:
        old = {key: before.get(key) for key in changed}
        work.emit(RecordsWritten(kind, (RecordChange(survivor.id, old, changed),)))


def _move(work: Work, tie: Tie, kind: str, survivor_id: int, losers: Sequence[int]) -> None:
    """Hang rows on the survivor; one that it has already (a tag, a share) goes."""
    model: Any = tie.model
    name = tie.column.name
    target: Any = key_of(kind, survivor_id) if tie.by_key else survivor_id
    rows = list(work.session.scalars(select(model).where(queries.hanging(tie, kind, losers)).order_by(model.id)))
    there = list(work.session.scalars(select(model).where(queries.hanging(tie, kind, [survivor_id])))) if rows else []
    moving: list[Any] = []
    unique = queries.unique_besides(tie)
    taken = {mark for row in there for mark in _marks(row, unique)}
    for row in rows:
        marks = _marks(row, unique)
        if marks & taken:
            work.session.delete(row)
        elif not (model is TABLES[kind] and row.id == survivor_id):
            moving.append(row)
            taken |= marks
    work.session.flush()
    if moving:
        olds = {row.id: getattr(row, name) for row in moving}
        work.bulk_update(model, [model.id.in_(sorted(olds))], **{name: target})
        _tell(work, model, name, olds, target)


def _marks(row: Any, unique: Sequence[Sequence[str]]) -> set[tuple[int, tuple[Any, ...]]]:
    """Two rows with a mark in common can't hang on one record. What is empty equals nothing, as in the database."""
    marks = ((place, tuple(getattr(row, each) for each in names)) for place, names in enumerate(unique))
    return {(place, values) for place, values in marks if None not in values}


def _tell(work: Work, model: Any, name: str, olds: Mapping[int, Any], target: Any) -> None:
    kind = next((key for key, table in TABLES.items() if table is model), None)
    if kind is not None:
        changes = tuple(RecordChange(number, {name: old}, {name: target}) for number, old in olds.items())
        work.emit(RecordsWritten(kind, changes))


def take_back(merge_id: int, *, actor: Actor) -> Work:
    """Make them several again, exactly as they were, however long ago it was. Raises Conflict, naming what changed.

    Of records that the actor may not see nothing is told, not even that there was a merge.
    """
    access, row = access_of(actor), db.session.get(Merge, merge_id)
    survivor = queries.survivor(access, row) if row is not None else None
    if row is None or survivor is None:
        raise RuleBroken("crm.merge_gone", "This merge was taken back already.")
    if not queries.may_merge(access, OBJECTS[row.kind], [survivor]):
        raise Refused
    return undo(row.transaction_id, actor=actor, asked=True)


def switch(*, on: bool, actor: Actor, now: datetime) -> Work:
    """Merge sure pairs without asking from now on, or no more."""
    with transaction(actor, "merging.switched") as work:
        row = work.session.scalar(select(MergePolicy))
        if row is None:
            row = MergePolicy(automatic=on, person_id=actor.id, at=now)
            work.session.add(row)
        row.automatic, row.person_id, row.at = on, actor.id, now
    return work


def merge_sure(actor: Actor, now: datetime) -> int:
    """Merge the pairs that are sure, if that was switched on; each is an action of its own. How many."""
    if not queries.automatic():
        return 0
    wanted = select(DuplicatePair.kind, DuplicatePair.first_id, DuplicatePair.second_id).where(
        DuplicatePair.bits >= SURE_FROM, DuplicatePair.dismissed.is_(False)
    )
    pairs = db.session.execute(wanted.order_by(DuplicatePair.bits.desc(), DuplicatePair.id).limit(AT_A_TIME)).all()
    return sum(_merge_pair(kind, (first, second), actor, now) for kind, first, second in pairs)


def _merge_pair(kind: str, ids: tuple[int, int], actor: Actor, now: datetime) -> bool:
    """Merge one pair by the suggestions; one that meanwhile can't be merged is passed over."""
    subject = OBJECTS[kind]
    try:
        with transaction(actor, "record.merged", at=now) as work:
            access = access_of(actor)
            rows = queries.records(access, subject, ids, hold=True)
            known = queries.candidates(access, subject, rows)
            survivor_id = rules.suggested_survivor(subject, known)
            picks = rules.suggested(subject, known, survivor_id)
            values = rules.chosen(subject, known, survivor_id, picks)
            survivor = next(each for each in rows if each.id == survivor_id)
            losers = [each for each in rows if each is not survivor]
            _make_one(work, kind, survivor, losers, values, now, automatic=True)
    except Problem:
        return False
    return True
