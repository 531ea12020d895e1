"""Logging time: limits over all projects, whose time it is, the week's sheet, what a project shows."""

import re
from datetime import date, timedelta

import pytest

from accounts.people import service as people
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken
from roadmap.outline import service as outline
from roadmap.projects import service as projects
from roadmap.staffing import service as staffing
from roadmap.timesheet import queries, service
from roadmap.timesheet.rules.limits import NeedsConfirmation
from roadmap.timesheet.service import EntryData
from tests import factories
from tests.fixtures.app import NOW

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def project(app):
    return factories.project("Europe launch")


@pytest.fixture
def task(project):
    return factories.task(project, "Clean addresses")


@pytest.fixture
def hannah(project):
    return factories.person("Hannah Okafor", projects={project: "member"})


@pytest.fixture
def page(client, hannah):
    return factories.sign_in(client, hannah)


def log(project, task, who, minutes, day=TODAY, *, confirmed=False):
    data = EntryData(who.id, day, minutes)
    return service.log(project, task, data, actor=who, today=TODAY, now=NOW, confirmed=confirmed)


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_two_taps_log_an_hour_and_one_takes_it_back(page, project, task, hannah):
    answer = page.post(f"/projects/{project}/tasks/{task}/time", data={"usual": "60m", "back": "/my-work"})
    assert (answer.status_code, answer.location) == (303, "/my-work")
    [entry] = queries.entries_of(hannah.id, TODAY, TODAY)
    assert (entry.minutes, entry.person, entry.entered_by) == (60, "Hannah Okafor", "Hannah Okafor")
    text = page.get("/my-work").text
    address = re.search(r"/undo/[0-9a-f]+", text)[0]
    page.post(address)
    assert queries.entries_of(hannah.id, TODAY, TODAY) == []


def test_a_day_holds_twenty_four_hours_over_all_projects(project, task, hannah):
    other = factories.project("Asia")
    log(project, task, hannah, 20 * 60, confirmed=True)
    with pytest.raises(RuleBroken, match="20 h are logged"):
        log(other, factories.task(other), hannah, 5 * 60, confirmed=True)


def test_a_long_day_and_a_long_week_are_kept_once_confirmed(project, task, hannah):
    with pytest.raises(NeedsConfirmation, match="13 h"):
        log(project, task, hannah, 13 * 60)
    assert queries.entries_of(hannah.id, TODAY, TODAY) == []
    log(project, task, hannah, 13 * 60, confirmed=True)
    monday = TODAY - timedelta(days=TODAY.weekday() + 7)
    for number in range(5):
        log(project, task, hannah, 12 * 60, monday + timedelta(days=number))
    with pytest.raises(NeedsConfirmation, match="61 h in the week"):
        log(project, task, hannah, 60, monday + timedelta(days=5))


def test_the_page_asks_and_keeps_what_was_typed(page, project, task, hannah):
    address = f"/projects/{project}/tasks/{task}/time"
    asked = page.post(address, data={"amount": "13h", "day": YESTERDAY.isoformat(), "note": "migration <night>"})
    assert asked.status_code == 422
    assert "That would be 13 h on" in words(asked)
    assert 'name="confirmed"' in asked.text
    assert "migration &lt;night&gt;" in asked.text
    sent = {"amount": "13h", "day": YESTERDAY.isoformat(), "note": "migration", "confirmed": "y"}
    assert page.post(address, data=sent).status_code == 303
    assert queries.entries_of(hannah.id, YESTERDAY, YESTERDAY)[0].minutes == 13 * 60


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"amount": "-2h"}, "one minute on"),
        ({"amount": "60h"}, "more than a day has"),
        ({"amount": "soon"}, "no amount"),
        ({"amount": ""}, "no amount"),
        ({"usual": "soon"}, "no amount"),
        ({"amount": "1h", "day": "2030-01-01"}, "not come yet"),
        ({"amount": "1h", "day": "2020-01-01"}, "earliest day"),
        ({"amount": "1h", "day": "someday"}, "valid date"),
        ({"amount": "1h", "note": "x" * 600}, "500"),
    ],
)
def test_time_that_cannot_be_says_what_would_be_right(page, project, task, hannah, sent, says):
    answer = page.post(f"/projects/{project}/tasks/{task}/time", data=sent)
    assert answer.status_code == 422
    assert says in words(answer)
    assert queries.entries(project) == []


def test_a_closed_project_a_summary_and_another_project_take_no_time(project, task, hannah):
    factories.task(project, "Below", parent_id=task)
    with pytest.raises(RuleBroken, match="summary"):
        log(project, task, hannah, 60)
    with pytest.raises(NotFound):
        log(factories.project("Asia"), task, hannah, 60)
    projects.finish(project, actor=SYSTEM)
    with pytest.raises(RuleBroken, match="closed"):
        log(project, task, hannah, 60)


def test_a_manager_logs_for_people_without_a_sign_in_and_for_nobody_else(project, task, hannah):
    manager = factories.person("Maren", projects={project: "manager"})
    vendor = factories.person("Henrik Aas", email=None)
    with pytest.raises(RuleBroken, match="people of this project"):
        service.log(project, task, EntryData(vendor.id, TODAY, 60), actor=manager, today=TODAY, now=NOW)
    staffing.add_role(project, {"name": "Consultant", "person_id": vendor.id}, actor=SYSTEM)
    service.log(project, task, EntryData(vendor.id, TODAY, 60), actor=manager, today=TODAY, now=NOW)
    assert queries.entries(project)[0].entered_by == "Maren"
    with pytest.raises(RuleBroken, match="logs their own time"):
        service.log(project, task, EntryData(hannah.id, TODAY, 60), actor=manager, today=TODAY, now=NOW)


def test_a_member_changes_and_removes_their_own_time_only(page, project, task, hannah):
    other = factories.person("Jonas", projects={project: "member"})
    mine, _work = log(project, task, hannah, 60)
    theirs, _work = log(project, task, other, 60)
    address = f"/projects/{project}/time"
    assert page.post(f"{address}/{mine}", data={"amount": "2h", "day": YESTERDAY.isoformat()}).status_code == 303
    changed = queries.entry(mine)
    assert (changed.minutes, changed.day) == (120, YESTERDAY)
    assert page.get(f"{address}/{theirs}").status_code == 403
    assert page.post(f"{address}/{theirs}/remove").status_code == 403
    assert page.post(f"{address}/{mine}/remove").status_code == 303
    assert [row.id for row in queries.entries(project)] == [theirs]
    assert page.post(f"/projects/{factories.project('X')}/time/{theirs}/remove").status_code == 404


def test_the_week_is_saved_at_once_and_undone_at_once(page, project, task, hannah):
    second = factories.task(project, "Train champions")
    log(project, second, hannah, 45, YESTERDAY)
    cells = {
        f"c-{task}-{TODAY}": "1:30",
        f"c-{task}-{YESTERDAY}": "",
        f"c-{second}-{YESTERDAY}": "",
    }
    assert page.post("/my-work/time", data=cells).status_code == 303
    assert [(row.task, row.minutes) for row in queries.entries(project)] == [("Clean addresses", 90)]
    address = re.search(r"/undo/([0-9a-f]+)", page.get("/my-work/time").text)[1]
    undo(address, actor=hannah)
    assert [(row.task, row.minutes) for row in queries.entries(project)] == [("Train champions", 45)]


def test_a_week_with_a_cell_that_cannot_be_keeps_everything_typed(page, project, task):
    answer = page.post("/my-work/time", data={f"c-{task}-{TODAY}": "much", f"c-{task}-{YESTERDAY}": "2h"})
    assert answer.status_code == 422
    assert 'value="much"' in answer.text
    assert 'value="2h"' in answer.text
    assert "no amount" in words(answer)
    assert queries.entries(project) == []


@pytest.mark.parametrize("name", ["c-1", "c-x-2026-02-17", "c-1-2026-99-99", "c-99999999999999-2026-02-17"])
def test_cells_that_no_sheet_has_are_no_page(page, task, name):
    assert page.post("/my-work/time", data={name: "1h"}).status_code == 404


def test_nobody_fills_cells_of_a_project_they_have_no_part_in(page, hannah):
    theirs = factories.project("Theirs")
    task = factories.task(theirs)
    assert page.post("/my-work/time", data={f"c-{task}-{TODAY}": "1h"}).status_code == 403


def test_a_long_day_in_the_sheet_is_asked_about(page, project, task):
    sent = {f"c-{task}-{TODAY}": "13h"}
    asked = page.post("/my-work/time", data=sent)
    assert "Really?" in words(asked)
    assert page.post("/my-work/time", data=sent | {"confirmed": "y"}).status_code == 303


def test_the_sheet_shows_last_weeks_tasks_on_request(page, project, task, hannah):
    assert "Nothing is logged in this week yet" in words(page.get("/my-work/time"))
    log(project, task, hannah, 60, TODAY - timedelta(days=7))
    assert f'name="c-{task}-{TODAY}"' not in page.get("/my-work/time").text
    assert f'name="c-{task}-{TODAY}"' in page.get("/my-work/time?rows=last").text
    other = factories.task(project, "Another")
    assert f'name="c-{other}-{TODAY}"' in page.get(f"/my-work/time?task={other}").text


def test_the_sheet_is_exported(page, project, task, hannah):
    log(project, task, hannah, 90)
    answer = page.get("/my-work/time?format=csv")
    assert answer.mimetype == "text/csv"
    assert "Clean addresses,1.5," in answer.text
    assert page.get("/my-work/time?format=xlsx").status_code == 200


def test_managers_see_filter_and_export_the_projects_time(client, project, task, hannah):
    manager = factories.sign_in(client, factories.person("Maren", projects={project: "manager"}))
    assert "Nobody has logged time yet" in words(manager.get(f"/projects/{project}/time"))
    log(project, task, hannah, 90)
    log(project, factories.task(project, "Train"), hannah, 30, YESTERDAY)
    assert "One person has logged 2 h" in words(manager.get(f"/projects/{project}/time"))
    assert "Clean addresses" not in manager.get(f"/projects/{project}/time?day_to={YESTERDAY}&format=csv").text
    filtered = manager.get(f"/projects/{project}/time?person={hannah.id}&task={task}&format=csv")
    assert filtered.text.count("Hannah Okafor") == 1


def test_a_task_with_time_stays_and_without_it_goes(project, task, hannah):
    entry, _work = log(project, task, hannah, 90)
    with pytest.raises(RuleBroken, match="1:30 h are logged on “Clean addresses”"):
        outline.delete(project, [task], actor=SYSTEM)
    service.remove(project, entry, actor=hannah)
    outline.delete(project, [task], actor=SYSTEM)


def test_somebody_switched_off_keeps_their_time_and_a_copy_has_none(project, task, hannah):
    log(project, task, hannah, 90)
    people.switch_off(hannah.id, actor=SYSTEM)
    assert queries.entries(project)[0].person == "Hannah Okafor"
    assert queries.entries(projects.copy(project, "Copy", date(2026, 3, 2), actor=SYSTEM, now=NOW)) == []
