"""My day through a browser: what waits, one tap, whose it is."""

from datetime import timedelta

import pytest

from crm.activities import queries as activities
from crm.activities import service
from crm.home import queries
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


def test_what_waits_longest_stands_first_whatever_it_is(client, sofie):
    lead = factories.record("lead", by=sofie)
    for word, hours in (("Three days ago", 74), ("An hour ago", 1)):
        service.plan("lead", lead, word, "call", NOW - timedelta(hours=hours), actor=sofie, now=NOW)
    for word, days in (("Step of long ago", 60), ("Step of yesterday", 1), ("Step of today", 0)):
        factories.record("opportunity", by=sofie, next_step=word, next_step_on=NOW.date() - timedelta(days=days))
    text = factories.sign_in(client, sofie).get("/crm").text
    words = ("Step of long ago", "Three days ago", "Step of yesterday", "Step of today", "An hour ago")
    places = [text.index(f"<bdi>{word}</bdi>") for word in words]
    assert places == sorted(places)
    assert "4 things are overdue" in text


def test_a_long_backlog_is_counted_whole_and_hides_nothing_of_today(client, sofie, monkeypatch):
    monkeypatch.setattr(activities, "FIRST", 2)
    monkeypatch.setattr(queries, "MOST_STEPS", 1)
    lead = factories.record("lead", by=sofie)
    for hours in (1, 2, 3, 4, -1):
        service.plan("lead", lead, f"Call {hours}", "call", NOW - timedelta(hours=hours), actor=sofie, now=NOW)
    for days in (0, 1, 2):
        step = f"Step {days}"
        factories.record("opportunity", by=sofie, next_step=step, next_step_on=NOW.date() - timedelta(days=days))
    text = factories.sign_in(client, sofie).get("/crm").text
    assert "6 things are overdue" in text
    assert "one is planned for today" in text
    assert "4 of 7 are shown" in text
    shown = {word for word in ("Call 4", "Call 3", "Call 2", "Call -1", "Step 2", "Step 1", "Step 0") if word in text}
    assert shown == {"Call 4", "Call 3", "Call -1", "Step 2", "Step 0"}


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
