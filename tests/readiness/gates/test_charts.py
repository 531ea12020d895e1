"""Criteria in words, and the gates of a phase on its page."""

import pytest

from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.gates import charts, queries, service
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.definitions import Category, Comparator, Criterion
from roadmap.projects.models import Phase
from tests import factories


@pytest.fixture
def project(app):
    """A roll-out with a phase at whose end a gate stands."""
    number = factories.project("Nordic launch")
    stone = factories.task(number, "Data moved", type="milestone")
    gate = {"key": "data", "name": "Data <b>gate</b>", "minimum_score": 85, "minimum_confidence": 80}
    with transaction(SYSTEM, "project.created") as work:
        phase = Phase(project_id=number, number=1, key="data", name="Data")
        work.session.add(phase)
        work.session.flush()
        work.session.add(ReadinessGate(project_id=number, phase_id=phase.id, milestone_id=stone, **gate))
    return number


@pytest.fixture
def manager(project):
    return factories.person("Priya Nair", projects={project: "manager"})


@pytest.mark.parametrize(
    ("comparator", "threshold", "unit", "words"),
    [
        (">=", 95.0, "%", "at least 95 %"),
        ("<=", 3.5, "seconds", "at most 3.5 seconds"),
        ("=", 12500.0, "records", "exactly 12,500 records"),
        ("<=", 0.0, "defects", "none"),
        (">=", 0.0, "EUR", "at least 0 EUR"),
        ("=", 1.0, "yes/no", "yes"),
        ("=", 0.0, "yes/no", "no"),
    ],
)
def test_what_is_asked_in_words(app, comparator, threshold, unit, words):
    asked = Criterion(1, 1, "k", "S", Category.DATA, "kpi", "", Comparator(comparator), threshold, unit)
    with app.test_request_context():
        assert charts.threshold_words(asked) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1.0, "risks", "1 risk"),
        (2.0, "risks", "2 risks"),
        (0.0, "tickets", "0 tickets"),
        (0.05, "seconds", "0.05 seconds"),
        (1.0, "% of window", "1 % of window"),
        (4.0, "of 5", "4 of 5"),
        (94.126, "%", "94.13 %"),
        (1.0, "yes/no", "yes"),
        (None, "risks", "unknown"),
    ],
)
def test_a_value_in_its_unit(app, value, unit, words):
    asked = Criterion(1, 1, "k", "S", Category.DATA, "kpi", "", Comparator.AT_MOST, 1.0, unit)
    with app.test_request_context():
        assert charts.value_words(asked, value) == words


def test_a_phase_shows_its_gate_and_what_it_asks(client, project, manager):
    values = {"statement": "Counts & sums agree", "source": "survey", "must_have": True, "category": "data"}
    criterion, _work = service.add_criterion(project, "data", values, actor=manager)
    text = factories.sign_in(client, manager).get(f"/projects/{project}/phases/1").text
    assert "Data &lt;b&gt;gate" in text
    assert "Counts &amp; sums agree" in text
    assert f"/projects/{project}/readiness/criteria/{criterion}" in text
    for words in ("1 criterion", "1 must-have", "Data moved", "a score of at least 85", "evidence for 80 %"):
        assert words in text
    assert "<b>gate" not in text
    hidden = factories.sign_in(client, factories.person(projects={project: "stakeholder"}))
    assert "1 must-have" in hidden.get(f"/projects/{project}/phases/1?state=done").text


def test_a_phase_without_a_gate_says_nothing_of_one(client, project, manager):
    with transaction(SYSTEM, "project.changed") as work:
        work.session.delete(work.session.get(ReadinessGate, queries.gate(project, "data").id))
    assert "must-have" not in factories.sign_in(client, manager).get(f"/projects/{project}/phases/1").text
