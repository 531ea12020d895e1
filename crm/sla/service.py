"""Keeping the clocks of tickets: from each change of a ticket, and for all when a policy or a calendar changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, select, update

from accounts.calendars.events import CalendarChanged
from crm.queues.rules import DONE
from crm.records.events import RecordsWritten
from crm.records.models import Ticket
from crm.sla import queries
from crm.sla.models import ServicePolicy, TicketClock
from crm.sla.queries import Moment, Policies
from crm.sla.rules import policies as rules
from crm.sla.rules.clocks import Clock, Measure, Stand, Target, due, ended, reached_at, turned
from crm.sla.rules.policies import Policy
from infra.database import db
from infra.transaction import Work, transaction
from infra.undo import Undone
from kernel.actor import Actor
from kernel.errors import NotFound

UNDOABLE = {"sla.policy_kept": "crm.setup", "sla.policy_removed": "crm.setup"}
"""What can be taken back by whoever may still do the opposite."""
MANY = 500
_MATTERS = frozenset({"state", "priority", "queue_id", "first_response_at", "resolved_at", "created_at"})
_DUE = {Measure.RESPONSE: "respond_by", Measure.RESOLUTION: "resolve_by"}
_ENDED = frozenset(each.value for each in (Stand.MET, Stand.BREACHED, Stand.NONE))
_DONE = frozenset(each.value for each in DONE)
Row = dict[str, Any]
_CLOCKS, _TICKETS = cast("Table", TicketClock.__table__), cast("Table", Ticket.__table__)


def follow_tickets(event: RecordsWritten, work: Work) -> None:
    """Start the clocks of new tickets; let those of changed ones run, pause, end or go on."""
    if event.object != "ticket":
        return
    if event.created:
        found = queries.in_force(work.at)
        rows = [row for each in event.changes for row in _begun(found, each.id, each.after)]
        work.bulk_insert(TicketClock, rows)
        _mirror(work, rows)
        return
    touched = [each.id for each in event.changes if _MATTERS & each.after.keys()]
    for begin in range(0, len(touched), MANY):
        _go_on(work, touched[begin : begin + MANY])


def follow_undo(event: Undone, work: Work) -> None:
    """A ticket whose change was taken back has the clocks that it had; one that is gone has none."""
    keys = (each.partition(":") for each in event.subjects)
    ids = [int(number) for table, _, number in keys if table == Ticket.__tablename__]
    for begin in range(0, len(ids), MANY):
        _lay_anew(work, ids[begin : begin + MANY], event.transaction_id)


def follow_calendar(event: CalendarChanged, work: Work) -> None:
    """Clocks that run in a calendar's hours are due at another moment when it changes."""
    if any(each.calendar_id == event.calendar_id for each in queries.policies()):
        evaluate(work, work.at)


def keep(policy: Policy, *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Write a policy, new or changed; every open clock goes on by it with the time it used. Raises RuleBroken."""
    with transaction(actor, "sla.policy_kept", at=now) as work:
        others = [each.queue_id for each in queries.policies() if each.id != policy.id]
        checked = rules.check(policy, others)
        before = queries.in_force(now)
        row = _row(checked.id) if checked.id else ServicePolicy()
        row.name, row.queue_id, row.zone, row.calendar_id = (
            checked.name,
            checked.queue_id,
            checked.zone,
            checked.calendar_id,
        )
        row.promises = {key: [each.respond, each.resolve, each.whole] for key, each in checked.promises.items()}
        row.pauses = sorted(each.value for each in checked.pauses)
        row.ladder = [[e.measure.value, e.percent, e.tell.value, e.escalate] for e in checked.ladder]
        work.session.add(row)
        work.session.flush()
        evaluate(work, now, before)
    return row.id, work


def remove(policy_id: int, *, actor: Actor, now: datetime) -> Work:
    """Take a policy away; its tickets go on by the one that holds without it. Raises NotFound."""
    with transaction(actor, "sla.policy_removed", at=now) as work:
        before = queries.in_force(now)
        work.session.delete(_row(policy_id))
        work.session.flush()
        evaluate(work, now, before)
    return work


def evaluate(work: Work, now: datetime, before: Policies | None = None) -> int:
    """Every clock that has not ended, anew by the policies in force; how many.

    ``before`` are the policies by which the time up to now was used, where these were changed.
    """
    found = queries.in_force(now)
    going = _CLOCKS.c.stand.in_((Stand.RUNNING.value, Stand.PAUSED.value))
    states = select(_CLOCKS, Ticket.state).join(Ticket, Ticket.id == _CLOCKS.c.ticket_id).where(going)
    rows = work.session.connection().execute(states).mappings()
    count, fresh = 0, []
    for row in rows:
        count += 1
        again = _again(found, before or found, dict(row), now, settle=before is not None)
        if any(again[key] != row[key] for key in _KEPT):
            fresh.append(again)
    _write(work, fresh)
    return count


def climbed(work: Work, rungs: Mapping[int, int], now: datetime) -> None:
    """Clocks, by their numbers, stand on these rungs now and wait for the next."""
    found = queries.in_force(now)
    rows = work.session.connection().execute(select(_CLOCKS).where(_CLOCKS.c.id.in_(rungs))).mappings()
    fresh = []
    for each in rows:
        row = dict(each) | {"rung": rungs[each["id"]]}
        target = found.target(row["queue_id"], row["priority"], Measure(row["measure"]))
        fresh.append(_laid(found, row, Clock(row["used"], row["since"]), target, None))
    _write(work, fresh)


def _row(policy_id: int) -> ServicePolicy:
    found = db.session.get(ServicePolicy, policy_id)
    if found is None:
        raise NotFound("There is no such policy.")
    return found


def _begun(found: Policies, ticket_id: int, ticket: Mapping[str, Any]) -> Iterable[Row]:
    """Both clocks of a ticket that is new here, as far as its own moments tell."""
    start, state = ticket["created_at"], ticket["state"]
    for measure in Measure:
        target = found.target(ticket["queue_id"], ticket["priority"], measure)
        row: Row = {
            "ticket_id": ticket_id,
            "measure": measure.value,
            "priority": ticket["priority"],
            "queue_id": ticket["queue_id"],
        }
        end = _end(measure, state, ticket.get("first_response_at"), ticket.get("resolved_at"))
        stands = measure is Measure.RESOLUTION and state in found.of(ticket["queue_id"]).pauses
        clock = Clock(0, None if stands else start)
        yield _laid(found, row | {"rung": 0}, clock, target, end)


def _end(measure: Measure, state: str, answered: datetime | None, resolved: datetime | None) -> datetime | None:
    """When a clock ended: the first with the first answer, or with a solution that came without one."""
    if measure is Measure.RESPONSE and answered is not None:
        return answered
    return resolved if state in _DONE else None


def _laid(found: Policies, row: Row, clock: Clock, target: Target, end: datetime | None) -> Row:
    """A row with all that follows from its clock."""
    if end is not None:
        clock = turned(clock, target.hours, end, running=False)
    going = Stand.RUNNING if clock.since is not None else Stand.PAUSED
    stand = ended(clock.used, target.limit) if end is not None else going
    rungs = found.of(row["queue_id"]).rungs(Measure(row["measure"]))
    ahead = rungs[row["rung"]] if end is None and row["rung"] < len(rungs) else None
    return row | {
        "limit": target.limit,
        "used": clock.used,
        "since": clock.since,
        "stand": stand.value,
        "due_at": due(clock, target),
        "next_at": reached_at(clock, target, ahead.percent) if ahead is not None else None,
    }


def _go_on(work: Work, ids: Sequence[int]) -> None:
    """What a change of tickets does to their clocks, at the moment of the change."""
    found = queries.in_force(work.at)
    tickets = {row.id: row for row in work.session.scalars(select(Ticket).where(Ticket.id.in_(ids)))}
    clocks = work.session.connection().execute(select(_CLOCKS).where(_CLOCKS.c.ticket_id.in_(ids)))
    _write(work, [_turned(found, dict(row), tickets[row["ticket_id"]]) for row in clocks.mappings()])


def _turned(found: Policies, row: Row, ticket: Ticket | Moment) -> Row:
    measure, at = Measure(row["measure"]), ticket.changed_at
    old = found.target(row["queue_id"], row["priority"], measure)
    new = found.target(ticket.queue_id, ticket.priority, measure)
    end = _end(measure, ticket.state, ticket.first_response_at, ticket.resolved_at)
    if end is not None and row["since"] is None and row["stand"] in _ENDED:
        return row
    stands = measure is Measure.RESOLUTION and ticket.state in found.of(ticket.queue_id).pauses
    clock = turned(Clock(row["used"], row["since"]), old.hours, end or at, running=end is None and not stands)
    row |= {"priority": ticket.priority, "queue_id": ticket.queue_id}
    return _laid(found, row, clock, new, end)


def _again(found: Policies, before: Policies, row: Row, now: datetime, *, settle: bool) -> Row:
    """An open clock by the policies in force."""
    measure, state = Measure(row["measure"]), row.pop("state")
    clock = Clock(row["used"], row["since"])
    if settle and clock.since is not None:
        old = before.target(row["queue_id"], row["priority"], measure)
        clock = turned(clock, old.hours, now, running=True)
    stands = measure is Measure.RESOLUTION and state in found.of(row["queue_id"]).pauses
    if stands != (clock.since is None):
        clock = Clock(clock.used, None if stands else now)
    return _laid(found, row, clock, found.target(row["queue_id"], row["priority"], measure), None)


def _lay_anew(work: Work, ids: Sequence[int], undoing: str) -> None:
    """Clocks from what happened to the tickets, by the policies in force, as if what was taken back had never been.

    The rungs of the ladder that were told stay told. A ticket whose beginning nobody knows has clocks as if new.
    """
    connection = work.session.connection()
    rungs = {(row.ticket_id, row.measure): row.rung for row in connection.execute(_of(ids, _CLOCKS)).all()}
    connection.execute(delete(_CLOCKS).where(_CLOCKS.c.ticket_id.in_(ids)))
    found, told = queries.in_force(work.at), queries.moments(ids, undoing)
    rows = []
    for each in work.session.scalars(select(Ticket).where(Ticket.id.in_(ids))):
        first, *then = told.get(each.id) or [_as_it_is(each)]
        values = asdict(first) | {"created_at": each.created_at}
        for row in _begun(found, each.id, values):
            again = row | {"rung": rungs.get((each.id, row["measure"]), 0)}
            for step in then:
                again = _turned(found, again, step)
            rows.append(again)
    work.bulk_insert(TicketClock, rows)
    _mirror(work, rows)


def _of(ids: Sequence[int], table: Table) -> Select[Any]:
    return select(table).where(table.c.ticket_id.in_(ids))


def _as_it_is(ticket: Ticket) -> Moment:
    ended = ticket.first_response_at, ticket.resolved_at
    return Moment(ticket.changed_at, ticket.state, ticket.priority, ticket.queue_id or 0, *ended)


_KEPT = ("stand", "priority", "queue_id", "limit", "used", "since", "due_at", "rung", "next_at")


def _write(work: Work, rows: Sequence[Row]) -> None:
    """Keep clocks as they are now, and the due moments with their tickets."""
    if not rows:
        return
    named: dict[str, Any] = {key: bindparam(f"b_{key}") for key in _KEPT}
    statement = update(_CLOCKS).where(_CLOCKS.c.id == bindparam("b_id")).values(named)
    connection = work.session.connection()
    connection.execute(statement, [{"b_id": row["id"], **{f"b_{key}": row[key] for key in _KEPT}} for row in rows])
    _mirror(work, rows)


def _mirror(work: Work, rows: Sequence[Row]) -> None:
    """The due moments stand with the tickets too, because lists are put in order by them."""
    for measure, column in _DUE.items():
        mine = [{"b_id": row["ticket_id"], "b_due": row["due_at"]} for row in rows if row["measure"] == measure]
        if mine:
            statement = update(_TICKETS).where(_TICKETS.c.id == bindparam("b_id")).values({column: bindparam("b_due")})
            work.session.connection().execute(statement, mine)
    _refresh(work, {row["ticket_id"] for row in rows})


def _refresh(work: Work, ids: set[int]) -> None:
    """Tickets at hand know their new due moments when they are next asked."""
    for row in work.session.identity_map.values():
        if isinstance(row, Ticket) and row.id in ids:
            work.session.expire(row, list(_DUE.values()))
