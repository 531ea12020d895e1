"""Pages of levelling: asked for, improved, taken in all or in part, thrown away, cleared; bad input."""

import html
import re
import threading
from datetime import date, datetime, timedelta

import pytest

from infra.database import db
from roadmap.levelling import queries, service
from roadmap.levelling.models import Proposal
from roadmap.levelling.rules.serial import level
from roadmap.tasks.models import Task, TaskDates
from tests import factories

MONDAY = date(2026, 3, 2)
DAY = 480


@pytest.fixture(autouse=True)
def over(app):
    """Searches in the background are over before the next test borrows the application."""
    yield
    for each in threading.enumerate():
        if each.name == "levelling":
            each.join(30)


@pytest.fixture
def project(app):
    return factories.project(start=MONDAY)


@pytest.fixture
def tasks(project):
    ann = factories.person("Ann <b>")
    made = [
        factories.task(project, name, owner_id=ann.id, duration_minutes=2 * DAY) for name in ("One", "Two", "Three")
    ]
    return [*made, factories.task(project, "Go-live", after=made[0], type="milestone", duration_minutes=0)]


@pytest.fixture
def max_(project):
    return factories.person("Max", projects={project: "manager"})


@pytest.fixture
def browser(app, client, max_):
    return factories.sign_in(client, max_)


def propose(browser, project, **more):
    values = {"aim": "shortest", "seconds": "0", **more}
    answer = browser.post(f"/projects/{project}/level", data=values)
    return answer.location


def starts():
    db.session.rollback()
    return {row[0]: row[1] for row in db.session.execute(db.select(TaskDates.task_id, TaskDates.start))}


def test_the_page_names_the_overload_and_offers_to_level(browser, project, tasks):
    page = browser.get(f"/projects/{project}/level").text
    assert "300 % on 2-3 Mar" in page
    assert "Ann &lt;b&gt;" in page
    assert "Propose" in page


def test_a_proposal_stands_side_by_side_and_is_taken_with_undo(browser, project, tasks):
    address = propose(browser, project)
    page = browser.get(address).text
    assert "everybody has room" in page
    assert "would be at" in page
    assert page.count('name="ids"') == 2
    before = starts()
    answer = browser.post(f"{address}/take", data={"all": "1"})
    assert answer.status_code == 303
    assert len({starts()[each] for each in tasks[:3]}) == 3
    page = browser.get(answer.location).text
    undo = re.search(r"/undo/[0-9a-f]+", page)
    assert undo is not None
    browser.post(undo[0])
    assert starts() == before
    assert browser.get(address).status_code == 404


def test_a_part_is_shown_before_it_is_stored(browser, project, tasks):
    address = propose(browser, project)
    first = int(re.search(r'name="ids" value="(\d+)"', browser.get(address).text)[1])
    page = browser.post(f"{address}/take", data={"some": "1", "ids": [first]}).text
    assert "With these moves alone: one overload is left" in page
    assert "Take this move" in page
    assert not db.session.scalar(db.select(db.func.sum(Task.delay_minutes)))
    browser.post(f"{address}/take", data={"some": "1", "sure": "1", "ids": [first]})
    db.session.rollback()
    assert db.session.scalars(db.select(Task.id).where(Task.delay_minutes > 0)).all() == [first]


def test_no_tick_is_answered_in_words(browser, project, tasks):
    address = propose(browser, project)
    answer = browser.post(f"{address}/take", data={"some": "1", "ids": ["x", "999"]}, follow_redirects=True)
    assert "Tick at least one move first." in answer.text


def test_a_plan_that_changed_is_levelled_anew(browser, project, tasks):
    address = propose(browser, project)
    factories.task(project, "Four", owner_id=None)
    page = browser.get(address).text
    assert "has changed since this was proposed" in page
    assert "Take all moves" not in page
    answer = browser.post(f"{address}/take", data={"all": "1"}, follow_redirects=True)
    assert "Level anew" in answer.text
    assert not db.session.scalar(db.select(db.func.sum(Task.delay_minutes)))


def test_a_search_goes_on_in_the_background_and_is_stopped(app, browser, project, tasks, max_):
    address = propose(browser, project, seconds="30")
    number = int(address.rpartition("/")[2])
    page = browser.get(address).text
    assert "Searching for a better answer" in page
    assert 'hx-trigger="every 2s"' in page
    browser.post(f"{address}/stop")
    row = queries.proposal(project, max_.id, number)
    assert row is not None
    assert row.state == "done"


def test_what_the_search_finds_is_kept(app, project, tasks, max_):
    found = queries.situation([project], max_, MONDAY)
    answer = level(found.problem)
    now = datetime.fromisoformat("2026-03-02T09:00+00:00")
    made = service.propose(found, answer, 2, within_slack=False, actor=max_, now=now)
    service.search(app, made, found.problem, answer, 1).join(timeout=30)
    row = queries.proposal(project, max_.id, made)
    assert row is not None
    assert row.state == "done"
    assert len(set(row.starts.values())) == 3
    assert queries.searches(now) == 0


class Killed(service._Child):
    """A solver that somebody kills as soon as it has begun."""

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self._process.kill()


def test_a_solver_that_dies_leaves_the_first_answer_and_the_page_says_so(app, browser, project, tasks, monkeypatch):
    monkeypatch.setattr(service, "_Child", Killed)
    address = propose(browser, project, seconds="30")
    for each in [each for each in threading.enumerate() if each.name == "levelling"]:
        each.join(20)
        assert not each.is_alive()
    page = browser.get(address).text
    assert "The search broke off" in page
    assert "Searching for a better answer" not in page
    assert "Take all moves" in page
    assert browser.post(f"{address}/take", data={"all": "1"}).status_code == 303
    assert len({starts()[each] for each in tasks[:3]}) == 3


def test_a_search_that_was_lost_with_its_process_is_over_by_itself(app, browser, project, tasks, max_, monkeypatch):
    monkeypatch.setattr(service, "search", lambda *_args: None)
    address = propose(browser, project, seconds="30")
    assert "Searching for a better answer" in browser.get(address).text
    row = queries.proposal(project, max_.id)
    later = row.created_at + timedelta(seconds=30 + queries.LOST)
    assert (row.working(later), row.lost(later), queries.searches(later)) == (False, True, 0)
    assert not row.lost(row.created_at)


def test_throwing_it_away_leaves_the_plan(browser, project, tasks):
    address = propose(browser, project)
    answer = browser.post(f"{address}/throw-away", follow_redirects=True)
    assert "the plan is as it was" in answer.text
    assert not db.session.scalar(db.select(db.func.count(Proposal.id)))


def test_delays_are_cleared_from_the_page(browser, project, tasks):
    browser.post(f"{propose(browser, project)}/take", data={"all": "1"})
    assert "Take the delays away" in browser.get(f"/projects/{project}/level").text
    browser.post(f"/projects/{project}/level/clear")
    assert not db.session.scalar(db.select(db.func.sum(Task.delay_minutes)))
    answer = browser.post(f"/projects/{project}/level/clear", follow_redirects=True)
    assert "No task of this plan is delayed" in answer.text


@pytest.mark.parametrize("values", [{"aim": "best"}, {"seconds": "-1"}, {"seconds": "1e9"}, {"aim": ""}])
def test_bad_input_is_answered_on_the_page(browser, project, tasks, values):
    answer = browser.post(f"/projects/{project}/level", data={"aim": "shortest", "seconds": "0", **values})
    assert answer.status_code == 422
    assert "Propose" in answer.text


def test_a_plan_without_tasks_teaches_what_the_page_is_for(browser, project):
    page = browser.get(f"/projects/{project}/level").text
    assert "Here everybody gets room" in page
    assert "Add the first task" in page
    assert "Propose" not in page
    assert "note--bad" not in page
    assert browser.post(f"/projects/{project}/level", data={"aim": "slack", "seconds": "5"}).status_code == 422


def test_a_plan_in_which_everybody_has_room_says_what_will_stand_here(browser, project):
    factories.task(project, "Alone", owner_id=factories.person("Bea").id)
    page = browser.get(f"/projects/{project}/level").text
    assert "Everybody has room for what is planned" in page
    assert "Load by week" in page
    assert "Propose" not in page
    assert "note--bad" not in page


def test_proposals_of_others_and_projects_that_one_may_not_level_are_out_of_reach(app, browser, project, tasks):
    address = propose(browser, project, **{"with": ["77", "x"]})
    other = factories.person("Olga", projects={project: "manager"})
    factories.sign_in(browser, other)
    assert browser.get(address).status_code == 404
    assert browser.post(f"{address}/take", data={"all": "1"}).status_code == 404


def test_a_proposal_asks_few_statements(browser, project, tasks, asked):
    address = propose(browser, project)
    with asked() as statements:
        browser.get(address)
    assert len(statements) <= 22, len(statements)


@pytest.mark.parametrize(("typed", "kept"), [("1000", 1000), ("0", 0), ("", 500), ("1001", None), ("-1", None)])
def test_a_priority_is_a_field_of_the_task(browser, project, tasks, typed, kept):
    address = f"/projects/{project}/tasks/{tasks[0]}"
    base = html.unescape(re.search(r'name="base" value="([^"]*)"', browser.get(address).text)[1])
    answer = browser.post(f"{address}/edit", data={"priority": typed, "base": base})
    db.session.rollback()
    assert db.session.get(Task, tasks[0]).priority == (500 if kept is None else kept)
    assert ("is no priority" in answer.text) == (kept is None)


def test_the_bar_above_the_roadmap_leads_to_levelling(browser, client, project, tasks):
    link = f'href="/projects/{project}/level"'
    bar = browser.get(f"/projects/{project}/roadmap").text.partition('data-gantt-part="toolbar"')[2]
    assert link in bar.partition("data-gantt-scroll")[0]
    member = factories.person(projects={project: "member"})
    assert link not in factories.sign_in(client, member).get(f"/projects/{project}/roadmap").text
