"""The help desk: what is listed by the clock, its sums, the board, and what the reader may not see."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.access.queries import access_of
from crm.desk import queries, rules
from crm.desk.rules import Filters, Show, Whose
from crm.queues.models import Queue
from crm.records.models import Ticket
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)


@pytest.fixture
def team(app):
    number = factories.team("Service")
    with transaction(SYSTEM, "queue.changed"):
        for queue in db.session.scalars(select(Queue)):
            queue.team_id = number
    return number


@pytest.fixture
def agent(team):
    return factories.crm_role(factories.person("Sune Agent"), "service-agent", team)


def ticket(name, respond=None, resolve=None, *, answered=False, state="new", **values):
    number = factories.record("ticket", name=name, state=state, **values)
    with transaction(SYSTEM, "ticket.moved"):
        row = db.session.get(Ticket, number)
        row.respond_by = None if respond is None else NOW + respond * HOUR
        row.resolve_by = None if resolve is None else NOW + resolve * HOUR
        row.first_response_at = NOW - HOUR if answered else None
    return number


@pytest.fixture
def desk(agent):
    ticket("late answer", -1, 8)
    ticket("late solution", -9, -2, answered=True, owner_id=agent.id)
    ticket("soon", 2, 8, severity="critical", impact="organisation")
    ticket("later", -1, 30, answered=True)
    ticket("only a solution", None, 40)
    ticket("no promise")
    ticket("waits", -9, -9, answered=True, state="waiting")
    ticket("done", -9, -9, state="resolved")
    return access_of(agent)


def names(access, **filters):
    cards, more = queries.page(access, Filters(**filters), NOW, 1)
    assert not more
    return [each.name for each in cards]


def test_the_promise_that_ends_first_stands_at_the_top(desk):
    assert names(desk) == ["late solution", "late answer", "soon", "later", "only a solution", "no promise"]
    cards, _more = queries.page(desk, Filters(), NOW, 1)
    assert [each.pace.value for each in cards] == ["late", "late", "soon", "later", "later", "none"]
    assert [each.answer for each in cards] == [False, True, True, False, False, False]


def test_it_is_narrowed_to_the_late_the_waiting_ones_own_and_nobodys(desk):
    assert names(desk, show=Show.LATE) == ["late solution", "late answer"]
    assert names(desk, show=Show.WAITING) == ["waits"]
    assert names(desk, whose=Whose.MINE) == ["late solution"]
    assert "late solution" not in names(desk, whose=Whose.NOBODY)
    assert names(desk, priority="critical") == ["soon"]
    assert names(desk, queue_id=999) == []


def test_the_sums_say_what_the_lists_show(desk):
    assert queries.sums(desk, Filters(), NOW) == rules.Sums(running=6, late=2, waiting=1, nobody=6, mine=1, critical=1)


def test_the_board_shows_each_state(desk):
    lanes = {
        each.state: (each.count, [card.name for card in each.cards]) for each in queries.board(desk, Filters(), NOW)
    }
    assert lanes["waiting"] == (1, ["waits"])
    assert lanes["resolved"] == (1, ["done"])
    assert lanes["new"][0] == 6
    assert "closed" not in lanes


def test_what_one_may_not_see_is_in_no_list_and_no_sum(desk):
    seller = factories.crm_role(factories.person(), "sales-representative", factories.team("North"))
    access = access_of(seller)
    assert queries.sums(access, Filters(), NOW) == rules.Sums()
    assert names(access) == []


def test_the_pages_are_there_and_take_any_address(client, desk, agent):
    page = factories.sign_in(client, agent)
    text = page.get("/crm/desk").text
    assert "Two tickets are past their promise" in text
    for query in (
        "show=late&whose=nobody",
        "show=x&whose=x&priority=x&queue=x&page=x",
        "page=-4",
        "queue=1&page=9999999",
    ):
        assert page.get(f"/crm/desk?{query}").status_code == 200
        assert page.get(f"/crm/desk/board?{query}").status_code == 200


def test_who_sees_no_tickets_has_no_desk(client, desk):
    page = factories.sign_in(client, factories.crm_role(factories.person(), "marketing-specialist"))
    assert page.get("/crm/desk").status_code == 404
    assert page.get("/crm/desk/board").status_code == 404


def test_few_statements_whatever_is_listed(client, desk, agent, asked):
    page = factories.sign_in(client, agent)
    page.get("/crm/desk")
    with asked() as sent:
        page.get("/crm/desk")
    assert len(sent) <= 14, sent
