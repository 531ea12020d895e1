"""Contradictions are answered in words: on the page of health, before a report is issued, and by the timetable."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from checklists.models import Checklist
from infra.database import db
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from readiness.colours import charts
from readiness.evidence.rules import Look
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from readiness.health import queries, service
from readiness.health.models import HealthAnswer
from readiness.verdict import queries as verdicts
from readiness.verdict import service as keeping
from reports.issued import queries as reports
from reports.issued import service as issued
from reports.issued.rules.draft import DraftData
from reports.issuing import jobs
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
WEDNESDAY = 2
HOSTILE = "<script>alert(1)</script> =1+1"
KEYS = {"must_have", "forecast:schedule", "no_data:scope", "no_data:quality", "no_data:cost", "no_data:risk"}


@pytest.fixture
def project(app):
    """Its go-live lies one day after its target, and a must-have of its gate fails."""
    made = factories.project("Europe launch", target_go_live=date(2026, 3, 5))
    factories.task(made, "Audit every source", duration_minutes=4800)
    live = {"type": "milestone", "is_go_live": True, "constraint_type": "SNET"}
    factories.task(made, "Go-live", **live, constraint_date=datetime(2026, 3, 6, 17))
    listed, _items = factories.checklist(made, "Champions", "Trained")
    with transaction(SYSTEM, "readiness.criterion_added") as work:
        work.session.get_one(Checklist, listed).key = "champions"
        gate = ReadinessGate(
            project_id=made, key="go-live", name="Go-live", minimum_score=85, minimum_confidence=80, position=0
        )
        work.session.add(gate)
        work.session.flush()
        shared = {"project_id": made, "gate_id": gate.id, "category": "people", "comparator": ">=", "weight": 1}
        asked = {"source": "checklist", "subject": "champions", "threshold": 100, "unit": "%"}
        work.session.add(
            ReadinessCriterion(
                **shared, **asked, key="champions", statement="Every champion is trained.", must_have=True
            )
        )
        work.session.add(ReadinessCriterion(**shared, **asked, key="nice", statement="Posters hang.", position=1))
    return made


@pytest.fixture
def manager(project):
    return factories.person("Maren", projects={project: "manager"})


@pytest.fixture
def browser(app, manager):
    return factories.sign_in(app.test_client(), manager)


@pytest.fixture
def claim(project, manager):
    return service.claim(project, "green", "One day is absorbed", None, actor=manager, now=NOW, today=TODAY)


def health(project):
    db.session.rollback()
    return queries.one(project, TODAY, SYSTEM, verdicts.failing_at(NOW))


def answer(project, manager, *, but=()):
    judged = health(project)
    said = {each.key: f"Known: {each.key}" for each in judged.contradictions if each.key not in but}
    return service.answer(judged, said, charts.sentences(judged), actor=manager, now=NOW)


def test_a_must_have_that_fails_contradicts_green_and_leads_to_readiness(browser, project, claim):
    page = browser.get(f"/projects/{project}/health").text
    assert "One must-have fails: Every champion is trained." in page
    assert "Posters hang" not in page
    assert f'href="/projects/{project}/readiness"' in page
    assert {each.key for each in health(project).contradictions} >= {"must_have", "forecast:schedule"}


def test_pages_of_many_projects_read_the_kept_day(browser, project, claim):
    assert verdicts.failing_lately([project]) == {}
    keeping.keep_day(Look(project, NOW, TODAY), actor=SYSTEM)
    assert verdicts.failing_lately([project]) == {project: ["Every champion is trained."]}
    assert verdicts.failing_lately([project], until=TODAY - timedelta(days=1)) == {}
    count = len(health(project).contradictions)
    for page in (f"/projects/{project}", "/"):
        assert f"{count} contradictions" in browser.get(page).text


def test_answers_are_kept_shown_changed_and_taken_back(browser, project, manager, claim):
    sent = {"answer:must_have": HOSTILE, "answer:forecast:schedule": "  "}
    page = browser.post(f"/projects/{project}/health/answers", data=sent, follow_redirects=True).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert set(queries.answers_to(health(project))) == {"must_have"}
    again = service.answer(
        health(project), {"must_have": "They are trained on Friday."}, charts.sentences(health(project)),
        actor=manager, now=NOW,
    )  # fmt: skip
    assert [row.words for row in db.session.scalars(select(HealthAnswer))] == ["They are trained on Friday."]
    undo(again.transaction_id, actor=manager)
    assert queries.answers_to(health(project))["must_have"].words == HOSTILE


def test_an_answer_to_another_figure_says_which(browser, project, manager, claim):
    with transaction(SYSTEM, "health.answered") as work:
        made = HealthAnswer(project_id=project, claim_id=health(project).claim.id, key="must_have")
        made.sentence, made.words, made.at = "Two must-haves fail.", "We know.", NOW
        work.session.add(made)
    assert "answered when it read: Two must-haves fail." in browser.get(f"/projects/{project}/health").text


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({}, 422, "Nothing was answered"),
        ({"answer:must_have": " "}, 422, "Nothing was answered"),
        ({"answer:must_have": "kept text " + "x" * 1000}, 422, "at most 1000 characters"),
        ({"answer:nonsense": "x"}, 404, ""),
    ],
)
def test_what_is_no_answer_is_said_and_keeps_what_was_typed(browser, project, claim, sent, status, said):
    found = browser.post(f"/projects/{project}/health/answers", data=sent)
    assert found.status_code == status
    assert said in found.text
    assert "kept text" not in sent.get("answer:must_have", "") or "kept text" in found.text
    assert queries.answers_to(health(project)) == {}


def test_a_new_claim_has_to_be_answered_anew(project, manager, claim):
    answer(project, manager)
    assert queries.unanswered(health(project), queries.answers_to(health(project))) == []
    service.claim(project, "green", "Still", None, actor=manager, now=NOW, today=TODAY)
    assert queries.answers_to(health(project)) == {}
    with pytest.raises(NotFound):
        service.answer(health(project), {"overload:resources": "x"}, {}, actor=manager, now=NOW)


@pytest.mark.usefixtures("paper")
def test_a_report_is_not_issued_before_each_contradiction_is_answered(browser, project, manager, claim):
    draft = f"/projects/{project}/reports/next"
    page = browser.get(draft).text
    assert "What contradicts the claimed colour" in page
    assert "One must-have fails" in page
    form = {"as_of": TODAY.isoformat(), "comment": "All is well.", "key": "k1", "do": "issue"}
    refused = browser.post(draft, data=form | {"answer:must_have": "Trained on Friday."})
    assert refused.status_code == 422
    assert "Answer in words what contradicts the claimed colour" in refused.text
    assert "By the plan as it stands it goes live" in refused.text
    assert reports.reports(project) == []
    assert queries.answers_to(health(project))["must_have"].words == "Trained on Friday."
    rest = {f"answer:{each.key}": "We know." for each in health(project).contradictions if each.key != "must_have"}
    assert browser.post(draft, data=form | rest).status_code == 302
    frozen = browser.get(f"/projects/{project}/reports/1").text
    assert "Every champion is trained." in frozen
    assert "Trained on Friday." in frozen


@pytest.mark.usefixtures("paper")
def test_the_timetable_waits_says_why_once_and_issues_when_it_is_answered(app, project, manager, claim):
    issued.set_schedule(project, WEDNESDAY, "09:00", DraftData(), "issue", actor=SYSTEM, now=NOW - timedelta(days=2))
    turn = datetime(2026, 2, 18, 9, tzinfo=UTC)
    with app.test_request_context():
        assert jobs.issue_due(SYSTEM, turn - timedelta(hours=20)) == ""
        assert kinds(manager) == ["report_unanswered"]
        for _time in range(2):
            assert jobs.issue_due(SYSTEM, turn) == ""
        assert kinds(manager) == ["report_contradicted", "report_unanswered"]
        answer(project, manager, but=("must_have",))
        assert jobs.issue_due(SYSTEM, turn) == ""
        answer(project, manager)
        assert jobs.issue_due(SYSTEM, turn) == "Europe launch: report 1"


def test_without_a_claim_nothing_has_to_be_answered(browser, project):
    assert "What contradicts the claimed colour" not in browser.get(f"/projects/{project}/reports/next").text
    assert health(project).contradictions == ()
    with pytest.raises(NotFound):
        service.answer(health(project), {"must_have": "x"}, {}, actor=SYSTEM, now=NOW)
    with pytest.raises(RuleBroken):
        service.claim(project, "green", "", None, actor=SYSTEM, now=NOW, today=TODAY)


def kinds(person):
    return sorted(row.kind for row in db.session.query(Notice).filter_by(person_id=person.id))
