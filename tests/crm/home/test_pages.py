"""My day through a browser: what waits, one tap, whose it is."""

from datetime import timedelta

import pytest

from crm.activities import service
from crm.records.models import Activity
from infra.database import db
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


@pytest.fixture
def boss(north):
    return factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True)


def test_my_day_says_what_waits(client, sofie):
    lead = factories.record("lead", by=sofie, first_name="Ines", last_name="Maertens")
    service.plan("lead", lead, "Ring back", "call", NOW - timedelta(hours=2), actor=sofie, now=NOW)
    service.plan("lead", lead, "Send prices", "email", NOW + timedelta(hours=2), actor=sofie, now=NOW)
    factories.record(
        "opportunity", by=sofie, next_step="Ask for the order", next_step_on=NOW.date() - timedelta(days=3)
    )
    text = factories.sign_in(client, sofie).get("/crm").text
    assert "2 things are overdue" in text
    assert "one is planned for today" in text
    assert "one lead waits" in text
    for word in ("Ring back", "Send prices", "Ask for the order", "Ines Maertens", "Qualify"):
        assert word in text


def test_one_tap_marks_it_as_done_and_comes_back(client, sofie):
    lead = factories.record("lead", by=sofie)
    made, _work = service.plan("lead", lead, "Ring back", "call", NOW, actor=sofie, now=NOW)
    browser = factories.sign_in(client, sofie)
    answer = browser.post(f"/crm/activities/{made}/done", data={"back": "/crm"})
    assert (answer.status_code, answer.location) == (303, "/crm")
    assert db.session.get(Activity, made).state == "done"
    wrong = browser.post(f"/crm/activities/{made}/move", data={"day": "tomorrow", "back": "//evil.example"})
    assert (wrong.status_code, wrong.location) == (303, "/crm")
    assert "Write the day as" in browser.get("/crm").text


def test_a_manager_sees_the_day_of_the_team_and_others_do_not(client, sofie, boss):
    lead = factories.record("lead", by=sofie)
    service.plan("lead", lead, "Ring back", "call", NOW, actor=sofie, now=NOW)
    browser = factories.sign_in(client, boss)
    assert "Ring back" not in browser.get("/crm").text
    assert "Ring back" in browser.get("/crm?who=team").text
    agent = factories.crm_role(factories.person(), "sales-representative")
    assert "Ring back" not in factories.sign_in(client, agent).get("/crm?who=team").text


def test_what_was_seen_and_starred_is_in_reach(client, sofie):
    account = factories.record("account", by=sofie, name="Kestrel Biologics")
    browser = factories.sign_in(client, sofie)
    assert "Kestrel" not in browser.get("/crm").text
    browser.get(f"/crm/accounts/{account}")
    assert browser.get("/crm").text.count("Kestrel Biologics") == 1
    browser.post(f"/crm/accounts/{account}/star", data={"on": "1"})
    assert browser.get("/crm").text.count("Kestrel Biologics") == 2
    browser.post(f"/crm/accounts/{account}/star", data={"on": "0"})
    assert browser.get("/crm").text.count("Kestrel Biologics") == 1


def test_my_day_asks_few_statements(client, sofie, asked):
    for _each in range(5):
        lead = factories.record("lead", by=sofie)
        service.plan("lead", lead, "Ring back", "call", NOW, actor=sofie, now=NOW)
    browser = factories.sign_in(client, sofie)
    with asked() as sent:
        browser.get("/crm")
    assert len(sent) <= 18, len(sent)


def test_somebody_without_a_role_has_no_day(client):
    assert factories.sign_in(client, factories.person()).get("/crm").status_code == 403
