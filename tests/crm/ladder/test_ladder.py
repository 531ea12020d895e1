"""Whoever a policy names is told once, rung by rung, and tickets escalate by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from crm.ladder import service
from crm.queues.models import Queue
from crm.records import service as records
from crm.records.models import Ticket
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories

MONDAY = datetime(2026, 2, 16, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(app):
    team = factories.team("Service")
    with transaction(SYSTEM, "record.changed"):
        db.session.scalar(select(Queue).where(Queue.key == "customers")).team_id = team
    lead = factories.crm_role(factories.person("Leila"), "service-manager", team, leads=True)
    agent = factories.crm_role(factories.person("Sune"), "service-agent", team)
    return lead, agent


def critical(**values):
    return factories.record("ticket", at=MONDAY, severity="critical", impact="organisation", name="Outage", **values)


def told(who):
    return [
        each.kind for each in db.session.scalars(select(Notice).where(Notice.person_id == who.id).order_by(Notice.id))
    ]


def test_the_agent_is_told_first_then_who_leads_and_each_once(desk):
    lead, agent = desk
    critical(owner_id=agent.id)
    assert service.climb(SYSTEM, MONDAY + HOUR) == 0
    assert service.climb(SYSTEM, MONDAY + 1.6 * HOUR) == 1
    assert (told(agent), told(lead)) == (["sla_at_risk"], [])
    assert service.climb(SYSTEM, MONDAY + 2.1 * HOUR) == 1
    assert service.climb(SYSTEM, MONDAY + 2.2 * HOUR) == 0
    assert (told(agent), told(lead)) == (["sla_at_risk", "sla_breached"], ["sla_breached"])


def test_what_nobody_took_is_told_to_who_leads(desk):
    lead, agent = desk
    critical()
    service.climb(SYSTEM, MONDAY + 1.6 * HOUR)
    assert (told(lead), told(agent)) == (["sla_at_risk"], [])


def test_a_ticket_past_its_solution_escalates_by_itself(desk):
    number = critical(owner_id=desk[1].id)
    service.climb(SYSTEM, MONDAY + 25 * HOUR)
    db.session.expire_all()
    assert db.session.get(Ticket, number).state == "escalated"
    assert service.climb(SYSTEM, MONDAY + 37 * HOUR) == 1


def test_nobody_is_told_of_what_is_solved_waits_or_lies_in_the_bin(desk):
    solved, waiting, binned = critical(), critical(), critical()
    records.change("ticket", solved, {"state": "resolved"}, actor=SYSTEM, now=MONDAY + HOUR)
    records.change("ticket", waiting, {"state": "waiting"}, actor=SYSTEM, now=MONDAY + HOUR)
    records.remove("ticket", [binned], actor=SYSTEM, now=MONDAY + HOUR)
    assert service.climb(SYSTEM, MONDAY + 100 * HOUR) == 2
    assert {each.subject for each in db.session.scalars(select(Notice))} == {f"crm_ticket:{waiting}"}
