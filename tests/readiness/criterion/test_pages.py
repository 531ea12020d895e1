"""The page of a criterion: what it says, statements and waivers, who may do what, bad input."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from checklists import service as checklists
from checklists.models import Checklist
from infra.backup.models import DrillRun
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.evidence import service as evidence
from readiness.evidence.models import CriterionStatement
from readiness.evidence.rules import Look
from readiness.gates import service as gates
from readiness.gates.models import ReadinessGate
from readiness.verdict import service as verdict
from readiness.waivers.models import CriterionWaiver
from roadmap.staffing.models import ProjectRole
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
SOON = TODAY + timedelta(days=14)
HOSTILE = "<script>alert(1)</script> اختبار {{ 7 * 7 }}"


@pytest.fixture
def project(app) -> int:
    number = factories.project()
    with transaction(SYSTEM, "test") as work:
        work.session.add(
            ReadinessGate(project_id=number, key="go-live", name="Go-live", minimum_score=85, minimum_confidence=80)
        )
    return number


@pytest.fixture
def owner(project):
    return factories.person("Tomas", projects={project: "member"})


@pytest.fixture
def manager(project):
    return factories.person("Maren", projects={project: "manager"})


def ask(project, **values) -> int:
    usual = {"statement": "The help desk is ready", "source": "survey", "must_have": True}
    return gates.add_criterion(project, "go-live", usual | values, actor=SYSTEM)[0]


@pytest.fixture
def survey(project, owner) -> int:
    with transaction(SYSTEM, "test") as work:
        role = ProjectRole(project_id=project, key="administrator", name="Administrator", person_id=owner.id)
        work.session.add(role)
        work.session.flush()
        role_id = role.id
    return ask(project, role_id=role_id, source="survey", subject="satisfaction")


def at(project, criterion) -> str:
    return f"/projects/{project}/readiness/criteria/{criterion}"


def browser(app, who):
    return factories.sign_in(app.test_client(), who)


def shown(app, who, project, criterion, status=200) -> str:
    answer = browser(app, who).get(at(project, criterion))
    assert answer.status_code == status
    return answer.text


def sent(**more) -> dict[str, str]:
    return {"value": "1", "text": "Held on Monday", "until": SOON.isoformat()} | more


def test_a_list_that_is_half_done_names_what_is_open(app, project, manager, asked):
    number, items = factories.checklist(project, "Help desk", "Phones answered", HOSTILE)
    with transaction(SYSTEM, "test") as work:
        work.session.get(Checklist, number).key = "issue-management"
    checklists.tick(project, items[0], actor=SYSTEM, now=NOW)
    values = {"source": "checklist", "subject": "issue-management", "threshold": 100.0, "unit": "%", "comparator": ">="}
    criterion = ask(project, **values)
    verdict.keep_day(Look(project, NOW, TODAY - timedelta(days=1)), actor=SYSTEM)
    client = browser(app, manager)
    client.get(at(project, criterion))
    with asked() as statements:
        page = client.get(at(project, criterion)).text
    assert "It fails: 50 %, asked is at least 100 %. As a must-have it alone makes the gate a no-go." in page
    assert f"/projects/{project}/checklists/items/{items[1]}" in page
    assert "Phones answered" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "Sign it" not in page
    assert "Tue 17 Feb" in page
    assert len(statements) <= 22, len(statements)


def test_what_nothing_measures_is_signed_and_taken_back(app, project, manager, survey):
    assert "It is unknown" in shown(app, manager, project, survey)
    client = browser(app, manager)
    answer = client.post(f"{at(project, survey)}/state", data=sent(text=HOSTILE))
    assert answer.status_code == 303
    page = shown(app, manager, project, survey)
    assert "It passes: yes" in page
    assert "Declared, not measured: Maren signed it" in page
    assert "<script>alert" not in page
    statement = db.session.query(CriterionStatement.id).scalar()
    assert client.post(f"{at(project, survey)}/statements/{statement}/withdraw").status_code == 303
    assert "It is unknown" in shown(app, manager, project, survey)
    assert client.post(f"{at(project, survey)}/statements/{statement}/withdraw").status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        sent(value=""),
        sent(value="many"),
        sent(value="nan"),
        sent(text=" "),
        sent(text="x" * 4001),
        sent(until=""),
        sent(until="soon"),
        sent(until="2026-02-17"),
        sent(until="2027-02-18"),
    ],
)
def test_what_was_typed_wrongly_is_kept(app, project, manager, survey, values):
    gates.change_criterion(project, survey, {"unit": "%", "threshold": 70.0}, actor=SYSTEM)
    answer = browser(app, manager).post(f"{at(project, survey)}/state", data=values)
    assert answer.status_code == 422
    assert "Held on Monday" in answer.text or values["text"] != "Held on Monday"
    assert db.session.query(CriterionStatement).count() == 0


def test_what_is_measured_can_t_be_stated(app, project, manager):
    criterion = ask(project, source="backup-drill", subject="latest")
    answer = browser(app, manager).post(f"{at(project, criterion)}/state", data=sent())
    assert answer.status_code == 422
    assert "This is measured" in answer.text


def test_a_waiver_is_asked_for_given_and_ended(app, project, owner, manager, survey):
    asking = {"reason": "Held next week", "until": SOON.isoformat()}
    assert browser(app, manager).post(f"{at(project, survey)}/waivers", data=asking).status_code == 303
    waiver = db.session.query(CriterionWaiver.id).scalar()
    there = f"{at(project, survey)}/waivers/{waiver}"
    page = shown(app, manager, project, survey)
    assert "Only Tomas decides about this criterion." in page
    assert "Give it" not in page
    assert browser(app, manager).post(f"{there}/answer", data={"act": "give"}).status_code == 403
    assert "Give it" in shown(app, owner, project, survey)
    refused = browser(app, owner).post(f"{there}/answer", data={"act": "refuse", "words": " "})
    assert refused.status_code == 422
    assert browser(app, owner).post(f"{there}/answer", data={"act": "give", "words": "Once"}).status_code == 303
    page = shown(app, manager, project, survey)
    assert "It is waived" in page
    assert "Once" in page
    assert browser(app, owner).post(f"{there}/end").status_code == 303
    assert "It is unknown" in shown(app, manager, project, survey)


@pytest.mark.parametrize(
    "values", [{"reason": "", "until": "2026-03-04"}, {"reason": "Why not", "until": "2026-09-01"}]
)
def test_a_waiver_needs_a_reason_and_a_day(app, project, manager, survey, values):
    answer = browser(app, manager).post(f"{at(project, survey)}/waivers", data=values)
    assert answer.status_code == 422
    assert db.session.query(CriterionWaiver).count() == 0


def test_whoever_only_looks_sees_no_forms_and_opens_no_foreign_pages(app, project):
    with transaction(SYSTEM, "test") as work:
        work.session.add(
            DrillRun(file="b.zip", started_at=NOW, milliseconds=1, passed=False, checks=[["rows", False, ""]])
        )
    criterion = ask(project, source="backup-drill", subject="latest")
    reader = factories.person(projects={project: "stakeholder"})
    page = shown(app, reader, project, criterion)
    assert "It fails: no" in page
    assert "/admin/backups" not in page
    assert "Ask for a waiver" not in page
    assert "/admin/backups" in shown(app, factories.administrator(), project, criterion)


def test_what_is_no_longer_asked_stays_readable(app, project, manager, survey):
    evidence.state(project, survey, 1.0, "Held", SOON, actor=manager, now=NOW, today=TODAY)
    gates.drop_criterion(project, survey, actor=SYSTEM)
    assert "It is no longer asked" in shown(app, manager, project, survey)


def test_a_criterion_of_another_project_is_not_there(app, project, survey):
    other = factories.project("Another")
    who = factories.person(projects={other: "manager"})
    shown(app, who, other, survey, status=404)
    shown(app, who, project, survey, status=404)
    shown(app, factories.administrator(), project, 99_999, status=404)


def test_what_belongs_to_another_criterion_is_not_there_under_this_one(app, project, owner, manager, survey):
    client, other = browser(app, manager), ask(project, source="survey", subject="other")
    client.post(f"{at(project, survey)}/state", data=sent())
    client.post(f"{at(project, survey)}/waivers", data={"reason": "Next week", "until": SOON.isoformat()})
    statement = db.session.query(CriterionStatement.id).scalar()
    waiver = db.session.query(CriterionWaiver.id).scalar()
    wrong, who = at(project, other), browser(app, owner)
    assert client.post(f"{wrong}/statements/{statement}/withdraw").status_code == 404
    assert who.post(f"{wrong}/waivers/{waiver}/answer", data={"act": "give", "words": "x"}).status_code == 404
    assert who.post(f"{at(project, survey)}/waivers/{waiver}/answer", data={"act": "give"}).status_code == 303
    assert who.post(f"{wrong}/waivers/{waiver}/end").status_code == 404
