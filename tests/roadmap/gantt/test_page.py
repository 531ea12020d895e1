"""The roadmap's page on a stored plan."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from kernel.actor import SYSTEM
from roadmap.gantt import charts, queries
from roadmap.tasks import service
from tests import factories
from tests.fixtures.app import NOW
from web import nav

TODAY = date(2026, 2, 18)
HOSTILE = '<img src=x onerror="alert(1)"> שלום 🚀'


@pytest.fixture
def app(app):
    """Pages lead to rooms that a test of this one does not need."""
    app.url_build_error_handlers.append(lambda _error, endpoint, values: f"/{endpoint}/{values.get('task_id', '')}")
    return app


@pytest.fixture
def framed(app, client):
    """A browser whose pages have their navigation."""
    app.extensions["launch90.frame"] = nav.fill
    return client


@pytest.fixture
def project(app):
    number = factories.project(target_go_live=date(2026, 2, 20))
    phase = factories.task(number, "Data migration")
    first = factories.task(number, HOSTILE, parent_id=phase, duration_minutes=4800)
    factories.task(number, "Go-live", parent_id=phase, type="milestone", is_go_live=True, after=first)
    return number


def test_a_stored_plan_becomes_a_chart(app, project):
    plan = queries.gantt_input(project, TODAY)
    assert [(task.wbs, task.level, task.type) for task in plan.tasks] == [
        ("1", 1, "summary"),
        ("1.1", 2, "task"),
        ("1.2", 2, "milestone"),
    ]
    assert plan.go_live == plan.tasks[2].id
    assert plan.links[0].critical
    assert (plan.day_begin.hour, plan.day_end.hour, plan.day_minutes) == (8, 17, 480)
    assert not plan.is_working(date(2026, 2, 21))


def test_a_chart_takes_few_statements(app, project, asked):
    with asked() as seen:
        queries.gantt_input(project, TODAY)
    assert len(seen) <= 8


def test_finished_work_makes_no_arrow_critical(app, project):
    first = queries.gantt_input(project, TODAY).tasks[1]
    service.set_progress(project, first.id, 100, actor=SYSTEM, now=NOW)
    assert not queries.gantt_input(project, TODAY).links[0].critical


def test_the_whole_chart_is_one_drawing_with_every_name(app, project):
    with app.test_request_context():
        text = charts.whole_svg(queries.gantt_input(project, TODAY))
    ET.fromstring(text)
    assert "&lt;img src=x" in text
    assert "<img" not in text


def test_a_plan_without_tasks_is_drawn_too(app):
    with app.test_request_context():
        ET.fromstring(charts.whole_svg(queries.gantt_input(factories.project("Empty"), TODAY)))


@pytest.mark.parametrize("address", ["roadmap", "roadmap?zoom=day&rows=0-20&phase=9&owner=x", "roadmap/print"])
def test_the_page_shows_hostile_names_as_text(framed, project, address):
    page = factories.sign_in(framed, factories.person(projects={project: "stakeholder"})).get(
        f"/projects/{project}/{address}"
    )
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    if "phase" not in address:
        assert "&lt;img src=x" in page.text


def test_a_reader_is_not_asked_to_add_a_task(framed):
    project = factories.project("Empty")
    page = factories.sign_in(framed, factories.person(projects={project: "executive"}))
    assert "Add the first task" not in page.get(f"/projects/{project}/roadmap").text


def test_the_critical_path_is_drawn_to_the_milestone_that_was_chosen(app):
    project_id = factories.project()
    first = factories.task(project_id, "Short way", duration_minutes=480)
    stone = factories.task(project_id, "Half-way", type="milestone", after=first)
    long = factories.task(project_id, "Long way", duration_minutes=4800)
    plan = queries.gantt_input(project_id, TODAY)
    assert {task.name for task in plan.tasks if task.critical} == {"Long way"}
    toward = queries.toward(project_id, plan, stone)
    assert {task.name for task in toward.tasks if task.critical} == {"Short way", "Half-way"}
    assert next(task.slack_minutes for task in toward.tasks if task.name == "Short way") == 0
    assert queries.toward(project_id, plan, long) == plan
    assert queries.toward(project_id, plan, 99_999) == plan
