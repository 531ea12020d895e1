"""The page of the forecast and its card: what they say of a roll-out that is live, and of one that is not."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from accounts.people.models import Person
from adoption.forecast import charts, queries
from crm.usage import service as usage
from crm.usage.rules import Stay
from infra.transaction import transaction
from kernel.actor import SYSTEM
from roadmap.audience import service as audience
from tests import factories
from tests.fixtures.app import NOW

MOST_STATEMENTS = 22
LIVE = date(2025, 12, 30)


@pytest.fixture
def project(app):
    return factories.project()


@pytest.fixture
def look(app, project):
    client = factories.sign_in(app.test_client(), factories.person("Maren", projects={project: "manager"}))
    return lambda: client.get(f"/projects/{project}/adoption/forecast")


def lived(project, since=LIVE, people=5):
    """The roll-out is live, and so many people who are there since December sign in four times a week."""
    audience.launch(project, since, actor=SYSTEM)
    mornings = [NOW - timedelta(days=back, hours=1) for back in range(1, 60)]
    days = [at for at in mornings if at.weekday() < 4]
    found = [factories.crm_role(factories.person(), "sales-manager") for _ in range(people)]
    with transaction(SYSTEM, "person.changed") as work:
        for who in found:
            work.session.get(Person, who.id).created_at = NOW - timedelta(days=90)
    usage.put(
        {who.id: [Stay(at, at + timedelta(minutes=5)) for at in days] for who in found}, {}, actor=SYSTEM, now=NOW
    )


def test_before_go_live_nothing_is_said(look):
    page = look().text
    assert "not live yet, so there is no week to go on from" in page
    assert page.count("The roll-out is not live yet.") == 4


def test_from_four_weeks_on_it_has_an_interval_and_a_chance(project, look):
    lived(project)
    found = {each.kpi.key: each for each in queries.ahead(project, NOW, UTC).figures}
    weekly = found["weekly-active"]
    assert weekly.outlook is not None
    assert [value for _week, value in weekly.values] == [1.0] * len(weekly.values)
    assert (found["contact-creation"].why, found["data-completeness"].why) == ("no-baseline", "few")
    page = look().text
    assert "target is more likely than not to be met in week 12, from Mon 23 Mar" in page
    assert "Contacts are compared with a baseline" in page
    assert 'class="band"' in page


def test_a_roll_out_of_two_weeks_says_how_many_there_are(project, look):
    lived(project, NOW.date() - timedelta(days=16))
    assert "There are 2 weeks after go-live; a forecast takes 4." in look().text


def test_after_week_twelve_it_says_what_came(project, look):
    lived(project, NOW.date() - timedelta(weeks=14))
    assert "Week 12 is over: it showed" in look().text


def test_fewer_than_five_people_are_not_forecast(project, look):
    lived(project, LIVE, 4)
    assert "Too few people to say anything of their use." in look().text


def test_the_card_leads_to_the_page(app, project):
    lived(project)
    with app.test_request_context():
        shown = charts.panel(project, queries.ahead(project, NOW, UTC))
    assert f'href="/projects/{project}/adoption/forecast#weekly-active"' in shown


@pytest.mark.parametrize("people", [5, 9])
def test_the_statements_do_not_grow_with_people(project, look, asked, people):
    lived(project, LIVE, people)
    look()
    with asked() as statements:
        look()
    assert len(statements) <= MOST_STATEMENTS, len(statements)
