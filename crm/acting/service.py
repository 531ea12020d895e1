"""Running rules: what happens waits in the write's own transaction, and is worked on after it, a rule a transaction.

A rule that breaks never undoes what set it off, nor keeps another rule from running: of a batch that fails the halves
are tried, down to the one record that is the reason.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from accounts.notices.service import tell
from crm.acting import queries, rules
from crm.acting.models import Run, Waiting
from crm.automation import queries as automations
from crm.automation.queries import Active
from crm.automation.rules.conditions import all_hold, looking, sets_off
from crm.automation.rules.parts import When
from crm.effects import service as effects
from crm.effects.queries import Sight, rows_of
from crm.objects.rules.catalogue import OBJECTS
from crm.records.events import RecordsHappened, RecordsWritten
from infra.transaction import Work, transaction
from infra.undo.service import Undone
from kernel.actor import SYSTEM, Actor
from kernel.errors import NotFound, Problem

log = structlog.get_logger()
UNDOABLE = {"automation.ran": "crm.automations"}
"""What can be taken back, and the permission that this needs."""
_CHAIN: ContextVar[tuple[str, int] | None] = ContextVar("automation_chain", default=None)
"""The chain in which the rule that works right now was set off, and how deep what it does will be."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that waited and that we are at."""

    id: int
    object: str
    what: str
    changes: Sequence[Any]
    chain: str
    depth: int


@dataclass(frozen=True, slots=True)
class Trip:
    """Why a rule runs: the chain of each record, how deep it is, and the chain of what follows (None: a new one).

    ``keep_passed``: a record whose conditions do not hold is remembered, too.
    """

    chains: Mapping[int, str]
    depth: int = 0
    onward: str | None = None
    keep_passed: bool = False


_SILENT = frozenset({"privacy.erased"})
"""Actions that no rule works on: what is left of somebody who was erased is nothing to act on."""


def follow_records(event: RecordsWritten, work: Work) -> None:
    """Let what was written wait for the rules that listen to it; nothing else is done before it is safe."""
    what = "created" if event.created else "changed"
    if work.action in _SILENT or event.object not in OBJECTS or not automations.is_heard(event.object, what):
        return
    subject, changes = OBJECTS[event.object], []
    for each in event.changes:
        kept = ({}, {}) if event.created else rules.kept_change(subject, each.before, each.after)
        if kept is not None:
            changes.append([each.id, *kept])
    _let_wait(work, event.object, what, changes)


def follow_happened(event: RecordsHappened, work: Work) -> None:
    """The same for what happened to records without changing a field of theirs."""
    if event.object in OBJECTS and automations.is_heard(event.object, event.what):
        _let_wait(work, event.object, event.what, [[each, {}, {}] for each in event.ids])


def follow_undo(event: Undone, work: Work) -> None:
    """The log says of what was taken back that it was."""
    same = (Run.transaction_id == event.transaction_id, Run.state == rules.DONE)
    work.session.execute(
        update(Run).where(*same).values(state=rules.TAKEN_BACK).execution_options(synchronize_session=False)
    )


def run_waiting(now: datetime, chain: str | None = None) -> int:
    """Work on what waits, of one chain or all of it, with all that follows; how many records rules worked on."""
    done = 0
    while queries.anything_waiting(now) and (taken := _take(now, chain)) is not None:
        done += _work_on(taken, now)
    return done


def run_due(now: datetime) -> int:
    """Let the rules of the clock work on what came due; how many records."""
    done, zone = 0, queries.zone()
    for active in automations.timed():
        found = list(queries.due(active, now, zone).items())[: rules.MOST_DUE]
        for start in range(0, len(found), rules.BATCH):
            chains = {number: rules.due_chain(moment) for number, moment in found[start : start + rules.BATCH]}
            done += _run(active, list(chains), Trip(chains, keep_passed=True), now)
    return done


def retry_failed(now: datetime) -> int:
    """Try again what failed and whose time has come; how many went well."""
    return sum(_once_more(each, now) for each in queries.to_retry(now))


def retry(run_id: int, *, actor: Actor, now: datetime) -> bool:
    """Try a run again at once, because somebody asked; whether it went well. Raises NotFound."""
    with transaction(actor, "automation.retried") as work:
        run = work.session.get(Run, run_id)
        if run is None or run.state not in (rules.FAILED, rules.GIVEN_UP):
            raise NotFound
        run.state = rules.FAILED
        work.note("automation.retried", subject=f"automation:{run.automation_id}", scope="crm")
    return _once_more(run_id, now)


def prune(now: datetime) -> int:
    """Forget what rules did half a year ago; how many lines of the log."""
    with transaction(SYSTEM, "automation.pruned") as work:
        gone = work.session.execute(delete(Run).where(Run.at < now - rules.KEPT))
        return int(getattr(gone, "rowcount", 0))


def _let_wait(work: Work, kind: str, what: str, changes: list[list[Any]]) -> None:
    if not changes:
        return
    chain, depth = _CHAIN.get() or (work.transaction_id, 0)
    work.session.add(Waiting(object=kind, what=what, changes=changes, chain=chain, depth=depth, at=work.at))
    if _CHAIN.get() is None and len(changes) <= rules.AT_ONCE:
        work.after_commit(partial(_run_chain, work.at, chain))


def _run_chain(now: datetime, chain: str) -> None:
    run_waiting(now, chain)


def _take(now: datetime, chain: str | None) -> Taken | None:
    """Lease the first thing that waits. On PostgreSQL what another holds is skipped, on SQLite there is one writer."""
    with transaction(SYSTEM, "automation.taken") as work:
        wanted = select(Waiting).where(queries.free(now)).order_by(Waiting.id).limit(1)
        wanted = wanted.where(Waiting.chain == chain) if chain else wanted
        row = work.session.scalar(wanted.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.tries += 1
        row.leased_until = now + rules.LEASE
        if row.tries > rules.MOST_TRIES:
            log.error("automation_given_up", object=row.object, what=row.what, chain=row.chain)
            work.session.delete(row)
            return None
        return Taken(row.id, row.object, row.what, row.changes, row.chain, row.depth)


def _work_on(taken: Taken, now: datetime) -> int:
    done = 0
    for active in automations.listening(taken.object, taken.what):
        created = taken.what != "changed"
        later = created and active.rule.trigger.when is When.ENTERED
        hit = [
            number
            for number, before, after in taken.changes
            if later or sets_off(active.rule.trigger, before, after, created=created)
        ]
        for start in range(0, len(hit), rules.BATCH):
            ids = hit[start : start + rules.BATCH]
            trip = Trip(dict.fromkeys(ids, taken.chain), taken.depth, taken.chain)
            done += _run(active, ids, trip, now)
    with transaction(SYSTEM, "automation.settled") as work:
        work.session.execute(delete(Waiting).where(Waiting.id == taken.id))
    return done


def _run(active: Active, ids: Sequence[int], trip: Trip, now: datetime) -> int:
    """Let a rule work on records; where a batch fails its halves are tried. How many records it worked on."""
    try:
        return _batch(active, ids, trip, now)
    except Exception as error:  # noqa: BLE001  # whatever a rule breaks on is written down, and others go on
        if len(ids) == 1:
            _keep_failure(active, ids[0], trip, error, now)
            return 0
        half = len(ids) // 2
        return _run(active, ids[:half], trip, now) + _run(active, ids[half:], trip, now)


def _batch(active: Active, ids: Sequence[int], trip: Trip, now: datetime) -> int:
    with transaction(_author(active), "automation.ran") as work:
        zone = queries.zone()
        fitting, passed = _fitting(active, ids, now)
        known = _known(active, fitting, trip)
        if known:
            _count_again(work, active, known, trip)
        todo = {number: row for number, row in fitting.items() if number not in known}
        runs = [_run_row(active, number, trip, now, state=rules.PASSED) for number in passed if trip.keep_passed]
        if trip.depth > rules.DEEPEST:
            runs += [_run_row(active, number, trip, now, state=rules.STOPPED) for number in todo]
        elif todo:
            did = _do(work, active, todo, Sight(active.id, active.rule.name, active.rule.subject, now, zone), trip)
            runs += [_run_row(active, each, trip, now, did=did[each], made=work.transaction_id) for each in did]
        if runs:
            work.bulk_insert(Run, runs)
        return len(todo)


def _fitting(active: Active, ids: Sequence[int], now: datetime) -> tuple[dict[int, Any], list[int]]:
    """The live records that fit what the rule asks, and the numbers of those that don't."""
    rule, zone = active.rule, queries.zone()
    today, rows = now.astimezone(zone).date(), rows_of(active.rule.object, ids)
    fitting = {
        number: row
        for number, row in rows.items()
        if _is_there(active, row) and all_hold(rule, looking(rule.subject, row, today), today, zone)
    }
    return fitting, [each for each in rows if each not in fitting]


def _is_there(active: Active, row: Any) -> bool:
    """A rule that waits for a state asks whether the record is in it now: it may have gone on meanwhile."""
    trigger = active.rule.trigger
    return (
        trigger.when is not When.ENTERED or not trigger.becomes or str(getattr(row, trigger.field)) == trigger.becomes
    )


def _known(active: Active, fitting: Mapping[int, Any], trip: Trip) -> list[int]:
    by_chain: dict[str, list[int]] = {}
    for number in fitting:
        by_chain.setdefault(trip.chains[number], []).append(number)
    return [each for chain, ids in by_chain.items() for each in queries.known(active.id, chain, ids)]


def _count_again(work: Work, active: Active, ids: Sequence[int], trip: Trip) -> None:
    """The rule ran for these records in this chain: it is kept from setting itself off, and the log says so."""
    for number in ids:
        same = (Run.automation_id == active.id, Run.record_id == number, Run.chain == trip.chains[number])
        work.session.execute(
            update(Run).where(*same).values(again=Run.again + 1).execution_options(synchronize_session=False)
        )


def _do(work: Work, active: Active, rows: Mapping[int, Any], sight: Sight, trip: Trip) -> dict[int, list[Any]]:
    """Decide and do; what was done to each record, but for those where all was as it should be."""
    with _under_way(trip.onward or work.transaction_id, trip.depth + 1):
        steps = effects.decide(active.rule, list(rows.values()), sight)
        effects.perform(work, active.rule, rows, steps, sight)
        work.session.flush()
    busy = {each.record_id for each in steps if not each.idle}
    did: dict[int, list[Any]] = {number: [] for number in rows if number in busy}
    for each in steps:
        if each.record_id in busy:
            did[each.record_id].append(each.kept())
    return did


@contextlib.contextmanager
def _under_way(chain: str, depth: int) -> Iterator[None]:
    token = _CHAIN.set((chain, depth))
    try:
        yield
    finally:
        _CHAIN.reset(token)


def _run_row(
    active: Active,
    number: int,
    trip: Trip,
    now: datetime,
    *,
    state: str = rules.DONE,
    did: Sequence[Any] = (),
    made: str = "",
) -> dict[str, Any]:
    found = {"automation_id": active.id, "object": active.rule.object, "record_id": number, "depth": trip.depth}
    return {
        **found,
        "chain": trip.chains[number],
        "state": state,
        "at": now,
        "did": list(did),
        "transaction_id": made,
    }


def _once_more(run_id: int, now: datetime) -> bool:
    run = queries.run(run_id)
    active = automations.active(run.automation_id) if run is not None else None
    if run is None or active is None:
        _settle(run_id, state=rules.GIVEN_UP, error=_("The automation is off."), next_try_at=None)
        return False
    trip = Trip({run.record_id: run.chain}, run.depth, run.chain)
    try:
        return _try_again(active, run, trip, now)
    except Exception as error:  # noqa: BLE001  # whatever a rule breaks on is written down, and others go on
        _keep_failure(active, run.record_id, trip, error, now, tries=run.tries + 1)
        return False


def _try_again(active: Active, run: Run, trip: Trip, now: datetime) -> bool:
    with transaction(_author(active), "automation.ran") as work:
        fitting, _passed = _fitting(active, [run.record_id], now)
        values: dict[str, Any] = {"state": rules.PASSED, "error": "", "next_try_at": None, "tries": run.tries + 1}
        if fitting:
            sight = Sight(active.id, active.rule.name, active.rule.subject, now, queries.zone())
            did = _do(work, active, fitting, sight, trip)
            values |= {"state": rules.DONE, "did": did.get(run.record_id, []), "transaction_id": work.transaction_id}
        work.session.execute(update(Run).where(Run.id == run.id).values(**values))
    return True


def _settle(run_id: int, **values: Any) -> None:
    with transaction(SYSTEM, "automation.failed") as work:
        work.session.execute(update(Run).where(Run.id == run_id).values(**values))


def _keep_failure(active: Active, number: int, trip: Trip, error: Exception, now: datetime, *, tries: int = 1) -> None:
    """Write down that it failed, when it is tried again, and tell who looks after the rule: once a day."""
    if not isinstance(error, Problem):
        log.error("automation_failed", automation=active.rule.name, record=number, exc_info=error)
    said = error.message if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
    again = rules.next_try(tries, now)
    kept = {"state": rules.FAILED if again else rules.GIVEN_UP, "error": said[:500], "tries": tries}
    with transaction(_author(active), "automation.failed") as work:
        same = (Run.automation_id == active.id, Run.record_id == number, Run.chain == trip.chains[number])
        changed = work.session.execute(
            update(Run).where(*same).values(**kept, next_try_at=again).execution_options(synchronize_session=False)
        )
        if not getattr(changed, "rowcount", 0):
            work.bulk_insert(Run, [{**_run_row(active, number, trip, now), **kept, "next_try_at": again}])
        key, day = f"automation:{active.id}", now.date()
        tell(
            work,
            "automation_failed",
            [active.told],
            subject=key,
            label=active.rule.name,
            scope=key,
            once=f"{key}:{day}",
            text=said[:200],
        )


def _author(active: Active) -> Actor:
    """Who signs what a rule does: the system, by the name of the rule."""
    return Actor(None, f"Automation “{active.rule.name}”"[:200])
