"""Tickets are records like all others, with a queue, a team and a priority that follow."""

from datetime import UTC, datetime

import pytest

from crm.access.queries import access_of
from crm.objects.rules.catalogue import OBJECTS
from crm.queues import queries as queues
from crm.records import queries, service
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories

NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)


@pytest.fixture
def agent(app):
    return factories.crm_role(factories.person("Sune"), "service-agent", factories.team("Service"))


def ticket(number, who=SYSTEM):
    return queries.get(access_of(who), OBJECTS["ticket"], number)


def test_a_ticket_waits_for_somebody_in_the_queue_of_customers(agent):
    made = ticket(factories.record("ticket", by=agent, severity="critical", impact="organisation"))
    assert (made.owner_id, made.priority, made.state) == (None, "critical", "new")
    assert queues.names()[made.queue_id] == "Customers"


def test_agents_see_all_tickets_and_work_on_those_of_their_team(agent):
    theirs = factories.record("ticket", owner_id=agent.id)
    other = factories.record("ticket")
    service.change("ticket", theirs, {"state": "in-progress"}, actor=agent, now=NOW)
    assert ticket(other, agent).name
    with pytest.raises(Refused):
        service.change("ticket", other, {"state": "in-progress"}, actor=agent, now=NOW)


def test_who_does_not_work_in_service_does_not_see_a_stranger_s_ticket(app):
    seller = factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))
    with pytest.raises(NotFound):
        ticket(factories.record("ticket"), seller)


def test_a_state_that_can_not_be_reached_is_refused_whoever_writes_it(app):
    number = factories.record("ticket", state="resolved")
    with pytest.raises(RuleBroken, match="can't become"):
        service.change("ticket", number, {"state": "in-progress"}, actor=SYSTEM, now=NOW)


def test_nobody_writes_the_priority(app):
    with pytest.raises(Refused):
        service.create("ticket", {"name": "Printer", "priority": "critical"}, actor=SYSTEM, now=NOW)
