"""Clocks follow their tickets, whoever changes them, and go on by a new policy with the time they used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crm.queues import queries as queues
from crm.queues.rules import State
from crm.records import service as records
from crm.records.models import Ticket
from crm.sla import queries, service
from crm.sla.models import TicketClock
from crm.sla.rules.clocks import Measure
from crm.sla.rules.policies import SHIPPED, Promise
from infra.audit.models import AuditEntry
from infra.database import db
from infra.transaction import transaction
from infra.undo import service as undo
from kernel.actor import SYSTEM
from tests import factories

MONDAY = datetime(2026, 2, 16, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def admin(app):
    return factories.crm_role(factories.person("Ada Admin"), "crm-administrator")


def made(at=MONDAY, **values):
    return factories.record("ticket", at=at, **({"severity": "critical", "impact": "organisation"} | values))


def change(number, at, **values):
    return records.change("ticket", number, values, actor=SYSTEM, now=at)


def answer(number, at):
    with transaction(SYSTEM, "record.changed", at=at) as work:
        records.change_many(work, "ticket", [(db.session.get(Ticket, number), {"first_response_at": at})], now=at)


def clock(number, measure=Measure.RESOLUTION):
    db.session.expire_all()
    return queries.clocks_of(number)[measure]


def test_a_new_ticket_is_due_as_its_priority_says_and_its_list_knows(app):
    ticket = db.session.get(Ticket, made())
    assert (ticket.respond_by, ticket.resolve_by) == (MONDAY + 2 * HOUR, MONDAY + 24 * HOUR)


def test_the_due_moments_are_no_news_of_the_trail(app):
    number = made()
    told = [key for each in db.session.scalars(select(AuditEntry)) for key in each.changes]
    assert "created_at" in told
    assert "resolve_by" not in told
    assert db.session.get(Ticket, number).resolve_by is not None


def test_the_first_answer_ends_the_first_clock_and_the_solution_the_second(app):
    number = made()
    answer(number, MONDAY + 3 * HOUR)
    assert (clock(number, Measure.RESPONSE).stand, clock(number).stand) == ("breached", "running")
    change(number, MONDAY + 20 * HOUR, state="resolved")
    assert (clock(number).stand, clock(number).used, clock(number).due_at) == ("met", 20 * 60, None)


def test_waiting_for_the_requester_stops_the_second_clock_only(app):
    number = made()
    change(number, MONDAY + HOUR, state="waiting")
    assert (clock(number).stand, clock(number, Measure.RESPONSE).stand) == ("paused", "running")
    change(number, MONDAY + 11 * HOUR, state="in-progress")
    assert clock(number).due_at == MONDAY + 34 * HOUR


def test_a_reopened_ticket_goes_on_where_it_stopped(app):
    number = made()
    answer(number, MONDAY + HOUR)
    change(number, MONDAY + 4 * HOUR, state="resolved")
    change(number, MONDAY + 50 * HOUR, state="reopened")
    assert (clock(number).stand, clock(number).due_at) == ("running", MONDAY + 70 * HOUR)
    assert clock(number, Measure.RESPONSE).stand == "met"


def test_a_new_priority_keeps_the_time_used(app):
    number = made()
    change(number, MONDAY + HOUR, severity="medium")
    promised = SHIPPED.promises[db.session.get(Ticket, number).priority]
    assert (clock(number).used, clock(number).limit) == (60, promised.resolve)


def test_an_undone_change_gives_the_clock_back(admin):
    number = made()
    work = records.change("ticket", number, {"state": "resolved"}, actor=admin, now=MONDAY + HOUR)
    undo.undo(work.transaction_id, actor=admin)
    assert (clock(number).stand, clock(number).due_at) == ("running", MONDAY + 24 * HOUR)


def test_an_undo_keeps_the_pauses_before_it_and_forgets_its_own(admin):
    number = made()
    change(number, MONDAY + HOUR, state="waiting")
    change(number, MONDAY + 3 * HOUR, state="in-progress")
    before = clock(number).due_at
    assert before == MONDAY + 26 * HOUR
    slip = records.change("ticket", number, {"state": "waiting"}, actor=admin, now=MONDAY + 4 * HOUR)
    assert clock(number).due_at is None
    back = undo.undo(slip.transaction_id, actor=admin)
    assert (clock(number).stand, clock(number).due_at) == ("running", before)
    undo.undo(back.transaction_id, actor=admin)
    assert (clock(number).stand, clock(number).used) == ("paused", 120)


def test_an_undo_tells_no_rung_of_the_ladder_twice(admin):
    number = made()
    slip = records.change("ticket", number, {"severity": "low"}, actor=admin, now=MONDAY + HOUR)
    with transaction(SYSTEM, "sla.reached", at=MONDAY + 20 * HOUR) as work:
        service.climbed(work, {clock(number).id: 1}, MONDAY + 20 * HOUR)
    undo.undo(slip.transaction_id, actor=admin)
    assert clock(number).rung == 1


def test_a_new_policy_goes_on_with_the_time_that_was_used(admin):
    number = made()
    tight = replace(SHIPPED, promises={**SHIPPED.promises, "critical": Promise(60, 180, whole=True)})
    service.keep(tight, actor=admin, now=MONDAY + 2 * HOUR)
    assert (clock(number).used, clock(number).due_at) == (120, MONDAY + 3 * HOUR)
    policy = queries.policies()[0]
    service.remove(policy.id, actor=admin, now=MONDAY + 2 * HOUR)
    assert clock(number).due_at == MONDAY + 24 * HOUR


def test_a_queue_may_have_a_policy_of_its_own(admin):
    other = next(each.id for each in queues.queues() if each.key == "help-desk")
    service.keep(replace(SHIPPED, name="Help desk", queue_id=other, pauses=frozenset()), actor=admin, now=MONDAY)
    slow, quick = made(), made(queue_id=other)
    for each in (slow, quick):
        change(each, MONDAY + HOUR, state=State.WAITING.value)
    assert (clock(slow).stand, clock(quick).stand) == ("paused", "running")


def test_open_and_past_due_counts_as_breached_and_one_without_a_promise_as_neither(admin):
    late = made()
    none = replace(SHIPPED, promises={**SHIPPED.promises, "low": Promise(None, None)})
    service.keep(none, actor=admin, now=MONDAY)
    free = made(severity="low", impact="person")
    change(free, MONDAY + HOUR, state="resolved")
    now = MONDAY + 30 * HOUR
    broken = set(db.session.scalars(select(TicketClock.ticket_id).where(queries.breached(now))))
    kept = set(db.session.scalars(select(TicketClock.ticket_id).where(queries.met())))
    assert (broken, kept) == ({late}, set())


def test_laid_anew_from_the_tickets_the_clocks_are_the_same(admin):
    """What is kept beside the tickets can be computed from them."""
    numbers = [made(), made(at=MONDAY + HOUR, severity="low")]
    answer(numbers[0], MONDAY + HOUR)
    kept = {(row.ticket_id, row.measure): (row.stand, row.due_at) for row in db.session.scalars(select(TicketClock))}
    with transaction(SYSTEM, "sla.reached", at=MONDAY + 2 * HOUR) as work:
        assert service.evaluate(work, MONDAY + 2 * HOUR) == 3
    db.session.expire_all()
    again = {(row.ticket_id, row.measure): (row.stand, row.due_at) for row in db.session.scalars(select(TicketClock))}
    assert again == kept
