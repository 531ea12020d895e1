"""The page of a gate, its words on other pages, and the command: what they say, of whom, from how few statements."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner

from infra.transaction import transaction
from kernel.actor import SYSTEM
from readiness.evidence import service as evidence
from readiness.evidence.rules import Look
from readiness.gates import queries as gates
from readiness.gates import service as criteria
from readiness.gates.models import ReadinessGate
from readiness.verdict import queries, service
from readiness.verdict.cli import readiness
from readiness.verdict.models import ReadinessDay
from readiness.waivers import service as waivers
from roadmap.staffing.models import ProjectRole
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
SOON = TODAY + timedelta(days=14)
HOSTILE = '<script>alert(1)</script> \u202eاختبار {{ 7 * 7 }} =cmd|"/c calc"'
MOST_STATEMENTS = 22
"""What every page asks for its frame, two for gates, one each for statements, waivers (twice), the plan and the days;
the sources that a gate asks add one or two each."""


@pytest.fixture
def project(app):
    made = factories.project("Europe launch", target_go_live=date(2026, 3, 3))
    go_live = factories.task(
        made,
        "Go-live",
        type="milestone",
        is_go_live=True,
        constraint_type="SNET",
        constraint_date=datetime(2026, 3, 6, 17),
    )
    with transaction(SYSTEM, "project.created") as work:
        for position, key in enumerate(("pilot", "go-live")):
            work.session.add(
                ReadinessGate(
                    project_id=made,
                    key=key,
                    name=f"Gate {key}",
                    position=position,
                    milestone_id=go_live if key == "go-live" else None,
                    minimum_score=85,
                    minimum_confidence=80,
                )
            )
    return made


@pytest.fixture
def manager(project):
    return factories.person("Maren", projects={project: "manager"})


@pytest.fixture
def browser(app, manager):
    return factories.sign_in(app.test_client(), manager)


def ask(project, statement="A survey was held", gate="go-live", **values):
    return criteria.add_criterion(project, gate, {"statement": statement, "source": "survey", **values}, actor=SYSTEM)[
        0
    ]


def state(project, number, value=1.0, actor=SYSTEM):
    evidence.state(project, number, value, "Seen", SOON, actor=actor, now=NOW, today=TODAY)


def keep(project, day):
    service.keep_day(Look(project, datetime.combine(day, NOW.timetz()), day), actor=SYSTEM)


def test_the_page_leads_to_what_the_gate_asks(browser, project):
    link = re.search(r'href="([^"]+)">What this gate asks<', browser.get(f"/projects/{project}/readiness").text)
    assert link is not None
    assert browser.get(link[1].replace("&amp;", "&")).status_code == 200


def test_the_page_says_the_decision_and_what_turns_it(browser, project, manager):
    ask(project, "No defect is open", must_have=True, effort_days=3.5, category="technology")
    state(
        project,
        ask(project, "Fields are complete", category="data", unit="%", threshold=95, comparator=">=", weight=3.0),
        94.0,
        manager,
    )
    page = browser.get(f"/projects/{project}/readiness").text
    for words in (
        "No-go today.",
        "One must-have is unknown.",
        "3.5 person-days",
        "of work turn it into a go with conditions.",
        "Go-live by the plan as it stands: Fri 6 Mar, three days late",
        "Gate go-live, Fri 6 Mar",
        "computed today",
        "Declared",
        "signed by",
        "needs 95 %",
        "no survey on this topic was opened yet",
        "98.9 of 100",
        "Every night the figures of the day are kept.",
        "Known 75 %",
    ):
        assert words in page, words
    assert page.index("Data</th>") < page.index("Technology</th>")


def test_every_gate_can_be_chosen_and_one_that_is_not_there_is_not_found(browser, project):
    ask(project, "Only at the pilot", gate="pilot")
    page = browser.get(f"/projects/{project}/readiness?gate=pilot").text
    assert "Only at the pilot" in page
    assert "Only at the pilot" not in browser.get(f"/projects/{project}/readiness").text
    assert browser.get(f"/projects/{project}/readiness?gate=nowhere").status_code == 404
    assert "Nothing is asked at this gate yet" in browser.get(f"/projects/{project}/readiness").text


def test_a_roll_out_without_gates_is_told_what_one_is(app):
    other = factories.project("Plain")
    who = factories.person(projects={other: "member"})
    page = factories.sign_in(app.test_client(), who).get(f"/projects/{other}/readiness").text
    assert "has no gate yet" in page
    assert "A gate is a list of criteria" in page


def test_hostile_words_stay_words(browser, project, manager):
    number = ask(project, HOSTILE, must_have=True, unit="<b>pieces</b>")
    state(project, number, 3.0)
    waivers.ask(project, number, HOSTILE, SOON, actor=manager, now=NOW, today=TODAY)
    keep(project, TODAY - timedelta(days=8))
    page = browser.get(f"/projects/{project}/readiness").text
    assert "<script>alert(1)" not in page
    assert "<b>pieces" not in page
    assert "{{ 7 * 7 }}" in page


def test_what_moved_the_score_is_told_since_a_kept_day(browser, project):
    first, second = ask(project, "First of two"), ask(project, "Second of two")
    for day in (9, 8, 2):
        keep(project, TODAY - timedelta(days=day))
    state(project, first)
    state(project, second, 0.0)
    page = browser.get(f"/projects/{project}/readiness").text
    assert "Since Tue 10 Feb" in page
    assert "+50" in page
    assert "3 days kept" in page
    assert "Since Mon 16 Feb" in browser.get(f"/projects/{project}/readiness?since=2026-02-17").text


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("tomorrow", "This is no day."),
        ("2026-02-30", "This is no day."),
        ("2025-01-01", "Days are kept from"),
        ("2026-02-18", "Days are kept from"),
        ("9999-12-31", "Days are kept from"),
        ("<b>", "This is no day."),
    ],
)
def test_a_day_that_makes_no_sense_is_told_and_kept_as_typed(browser, project, since, said):
    ask(project)
    keep(project, TODAY - timedelta(days=3))
    answer = browser.get(f"/projects/{project}/readiness", query_string={"since": since})
    assert answer.status_code == 200
    assert said in answer.text
    assert f'value="{since}"' in answer.text.replace("&lt;b&gt;", "<b>")


def test_waivers_that_stand_or_wait_are_listed(browser, project, manager):
    owner = factories.person("Tomas Lindqvist", projects={project: "member"})
    with transaction(SYSTEM, "role.added") as work:
        role = ProjectRole(project_id=project, key="administrator", name="Administrator", person_id=owner.id)
        work.session.add(role)
        work.session.flush()
        role_id = role.id
    number = ask(project, must_have=True, role_id=role_id)
    asked, _work = waivers.ask(project, number, "It is held next week", SOON, actor=manager, now=NOW, today=TODAY)
    assert "asked by Maren" in browser.get(f"/projects/{project}/readiness").text
    waivers.give(project, asked, actor=owner, now=NOW)
    page = browser.get(f"/projects/{project}/readiness").text
    assert "given by Tomas Lindqvist, asked by Maren" in page
    assert "It is held next week" in page
    assert "Waived" in page


def test_sixty_criteria_take_as_few_statements_as_one(browser, project, asked):
    ask(project)
    keep(project, TODAY - timedelta(days=8))
    browser.get("/notices")  # the first request after half an hour is kept as a sign-in
    with asked() as few:
        browser.get(f"/projects/{project}/readiness")
    for number in range(59):
        ask(project, f"Criterion {number}")
    with asked() as many:
        assert "Criterion 58" in browser.get(f"/projects/{project}/readiness").text
    assert len(few) == len(many) <= MOST_STATEMENTS, "\n".join(many)


def test_other_pages_show_the_newest_kept_day_and_say_so(browser, project):
    overview, portfolio = f"/projects/{project}", "/"
    assert "No day is kept yet." in browser.get(overview).text
    assert "not computed yet" in browser.get(portfolio).text
    number = ask(project)
    state(project, number)
    keep(project, TODAY - timedelta(days=1))
    page = browser.get(overview).text
    assert "of 100, as of 17 Feb" in page
    assert "Readiness 100 of 100, on 100 % of the weight" in page
    assert '<span class="navlist__n">Go</span>' in page
    page = browser.get(portfolio).text
    assert "100, as of 17 Feb" in page
    assert "Europe launch" in browser.get("/?readiness=go").text
    assert "Europe launch</a>" not in browser.get("/?readiness=no-go").text


def test_the_newest_day_is_of_the_gate_that_decides(project):
    ask(project)
    keep(project, TODAY - timedelta(days=2))
    keep(project, TODAY - timedelta(days=1))
    found = queries.latest([project])[project]
    assert (found.key, found.point.day) == ("go-live", TODAY - timedelta(days=1))
    assert found.key == gates.main_gate(gates.gates(project)).key
    with transaction(SYSTEM, "readiness.kept") as work:
        assert work.session.query(ReadinessDay).count() == 4


def run(app, *arguments):
    return CliRunner().invoke(readiness, list(arguments), obj=lambda: app)


def test_the_command_prints_the_document_and_a_text_for_people(app, project):
    ask(project, "A survey was held", must_have=True)
    answer = run(app, str(project), "--format", "json")
    data = json.loads(answer.output)
    assert (data["decision"], data["gate"], data["cheapest_path"]) == ("no-go", "go-live", ["a-survey-was-held"])
    text = run(app, str(project)).output
    assert "No-go today. One must-have is unknown." in text
    assert "Cheapest path: a-survey-was-held." in text
    assert json.loads(run(app, str(project), "--gate", "pilot", "--format", "json").output)["gate"] == "pilot"


@pytest.mark.parametrize("arguments", [["999"], ["1", "--gate", "nowhere"]])
def test_the_command_says_what_is_not_there(app, project, arguments):
    answer = run(app, *arguments)
    assert answer.exit_code == 1
    assert "There is no such" in answer.output
