"""Keeping rules of retention, and carrying them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from accounts.notices.service import tell
from crm.access.queries import access_of
from crm.consent.rules import PRIVACY
from crm.forgetting import queries as forgetting_queries
from crm.forgetting import service as forgetting
from crm.records import queries as records
from crm.records import service as writing
from crm.records.models import TABLES
from crm.retention import queries, rules
from crm.retention.models import RetentionRule, RetentionRun
from crm.retention.rules import Action, RetentionData
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Refused

UNDOABLE = {
    "retention.added": "crm.privacy",
    "retention.changed": "crm.privacy",
    "retention.switched": "crm.privacy",
    "retention.removed": "crm.privacy",
}
"""What can be taken back, and the permission that this needs. What a rule did is not: the recycle bin gives back."""
AT_ONCE = 200
"""Records of one action."""
MOST = 5000
"""Records of one run: the next night goes on."""


def add(data: RetentionData, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """A new rule, off. Raises Refused, RuleBroken."""
    _demand(actor)
    checked = rules.check(data)
    with transaction(actor, "retention.added") as work:
        row = RetentionRule(created_at=now, active=False)
        _fill(row, checked)
        work.session.add(row)
        work.session.flush()
    return row.id, work


def change(rule_id: int, data: RetentionData, *, actor: Actor) -> Work:
    """Another rule, off again until somebody has looked at what it finds. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    checked = rules.check(data)
    with transaction(actor, "retention.changed") as work:
        row = queries.rule(rule_id)
        _fill(row, checked)
        row.active = False
    return work


def switch(rule_id: int, *, on: bool, actor: Actor) -> Work:
    """On or off. Raises NotFound, Refused."""
    _demand(actor)
    with transaction(actor, "retention.switched") as work:
        queries.rule(rule_id).active = on
    return work


def remove(rule_id: int, *, actor: Actor) -> Work:
    """The rule is gone; what it did stays done. Raises NotFound, Refused."""
    _demand(actor)
    with transaction(actor, "retention.removed") as work:
        work.session.delete(queries.rule(rule_id))
    return work


def run_all(actor: Actor, now: datetime) -> int:
    """Carry out every rule that is on; how many records."""
    return sum(run(each.id, actor=actor, now=now) for each in queries.all_rules() if each.active)


def run(rule_id: int, *, actor: Actor, now: datetime) -> int:
    """Carry out one rule, a batch of records an action; how many records. Raises NotFound, Refused."""
    _demand(actor)
    rule = queries.rule(rule_id)
    found, held, done, last = queries.count(rule, now), queries.count(rule, now, held=True), 0, 0
    while done < min(found, MOST):
        with transaction(actor, _ACTIONS[rule.action], at=now) as work:
            table = TABLES[rule.object]
            rows = list(db.session.scalars(queries.due(rule, now).where(table.id > last).limit(AT_ONCE)))
            if not rows:
                break
            last = rows[-1].id
            _carry_out(work, rule, rows, now)
            done += len(rows)
    with transaction(actor, "retention.run", at=now) as work:
        work.session.add(RetentionRun(rule_id=rule_id, at=now, found=found, done=done, held=held, by_name=actor.name))
        work.note("retention.run", subject=f"crm_retention_rule:{rule_id}", label=rule.name, records=done)
    return done


_ACTIONS: dict[str, str] = {
    Action.TELL: "retention.told",
    Action.BIN: "record.removed",
    Action.ERASE: forgetting.ACTION,
}


def _carry_out(work: Work, rule: RetentionRule, rows: Sequence[Any], now: datetime) -> None:
    if rule.action == Action.BIN:
        writing.bin_many(work, rule.object, rows, now)
    elif rule.action == Action.ERASE:
        for each in [row.id for row in rows]:
            forgetting.forget(work, forgetting_queries.who(rule.object, each), again=True)
    else:
        _tell(work, rule, rows)


def _tell(work: Work, rule: RetentionRule, rows: Sequence[Any]) -> None:
    """Each owner hears once of each record: one notice for all of a batch, which leads to the first."""
    work.note("retention.told", subject=f"crm_retention_rule:{rule.id}", label=rule.name, records=len(rows))
    owned = sorted((row for row in rows if row.owner_id), key=lambda row: (row.owner_id, row.id))
    for owner, group in groupby(owned, key=lambda row: row.owner_id):
        mine = list(group)
        key = records.key_of(rule.object, mine[0].id)
        once = f"retention:{rule.id}:{mine[0].id}:{mine[-1].id}"
        tell(
            work,
            "kept_long",
            [owner],
            subject=key,
            label=mine[0].name,
            scope=key,
            once=once,
            count=len(mine),
            rule=rule.name,
        )


def _fill(row: RetentionRule, data: RetentionData) -> None:
    row.name, row.object, row.field, row.value = data.name, data.object, data.field, data.value
    row.basis, row.months, row.action = data.basis, data.months, data.action


def _demand(actor: Actor) -> None:
    if PRIVACY not in access_of(actor).functions():
        raise Refused
