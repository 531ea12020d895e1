"""The calendar through a browser."""

from datetime import timedelta

import pytest

from crm.activities import service
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    "query", ["", "view=week", "view=agenda", "view=x&day=x&who=x", "day=9999-12-31", "day=0001-01-01"]
)
def test_each_view_shows_what_is_planned_and_bad_addresses_are_no_failure(client, query):
    sofie = factories.crm_role(factories.person(), "sales-representative", factories.team("North"))
    lead = factories.record("lead", by=sofie)
    service.plan("lead", lead, "Ring back", "call", NOW + timedelta(hours=3), actor=sofie, now=NOW)
    assert "Ring back" in factories.sign_in(client, sofie).get(f"/crm/calendar?{query}").text


def test_what_one_may_not_see_is_in_no_calendar(client):
    sofie = factories.crm_role(factories.person(), "sales-representative", factories.team("North"))
    lead = factories.record("lead", by=sofie)
    service.plan("lead", lead, "Ring back", "call", NOW, actor=sofie, now=NOW)
    other = factories.sign_in(client, factories.crm_role(factories.person(), "sales-representative"))
    for who in ("team", sofie.id):
        assert "Ring back" not in other.get(f"/crm/calendar?who={who}").text


def test_an_empty_calendar_says_what_will_stand_there_and_leads_to_what_others_plan(client):
    sofie = factories.crm_role(factories.person(), "sales-representative", factories.team("North"))
    page = factories.sign_in(client, sofie)
    assert "Nothing in this time" in page.get("/crm/calendar").text
    assert "/crm/calendar?who=team&amp;view=month" in page.get("/crm/calendar").text
    lead = factories.record("lead", by=sofie)
    service.plan("lead", lead, "Ring back", "call", NOW, actor=sofie, now=NOW)
    assert "Nothing in this time" not in page.get("/crm/calendar").text


def test_a_full_day_hides_none_of_the_others_and_says_what_it_leaves_out(client):
    sofie = factories.crm_role(factories.person(), "sales-representative", factories.team("North"))
    lead = factories.record("lead", by=sofie)
    for number in range(9):
        at = NOW + timedelta(minutes=number)
        service.plan("lead", lead, f"Ring {number}", "call", at, actor=sofie, now=NOW)
    service.plan("lead", lead, "Visit", "meeting", NOW + timedelta(days=1), actor=sofie, now=NOW)
    page = factories.sign_in(client, sofie).get("/crm/calendar").text
    assert "10 activities" in page
    assert "Ring 5" in page
    assert "Ring 6" not in page
    assert "and 3 more" in page
    assert "Visit" in page
    assert "Ring 8" in client.get("/crm/calendar?view=agenda").text
