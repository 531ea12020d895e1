"""The day of a launch: who sees what, from when, and what becomes of bad input."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from crm.usage.models import Visit
from desk.launch import queries
from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.decisions.rules import Condition, Taken
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.sources import Look
from readiness.meeting import service as meeting
from readiness.signoffs import service as signs
from readiness.signoffs.rules import Chosen, Given
from roadmap.audience import service as audience
from roadmap.projects import queries as projects
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
HOSTILE = '<script>alert(1)</script> \u202eاختبار {{ 7 * 7 }} =cmd|"/c calc"'


@pytest.fixture
def project(app):
    made = factories.project("Europe launch", target_go_live=TODAY)
    factories.task(made, HOSTILE, constraint_type="SNET", constraint_date=datetime(2026, 2, 19, 8))
    with transaction(SYSTEM, "project.created") as work:
        limits = {"minimum_score": 0, "minimum_confidence": 0}
        work.session.add(ReadinessGate(project_id=made, key="go-live", name="Go-live gate", **limits))
    return made


@pytest.fixture
def maren(project):
    return factories.person("Maren", projects={project: "manager"})


def go(project, maren):
    look = Look(project, NOW, TODAY)
    signs.choose(project, "go-live", Chosen(["member:manager"], ["member:manager"]), actor=maren)
    signs.ask(look, "go-live", None, actor=maren)
    meeting.sign("go-live", Given("member:manager", "approve"), look, actor=maren)
    meeting.decide("go-live", Taken("go", "We are sure.", key="go"), look, actor=maren)


def test_before_a_go_the_page_says_what_will_be_there(app, project, maren):
    page = factories.sign_in(app.test_client(), maren).get(f"/projects/{project}/launch").text
    assert "No go was decided yet." in page
    assert "/readiness/decision" in page


def test_after_a_go_it_shows_what_is_next_and_takes_the_day(app, project, maren):
    go(project, maren)
    client = factories.sign_in(app.test_client(), maren)
    page = client.get(f"/projects/{project}/launch").text
    assert "What is next" in page
    assert "<script>alert" not in page
    assert "They are counted from the day on which it is live." in page
    assert client.post(f"/projects/{project}/launch", data={"day": "2026-02-18"}).status_code == 303
    page = client.get(f"/projects/{project}/launch").text
    assert "Launch day: live since this morning." in page
    assert "Undo" in page
    for typed in ("", "soon"):
        assert client.post(f"/projects/{project}/launch", data={"day": typed}).status_code == 422


def test_a_condition_of_the_go_is_a_problem_only_once_it_is_late(app, project, maren, clock):
    look = Look(project, NOW, TODAY)
    signs.choose(project, "go-live", Chosen(["member:manager"], ["member:manager"]), actor=maren)
    signs.ask(look, "go-live", None, actor=maren)
    signs_with = Given("member:manager", "condition", "Two sellers are trained first.", TODAY + timedelta(days=1))
    meeting.sign("go-live", signs_with, look, actor=maren)
    condition = Condition("signoff-1", "Two sellers are trained first.", "", maren.id, TODAY + timedelta(days=1))
    taken = Taken("go-with-conditions", "We are sure.", (condition,), key="go")
    meeting.decide("go-live", taken, look, actor=maren)
    client = factories.sign_in(app.test_client(), maren)
    page = client.get(f"/projects/{project}/launch").text
    assert "1 condition has to be met." in page
    assert "Conditions of the go" in page
    assert "problem is open" not in page
    clock.now = NOW + timedelta(days=2)
    page = factories.sign_in(client, maren).get(f"/projects/{project}/launch").text
    assert "1 problem is open." in page
    assert "Conditions of the go" not in page


def test_what_was_decided_stands_first_on_the_pages_of_its_gate(app, project, maren):
    go(project, maren)
    client = factories.sign_in(app.test_client(), maren)
    for place in ("readiness", "readiness/decision"):
        page = client.get(f"/projects/{project}/{place}").text
        assert "Decided: go." in page
        assert "The figures of today say" in page


def test_first_sign_ins_are_counted_and_named_to_who_leads(app, project, maren):
    go(project, maren)
    team = factories.team("Aarhus")
    lead = factories.crm_role(factories.person("Lea"), "sales-manager", team, leads=True)
    seller = factories.crm_role(factories.person("Oskar"), "sales-representative", team)
    audience.choose(project, [team], actor=maren)
    audience.launch(project, TODAY, actor=maren)
    with transaction(SYSTEM, "usage.kept") as work:
        for at in (NOW - timedelta(minutes=30), NOW - timedelta(days=3)):
            work.session.add(Visit(person_id=seller.id, started_at=at, last_at=at))
    row = projects.row_of(project)
    seen = {who.name: queries.launch(row, NOW, who.id) for who in (maren, lead)}
    assert [(each.here, each.whole) for each in seen.values()] == [(1, 2), (1, 2)]
    assert [each.name for each in seen["Maren"].arrived] == [""]
    assert [each.name for each in seen["Lea"].arrived] == ["Oskar"]
    assert [(each.name, each.here, each.whole) for each in seen["Maren"].teams] == [("Aarhus", 1, 2)]
