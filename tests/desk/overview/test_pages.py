"""The overview as people open it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from desk.setup import service as setup
from desk.setup.service import NewProject
from kernel.actor import SYSTEM
from roadmap.projects import service as projects
from roadmap.timesheet import service as timesheet
from tests import factories
from tests.fixtures.app import NOW

MOST_STATEMENTS = 44
"""Twelve rooms have a say on this page, each with a statement or three; load takes five, value ten, a visit two."""
HOSTILE = "<script>alert(1)</script> \u202eاختبار 🚀 {{ 7 * 7 }}"


@pytest.fixture
def project(places):
    return factories.project("Europe launch", target_go_live=date(2026, 3, 3))


@pytest.fixture
def browse(places):
    def open_as(role, project_id):
        who = factories.person(projects={project_id: role}) if role != "administrator" else factories.administrator()
        return factories.sign_in(places.test_client(), who)

    return open_as


def test_a_planned_roll_out_opens_with_few_statements(places, asked, browse):
    planted = setup.create(
        NewProject("Europe launch", date(2026, 1, 5), target_go_live=date(2026, 3, 3)), actor=SYSTEM, now=NOW
    )
    browser = browse("manager", planted)
    browser.get("/notices")  # the first request after half an hour is kept as a sign-in
    with asked() as statements:
        answer = browser.get(f"/projects/{planted}")
    assert answer.status_code == 200
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    for heading in (
        "Ninety days",
        "Burn-up",
        "Schedule",
        "Late",
        "Due this week",
        "Milestones",
        "Checklists",
        "Top risks",
    ):
        assert heading in answer.text


def test_an_empty_roll_out_says_what_will_be_here_and_offers_the_first_step(browse, project):
    page = browse("manager", project).get(f"/projects/{project}").text
    assert "There is no plan yet." in page
    assert "Add the first task" in page
    assert "Add the first task" not in browse("executive", project).get(f"/projects/{project}").text


def test_late_work_is_named_and_leads_to_its_page(browse, project):
    late = factories.task(project, "Audit every source", duration_minutes=480)
    page = browse("member", project).get(f"/projects/{project}").text
    assert "One task" in page
    assert f'href="/projects/{project}/tasks/{late}"' in page


def test_what_blocks_somebody_is_told_with_how_long_it_does(browse, project):
    task = factories.task(project, "Connect accounting", duration_minutes=480)
    timesheet.raise_blocker(project, task, "The export is refused.", actor=SYSTEM, now=NOW - timedelta(days=3))
    page = browse("member", project).get(f"/projects/{project}").text
    assert "The export is refused." in page
    assert ">3 d<" in page


def test_late_items_and_what_they_hold_are_told(browse, project, add_item):
    gate = factories.task(
        project,
        "Data signed off",
        type="milestone",
        constraint_type="SNET",
        constraint_date=datetime(2026, 2, 20, 17),
    )
    add_item(project, "Counts agree", guards_id=gate, required=True, due=date(2026, 2, 10))
    page = " ".join(browse("member", project).get(f"/projects/{project}").text.split())
    assert "One checklist item" in page
    assert "one required item" in page
    assert "<bdi>Data signed off</bdi>" in page


def test_names_are_shown_as_they_were_written_and_do_nothing(places, browse):
    made = factories.project(HOSTILE)
    factories.task(made, HOSTILE, duration_minutes=480)
    page = browse("manager", made).get(f"/projects/{made}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7 * 7 }}" in page


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda number: projects.finish(number, actor=SYSTEM), "This roll-out is finished."),
        (lambda number: projects.archive(number, actor=SYSTEM, now=NOW), "This roll-out is archived"),
    ],
    ids=["finished", "archived"],
)
def test_what_is_closed_says_so(browse, project, act, said):
    act(project)
    assert said in browse("manager", project).get(f"/projects/{project}").text


@pytest.mark.parametrize(
    ("role", "seen"), [("manager", True), ("administrator", True), ("member", False), ("executive", False)]
)
def test_what_changes_the_whole_roll_out_is_offered_to_whoever_may(browse, project, role, seen):
    page = browse(role, project).get(f"/projects/{project}").text
    assert ("Archive" in page) is seen
    assert "Export the plan as Excel" in page


def test_a_day_before_the_start_and_a_day_long_after_the_end_are_days_like_others(places, clock, project):
    factories.task(project, "Go-live", type="milestone", is_go_live=True)
    who = factories.person(projects={project: "manager"})
    for moment in (datetime(2025, 11, 3, 9, tzinfo=UTC), datetime(2027, 5, 3, 9, tzinfo=UTC)):
        clock.now = moment
        assert factories.sign_in(places.test_client(), who).get(f"/projects/{project}").status_code == 200


def test_another_roll_out_is_not_there(browse, project):
    theirs = factories.project("Theirs")
    assert browse("manager", project).get(f"/projects/{theirs}").status_code == 404
