"""Adding, changing, ordering and deleting fields of one's own; rules over several fields; layouts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from crm.fields import queries, rules
from crm.fields.events import MayDropField
from crm.fields.rules import CheckData, FieldData
from crm.objects.models import OwnCheck, OwnField, OwnLayout, put
from crm.objects.queries import forget_shapes
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field, Kind, Mark
from crm.quality import service as quality
from crm.records.models import TABLES
from crm.values import queries as values
from crm.values import service as finding
from crm.values.models import FieldValue
from infra.database import db
from infra.transaction import Work, transaction
from infra.undo.service import Undone
from infra.wires import ask
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken

_ACTIONS = ("added", "changed", "moved", "deleted", "restored", "converted", "set", "laid_out")
UNDOABLE = dict.fromkeys(
    (*(f"own_field.{each}" for each in _ACTIONS), *(f"own_check.{each}" for each in ("added", "changed", "removed"))),
    "crm.setup",
)
"""What can be taken back, and the permission that this needs."""
KEPT = timedelta(days=30)
"""So long the values of a deleted field are kept."""
BATCH = 500


def add(kind: str, data: FieldData, *, actor: Actor) -> tuple[str, Work]:
    """A new field; its key. Raises RuleBroken."""
    with transaction(actor, "own_field.added") as work:
        subject = OBJECTS[kind]
        there = list(work.session.scalars(select(OwnField).where(OwnField.object == kind)))
        if len(subject.own) >= rules.MOST:
            raise RuleBroken("field.many", "There are %(most)d fields already.", field="label", most=rules.MOST)
        checked = rules.check(data, subject)
        rules.check_levels(checked, queries.creating(kind), queries.creating(kind), _usual(checked.mark, kind))
        key = rules.key_of(checked.label, [each.key for each in there])
        row = OwnField(object=kind, key=key, position=1 + max((each.position for each in there), default=0))
        _fill(row, asdict(checked))
        work.session.add(row)
        _settled(work, kind, counting=checked.needed or checked.required)
    return key, work


def _usual(mark: str, kind: str) -> dict[str, str]:
    return queries.usual_levels(Field("x_", "", mark=Mark(mark), own=1), kind)


def _fill(row: OwnField, found: Mapping[str, object]) -> None:
    for name, value in found.items():
        setattr(row, name, value)


def change(kind: str, key: str, data: FieldData, *, actor: Actor) -> Work:
    """Change a field but for its kind, which is `convert`'s. Raises NotFound, RuleBroken."""
    with transaction(actor, "own_field.changed") as work:
        row = queries.one(kind, key)
        before = queries.as_field(row)
        checked = rules.check(replace(data, kind=row.kind), OBJECTS[kind], key)
        rules.check_levels(checked, queries.creating(kind), queries.creating(kind), _usual(checked.mark, kind))
        if (checked.mark == Mark.SENSITIVE) != before.sealed and queries.count(row):
            raise RuleBroken(
                "field.sealing", "Records hold values of it: make another field and move them there.", field="mark"
            )
        _check_still_used(kind, before, {value for value, _label in checked.choices})
        if checked.unique and not before.unique:
            _check_unique(before)
        counted = (before.needed or before.required) != (checked.needed or checked.required)
        _fill(row, asdict(checked))
        _settled(work, kind, counting=counted)
    return work


def _check_still_used(kind: str, before: Field, wanted: set[str]) -> None:
    """A choice that records hold is not taken away under them. Raises RuleBroken."""
    for value, label in before.choices:
        if value not in wanted and (number := values.first(kind, before, value)):
            raise RuleBroken(
                "field.choice_used",
                "Records hold “%(label)s”, such as number %(number)d: change them first.",
                field="choices",
                label=label,
                number=number,
            )


def _check_unique(before: Field) -> None:
    if twice := values.twice(before):
        raise RuleBroken(
            "field.twice", "%(count)d values are there more than once: mend them first.", field="unique", count=twice
        )


def move(kind: str, key: str, step: int, *, actor: Actor) -> Work:
    """One place earlier (-1) or later (1). Raises NotFound."""
    with transaction(actor, "own_field.moved") as work:
        row, order = queries.one(kind, key), queries.rows(kind)
        place = order.index(row)
        order.insert(min(max(place + step, 0), len(order) - 1), order.pop(place))
        for position, each in enumerate(order, start=1):
            each.position = position
        _settled(work, kind)
    return work


def drop(kind: str, key: str, *, actor: Actor, now: datetime) -> Work:
    """Delete a field that nothing uses; its values are kept for a while. Raises NotFound, RuleBroken, naming where."""
    with transaction(actor, "own_field.deleted") as work:
        row = queries.one(kind, key)
        obstacles = ask(MayDropField(kind, key, row.label))
        if obstacles:
            where = "; ".join(each.sentence for each in obstacles)
            raise RuleBroken("field.used", "It is used: %(where)s. Take it out there first.", where=where)
        row.deleted_at = now
        _settled(work, kind, counting=row.needed or row.required)
    return work


def restore(kind: str, key: str, *, actor: Actor) -> Work:
    """Bring a deleted field back, with its values. Raises NotFound."""
    with transaction(actor, "own_field.restored") as work:
        row = next((each for each in queries.deleted(kind) if each.key == key), None)
        if row is None:
            raise NotFound
        row.deleted_at = None
        _settled(work, kind, counting=row.needed or row.required)
        finding.rebuild(work, kind, OBJECTS[kind].field(key))
    return work


def convert(kind: str, key: str, data: FieldData, *, actor: Actor) -> Work:
    """Give a field another kind, its values with it, those of records in the bin too: all of them or none.

    Raises NotFound, RuleBroken where a value can't go over.
    """
    with transaction(actor, "own_field.converted") as work:
        row = queries.one(kind, key)
        before = queries.as_field(row)
        checked = rules.check(data, OBJECTS[kind], key)
        _check_unused_as_choice(kind, before)
        after = _as_converted(row, checked)
        held = list(values.with_value(kind, before))
        fresh = {}
        for number, value in held:
            parsed = rules.converted(before, after, value)
            if parsed.problem is not None:
                raise RuleBroken("field.misfit", "Some values can't go over: see which, and mend them.", field="kind")
            fresh[number] = parsed.value
        _fill(row, asdict(checked))
        _settled(work, kind)
        _write(work, kind, after, fresh)
        finding.rebuild(work, kind, after)
    return work


def _check_unused_as_choice(kind: str, before: Field) -> None:
    if any(each.depends_on == before.key for each in OBJECTS[kind].own):
        raise RuleBroken("field.controls", "Choices of another field depend on it.", field="kind")
    if any(before.key in each.fields for each in OBJECTS[kind].checks):
        raise RuleBroken("field.in_rule", "A rule compares its values: take it out there first.", field="kind")


def _as_converted(row: OwnField, checked: rules.FieldSet) -> Field:
    shape = Field(row.key, checked.label, Kind(checked.kind), mark=Mark(checked.mark), own=row.id)
    return replace(shape, choices=tuple((a, b) for a, b in checked.choices), longest=rules.longest(checked))


def _write(work: Work, kind: str, after: Field, fresh: Mapping[int, object]) -> None:
    table, numbers = TABLES[kind], sorted(fresh)
    for begin in range(0, len(numbers), BATCH):
        part = numbers[begin : begin + BATCH]
        found = list(work.session.scalars(select(table).where(table.id.in_(part))))
        for record in found:
            put(record, after, fresh[record.id])
        work.session.flush()


def set_standard(kind: str, key: str, *, required: bool, needed: bool, hidden: bool, actor: Actor) -> Work:
    """Ask for a field that ships, or hide it. Raises NotFound, RuleBroken for what the product works by."""
    with transaction(actor, "own_field.set") as work:
        shipped = OBJECTS.shipped[kind].field(key)
        if not shipped.written or (hidden and (shipped.needed or key in rules.SETTLED[kind] or key == "name")):
            raise RuleBroken("field.settled", "The product works by %(label)s: it stays.", label=shipped.label)
        row = work.session.scalar(select(OwnField).where(OwnField.object == kind, OwnField.key == key))
        same = (required, needed or shipped.needed, hidden) == (shipped.required, shipped.needed, False)
        if row is None and not same:
            row = OwnField(object=kind, key=key)
            work.session.add(row)
        if row is not None and same:
            work.session.delete(row)
        elif row is not None:
            row.required, row.needed, row.hidden = required, needed, hidden
        _settled(work, kind, counting=True)
    return work


def add_check(kind: str, data: CheckData, *, actor: Actor) -> Work:
    """A rule over several fields. Raises RuleBroken."""
    with transaction(actor, "own_check.added") as work:
        name, message, conditions = rules.check_rule(data, OBJECTS[kind])
        work.session.add(OwnCheck(object=kind, name=name, message=message, any=data.any, conditions=conditions))
        _settled(work, kind)
    return work


def switch_check(kind: str, check_id: int, *, active: bool, actor: Actor) -> Work:
    """Let a rule hold or rest. Raises NotFound."""
    with transaction(actor, "own_check.changed") as work:
        _check_row(kind, check_id).active = active
        _settled(work, kind)
    return work


def remove_check(kind: str, check_id: int, *, actor: Actor) -> Work:
    """Take a rule away. Raises NotFound."""
    with transaction(actor, "own_check.removed") as work:
        work.session.delete(_check_row(kind, check_id))
        _settled(work, kind)
    return work


def _check_row(kind: str, check_id: int) -> OwnCheck:
    row = db.session.get(OwnCheck, check_id)
    if row is None or row.object != kind:
        raise NotFound
    return row


def lay_out(kind: str, role_key: str, sections: Sequence[tuple[str, Sequence[str]]] | None, *, actor: Actor) -> Work:
    """How the fields stand for a role, or for everybody without one; None: as they ship. Raises RuleBroken."""
    with transaction(actor, "own_field.laid_out") as work:
        if role_key and role_key not in queries.seeing(kind):
            raise NotFound
        row = work.session.scalar(select(OwnLayout).where(OwnLayout.object == kind, OwnLayout.role_key == role_key))
        if sections is None:
            if row is not None:
                work.session.delete(row)
            return work
        checked = rules.check_layout(sections, OBJECTS[kind])
        if row is None:
            row = OwnLayout(object=kind, role_key=role_key)
            work.session.add(row)
        row.sections = checked
    return work


def _settled(work: Work, kind: str, *, counting: bool = False) -> None:
    """What the action does next sees the change; where other fields count now, every record is judged again."""
    work.session.flush()
    forget_shapes()
    if counting:
        table = TABLES[kind]
        ids = list(work.session.scalars(select(table.id).where(table.deleted_at.is_(None))))
        quality.measure(work, kind, ids)


def follow_undo(event: Undone, work: Work) -> None:
    """A change of fields was taken back: what is derived from them is made again."""
    numbers = [int(each.partition(":")[2]) for each in event.subjects if each.startswith("crm_own_field:")]
    if not numbers and not any(each.startswith("crm_own_check:") for each in event.subjects):
        return
    work.session.flush()
    forget_shapes()
    for row in work.session.scalars(select(OwnField).where(OwnField.id.in_(numbers))):
        _settled(work, row.object, counting=True)
        if row.kind and row.deleted_at is None:
            finding.rebuild(work, row.object, OBJECTS[row.object].field(row.key))


def prune(actor: Actor, now: datetime) -> int:
    """Forget the values of fields that were deleted long ago, and the fields; how many."""
    gone = select(OwnField.id).where(OwnField.deleted_at < now - KEPT)
    numbers = list(db.session.scalars(gone))
    for number in numbers:
        with transaction(actor, "own_field.forgotten", at=now) as work:
            row = work.session.get_one(OwnField, number)
            field = queries.as_field(row)
            _write(work, row.object, field, dict.fromkeys((n for n, _v in values.with_value(row.object, field)), None))
            work.session.execute(delete(FieldValue).where(FieldValue.field_id == row.id))
            work.session.delete(row)
    return len(numbers)


def rebuild(actor: Actor) -> int:
    """Make the table that finds records by their values anew; how many values."""
    total = 0
    for kind, subject in OBJECTS.items():
        for field in subject.own:
            with transaction(actor, "own_field.found_anew") as work:
                total += finding.rebuild(work, kind, field)
    return total
