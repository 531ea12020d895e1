"""The pages of service levels and priorities: what is typed stays, what is wrong is told beside its field."""

import pytest

from crm.queues import queries as queues
from crm.sla import queries
from crm.sla.forms import PolicyForm
from crm.sla.rules.policies import SHIPPED
from tests import factories

PAGE = "/crm/setup/service-levels"


@pytest.fixture
def admin(app):
    return factories.crm_role(factories.person("Ada Admin"), "crm-administrator")


@pytest.fixture
def browser(app, admin):
    return factories.sign_in(app.test_client(), admin)


@pytest.fixture
def sent():
    return PolicyForm.of(SHIPPED).typed


def test_the_page_shows_what_ships_and_its_form_keeps_it_as_it_is(browser, sent):
    assert "around the clock" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/common", data=sent).status_code == 303
    kept = queries.policies()[0]
    assert (kept.promises, set(kept.ladder), kept.pauses) == (SHIPPED.promises, set(SHIPPED.ladder), SHIPPED.pauses)


def test_a_queue_gets_a_policy_changes_it_and_gives_it_back(browser, sent):
    queue = next(iter(queues.names()))
    answer = browser.post(
        f"{PAGE}/new", data=sent | {"name": "Quick", "queue_id": str(queue), "critical_respond": "30 min"}
    )
    assert answer.status_code == 303
    kept = queries.policies()[0]
    assert (kept.name, kept.queue_id, kept.promises["critical"].respond) == ("Quick", queue, 30)
    assert "Quick" in browser.get(f"{PAGE}/{kept.id}").text
    browser.post(f"{PAGE}/{kept.id}/remove")
    assert queries.policies() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"high_respond": "soon"}, "is no time"),
        ({"high_respond": "0 min"}, "a minute at least"),
        ({"high_respond": "9 h", "high_resolve": "1 h"}, "swap the two times"),
        ({"zone": "Europe/Atlantis"}, "Choose a time zone"),
        ({"calendar_id": "4711"}, "Choose one of the list"),
        ({"queue_id": "9" * 30}, "Choose one of the list"),
        ({"queue_id": ""}, "Choose the queue"),
        ({"percent_0": "many"}, "whole number of percent"),
        ({"percent_0": "501"}, "between 1 and 500"),
        ({"name": " "}, "Give the policy a name"),
        ({"name": "x" * 121}, "At most 120"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(browser, sent, wrong, said):
    queue = str(next(iter(queues.names())))
    answer = browser.post(f"{PAGE}/new", data=sent | {"queue_id": queue, "medium_respond": "7 h"} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="7 h"' in answer.text
    assert queries.policies() == []


def test_one_queue_has_one_policy(browser, sent):
    data = sent | {"name": "First", "queue_id": str(next(iter(queues.names())))}
    browser.post(f"{PAGE}/new", data=data)
    answer = browser.post(f"{PAGE}/new", data=data)
    assert (answer.status_code, "holds for that queue already" in answer.text) == (422, True)


def test_a_policy_that_is_not_there_is_not_found(browser):
    assert browser.get(f"{PAGE}/4711").status_code == 404
    assert browser.post(f"{PAGE}/4711/remove").status_code == 404


def test_the_ticket_s_page_shows_its_promises(browser):
    number = factories.record("ticket", severity="critical", impact="organisation")
    page = browser.get(f"/crm/tickets/{number}").text
    assert "First answer" in page
    assert "By the policy “Standard”." in page


def test_the_ladder_is_told_in_words(browser):
    page = browser.get(PAGE).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "First answer at 75 %: tell the agent" in page
    assert "Solution at 100 %: tell who leads the team and escalate the ticket" in page


def test_the_first_answer_stands_before_the_solution_and_above_what_else_is_beside_a_ticket(browser):
    page = browser.get(f"/crm/tickets/{factories.record('ticket')}").text.partition("Promises")[2]
    assert page.index("First answer") < page.index("Solution") < page.index("Knowledge base")
