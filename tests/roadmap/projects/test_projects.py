"""The life of a project: what may be entered, moved, copied, finished and archived, and who sees it."""

from datetime import date

import pytest

from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import queries, rules, service
from roadmap.projects.rules import Clash
from roadmap.tasks import queries as tasks
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


@pytest.fixture
def project(app):
    return factories.project("Europe launch", target_go_live=date(2026, 3, 3))


@pytest.fixture
def page(client, project):
    return factories.sign_in(client, factories.person("Priya Nair", projects={project: "manager"}))


BAD = [
    ({"name": " "}, "name", "Give the project a name"),
    ({"name": "x" * 201}, "name", "at most 200"),
    ({"purpose": "x" * 20_001}, "purpose", "at most 20000"),
    ({"target_go_live": date(2026, 1, 5)}, "target_go_live", "after the start"),
    ({"target_go_live": date(2500, 1, 5)}, "target_go_live", "1990 and 2199"),
    ({"timezone": "Mars/Olympus"}, "timezone", "Europe/Berlin"),
    ({"timezone": "../../etc/passwd"}, "timezone", "Europe/Berlin"),
]


@pytest.mark.parametrize(("values", "field", "says"), BAD, ids=[f"{field}: {says}" for _, field, says in BAD])
def test_what_makes_no_sense_is_said_of_its_field(project, values, field, says):
    with pytest.raises(RuleBroken, match=says) as caught:
        service.edit(project, values, actor=SYSTEM)
    assert caught.value.field == field


def test_whoever_creates_a_project_manages_it_and_others_do_not_see_it(app):
    priya, tom = factories.person("Priya Nair"), factories.person("Tom")
    made = factories.project("Asia launch", actor=priya)
    again = factories.actor_of(priya.id)
    assert [row.name for row in queries.visible(again)] == ["Asia launch"]
    assert queries.visible(tom) == []
    with pytest.raises(NotFound):
        queries.get(tom, made)
    assert len(queries.visible(factories.administrator())) == 1


@pytest.mark.parametrize(
    ("day", "week", "number"), [(date(2026, 1, 5), 1, 1), (TODAY, 7, 45), (date(2026, 1, 4), 0, 0)]
)
def test_weeks_and_days_count_from_the_start(project, day, week, number):
    row = queries.row_of(project)
    assert (row.week(day), row.day(day)) == (week, number)


def test_a_project_that_starts_on_a_wednesday_begins_its_second_week_on_monday():
    assert rules.week_of(date(2026, 1, 12), start=date(2026, 1, 7)) == 2


WINDOWS = [
    rules.Window("Kick-off", 1, 2),
    rules.Window("Data", 2, 4),
    rules.Window("Launch", 8, 10),
    rules.Window("Close", None, None),
]


@pytest.mark.parametrize(
    ("week", "phase"), [(0, "Kick-off"), (1, "Kick-off"), (2, "Data"), (6, "Data"), (9, "Launch"), (14, "Launch")]
)
def test_the_phase_now_is_the_one_that_began_last(week, phase):
    assert rules.phase_now(WINDOWS, week) == phase


def test_without_phases_there_is_none_now():
    assert rules.phase_now([], 3) == ""


def test_forms_on_different_fields_both_win_and_on_the_same_ask(project):
    shown = {"name": "Europe launch", "purpose": ""}
    service.edit(project, {"name": "Europe", "purpose": ""}, actor=SYSTEM, base=shown)
    service.edit(project, {"name": "Europe launch", "purpose": "One CRM"}, actor=SYSTEM, base=shown)
    row = queries.row_of(project)
    assert (row.name, row.purpose) == ("Europe", "One CRM")
    with pytest.raises(Clash):
        service.edit(project, {"name": "Mine"}, actor=SYSTEM, base=shown)


def test_the_start_moves_with_a_preview_of_what_follows(page, project):
    done = factories.task(project, "Kick-off", percent_complete=100, actual_start=NOW.replace(tzinfo=None))
    factories.task(project, "Plan", after=done)
    factories.task(project, "Free")
    text = page.get(f"/projects/{project}/start?start=2026-01-12").get_data(as_text=True)
    assert "Free" in text
    assert "It is done." in text
    assert queries.row_of(project).start == date(2026, 1, 5)
    assert page.post(f"/projects/{project}/start", data={"start": "2026-01-12"}).status_code == 303
    assert queries.row_of(project).start == date(2026, 1, 12)


@pytest.mark.parametrize("start", ["", "soon", "2026-03-09", "1066-01-01"])
def test_a_start_that_cannot_be_is_refused(page, project, start):
    assert page.get(f"/projects/{project}/start?start={start}").status_code == 200
    assert page.post(f"/projects/{project}/start", data={"start": start}).status_code == 422
    assert queries.row_of(project).start == date(2026, 1, 5)


def test_settings_are_saved_and_kept_when_wrong(page, project):
    text = page.get(f"/projects/{project}/settings").get_data(as_text=True)
    base = text.split('name="base" value="')[1].split('"')[0]
    sent = {"name": "<b>Europe</b> 🎉", "timezone": "Europe/Berlin", "target_go_live": "2026-03-03", "base": base}
    assert page.post(f"/projects/{project}/settings", data=sent).status_code == 303
    assert "<b>Europe" not in page.get(f"/projects/{project}/settings").get_data(as_text=True)
    wrong = page.post(f"/projects/{project}/settings", data={**sent, "name": "Kept", "target_go_live": "2025-01-01"})
    assert wrong.status_code in (409, 422)
    assert 'value="Kept"' in wrong.get_data(as_text=True)


def test_a_copy_is_made_from_the_page(page, project):
    factories.task(project, "Map")
    answer = page.post(f"/projects/{project}/copy", data={"name": "Asia", "start": "2026-03-02"})
    assert answer.status_code == 303
    made = next(row for row in queries.visible(SYSTEM) if row.name == "Asia")
    assert made.target_go_live == date(2026, 4, 28)
    assert [row.name for row in tasks.rows(made.id, TODAY)] == ["Map"]
    assert page.post(f"/projects/{project}/copy", data={"name": "", "start": ""}).status_code == 422


def test_a_project_is_archived_and_comes_back(page, project):
    page.post(f"/projects/{project}/archive")
    assert queries.row_of(project).state == "archived"
    assert page.get(f"/projects/{project}/tasks").status_code == 200
    page.post(f"/projects/{project}/unarchive")
    page.post(f"/projects/{project}/finish")
    assert queries.row_of(project).state == "finished"
