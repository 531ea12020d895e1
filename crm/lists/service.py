"""Many records at once: what would become of each, and doing it as one action that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from crm.access import rules as access_rules
from crm.access.queries import access_of, reach
from crm.access.rules import DELETE, EDIT, SEE, Access
from crm.campaigns import rules as campaign_rules
from crm.campaigns import service as campaigns
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field
from crm.records import queries as records
from crm.records import service
from crm.records.models import TABLES
from crm.tags import queries as tag_queries
from crm.tags import rules as tag_rules
from crm.tags import service as tags
from infra.database import db
from infra.lists.large import MOST
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken

UNDOABLE = {"records.changed": "crm.bulk_edit", "records.removed": "crm.bulk_edit"}
"""What can be taken back, and the permission that this needs."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that stays as it is, and why: ``problem`` where a rule forbids it, None where it is not allowed."""

    record: records.AnyRecord
    problem: RuleBroken | None = None

    @property
    def id(self) -> int:
        """Its number."""
        number: int = self.record.id
        return number


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of records: those to change, how many are so already, and those left out."""

    rows: tuple[Any, ...]
    same: int
    left_out: tuple[LeftOut, ...]

    @property
    def count(self) -> int:
        """How many would change."""
        return len(self.rows)


def changeable(access: Access, subject: ObjectType) -> list[Field]:
    """The fields that the person may change on any record at all, without those that make no two records alike."""
    allowed = access_rules.fields_written(access, subject)
    return [
        each for each in subject.written if each.key in allowed and each.key not in ("name", "first_name", "last_name")
    ]


def plan_change(kind: str, ids: Sequence[int], field: str, value: Any, *, actor: Actor, now: datetime) -> Plan:
    """What setting a field on these records would do. Raises NotFound for a field that may not be changed anywhere."""
    access, subject = access_of(actor), OBJECTS[kind]
    if field not in {each.key for each in changeable(access, subject)}:
        raise NotFound
    maker = service.Maker(kind, actor=actor, now=now)
    fitting, same, left_out = [], 0, []
    for row, allowed in _rows(access, subject, ids, EDIT, field):
        try:
            changes = allowed and maker.would_change(row, {field: value})
        except RuleBroken as problem:
            left_out.append(LeftOut(row, problem))
            continue
        if not allowed:
            left_out.append(LeftOut(row))
        elif changes:
            fitting.append(row)
        else:
            same += 1
    return Plan(tuple(fitting), same, tuple(left_out))


def plan_removal(kind: str, ids: Sequence[int], *, actor: Actor) -> Plan:
    """What putting these records into the bin would do."""
    found = list(_rows(access_of(actor), OBJECTS[kind], ids, DELETE))
    left_out = tuple(LeftOut(row) for row, allowed in found if not allowed)
    return Plan(tuple(row for row, allowed in found if allowed), 0, left_out)


def change(kind: str, ids: Sequence[int], field: str, value: Any, *, actor: Actor, now: datetime) -> tuple[Plan, Work]:
    """Set a field on all of these records that may take it, as one action; what became of each."""
    with transaction(actor, "records.changed") as work:
        plan = plan_change(kind, ids, field, value, actor=actor, now=now)
        for start in range(0, plan.count, _AT_ONCE):
            part = plan.rows[start : start + _AT_ONCE]
            service.change_many(work, kind, [(row, {field: value}) for row in part], now=now)
    return plan, work


def remove(kind: str, ids: Sequence[int], *, actor: Actor, now: datetime) -> tuple[Plan, Work]:
    """Put all of these records into the bin that the person may delete, as one action."""
    with transaction(actor, "records.removed") as work:
        plan = plan_removal(kind, ids, actor=actor)
        if plan.rows:
            service.bin_many(work, kind, plan.rows, now)
    return plan, work


def plan_tag(kind: str, ids: Sequence[int], name: str, *, actor: Actor) -> Plan:
    """What putting a tag on these records would do. Raises RuleBroken for a name that is none."""
    wanted = tag_rules.clean(name)
    found = list(_rows(access_of(actor), OBJECTS[kind], ids, EDIT))
    return _split(found, tag_queries.carrying(kind, [row.id for row, _allowed in found], name=wanted))


def plan_untag(kind: str, ids: Sequence[int], tag_id: int, *, actor: Actor) -> Plan:
    """What taking a tag off these records would do."""
    found = list(_rows(access_of(actor), OBJECTS[kind], ids, EDIT))
    known = [row.id for row, _allowed in found]
    return _split(found, set(known) - tag_queries.carrying(kind, known, tag_id=tag_id))


def plan_members(kind: str, ids: Sequence[int], campaign_id: int, status: str, *, actor: Actor) -> Plan:
    """What adding these leads or contacts to a campaign would do. Raises NotFound, RuleBroken."""
    there = campaigns.already(campaign_id, kind, status, actor=actor)
    plan = _split(_rows(access_of(actor), OBJECTS[kind], ids, SEE), there)
    campaign_rules.check_many(plan.count)
    return plan


def tag(kind: str, ids: Sequence[int], name: str, *, actor: Actor) -> tuple[Plan, Work]:
    """Put a tag on all of these records that the person may edit, as one action."""
    with transaction(actor, "tag.put") as work:
        plan = plan_tag(kind, ids, name, actor=actor)
        tags.put_many(work, kind, [row.id for row in plan.rows], name)
    return plan, work


def untag(kind: str, ids: Sequence[int], tag_id: int, *, actor: Actor) -> tuple[Plan, Work]:
    """Take a tag off all of these records that the person may edit, as one action."""
    with transaction(actor, "tag.taken") as work:
        plan = plan_untag(kind, ids, tag_id, actor=actor)
        tags.take_many(work, kind, [row.id for row in plan.rows], tag_id)
    return plan, work


def add_members(
    kind: str, ids: Sequence[int], campaign_id: int, status: str, *, actor: Actor, now: datetime
) -> tuple[Plan, Work]:
    """Add all of these leads or contacts to a campaign, as one action; who is a member already goes on."""
    plan = plan_members(kind, ids, campaign_id, status, actor=actor)
    people = [(kind, row.id) for row in plan.rows]
    return plan, campaigns.add(campaign_id, people, status, actor=actor, now=now)[1]


def _split(found: Sequence[tuple[Any, bool]], same: set[int]) -> Plan:
    """Who may be changed and is not so already, who is, and who is left out."""
    return Plan(
        tuple(row for row, allowed in found if allowed and row.id not in same),
        sum(allowed and row.id in same for row, allowed in found),
        tuple(LeftOut(row) for row, allowed in found if not allowed),
    )


def _rows(
    access: Access, subject: ObjectType, ids: Sequence[int], action: str, field: str = ""
) -> list[tuple[Any, bool]]:
    """Records that the person sees, each with whether the action, on this field, is allowed; a statement for many."""
    table, wanted = TABLES[subject.key], sorted(set(ids))
    if len(wanted) > MOST:
        raise RuleBroken("crm.too_many", "At most %(most)d records are changed at once. Take fewer.", most=MOST)
    allowed = reach(access, action, subject, table)
    if field:
        allowed = and_(reach(access, action, subject, table, field), reach(access, SEE, subject, table, field))
    found: list[tuple[Any, bool]] = []
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        mine = set(db.session.scalars(select(table.id).where(table.id.in_(part), allowed)))
        rows = db.session.scalars(records.seen(access, subject).where(table.id.in_(part)).order_by(table.id))
        found += [(row, row.id in mine) for row in rows]
    return found
