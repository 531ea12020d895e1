"""The sidebar and the breadcrumb: where one is, and the way back."""

from __future__ import annotations

import re
from datetime import date

import pytest

from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.gates.models import ReadinessGate
from readiness.verdict.models import ReadinessDay
from roadmap.projects.models import Project
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def look(app):
    """A function that opens a place of a project as somebody with this role in it."""
    project = factories.project("Ours")

    def at(path: str, role: str = "manager") -> str:
        browser = factories.sign_in(app.test_client(), factories.person(projects={project: role}))
        return browser.get(f"/projects/{project}{path}").text

    return at


def crumbs(page: str) -> list[str]:
    return re.findall(r"<li>(.*?)</li>", page.split('class="crumbs"', 1)[1].split("</nav>", 1)[0])


def test_places_stand_in_groups_and_no_two_share_a_drawing(look):
    side = look("").split('aria-label="Project"', 1)[1].split("</nav>", 1)[0]
    assert re.findall(r'class="navhead">(\w+)<', side) == ["Plan", "People", "Control"]
    drawings = re.findall(r"icons\.svg[^#]*#([\w-]+)", side)
    assert len(drawings) == len(set(drawings)) >= 17


def test_a_page_below_a_place_leads_back_to_it(look):
    place, below = crumbs(look("/risks")), crumbs(look("/risks/new"))
    assert place[-1] == '<span dir="auto" aria-current="page">Risks</span>'
    assert re.fullmatch(r'<a href="/projects/\d+/risks" dir="auto">Risks</a>', below[-1])


@pytest.mark.parametrize(("page", "place"), [("/audience", "Team"), ("/readiness/criteria", "Readiness")])
def test_a_room_that_stands_under_another_leads_back_to_it(look, page, place):
    assert re.fullmatch(rf'<a href="/projects/\d+/\w+" dir="auto">{place}</a>', crumbs(look(page))[-1])


@pytest.mark.parametrize(("state", "shown"), [("active", True), ("finished", False), ("archived", False)])
def test_only_a_roll_out_that_runs_has_its_decision_beside_readiness(client, state: str, shown: bool) -> None:
    project = factories.project("Ours")
    with transaction(SYSTEM, "test") as work:
        gate = ReadinessGate(project_id=project, key="go-live", name="Go-live", minimum_score=85, minimum_confidence=80)
        work.session.add(gate)
        work.session.flush()
        kept = {"decision": "no-go", "confidence": 0.5, "lines": []}
        work.session.add(ReadinessDay(project_id=project, gate_id=gate.id, day=NOW.date(), at=NOW, **kept))
        work.session.get(Project, project).state = state
    page = factories.sign_in(client, factories.person(projects={project: "manager"})).get(f"/projects/{project}").text
    assert ("No-go" in page.split('aria-label="Project"', 1)[1].split("</nav>", 1)[0]) is shown


def test_a_page_whose_place_one_may_not_open_leads_back_to_the_project(look):
    assert re.fullmatch(r'<a href="/projects/\d+" dir="auto">Ours</a>', crumbs(look("/blockers", "stakeholder"))[-1])


def test_from_a_roll_out_one_place_leads_to_the_crm_and_inside_it_all_its_places_stand(client, app):
    boss = factories.crm_role(factories.administrator(), "crm-administrator")
    project = factories.project()
    factories.sign_in(client, boss)
    outside = client.get(f"/projects/{project}/readiness").text
    assert 'title="CRM"' in outside
    assert 'title="Leads"' not in outside
    inside = client.get("/crm/leads").text
    assert 'title="Leads"' in inside
    assert 'title="CRM"' not in inside


@pytest.mark.parametrize(
    ("start", "state", "words"),
    [
        (date(2026, 3, 2), "active", "Begins Mon 2 Mar"),
        (date(2026, 2, 16), "active", "Week 1 of 12 · day 3"),
        (date(2025, 10, 27), "active", "Week 17 · day 115"),
        (date(2025, 10, 27), "finished", "Finished"),
    ],
)
def test_a_roll_out_says_where_it_is(client, start: date, state: str, words: str) -> None:
    project = factories.project("Europe launch", start=start)
    with transaction(SYSTEM, "project.finished") as work:
        work.session.get(Project, project).state = state
    browser = factories.sign_in(client, factories.person(projects={project: "manager"}))
    assert words in browser.get(f"/projects/{project}/tasks").text
