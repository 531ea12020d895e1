"""Sign-ins by the rule of 30 minutes, use written cheaply, and shown only as far as the policy goes."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from crm.usage import queries, rules, service
from crm.usage.models import UsageHour, Visit
from crm.usage.rules import PAUSE, Stay
from infra.database import db
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.fixtures.app import NOW

START = datetime(2026, 2, 18, 8)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=40), st.randoms())
def test_a_sign_in_is_the_first_request_after_thirty_minutes_whatever_the_order(minutes, chance):
    times = sorted(START + timedelta(minutes=each) for each in minutes)
    starts = [at for before, at in zip([None, *times], times, strict=False) if before is None or at - before >= PAUSE]
    mixed = list(times)
    chance.shuffle(mixed)
    assert [each.first for each in rules.stays(Stay(at, at) for at in mixed)] == starts


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


@pytest.fixture
def manager(north):
    return factories.crm_role(factories.person("Maja"), "sales-manager", north)


def be_here(who, *hours, feature="leads"):
    stays = [Stay(NOW - timedelta(hours=each), NOW - timedelta(hours=each)) for each in hours]
    slots = {(each.first.replace(minute=0), who.id, feature): 3 for each in stays}
    service.put({who.id: stays}, slots, actor=SYSTEM, now=NOW)


def test_requests_are_noted_and_one_within_the_pause_is_no_sign_in(client, sofie):
    browser = factories.sign_in(client, sofie)
    for _time in range(3):
        browser.get("/crm/leads")
    service.keep(NOW)
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 1
    assert db.session.scalar(select(UsageHour.count).where(UsageHour.feature == "leads")) == 3


def test_a_page_is_answered_where_use_can_not_be_kept_and_nothing_is_lost(client, sofie, monkeypatch):
    def fails(*_what):
        raise OperationalError("locked", {}, Exception("locked"))

    browser = factories.sign_in(client, sofie)
    with monkeypatch.context() as patched:
        patched.setattr(service, "_keep_stays", fails)
        assert browser.get("/crm/leads").status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 0
    service.keep(NOW)
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 1


def test_a_later_request_writes_nothing(client, sofie, asked):
    browser = factories.sign_in(client, sofie)
    browser.get("/crm/leads")
    with asked() as seen:
        browser.get("/crm/leads")
    assert [each for each in seen if "crm_visit" in each or "crm_usage_hour" in each] == []


def test_what_is_older_than_the_policy_is_forgotten(sofie):
    be_here(sofie, 1, 24 * 40)
    service.set_policy(35, rules.PERSONS, actor=SYSTEM)
    assert service.prune(SYSTEM, NOW) == 1
    assert list(queries.last_here([sofie.id])) == [sofie.id]


@pytest.mark.parametrize(("days", "visible"), [(34, "persons"), (1101, "persons"), (None, "persons"), (400, "all")])
def test_a_policy_has_bounds(app, days, visible):
    with pytest.raises(RuleBroken):
        service.set_policy(days, visible, actor=SYSTEM)


def test_a_manager_sees_the_own_team_and_nobody_else(client, sofie, manager):
    other = factories.crm_role(factories.person("Hidden Hanna"), "sales-representative", factories.team("South"))
    be_here(sofie, 1, 3)
    be_here(other, 1)
    browser = factories.sign_in(client, manager)
    page = browser.get("/crm/setup/usage?days=x&team=y&feature=<b>").text
    assert "Sofie" in page
    assert "Hidden Hanna" not in page
    exported = browser.get("/crm/setup/usage/export").text
    assert "Sofie,Leads,3" in exported
    assert "Hanna" not in exported


def test_where_groups_are_shown_nobody_is_named(client, sofie):
    be_here(sofie, 1)
    service.set_policy(400, rules.GROUPS, actor=SYSTEM)
    boss = factories.administrator()
    browser = factories.sign_in(client, boss)
    page = browser.get("/crm/setup/usage")
    assert page.status_code == 200
    assert "Sofie" not in page.text
    assert browser.get("/crm/setup/usage/export").status_code == 403


def test_a_team_of_five_is_shown_and_one_of_four_is_not(client, north):
    for _number in range(5):
        be_here(factories.crm_role(factories.person(), "sales-representative", north), 1)
    small = factories.team("Small")
    be_here(factories.crm_role(factories.person(), "sales-representative", small), 1)
    service.set_policy(400, rules.GROUPS, actor=SYSTEM)
    browser = factories.sign_in(client, factories.administrator())
    rows = browser.get("/crm/setup/usage").text.split("<tbody>")[1]
    assert "North" in rows
    assert "Small" not in rows


def test_an_administrator_sets_the_policy_and_bad_input_is_said(client):
    browser = factories.sign_in(client, factories.administrator())
    assert browser.post("/crm/setup/usage", data={"days": "soon", "visible": "persons"}).status_code == 422
    assert browser.post("/crm/setup/usage", data={"days": "90", "visible": "groups"}).status_code == 303
    assert queries.policy() == rules.Policy(90, rules.GROUPS)
