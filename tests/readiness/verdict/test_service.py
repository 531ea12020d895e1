"""A gate judged, stated, waived and kept: through the services, on a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken
from readiness.evidence import service as evidence
from readiness.evidence.models import CriterionStatement
from readiness.evidence.rules import Look
from readiness.gates import queries as gates
from readiness.gates import service as criteria
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.decision import Decision
from readiness.gates.rules.results import Result
from readiness.verdict import queries, rules, service
from readiness.verdict.rules.documents import GoingLive
from readiness.waivers import service as waivers
from roadmap.staffing.models import ProjectRole
from tests import factories

NOW, TODAY = datetime(2026, 2, 18, 9, tzinfo=UTC), date(2026, 2, 18)
SOON = TODAY + timedelta(days=14)


@pytest.fixture
def project(app) -> int:
    number = factories.project()
    with transaction(SYSTEM, "project.created") as work:
        work.session.add(
            ReadinessGate(
                project_id=number, key="go-live", name="Go-live gate", minimum_score=85, minimum_confidence=80
            )
        )
    return number


@pytest.fixture
def owner(project) -> object:
    return factories.person("Tomas Lindqvist", projects={project: "member"})


@pytest.fixture
def asked(project, owner) -> int:
    with transaction(SYSTEM, "role.added") as work:
        role = ProjectRole(project_id=project, key="administrator", name="Administrator", person_id=owner.id)
        work.session.add(role)
        work.session.flush()
        role_id = role.id
    values = {"statement": "A survey was held", "source": "survey", "must_have": True, "role_id": role_id}
    return criteria.add_criterion(project, "go-live", values, actor=SYSTEM)[0]


def judged(project: int, today: date = TODAY):
    moment = NOW + (today - TODAY)
    return queries.standing(gates.gate(project, "go-live"), Look(project, moment, today))


def test_what_nothing_measures_is_unknown_until_it_is_stated(project, asked, owner):
    assert judged(project).lines[0].result is Result.UNKNOWN
    evidence.state(project, asked, 1.0, "Held on Monday, 40 answers", SOON, actor=owner, now=NOW, today=TODAY)
    found = judged(project)
    assert (found.decision, found.lines[0].evidence.declared) == (Decision.GO, True)
    assert judged(project, SOON + timedelta(days=1)).decision is Decision.NO_GO


def test_a_statement_can_be_taken_back(project, asked, owner):
    evidence.state(project, asked, 1.0, "Held", SOON, actor=owner, now=NOW, today=TODAY)
    number = db.session.query(CriterionStatement.id).scalar()
    evidence.withdraw(project, number, actor=owner, now=NOW)
    assert judged(project).decision is Decision.NO_GO
    with pytest.raises(NotFound):
        evidence.withdraw(project, number, actor=owner, now=NOW)


@pytest.mark.parametrize(
    ("value", "text", "until"),
    [
        (None, "Held", SOON),
        (float("nan"), "Held", SOON),
        (1.0, "  ", SOON),
        (1.0, "Held", None),
        (1.0, "Held", TODAY - timedelta(days=1)),
        (1.0, "Held", TODAY + timedelta(days=400)),
        (1.0, "x" * 5000, SOON),
    ],
)
def test_a_statement_needs_a_value_words_and_a_day(project, asked, owner, value, text, until):
    with pytest.raises(RuleBroken):
        evidence.state(project, asked, value, text, until, actor=owner, now=NOW, today=TODAY)


def test_a_waiver_is_given_by_who_decides_and_never_by_who_asks(project, asked, owner):
    manager = factories.person("Priya Nair", projects={project: "manager"})
    number, _work = waivers.ask(project, asked, "Is held next week", SOON, actor=manager, now=NOW, today=TODAY)
    assert judged(project).decision is Decision.NO_GO
    with pytest.raises(Refused):
        waivers.give(project, number, actor=manager, now=NOW)
    waivers.give(project, number, actor=owner, now=NOW)
    assert judged(project).lines[0].result is Result.WAIVED
    assert judged(project, SOON + timedelta(days=1)).lines[0].result is Result.UNKNOWN
    own, _work = waivers.ask(project, asked, "Again", SOON, actor=owner, now=NOW, today=TODAY)
    with pytest.raises(Refused):
        waivers.give(project, own, actor=owner, now=NOW)


def told(who):
    query = select(Notice.kind, Notice.params).where(Notice.person_id == who.id, Notice.kind.startswith("waiver_"))
    return [(kind, params["text"]) for kind, params in db.session.execute(query.order_by(Notice.id))]


def test_who_decides_is_told_that_a_waiver_is_asked_for_and_who_asked_what_became_of_it(project, asked, owner):
    manager = factories.person("Priya Nair", projects={project: "manager"})
    shared = {"actor": manager, "now": NOW, "today": TODAY}
    refused, _work = waivers.ask(project, asked, "Is held next week", SOON, **shared)
    assert (told(owner), told(manager)) == ([("waiver_asked", "Is held next week")], [])
    waivers.refuse(project, refused, "Too early", actor=owner, now=NOW)
    given, _work = waivers.ask(project, asked, "Is held now", SOON, **shared)
    waivers.give(project, given, "Once", actor=owner, now=NOW)
    waivers.end(project, given, actor=owner)
    assert told(manager) == [("waiver_refused", "Too early"), ("waiver_given", "Once"), ("waiver_ended", "")]
    assert told(owner) == [("waiver_asked", "Is held next week"), ("waiver_asked", "Is held now")]


def test_where_nobody_decides_the_managers_are_told_of_a_waiver(project, asked, owner):
    manager = factories.person("Priya Nair", projects={project: "manager"})
    criteria.change_criterion(project, asked, {"role_id": None}, actor=SYSTEM)
    waivers.ask(project, asked, "Is held next week", SOON, actor=owner, now=NOW, today=TODAY)
    assert (told(owner), told(manager)) == ([], [("waiver_asked", "Is held next week")])


def test_what_is_never_waivable_is_not_waived(project, asked, owner):
    criteria.change_criterion(project, asked, {"never_waivable": True}, actor=SYSTEM)
    with pytest.raises(RuleBroken):
        waivers.ask(project, asked, "Please", SOON, actor=owner, now=NOW, today=TODAY)


def test_a_day_is_kept_once_and_stays(project, asked, owner):
    look = Look(project, NOW, TODAY)
    service.keep_day(look, actor=SYSTEM)
    evidence.state(project, asked, 1.0, "Held", SOON, actor=owner, now=NOW, today=TODAY)
    service.keep_day(look, actor=SYSTEM)
    (day,) = queries.days(gates.gate(project, "go-live").id, TODAY, TODAY)
    assert (day.decision, day.score) == (Decision.NO_GO, None)


def test_another_project_s_criterion_is_not_found(project, asked, owner):
    other = factories.project("Another")
    with pytest.raises(NotFound):
        evidence.state(other, asked, 1.0, "Held", SOON, actor=owner, now=NOW, today=TODAY)
    with pytest.raises(NotFound):
        criteria.change_criterion(other, asked, {"weight": 2}, actor=SYSTEM)


@pytest.mark.parametrize(
    "values",
    [
        {"weight": 0},
        {"weight": float("inf")},
        {"threshold": None},
        {"minimum_sample": -1},
        {"freshness_days": 0},
        {"category": "weather"},
        {"comparator": "~"},
        {"statement": ""},
        {"statement": "x" * 301},
        {"role_id": 99_999},
    ],
)
def test_nonsense_is_refused(project, asked, values):
    with pytest.raises(RuleBroken):
        criteria.change_criterion(project, asked, values, actor=SYSTEM)


def test_the_document_has_the_fields_that_scripts_rely_on(project, asked):
    found = rules.document(judged(project), NOW, GoingLive())
    assert found.keys() == {"project", "gate", "as_of", "decision", "score", "confidence", "criteria", "cheapest_path",
                            "go_live"}  # fmt: skip
    assert set(found["go_live"].values()) == {None}
    assert found["cheapest_path"] == ["a-survey-was-held"]
    assert found["criteria"][0]["result"] == "unknown"
