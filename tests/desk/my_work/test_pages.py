"""My work as people open it."""

import re
from datetime import date, datetime

import pytest

from desk.my_work import queries
from kernel.actor import SYSTEM
from roadmap.actions import service as actions
from roadmap.actions.rules import ActionData
from roadmap.projects import service as projects
from roadmap.timesheet import service as timesheet
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
MOST_STATEMENTS = 12


@pytest.fixture
def ours(places):
    return factories.project("Europe launch")


@pytest.fixture
def hannah(ours):
    return factories.person("Hannah Okafor", projects={ours: "member"})


@pytest.fixture
def browser(places, hannah):
    return factories.sign_in(places.test_client(), hannah)


def on(project, name, day, **more):
    """A task of a day."""
    at = datetime(day.year, day.month, day.day, 8)
    return factories.task(project, name, duration_minutes=480, constraint_type="SNET", constraint_date=at, **more)


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split()).replace(" ,", ",")


def test_nothing_to_do_says_what_would_come(browser):
    page = words(browser.get("/my-work"))
    assert "Nothing is waiting for you." in page
    assert "All done" in page


def test_tasks_and_items_stand_together_by_day(browser, ours, hannah, add_item):
    on(ours, "Clean the addresses", date(2026, 2, 16), owner_id=hannah.id)
    on(ours, "Confirm the window", TODAY, owner_id=hannah.id)
    on(ours, "Validate", date(2026, 2, 20), owner_id=hannah.id)
    on(ours, "Rehearse", date(2026, 2, 27), owner_id=hannah.id)
    add_item(ours, "Minutes written", owner_id=hannah.id, due=date(2026, 2, 13))
    page = words(browser.get("/my-work"))
    assert "Five things. Two are overdue, one is for today." in page
    order = ["Overdue", "Minutes written", "Clean the addresses", "Confirm the window", "Validate", "Rehearse"]
    places = [page.index(each, page.index("Five things")) for each in order]
    assert places == sorted(places)
    assert "5 d late" in page


def test_only_ones_own_work_in_running_roll_outs_that_one_may_see(places, browser, ours, hannah, add_item):
    theirs = factories.project("Theirs")
    over = factories.project("Over")
    factories.task(theirs, "Kept from me", owner_id=hannah.id)
    factories.task(ours, "Somebody else's")
    factories.task(over, "Long over", owner_id=hannah.id)
    projects.archive(over, actor=SYSTEM, now=NOW)
    add_item(theirs, "Kept item", owner_id=hannah.id, due=TODAY)
    page = words(browser.get("/my-work"))
    assert "Nothing is waiting for you." in page
    assert "Theirs" not in page
    assert queries.count_due(hannah, TODAY) == 0


def test_the_count_is_of_what_is_due_by_the_end_of_the_week(ours, hannah, add_item):
    on(ours, "Late", date(2026, 2, 16), owner_id=hannah.id)
    on(ours, "Week", date(2026, 2, 20), owner_id=hannah.id)
    on(ours, "Later", date(2026, 2, 23), owner_id=hannah.id)
    on(ours, "Deadline", date(2026, 3, 23), owner_id=hannah.id, deadline=date(2026, 2, 22))
    add_item(ours, "Item", owner_id=hannah.id, due=date(2026, 2, 22))
    add_item(ours, "Later item", owner_id=hannah.id, due=date(2026, 2, 23))
    assert queries.count_due(hannah, TODAY) == 4


def test_a_roll_out_narrows_the_page(browser, places, ours, hannah):
    second = factories.project("Nordics")
    on(ours, "First", TODAY, owner_id=hannah.id)
    who = factories.person("Both", projects={ours: "member", second: "manager"})
    on(ours, "In the first", TODAY, owner_id=who.id)
    on(second, "In the second", TODAY, owner_id=who.id)
    both = factories.sign_in(places.test_client(), who)
    assert "In the first" in both.get("/my-work").text
    assert "In the first" not in both.get(f"/my-work?project={second}").text
    for nonsense in ("x", "999", ""):
        assert "In the first" in both.get(f"/my-work?project={nonsense}").text


def test_a_stakeholders_item_can_be_read_and_not_ticked(places, ours, add_item):
    who = factories.person(projects={ours: "stakeholder"})
    add_item(ours, "Approve", owner_id=who.id, due=TODAY)
    page = factories.sign_in(places.test_client(), who).get("/my-work").text
    assert "Approve" in page
    assert "Your role can read this list, not tick it." in page


def test_a_tick_comes_back_here_without_scripts(browser, ours, hannah, add_item):
    ticked = add_item(ours, "Minutes written", owner_id=hannah.id, due=TODAY)
    address = f"/projects/{ours}/checklists/items/{ticked}/tick"
    assert f'action="{address}"' in browser.get("/my-work").text
    answer = browser.post(address, data={"done": "1", "back": "/my-work"})
    assert answer.location == "/my-work"
    assert "Nothing is waiting for you." in words(browser.get("/my-work"))


def test_a_task_is_done_in_one_tap(browser, ours, hannah):
    made = on(ours, "Clean the addresses", TODAY, owner_id=hannah.id)
    address = f"/projects/{ours}/tasks/{made}/progress"
    assert f'action="{address}"' in browser.get("/my-work").text
    answer = browser.post(
        address, data={"done": "1", "percent_complete": "100"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200
    assert answer.json["undo_url"]
    assert "Nothing is waiting for you." in words(browser.get("/my-work"))


def test_names_do_nothing(browser, ours, hannah):
    on(ours, "<script>alert(1)</script>\u202e", TODAY, owner_id=hannah.id)
    assert "<script>alert(1)" not in browser.get("/my-work").text


def test_action_items_stand_between_tasks_and_are_ticked_in_place(browser, ours, hannah):
    on(ours, "Validate", date(2026, 2, 20), owner_id=hannah.id)
    data = ActionData("Send the minutes", owner_id=hannah.id, due=TODAY)
    actions.add_action(ours, data, actor=SYSTEM, now=NOW)
    page = browser.get("/my-work")
    assert "Two things. Nothing is overdue, one is for today." in words(page)
    assert re.search(r"Action item A-\d+", words(page))
    [address] = re.findall(r'action="(/projects/\d+/actions/\d+/tick)"', page.text)
    browser.post(address, data={"done": "1", "back": "/my-work"})
    assert "Send the minutes" not in words(browser.get("/my-work"))


def test_time_is_two_taps_away_and_summed(browser, ours, hannah):
    task = on(ours, "Validate", date(2026, 2, 20), owner_id=hannah.id)
    milestone = factories.task(ours, "Go", type="milestone", owner_id=hannah.id)
    page = browser.get("/my-work").text
    assert f'popovertarget="log-{task}"' in page
    assert f'popovertarget="log-{milestone}"' not in page
    browser.post(f"/projects/{ours}/tasks/{task}/time", data={"usual": "90m", "back": "/my-work"})
    assert "Today 1:30 h This week 1:30 h" in words(browser.get("/my-work"))


def test_what_is_blocked_says_so(browser, ours, hannah):
    task = on(ours, "Validate", date(2026, 2, 20), owner_id=hannah.id)
    timesheet.raise_blocker(ours, task, "No access", actor=hannah, now=NOW)
    assert 'title="No access"' in browser.get("/my-work").text


def test_much_work_takes_few_statements(browser, asked, ours, hannah, add_item):
    for number in range(20):
        task = on(ours, f"Task {number}", date(2026, 3, 2), owner_id=hannah.id)
    add_item(ours, "Minutes written", owner_id=hannah.id, due=TODAY)
    actions.add_action(ours, ActionData("Send them", owner_id=hannah.id, due=TODAY), actor=SYSTEM, now=NOW)
    timesheet.raise_blocker(ours, task, "No access", actor=hannah, now=NOW)
    browser.get("/notices")  # the first request after half an hour is kept as a sign-in
    with asked() as statements:
        page = browser.get("/my-work")
    assert "5 more" in page.text
    assert len(statements) <= MOST_STATEMENTS
