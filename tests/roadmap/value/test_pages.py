"""The pages of baselines and value: what they say, who may do what, and what odd addresses get."""

from datetime import UTC, date, datetime

import pytest

from kernel.actor import SYSTEM
from roadmap.baselines import queries as baselines
from roadmap.baselines import service
from roadmap.costs import service as costs
from roadmap.costs.service import RateData
from roadmap.staffing import service as staffing
from roadmap.tasks import service as tasks
from tests import factories

NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)
START = date(2026, 1, 5)
HOSTILE = "<script>alert(1)</script> \u202eاختبار =cmd|' /C calc'!A0"
MOST_STATEMENTS = 40
"""The frame takes nine; what is planned, worked, spent, frozen and kept two or three each, and calendars four."""


@pytest.fixture
def project(app):
    return factories.project("Europe launch", start=START)


@pytest.fixture
def plan(project):
    role = staffing.add_role(project, {"name": "Data lead"}, actor=SYSTEM)[0]
    costs.set_rate(project, RateData(START, 6000, role, None), actor=SYSTEM, today=START)
    task = factories.task(project, HOSTILE, duration_minutes=20 * 480, role_id=role)
    factories.task(project, "Go-live", type="milestone", duration_minutes=0, after=task, is_go_live=True)
    tasks.set_progress(project, task, 40, actor=SYSTEM, now=datetime(2026, 1, 5, 9, tzinfo=UTC))
    return task


@pytest.fixture
def kept(project, plan):
    return service.take(project, "Kick-off", HOSTILE, reference=True, actor=SYSTEM, now=NOW)[0]


@pytest.fixture
def manager(client, project):
    return factories.sign_in(client, factories.person(projects={project: "manager"}))


def test_the_page_opens_with_what_is_earned_and_how_far_behind(manager, project, plan, kept, asked):
    manager.get("/notices")
    with asked() as statements:
        answer = manager.get(f"/projects/{project}/value")
    assert answer.status_code == 200
    assert "Earned 3,840 of 9,600 planned EUR by now" in answer.text
    assert "weeks behind by earned schedule" in answer.text
    assert "Measured against “Kick-off”" in answer.text
    assert "<script>alert(1)" not in answer.text
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


def test_without_a_baseline_it_says_so_and_without_tasks_it_teaches(manager, project, plan):
    assert "no baseline was taken yet" in manager.get(f"/projects/{project}/value").text
    empty = factories.project("Empty")
    browser = factories.sign_in(manager, factories.person(projects={empty: "manager"}))
    assert "Nothing to measure yet" in browser.get(f"/projects/{empty}/value").text


def test_money_is_not_for_everybody(client, project, plan, kept):
    member = factories.sign_in(client, factories.person(projects={project: "member"}))
    page = member.get(f"/projects/{project}/value")
    assert "Earned 8 of 20 planned person-days" in page.text
    assert "not for your role" in page.text
    assert "9,600" not in page.text + member.get(f"/projects/{project}/value/money/2026-02-17").text
    assert "Cost, more" not in member.get(f"/projects/{project}/baselines/{kept}?change=same").text


def test_each_task_has_its_line_and_its_file(manager, project, plan, kept):
    listed = manager.get(f"/projects/{project}/value/money/2026-02-17")
    assert "3,840" in listed.text
    file = manager.get(f"/projects/{project}/value/money/2026-02-17?format=csv")
    assert file.text.splitlines()[1].count("9600") >= 1
    assert manager.get(f"/projects/{project}/value?format=xlsx").status_code == 200


@pytest.mark.parametrize(
    "query", ["as_of=nonsense", "as_of=0001-01-01", "as_of=2199-12-31", "as_of=1990-01-01", "unit=x"]
)
def test_odd_days_are_answered(manager, project, plan, query):
    assert manager.get(f"/projects/{project}/value?{query}").status_code == 200


@pytest.mark.parametrize("path", ["money/x", "gold/2026-02-17", "money/9999-99-99"])
def test_odd_addresses_lead_nowhere(manager, project, path):
    assert manager.get(f"/projects/{project}/value/{path}").status_code == 404


def test_a_baseline_is_taken_and_a_bad_one_keeps_what_was_typed(manager, project, plan, kept):
    bad = manager.post(f"/projects/{project}/baselines/new", data={"name": "kick-off", "note": "Why"})
    assert bad.status_code == 422
    assert "already" in bad.text
    assert "Why</textarea>" in bad.text
    manager.post(f"/projects/{project}/baselines/new", data={"name": "Re-plan", "reference": "y"})
    assert baselines.reference_of(project).name == "Re-plan"
    assert "superseded by “Re-plan”" in manager.get(f"/projects/{project}/value").text


def test_a_comparison_says_what_changed_and_exports_it(manager, project, plan, kept):
    address = f"/projects/{project}/baselines/{kept}"
    assert "is as “Kick-off” was" in manager.get(address).text
    tasks.change(project, plan, {"duration_minutes": 25 * 480}, actor=SYSTEM, now=NOW)
    page = manager.get(address)
    assert "2 tasks changed" in page.text
    assert "later" in page.text
    assert "+5" in page.text
    assert manager.get(f"{address}?format=csv").status_code == 200
    second = service.take(project, "Re-plan", "", reference=True, actor=SYSTEM, now=NOW)[0]
    assert manager.get(f"{address}/choose?other={second}").location.endswith(f"/to/{second}")
    assert "2 tasks changed" in manager.get(f"{address}/to/{second}").text
    assert manager.get(f"{address}/to/999").status_code == 404


def test_removing_and_choosing_can_be_taken_back(manager, project, plan, kept):
    second = service.take(project, "Re-plan", "", reference=True, actor=SYSTEM, now=NOW)[0]
    manager.post(f"/projects/{project}/baselines/{kept}/refer")
    assert baselines.reference_of(project).id == kept
    answer = manager.post(f"/projects/{project}/baselines/{kept}/remove", follow_redirects=True)
    assert "is removed" in answer.text
    assert "/undo/" in answer.text
    assert [each.id for each in baselines.of_project(project)] == [second]
