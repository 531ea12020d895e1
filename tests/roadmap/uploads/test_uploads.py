"""The page that brings a file into a plan: look first, then one change that undo takes back."""

import re
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from infra.database import db
from kernel.actor import SYSTEM
from roadmap.branches import queries as branches
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as changing
from roadmap.uploads import charts, forms, service
from roadmap.uploads.models import Upload
from tests import factories
from tests.fixtures.app import NOW

SHEET = b"id,name,duration\n%d,Map <b>,5d\n%d,Go-live,0d\n,Celebrate,1d\n"


@pytest.fixture
def plan(app):
    id = factories.project()
    first = factories.task(id, "Map", duration_minutes=960)
    factories.task(id, "Kept & safe", after=first)
    factories.task(id, "Go-live", type="milestone", after=first, is_go_live=True)
    return id, first


@pytest.fixture
def page(client, plan):
    return factories.sign_in(client, factories.person("Maren Vogel", projects={plan[0]: "manager"}))


def send(page, id, content, address="", **more):
    data = {"file": (BytesIO(content), "plan.csv"), **more}
    path = address or f"/projects/{id}/plan/import"
    return page.post(path, data=data, content_type="multipart/form-data", follow_redirects=True)


def where(id):
    row = db.session.scalars(select(Upload)).one()
    return f"/projects/{id}/plan/import/{row.id}"


def names(id):
    return [row.name for row in tasks.rows(id, date(2026, 1, 5))]


def test_a_file_is_looked_at_taken_over_and_undone(page, plan):
    id, first = plan
    before = branches.read(id).shot
    assert page.get(f"/projects/{id}/plan/import").status_code == 200
    text = send(page, id, SHEET % (first, first + 2)).get_data(as_text=True)
    assert "One row changes, one is new; go-live: 3 days later." in text
    assert "<del>2d</del> → <ins>5d</ins>" in text
    assert "Map &lt;b&gt;" in text
    assert "Kept &amp; safe" in text
    assert branches.read(id).shot == before, "looking stores nothing"
    assert page.get(f"/projects/{id}/plan/import").status_code == 302, "it waits for a decision"
    answer = page.post(f"{where(id)}/take")
    assert answer.status_code == 303
    assert names(id) == ["Map <b>", "Kept & safe", "Go-live", "Celebrate"]
    assert db.session.scalar(select(Upload.id)) is None
    undone = page.get(answer.location).get_data(as_text=True).split('action="/undo/')[1].split('"')[0]
    page.post(f"/undo/{undone}")
    assert branches.read(id).shot == before


def test_what_the_file_does_not_hold_goes_only_after_it_was_shown(page, plan):
    id, first = plan
    send(page, id, SHEET % (first, first + 2))
    gone = next(row.id for row in tasks.rows(id, date(2026, 1, 5)) if row.name == "Kept & safe")
    shown = page.post(f"{where(id)}/take", data={"out": gone}, follow_redirects=True).get_data(as_text=True)
    assert "You chose other tasks to take out" in shown
    assert "Kept & safe" in names(id)
    page.post(f"{where(id)}/take", data={"out": gone})
    assert "Kept & safe" not in names(id)


def test_a_field_or_a_row_is_refused_and_the_rest_is_taken(page, plan):
    id, first = plan
    send(page, id, SHEET % (first, first + 2))
    shown = page.get(where(id)).get_data(as_text=True)
    rows = re.findall(r'name="refused" value="([^"]+)"', shown)
    new = next(each for each in rows if each.startswith("row::task:new"))
    assert f"line:duration_minutes:task:{first}" in rows
    chosen = {"page": 1, "refused": [new, f"line:duration_minutes:task:{first}"]}
    text = page.post(f"{where(id)}/take", data=chosen, follow_redirects=True).get_data(as_text=True)
    assert "You refused other parts of the file." in text
    assert text.count(" checked") == 2, "what was refused still shows, ticked"
    assert page.post(f"{where(id)}/take", data=chosen).status_code == 303
    assert names(id) == ["Map <b>", "Kept & safe", "Go-live"]
    assert branches.read(id).shot[f"task:{first}"]["duration_minutes"] == 960


def test_a_refusal_that_makes_a_circle_keeps_its_ticks_and_names_the_circle(page, plan):
    id, _first = plan
    outer = factories.task(id, "Outer")
    inner = factories.task(id, "Inner", parent_id=outer)
    send(page, id, b"id,wbs,name,duration\n%d,4,Inner,1d\n%d,4.1,Outer,1d\n" % (inner, outer))
    tick = f"line:parent_id:task:{inner}"
    answer = page.post(where(id), data={"page": 1, "refused": tick}, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Outer → Inner → Outer" in text or "Inner → Outer → Inner" in text
    assert re.search(rf'value="{tick}" checked', text)
    text = page.post(where(id), data={"page": 1}, follow_redirects=True).get_data(as_text=True)
    assert " checked" not in text
    assert "below each other" not in text


def test_all_that_changes_can_be_refused(page, plan):
    id, first = plan
    before = branches.read(id).shot
    send(page, id, SHEET % (first, first + 2))
    rows = re.findall(r'name="refused" value="(row::[^"]+)"', page.get(where(id)).get_data(as_text=True))
    text = page.post(where(id), data={"page": 1, "refused": rows}, follow_redirects=True).get_data(as_text=True)
    assert "you refused all that the file says otherwise" in text
    page.post(f"{where(id)}/take", data={"page": 1, "refused": rows})
    assert branches.read(id).shot == before


def test_what_changes_goes_over_several_pages_and_each_keeps_its_ticks(page, plan, monkeypatch):
    id, first = plan
    monkeypatch.setattr(charts, "SHOWN", 1)
    send(page, id, SHEET % (first, first + 2))
    one, two = (page.get(f"{where(id)}?page={number}").get_data(as_text=True) for number in (1, 2))
    assert "1 to 1 of 2" in one
    assert "row::task:new" not in one
    assert "2 to 2 of 2" in two
    assert "row::task:new" in two
    page.post(where(id), data={"page": 1, "refused": f"row::task:{first}"})
    new = re.findall(r'name="refused" value="(row::task:new[^"]+)"', two)[0]
    page.post(where(id), data={"page": 2, "refused": new})
    assert db.session.scalars(select(Upload)).one().choices["refused"] == sorted([f"row::task:{first}", new])


def test_a_plan_that_somebody_changed_asks_again(page, plan):
    id, first = plan
    send(page, id, SHEET % (first, first + 2))
    changing.change(id, first, {"name": "Map it"}, actor=SYSTEM, now=NOW)
    answer = page.post(f"{where(id)}/take")
    assert answer.status_code == 409
    assert "Somebody changed the plan since you looked" in answer.get_data(as_text=True)
    assert page.post(f"{where(id)}/take").status_code == 303


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"<?xml version='1.0'?><html/>", "no plan"),
        (b"", "Choose an XML"),
        (b"name,duration\nMap,soon", "row 2, column duration"),
        (b"name,start\nMap,03/04/2026", "day or the month first"),
        (b"id,name,predecessors\n1,Map,2\n2,Load,1", "wait for each other"),
        (b"colour\nred", "tasks&#39; names"),
    ],
)
def test_what_is_wrong_is_said_as_for_a_new_plan_and_nothing_is_stored(page, plan, content, says):
    id, _first = plan
    before = branches.read(id).shot
    answer = send(page, id, content)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert branches.read(id).shot == before


def test_another_file_that_fails_leaves_the_one_before_and_what_was_chosen(page, plan, monkeypatch):
    id, first = plan
    send(page, id, b"a,b,c\n%d,9d,Map\n" % first, column_name="2")
    chosen = {"column_name": "2", "column_id": "0", "column_duration": "1"}
    text = page.post(where(id), data=chosen, follow_redirects=True).get_data(as_text=True)
    assert "<ins>9d</ins>" in text
    monkeypatch.setattr(forms, "LARGEST", 100)
    answer = send(page, id, b"x" * 101, where(id), **chosen)
    assert answer.status_code == 422
    assert "A plan file has at most" in answer.get_data(as_text=True)
    assert "<ins>9d</ins>" in answer.get_data(as_text=True)


def test_a_long_file_is_looked_at_behind_the_page_and_can_be_stopped(page, plan, monkeypatch):
    id, first = plan
    behind = []
    monkeypatch.setattr(service, "LONG", 1)
    monkeypatch.setattr(service, "look_behind", lambda _app, number, actor: behind.append((number, actor)))
    text = send(page, id, SHEET % (first, first + 2)).get_data(as_text=True)
    assert "Under way" in text
    address = where(id)
    service.look(*behind[0])
    assert "One row changes" in page.get(address).get_data(as_text=True)
    send(page, id, SHEET % (first, first + 2))
    page.post(f"{where(id)}/throw-away")
    service.look(*behind[1])
    assert db.session.scalar(select(Upload.id)) is None


def test_it_is_nobody_elses(page, plan, app):
    id, first = plan
    send(page, id, SHEET % (first, first + 2))
    other = factories.sign_in(app.test_client(), factories.person(projects={id: "manager"}))
    assert other.get(where(id)).status_code == 404
    member = factories.sign_in(app.test_client(), factories.person(projects={id: "member"}))
    assert member.get(f"/projects/{id}/plan/import").status_code == 403


def test_the_roadmap_is_taken_out_as_a_drawing(page, plan):
    id, _first = plan
    answer = page.get(f"/projects/{id}/roadmap.svg")
    assert answer.mimetype == "image/svg+xml"
    assert b"Kept &amp; safe" in answer.data
    assert f"/projects/{id}/roadmap.svg" in page.get(f"/projects/{id}/roadmap").get_data(as_text=True)
