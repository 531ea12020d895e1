"""Policies in force, the hours that they run in, and how the clocks of tickets stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select

from accounts.calendars import queries as calendars
from crm.queues.rules import State
from crm.records.models import Ticket
from crm.sla.models import ServicePolicy, TicketClock
from crm.sla.rules.clocks import Clock, Hours, Measure, Stand, Target
from crm.sla.rules.policies import SHIPPED, Policy, Promise, Rung, Tell, office_hours
from infra.audit.models import AuditEntry
from infra.database import db
from infra.memo import remembered
from infra.undo.service import ACTION as UNDONE
from infra.wires import wires
from kernel.worktime import Calendar

_YEARS_BACK, _YEARS_AHEAD = 2, 3
"""The years whose holidays are known: a ticket is seldom older, and a promise never longer."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A ticket as it was from a moment on, as far as its clocks look at it."""

    changed_at: datetime
    state: str
    priority: str
    queue_id: int
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None


def moments(ids: Sequence[int], undoing: str) -> dict[int, list[Moment]]:
    """What happened to tickets by the trail, oldest first, as if what was taken back had never been.

    ``undoing`` is the transaction that is being taken back now. Tickets of which the trail does not know the beginning
    (one that was erased) are left out.
    """
    subjects = {f"{Ticket.__tablename__}:{each}": each for each in ids}
    columns = AuditEntry.at, AuditEntry.kind, AuditEntry.subject, AuditEntry.changes, AuditEntry.transaction_id
    asked = select(*columns).where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.id)
    entries = db.session.execute(asked).all()
    gone = _taken_back({each.transaction_id for each in entries}, undoing)
    found: dict[int, list[Moment]] = {}
    for each in entries:
        after = {key: pair[1] for key, pair in each.changes.items() if key in _TOLD and isinstance(pair, list)}
        before, number = found.get(subjects[each.subject]), subjects[each.subject]
        if each.transaction_id in gone or not after or (before is None and not after.keys() >= _NEEDED):
            continue
        known = asdict(before[-1]) if before else {}
        found.setdefault(number, []).append(Moment(**known | {"changed_at": each.at} | _read(after)))
    return found


_NEEDED = frozenset({"state", "priority", "queue_id"})
_TOLD = _NEEDED | {"changed_at", "first_response_at", "resolved_at"}


def _read(after: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the trail has them, moments as such."""
    return {
        key: datetime.fromisoformat(value) if key.endswith("_at") and value is not None else value
        for key, value in after.items()
    }


def _taken_back(transactions: Collection[str], undoing: str) -> set[str]:
    """The transactions that count no more: those that were taken back and what took them back, the newest first.

    Taking back what took something back makes it count again.
    """
    subjects = [f"transaction:{each}" for each in transactions]
    asked = select(AuditEntry.transaction_id, AuditEntry.changes).where(
        AuditEntry.subject.in_(subjects), AuditEntry.action == UNDONE
    )
    pairs = [
        (row.transaction_id, row.changes["undoes"][1]) for row in db.session.execute(asked.order_by(AuditEntry.id))
    ]
    gone: set[str] = set()
    for by, of in reversed([*pairs, ("", undoing)]):
        gone |= set() if by in gone else {by, of}
    return gone


class Policies:
    """The policies at one moment, with their hours laid out once."""

    def __init__(self, found: Iterable[Policy], now: datetime, zone: str) -> None:
        """Start from the policies and the zone of the instance."""
        listed = list(found)
        self._by_queue = {each.queue_id: each for each in listed if each.queue_id is not None}
        self._common = next((each for each in listed if each.queue_id is None), SHIPPED)
        self._now, self._zone = now, zone
        self._hours: dict[tuple[str, int | None, bool], Hours] = {}
        self._targets: dict[tuple[int, str, Measure], Target] = {}

    def of(self, queue_id: int) -> Policy:
        """The policy that holds for a queue."""
        return self._by_queue.get(queue_id, self._common)

    def target(self, queue_id: int, priority: str, measure: Measure) -> Target:
        """What is promised for a priority in a queue."""
        key = queue_id, priority, measure
        if key not in self._targets:
            policy = self.of(queue_id)
            promise = policy.promises.get(priority, Promise(None, None))
            self._targets[key] = Target(promise.limit(measure), self.hours(policy, whole=promise.whole))
        return self._targets[key]

    def hours(self, policy: Policy, *, whole: bool) -> Hours:
        """The hours of a policy, or those around the clock."""
        key = policy.zone or self._zone, policy.calendar_id, whole
        if key not in self._hours:
            self._hours[key] = Hours(None) if whole else Hours(self._calendar(policy), ZoneInfo(key[0]))
        return self._hours[key]

    def _calendar(self, policy: Policy) -> Calendar:
        if policy.calendar_id is None:
            return office_hours()
        years = range(self._now.year - _YEARS_BACK, self._now.year + _YEARS_AHEAD + 1)
        return calendars.calendar_of(policy.calendar_id, years)


@remembered
def policies() -> list[Policy]:
    """Every policy that somebody wrote."""
    return [policy_of(row) for row in db.session.scalars(select(ServicePolicy).order_by(ServicePolicy.id))]


def policy_of(row: ServicePolicy) -> Policy:
    """A row by value."""
    return Policy(
        row.name,
        {priority: Promise(*promise) for priority, promise in row.promises.items()},
        tuple(Rung(Measure(measure), percent, Tell(tell), escalate) for measure, percent, tell, escalate in row.ladder),
        frozenset(State(each) for each in row.pauses),
        row.queue_id,
        row.zone,
        row.calendar_id,
        row.id,
    )


def in_force(now: datetime) -> Policies:
    """What holds at a moment."""
    return Policies(policies(), now, wires().settings.timezone)


def clocks_of(ticket_id: int) -> dict[Measure, TicketClock]:
    """Both clocks of a ticket."""
    rows = db.session.scalars(select(TicketClock).where(TicketClock.ticket_id == ticket_id))
    return {Measure(row.measure): row for row in rows}


def clock(row: TicketClock) -> Clock:
    """A row by value."""
    return Clock(row.used, row.since)


def breached(now: datetime) -> ColumnElement[bool]:
    """The condition for clocks that broke their promise, ended or not: open and past due counts, and so does a clock
    that was paused too late.
    """
    late = and_(TicketClock.stand == Stand.RUNNING.value, TicketClock.due_at < now)
    paused = and_(TicketClock.stand == Stand.PAUSED.value, TicketClock.used > TicketClock.limit)
    return or_(TicketClock.stand == Stand.BREACHED.value, late, paused)


def met() -> ColumnElement[bool]:
    """The condition for clocks that kept their promise."""
    return TicketClock.stand == Stand.MET.value


@dataclass(frozen=True, slots=True)
class Reached:
    """A clock that reached the next rung of its ladder, with what is needed to tell somebody."""

    clock_id: int
    ticket_id: int
    measure: Measure
    queue_id: int
    rung: int
    name: str
    owner_id: int | None
    team_id: int | None


SOON = timedelta(hours=1)
"""So near before its due moment a clock is shown as pressing."""
