"""Offering help: who is named to whom, one press and its undo, nothing twice, bad input, few statements."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from adoption.help import queries, service
from adoption.help.models import AdoptionOffer
from adoption.help.queries import Look
from adoption.help.rules import about_person, about_teams
from infra.database import db
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.actions import queries as actions
from roadmap.actions import service as acts
from roadmap.actions.models import ActionItem
from roadmap.audience import service as audience
from roadmap.projects import service as projects
from tests import factories
from tests.fixtures.app import NOW

MOST_STATEMENTS = 31
"""The figures of use take most of them, as on the page of adoption."""


@pytest.fixture
def project(app):
    made = factories.project()
    audience.launch(made, NOW.date() - timedelta(days=50), actor=SYSTEM)
    return made


@pytest.fixture
def crew(project):
    """A team of six that logs late, led by Lena, who is in the project, and a team of six that logs in time."""
    late, quick = factories.team("Late"), factories.team("Quick")
    lead = factories.crm_role(
        factories.person("Lena Lead", projects={project: "member"}), "sales-manager", late, leads=True
    )
    slow = [lead, *(factories.crm_role(factories.person(), "sales-representative", late) for _ in range(5))]
    fast = [factories.crm_role(factories.person(), "sales-representative", quick) for _ in range(6)]
    for who, days in (*((each, 4) for each in slow), *((each, 0) for each in fast)):
        for back in (8, 9, 10):
            happened = NOW - timedelta(days=back)
            factories.record(
                "activity", by=who, at=happened + timedelta(days=days, hours=1), kind="call", state="done",
                occurred_at=happened,
            )  # fmt: skip
    return late, quick, lead, slow


@pytest.fixture
def manager(project):
    return factories.person("Maren", projects={project: "manager"})


@pytest.fixture
def browser(app, manager):
    return factories.sign_in(app.test_client(), manager)


def address(project):
    return f"/projects/{project}/adoption/help"


def test_before_go_live_help_does_not_begin(app, manager, browser):
    other = factories.project("Later")
    seen = factories.sign_in(browser, factories.person(projects={other: "manager"})).get(address(other)).text
    assert "The roll-out is not live yet: help begins with use." in seen


def test_a_team_that_logs_late_is_offered_something_by_one_press_and_only_once(browser, project, crew):
    late, _quick, lead, _slow = crew
    page = browser.get(address(project)).text
    assert "Late: 0 % logged within a day, target 90 %." in page
    sent = {"about": about_teams([late]), "gap": "late", "feature": ""}
    assert browser.post(address(project), data=sent).status_code == 303
    [row] = actions.rows(project)
    assert (row.title, row.owner_id, row.subject[:5]) == ("Help for Late: Log a call in 20 seconds", lead.id, "help:")
    again = browser.post(address(project), data=sent, follow_redirects=True).text
    assert "offered already" in again
    assert len(actions.rows(project)) == 1
    assert row.code in browser.get(address(project)).text


def test_it_is_taken_back_by_the_toast(browser, project, crew):
    sent = {"about": about_teams([crew[0]]), "gap": "late", "feature": ""}
    shown = browser.post(address(project), data=sent, follow_redirects=True).text
    undo = shown.split('action="/undo/', 1)[1].split('"', 1)[0]
    browser.post(f"/undo/{undo}")
    assert (actions.rows(project), list(db.session.scalars(select(AdoptionOffer)))) == ([], [])


def test_once_done_it_may_be_offered_again_and_the_effect_of_six_people_is_refused(browser, project, crew, manager):
    sent = {"about": about_teams([crew[0]]), "gap": "late", "feature": ""}
    browser.post(address(project), data=sent)
    acts.complete(project, actions.rows(project)[0].id, actor=manager, now=NOW)
    assert "6 people are too few" in browser.get(address(project)).text
    browser.post(address(project), data=sent)
    assert len(actions.rows(project)) == 2


def test_people_are_named_to_their_lead_alone(app, project, crew, manager):
    _late, _quick, lead, slow = crew
    for_lead = queries.view(project, Look(lead.id, False, NOW, UTC))
    for_manager = queries.view(project, Look(manager.id, True, NOW, UTC))
    assert {each.about for each in for_lead.people} == {about_person(each.id) for each in slow}
    assert for_manager.people == []
    wanted = service.Wanted(about_person(slow[1].id), "late")
    with pytest.raises(RuleBroken):
        service.offer(project, wanted, actor=manager, look=Look(manager.id, True, NOW, UTC))
    service.offer(project, wanted, actor=SYSTEM, look=Look(lead.id, False, NOW, UTC))
    [row] = actions.rows(project)
    assert slow[1].name not in row.title + row.details
    assert [each.name for each in queries.view(project, Look(manager.id, True, NOW, UTC)).offers] == [None]
    assert [each.name for each in queries.view(project, Look(lead.id, False, NOW, UTC)).offers] == [slow[1].name]


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"about": "team:999", "gap": "late"}, {"about": "x" * 300, "gap": "late"}, {"about": "T", "gap": "late"},
        {"about": "LATE", "gap": "nonsense"}, {"about": "LATE", "gap": "unused"},
        {"about": "LATE", "gap": "late", "feature": "leads"}, {"about": "LATE", "gap": "unused", "feature": "=1+1"},
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words_and_leaves_nothing(browser, project, crew, sent):
    data = {key: value.replace("LATE", about_teams([crew[0]])) for key, value in sent.items()}
    page = browser.post(address(project), data=data, follow_redirects=True)
    assert page.status_code == 200
    assert "from the list" in page.text
    assert db.session.scalars(select(ActionItem)).all() == []


def test_a_finished_roll_out_shows_gaps_and_takes_no_offers(browser, project, crew):
    projects.finish(project, actor=SYSTEM)
    page = browser.get(address(project)).text
    assert "takes no more action items" in page
    assert '<form method="post" action="' + address(project) not in page


def test_statements_do_not_grow_with_offers(browser, project, crew, asked):
    for gap in ("late", "inactive", "contacts"):
        service.offer(
            project, service.Wanted(about_teams([crew[0]]), gap), actor=SYSTEM, look=Look(None, True, NOW, UTC)
        )
    browser.get(address(project))
    with asked() as statements:
        browser.get(address(project))
    assert len(statements) <= MOST_STATEMENTS, len(statements)
