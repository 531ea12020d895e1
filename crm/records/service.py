"""The one door through which records are written: create, change, put into the bin, take out of it, in ones or many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import select

from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.access.rules import Access
from crm.objects.models import packed
from crm.objects.rules import asked
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.own import empty, loaded
from crm.queues import queries as queues
from crm.records import queries, rules
from crm.records.events import RecordChange, RecordsWritten
from crm.records.models import TABLES, StageChange
from crm.values import queries as values_there
from infra.bulk import defaults_of
from infra.database import Base, db
from infra.merge import FieldConflict, merge
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Conflict, NotFound, Refused

UNDOABLE = {f"record.{verb}": "crm.use" for verb in ("created", "changed", "removed", "restored")}
"""What can be taken back by whoever may still do the opposite."""

CHUNK = 5000
"""So many new records are followed up together: batches for those who follow them, and bounded memory."""


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

    Values may carry ``created_at`` for records that are older than today, and a deal's ``passed``: the stages that it
    went through, the one it is in last, each a number with its moment. Raises RuleBroken.
    """
    numbers: list[int] = []
    for begin in range(0, len(many), CHUNK):
        numbers += _create(work, kind, many[begin : begin + CHUNK], now, origin)
    return numbers


class Maker:
    """Makes records of one object whole: their owner, their defaults and all that follows. It writes nothing.

    Made once for many records, because stages, teams and defaults are the same for all of them.
    """

    def __init__(self, kind: str, *, actor: Actor, now: datetime, origin: str = "entered") -> None:
        """Look up what all the records share."""
        self.kind, self.now, self.stages, self.subject = kind, now, _known_stages(kind), OBJECTS[kind]
        self._actor = actor
        self._common = {"changed_at": now, "created_by": actor.id, "origin": origin}
        self._defaults, self._by_hand = defaults(kind), origin in BY_HAND
        self._desk = queues.desk() if kind == "ticket" else None

    @cached_property
    def _homes(self) -> Mapping[int, int]:
        return teams.homes()

    def _team_of(self, person_id: int | None) -> int | None:
        return None if person_id is None else self._homes.get(person_id)

    def whole(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The record as it would be kept. Raises RuleBroken for what can't be."""
        full = _owned(self.kind, {**self._defaults, **values}, {}, self._actor, self._team_of)
        full = {"created_at": self.now, **self._common, **full}
        full |= self._followed({}, full, full["created_at"])
        asked.check(self.subject, full, None if self._by_hand else {})
        if self._by_hand:
            asked.check_together(self.subject, full, None)
        return full

    def would_change(self, record: queries.AnyRecord, values: Mapping[str, Any]) -> dict[str, Any]:
        """What writing these values to a record would change, with all that follows. Raises RuleBroken."""
        before = _values(self.subject, record)
        after = _owned(self.kind, {**before, **values}, before, self._actor, self._team_of)
        after |= self._followed(before, after, self.now)
        changed = {key: value for key, value in after.items() if rules.differs(before.get(key), value)}
        if changed:
            asked.check(self.subject, after, before)
            asked.check_together(self.subject, after, before)
        return changed

    def _followed(self, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """What follows from the values."""
        known = self._desk if self.kind == "ticket" else self.stages.get(after.get("stage_id"))
        return rules.follow(self.kind, before, after, at, known)


def _create(work: Work, kind: str, many: Sequence[Mapping[str, Any]], now: datetime, origin: str) -> list[int]:
    maker = Maker(kind, actor=work.actor, now=now, origin=origin)
    rows = [maker.whole(values) for values in many]
    histories = [full.pop("passed", ()) for full in rows]
    for problem in values_there.taken(maker.subject, rows, ()).values():
        raise problem
    if maker.subject.own:
        rows = [{**full, **packed(maker.subject.own, full)} for full in rows]
    numbers = work.bulk_insert(TABLES[kind], rows)
    if kind == "opportunity":
        _keep_stages(work, dict(zip(numbers, rows, strict=True)), histories, maker.stages)
    filled = _blank(maker.subject)
    after = [{**filled, **{key: full[key] for key in filled if key in full}} for full in rows]
    changes = tuple(RecordChange(number, {}, each) for number, each in zip(numbers, after, strict=True))
    work.emit(RecordsWritten(kind, changes, created=True))
    return numbers


def _keep_stages(
    work: Work,
    deals: Mapping[int, Mapping[str, Any]],
    histories: Iterable[Sequence[tuple[int, datetime]]],
    facts: Mapping[int | None, rules.StageFacts],
) -> None:
    """Each new deal begins in a stage; one that comes from elsewhere brings the stages that it went through."""
    rows = []
    for (number, deal), passed in zip(deals.items(), histories, strict=True):
        before, by = None, deal["owner_id"] if passed else work.actor.id
        for stage, at in passed or ((deal["stage_id"], deal["created_at"]),):
            rows.append(_stage_row(number, before, {**deal, "stage_id": stage}, at, by, facts[stage]))
            before = stage
    work.bulk_insert(StageChange, rows)


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
        record = queries.get(access, subject, record_id, hold=True)
        allowed = _writable(access, subject, record)
        _check_fields(subject, values, allowed)
        there = _values(subject, record)
        merged = merge(there if base is None else base, values, there)
        if merged.conflicts:
            raise Clash(merged.conflicts)
        change_many(work, kind, [(record, {key: merged.values[key] for key in values})], now=now)
    return work


def change_many(
    work: Work, kind: str, many: Sequence[tuple[queries.AnyRecord, Mapping[str, Any]]], *, now: datetime
) -> int:
    """Change many records in an open transaction; how many really changed. Whoever calls asked for permission."""
    maker = Maker(kind, actor=work.actor, now=now)
    changes = [found for record, values in many if (found := _change(work, maker, record, values))]
    held = [each.after for each in changes], [each.id for each in changes]
    for problem in values_there.taken(maker.subject, *held).values():
        raise problem
    work.session.flush()
    if changes:
        work.emit(RecordsWritten(kind, tuple(changes)))
    return len(changes)


def remove(kind: str, ids: Iterable[int], *, actor: Actor, now: datetime) -> Work:
    """Put records into the recycle bin. Raises NotFound, Refused; then none of them is moved."""
    access, subject = access_of(actor), OBJECTS[kind]
    with transaction(actor, "record.removed") as work:
        rows = [queries.get(access, subject, each, hold=True) for each in sorted(set(ids))]
        for row in rows:
            demand(access, access_rules.DELETE, subject, queries.facts(access, access_rules.DELETE, subject, row))
        bin_many(work, kind, rows, now)
    return work


def restore(kind: str, ids: Iterable[int], *, actor: Actor) -> Work:
    """Take records out of the recycle bin; who may delete a record may do this. Raises NotFound."""
    access, subject, table = access_of(actor), OBJECTS[kind], TABLES[kind]
    with transaction(actor, "record.restored") as work:
        wanted = sorted(set(ids))
        rows = list(
            db.session.scalars(
                select(table)
                .where(
                    table.id.in_(wanted),
                    table.deleted_at.is_not(None),
                    table.merged_into_id.is_(None),
                    queries.allowed(access, access_rules.DELETE, subject),
                )
                .order_by(table.id)
                .with_for_update(of=table)
            )
        )
        if len(rows) < len(wanted):
            raise NotFound
        bin_many(work, kind, rows, None)
    return work


def bin_many(work: Work, kind: str, rows: Sequence[queries.AnyRecord], at: datetime | None) -> None:
    """Put records into the bin at a moment, or with None take them out. Whoever calls asked for permission."""
    changes = []
    for row in rows:
        changes.append(RecordChange(row.id, {"deleted_at": row.deleted_at}, {"deleted_at": at}))
        row.deleted_at, row.deleted_by = at, work.actor.id if at else None
    work.session.flush()
    work.emit(RecordsWritten(kind, tuple(changes)))


def _change(work: Work, maker: Maker, record: queries.AnyRecord, values: Mapping[str, Any]) -> RecordChange | None:
    before, changed = _values(maker.subject, record), maker.would_change(record, values)
    if not changed:
        return None
    if "stage_id" in changed:
        after, facts = {**before, **changed}, maker.stages[changed["stage_id"]]
        row = _stage_row(record.id, before["stage_id"], after, maker.now, work.actor.id, facts)
        work.session.add(StageChange(**row))
    for key, value in changed.items():
        setattr(record, key, value)
    record.changed_at = maker.now
    return RecordChange(record.id, {key: before.get(key) for key in changed}, changed)


def _values(subject: ObjectType, record: queries.AnyRecord) -> dict[str, Any]:
    return {key: getattr(record, key) for key in _blank(subject)}


def defaults(kind: str) -> dict[str, Any]:
    """What a new record holds where nobody says otherwise."""
    own = {each.key: loaded(each, each.default) for each in OBJECTS[kind].own if each.default is not None}
    if kind == "ticket":
        queue = queues.first()
        return {**_DEFAULTS[kind], "queue_id": queue.id if queue else None, **own}
    if kind == "opportunity":
        first = next((each for each in queries.stages() if each.outcome == "open" and each.active), None)
        return {"stage_id": first.id if first else None, "currency": "EUR", **own}
    return {**_DEFAULTS.get(kind, {}), **own}


_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "lead": {"status": "new"},
    "activity": {"state": "done", "kind": "task"},
    "campaign": {"state": "planned", "currency": "EUR"},
    "product": {"currency": "EUR", "active": True},
    "ticket": {"state": "new", "kind": "question", "severity": "medium", "impact": "person", "channel": "page"},
}


def _owned(
    kind: str,
    values: dict[str, Any],
    before: Mapping[str, Any],
    actor: Actor,
    team_of: Callable[[int | None], int | None],
) -> dict[str, Any]:
    """A new record belongs to who made it; its team is that of its owner, unless another was named."""
    if not OBJECTS[kind].makers_own:
        return values
    owner = values.get("owner_id", actor.id) if not before else values.get("owner_id")
    moved = not before or owner != before.get("owner_id")
    named = values.get("team_id") is not None and values.get("team_id") != before.get("team_id")
    team = values.get("team_id") if named or not moved else team_of(owner)
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


@lru_cache(64)
def _blank(subject: ObjectType) -> Mapping[str, Any]:
    """Every field of an object's table with nothing in it."""
    table: type[Base] = TABLES[subject.key]
    columns = defaults_of(table)
    shipped = (*(each.key for each in subject.fields if not each.own), *_EXTRA.get(subject.key, ()))
    return {key: columns[key] for key in shipped} | {each.key: empty(each) for each in subject.own}


BY_HAND = frozenset({"entered", "imported"})
"""How records come that a person answers for; one that the system makes is not lost for what an organisation asks."""
_EXTRA: Mapping[str, tuple[str, ...]] = {"opportunity": ("outcome",)}
"""What those who follow the records hear of besides the fields."""


def _known_stages(kind: str) -> dict[int | None, rules.StageFacts]:
    stages = queries.stages() if kind == "opportunity" else ()
    return {each.id: rules.StageFacts(each.id, each.outcome, each.probability) for each in stages}


def _stage_row(
    number: int,
    from_id: int | None,
    deal: Mapping[str, Any],
    at: datetime,
    person_id: int | None,
    stage: rules.StageFacts | None,
) -> dict[str, Any]:
    likely = deal.get("probability")
    return {
        "opportunity_id": number,
        "from_id": from_id,
        "to_id": deal["stage_id"],
        "at": at,
        "person_id": person_id,
        "amount": deal.get("amount"),
        "probability": likely if likely is not None else (stage.probability if stage else 0),
    }
