"""Reading what waits, what came due, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from crm.access.rules import Access
from crm.acting import rules
from crm.acting.models import Run, Waiting
from crm.automation.models import Automation
from crm.automation.queries import Active
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Kind
from crm.records import queries as records
from crm.records.models import TABLES
from infra.database import db
from infra.memo import remembered
from infra.wires import wires

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Tally:
    """How often an automation ran lately, how often in vain, and when last."""

    done: int = 0
    failed: int = 0
    stopped: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log: ``label`` is what the reader calls the record, empty where they may not see it."""

    run: Run
    automation: str
    label: str
    href: str


def anything_waiting(now: datetime) -> bool:
    """Whether something waits for rules, asked before a lock is taken."""
    return db.session.scalar(select(Waiting.id).where(free(now)).limit(1)) is not None


def free(now: datetime) -> ColumnElement[bool]:
    """The condition for what nobody is at."""
    return or_(Waiting.leased_until.is_(None), Waiting.leased_until <= now)


def known(automation_id: int, chain: str, ids: Sequence[int]) -> dict[int, str]:
    """Those of some records that an automation has dealt with in a chain, with the state of that."""
    found: dict[int, str] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = Run.record_id.in_(ids[start : start + _AT_ONCE])
        rows = db.session.execute(
            select(Run.record_id, Run.state).where(Run.automation_id == automation_id, Run.chain == chain, part)
        )
        found.update((row.record_id, row.state) for row in rows)
    return found


def due(active: Active, now: datetime, zone: tzinfo) -> dict[int, Any]:
    """Records whose moment has come for a rule of the clock and that it has not dealt with, each with the moment."""
    rule, offset = active.rule, active.rule.trigger.offset
    table, what = TABLES[rule.object], rule.subject.field(rule.trigger.field)
    column, first = getattr(table, what.key), max(active.since, now - rules.LOOKS_BACK)
    if what.kind is Kind.DATE:
        today = now.astimezone(zone).date()
        span = (column <= today - offset, column >= first.astimezone(zone).date() - offset)
    else:
        span = (column <= now - offset, column > first - offset)
    wanted = (
        select(table.id, column.label("moment")).where(table.deleted_at.is_(None), *span).order_by(column, table.id)
    )
    found = {row.id: row.moment for row in db.session.execute(wanted)}
    return _without_known(active.id, found)


def _without_known(automation_id: int, found: dict[int, Any]) -> dict[int, Any]:
    """Without those that were dealt with for this very moment."""
    ids, left = list(found), {}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        rows = db.session.execute(
            select(Run.record_id, Run.chain).where(Run.automation_id == automation_id, Run.record_id.in_(part))
        )
        there = {(row.record_id, row.chain) for row in rows}
        left.update({each: found[each] for each in part if (each, rules.due_chain(found[each])) not in there})
        if len(left) >= rules.MOST_DUE:
            break
    return left


def to_retry(now: datetime, limit: int = 200) -> list[int]:
    """The runs that failed and whose time has come."""
    wanted = select(Run.id).where(Run.state == rules.FAILED, Run.next_try_at <= now)
    return list(db.session.scalars(wanted.order_by(Run.next_try_at, Run.id).limit(limit)))


def tallies(since: datetime) -> dict[int, Tally]:
    """How often each automation ran since a moment, in one statement."""
    rows = db.session.execute(
        select(
            Run.automation_id,
            _count(rules.DONE),
            _count(rules.FAILED, rules.GIVEN_UP),
            func.sum(case((or_(Run.state == rules.STOPPED, Run.again > 0), 1), else_=0)),
            func.max(case((Run.state != rules.PASSED, Run.at))),
        )
        .where(Run.at >= since)
        .group_by(Run.automation_id)
    )
    return {number: Tally(int(done), int(failed), int(stopped), last) for number, done, failed, stopped, last in rows}


def _count(*states: str) -> ColumnElement[int]:
    return func.sum(case((Run.state.in_(states), 1), else_=0))


def entries(
    access: Access,
    *,
    automation_id: int | None = None,
    state: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The log, newest first, of one automation or of all; names of records only as far as the reader sees them."""
    wanted = _runs().order_by(Run.id.desc()).limit(limit)
    wanted = wanted.where(Run.automation_id == automation_id) if automation_id else wanted
    wanted = wanted.where(Run.state == state) if state else wanted.where(Run.state != rules.PASSED)
    wanted = wanted.where(Run.id < before) if before else wanted
    rows = [(run, name) for run, name in db.session.execute(wanted)]
    names = {kind: records.names(access, OBJECTS[kind], ids) for kind, ids in _by_object(run for run, _name in rows)}
    return [_entry(run, name, names.get(run.object, {})) for run, name in rows]


def _by_object(runs: Iterable[Run]) -> list[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for run in runs:
        if run.object in OBJECTS:
            found.setdefault(run.object, []).append(run.record_id)
    return list(found.items())


def _entry(run: Run, name: str, names: dict[int, str]) -> Entry:
    label = names.get(run.record_id, "")
    return Entry(run, name, label, f"/crm/{OBJECTS[run.object].plural}/{run.record_id}" if label else "")


@remembered
def of_record(kind: str, record_id: int, limit: int = 6) -> list[tuple[Run, str]]:
    """What automations did to a record, the newest first."""
    same = (Run.object == kind, Run.record_id == record_id, Run.state != rules.PASSED)
    return [(run, name) for run, name in db.session.execute(_runs().where(*same).order_by(Run.at.desc()).limit(limit))]


def waiting() -> int:
    """How many records wait for rules right now."""
    return sum(len(each) for each in db.session.scalars(select(Waiting.changes)))


def run(run_id: int) -> Run | None:
    """A line of the log."""
    return db.session.get(Run, run_id)


def _runs() -> Select[Run, str]:
    return select(Run, Automation.name).join(Automation, Automation.id == Run.automation_id)


def zone() -> tzinfo:
    """The zone of the instance, in which days begin."""
    return ZoneInfo(wires().settings.timezone)
