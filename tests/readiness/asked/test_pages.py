"""The pages on which is decided what is asked at gates."""

import re

import pytest

from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.gates import queries, service
from readiness.gates.models import ReadinessGate
from tests import factories

VALUES = {
    "statement": "People were asked", "category": "people", "source": "survey", "subject": "", "comparator": ">=",
    "threshold": "80", "unit": "%", "margin": "5", "weight": "2", "must_have": "y", "role_id": "",
    "minimum_sample": "10", "freshness_days": "", "window_days": "", "effort_days": "1.5", "help": "", "workaround": "",
}  # fmt: skip


@pytest.fixture
def project(app):
    number = factories.project("Nordic launch")
    gate = {"key": "go-live", "name": "Go-live <b>gate</b>", "minimum_score": 85, "minimum_confidence": 80}
    with transaction(SYSTEM, "project.created") as work:
        work.session.add(ReadinessGate(project_id=number, **gate))
    return number


@pytest.fixture
def manager(project):
    return factories.person("Priya Nair", projects={project: "manager"})


@pytest.fixture
def browser(client, manager):
    return factories.sign_in(client, manager)


@pytest.fixture
def asked(project, manager):
    values = {"statement": "Data is <i>clean</i>", "source": "survey", "category": "data", "must_have": True}
    return service.add_criterion(project, "go-live", values, actor=manager)[0]


def at(project, rest=""):
    return f"/projects/{project}/readiness/{rest}"


def test_the_page_says_what_a_gate_asks_and_takes(browser, project, asked):
    text = browser.get(at(project, "criteria?gate=go-live")).text
    said = " ".join(re.sub(r"<[^>]+>", "", text).split())
    assert "The gate asks for 1 thing, 1 of them a must-have; it passes at a score of 85" in said
    assert "Data is &lt;i&gt;clean" in text
    assert "<i>clean" not in text
    assert browser.get(at(project, "criteria?gate=none-such")).status_code == 200


def test_one_thing_more_is_asked_changed_dropped_and_asked_again(browser, project):
    assert browser.get(at(project, "gates/go-live/new")).status_code == 200
    assert browser.post(at(project, "gates/go-live/new"), data=VALUES).status_code == 303
    (row,) = queries.gate(project, "go-live").criteria
    assert (row.statement, row.threshold, row.must_have, row.freshness_days) == ("People were asked", 80, True, None)
    page = browser.get(at(project, f"criteria/{row.id}/edit")).text
    base = re.search(r'name="base" value="([^"]+)"', page)[1]
    sent = {name: value for name, value in VALUES.items() if name != "must_have"} | {"threshold": "90", "base": base}
    assert browser.post(at(project, f"criteria/{row.id}/edit"), data=sent).status_code == 303
    changed = queries.criterion(project, row.id)
    assert (changed.threshold, changed.must_have) == (90, False)
    browser.post(at(project, f"criteria/{row.id}/drop"))
    assert queries.gate(project, "go-live").criteria == ()
    assert "No longer asked" in browser.get(at(project, "criteria")).text
    browser.post(at(project, f"criteria/{row.id}/again"))
    assert len(queries.gate(project, "go-live").criteria) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"statement": ""}, "Say what should be true"),
        ({"statement": " "}, "The statement is needed"),
        ({"threshold": "much"}, "Not a valid float value"),
        ({"threshold": "nan"}, "is a number from"),
        ({"weight": "0"}, "The weight is a number from 0.1"),
        ({"category": "weather"}, "Not a valid choice"),
        ({"source": "stars"}, "Not a valid choice"),
        ({"role_id": "x"}, "Invalid Choice"),
        ({"freshness_days": "0"}, "The age of evidence is a number from 1"),
        ({"statement": "x" * 301}, "300"),
    ],
)
def test_a_wrong_value_is_said_and_what_was_typed_stays(browser, project, typed, said):
    answer = browser.post(at(project, "gates/go-live/new"), data={**VALUES, "help": "Kept words", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Kept words" in answer.text
    assert queries.gate(project, "go-live").criteria == ()


def test_how_much_a_gate_takes_is_changed(browser, project):
    address = at(project, "gates/go-live")
    base = re.search(r'name="base" value="([^"]+)"', browser.get(at(project, "criteria")).text)[1]
    sent = {"minimum_score": "90", "minimum_confidence": "75.5", "base": base}
    assert browser.post(address, data=sent).status_code == 303
    gate = queries.gate(project, "go-live")
    assert (gate.minimum_score, gate.minimum_confidence) == (90, 75.5)
    assert browser.post(address, data={**sent, "minimum_score": "101"}).status_code == 422
    service.change_gate(project, "go-live", {"minimum_score": 70.0}, actor=SYSTEM)
    assert browser.post(address, data={**sent, "minimum_score": "60"}).status_code == 422


def test_another_project_s_criterion_is_not_found(browser, manager, project, asked):
    other = factories.project("Other", actor=manager)
    for rest in (f"criteria/{asked}/edit", "gates/go-live/new"):
        assert browser.get(at(other, rest)).status_code == 404
    assert browser.post(at(other, f"criteria/{asked}/drop")).status_code == 404


def test_a_member_reads_and_has_nothing_to_press(client, project, asked):
    text = factories.sign_in(client, factories.person(projects={project: "member"})).get(at(project, "criteria")).text
    assert "Data is" in text
    assert f"criteria/{asked}/edit" not in text
    assert "Save how much" not in text


def test_a_roll_out_without_gates_says_so(browser, manager):
    other = factories.project("Other", actor=manager)
    assert "No gates yet" in browser.get(at(other, "criteria")).text
