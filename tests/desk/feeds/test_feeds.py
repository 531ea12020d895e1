"""Calendar addresses: made, read, withdrawn; never more than their owner may see."""

from __future__ import annotations

import re
from datetime import date

import icalendar
import pytest
from sqlalchemy import select

from checklists import service as checklists
from desk.feeds.models import CalendarFeed, FeedReading
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.staffing import service as staffing
from roadmap.tasks import service as tasks
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def mine(app, client):
    """A member's browser, their project and their task."""
    who = factories.person("Mia Member")
    project_id = factories.project("Nordic launch")
    staffing.add_member(project_id, who.id, "member", actor=SYSTEM)
    task_id = factories.task(project_id, "Map the fields", owner_id=who.id, duration_minutes=960)
    factories.task(project_id, "Not mine")
    factories.sign_in(client, who)
    return who, project_id, task_id


def address(client, project=""):
    answer = client.post("/my-work/calendars", data={"project": str(project)})
    return re.search(r"/calendar/[\w-]+\.ics", answer.text)[0]


def titles(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return {str(each["summary"]) for each in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")}


def test_my_work_is_what_is_mine_and_needs_no_sign_in(app, client, mine):
    at = address(client)
    stranger = app.test_client()
    assert titles(stranger.get(at)) == {"Map the fields"}
    assert db.session.scalars(select(FeedReading)).one().at is not None


def test_ticks_and_actions_of_mine_stand_on_their_day(app, client, mine):
    who, project_id, _task = mine
    _list, (item_id,) = factories.checklist(project_id, "Before the launch", "Ask the union")
    checklists.change_item(project_id, item_id, {"owner_id": who.id, "due": date(2026, 2, 3)}, actor=SYSTEM)
    assert "Ask the union" in titles(app.test_client().get(address(client)))


def test_a_plan_shows_all_its_tasks_on_their_days(app, client, mine):
    _who, project_id, _task = mine
    answer = app.test_client().get(address(client, project_id))
    assert titles(answer) == {"Map the fields", "Not mine"}
    first = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (date(2026, 1, 5), date(2026, 1, 7))


def test_the_token_is_kept_as_a_hash_and_shown_once(client, mine):
    at = address(client)
    token = at.split("/")[-1].removesuffix(".ics")
    assert token not in client.get("/my-work/calendars").text
    assert db.session.scalars(select(CalendarFeed)).one().token_hash != token


def test_a_withdrawn_address_gives_nothing(app, client, mine):
    at = address(client)
    feed = db.session.scalars(select(CalendarFeed)).one()
    client.post(f"/my-work/calendars/{feed.id}/revoke")
    assert app.test_client().get(at).status_code == 404


def test_whoever_leaves_a_roll_out_loses_its_plan_and_whoever_is_switched_off_all(app, client, mine):
    who, project_id, _task = mine
    plan, work = address(client, project_id), address(client)
    staffing.remove_member(project_id, who.id, "member", actor=SYSTEM)
    stranger = app.test_client()
    assert stranger.get(plan).status_code == 404
    assert titles(stranger.get(work)) == set()


def test_nobody_withdraws_the_address_of_another_or_reads_a_plan_that_is_closed_to_them(client, mine):
    address(client)
    feed = db.session.scalars(select(CalendarFeed)).one()
    factories.sign_in(client, factories.person("Oda Other"))
    assert client.post(f"/my-work/calendars/{feed.id}/revoke").status_code == 404
    assert client.post("/my-work/calendars", data={"project": str(mine[1])}).status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 43, "..", "%00", "é"])
def test_a_wrong_address_is_not_found(client, mine, token):
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_too_many_addresses_are_refused_with_a_sentence(client, mine):
    for _each in range(20):
        client.post("/my-work/calendars", data={"project": ""})
    answer = client.post("/my-work/calendars", data={"project": ""})
    assert answer.status_code == 422
    assert "Withdraw one" in answer.text


def test_an_entry_keeps_its_name_and_counts_its_changes(app, client, mine):
    _who, project_id, task_id = mine
    at = address(client, project_id)
    before = entry(app, at, task_id)
    tasks.change(project_id, task_id, {"duration_minutes": 480}, actor=SYSTEM, now=NOW)
    moved = entry(app, at, task_id)
    assert moved["uid"] == before["uid"]
    assert moved["sequence"] > before["sequence"]
    tasks.change(project_id, task_id, {"active": False}, actor=SYSTEM, now=NOW)
    assert entry(app, at, task_id)["status"] == "CANCELLED"


def entry(app, at, task_id):
    found = icalendar.Calendar.from_ical(app.test_client().get(at).data).walk("VEVENT")
    return next(each for each in found if str(each["uid"]).startswith(f"task-{task_id}."))
