"""Bringing a plan in the browser: the file, its columns, the dates, and nothing stored before that."""

from io import BytesIO

import pytest

from kernel.actor import SYSTEM
from roadmap.projects import queries as projects
from tests import factories
from tests.roadmap.exchange.test_mspdi import file, row

PLAN = "id,name,duration,predecessors\n1,Map,2d,\n2,Load <b>🎉,3d,1\n"


@pytest.fixture
def page(client):
    return factories.sign_in(client, factories.person("Priya Nair"))


def send(page, content, address="/projects/import", **more):
    file = (BytesIO(content if isinstance(content, bytes) else content.encode()), "plan.csv")
    return page.post(address, data={"file": file, **more}, content_type="multipart/form-data")


def kept(text):
    return text.split('name="kept" value="')[1].split('"')[0]


def test_a_file_is_looked_at_and_then_imported(page):
    assert page.get("/projects/import").status_code == 200
    seen = send(page, PLAN, start="2026-03-02", name="Asia launch")
    text = seen.get_data(as_text=True)
    assert seen.status_code == 200
    assert "Wed 4 Mar" in text
    assert "Load <b>" not in text
    assert projects.visible(SYSTEM) == []
    sent = {"kept": kept(text), "start": "2026-03-02", "name": "Asia launch", "country": "DE"}
    sent |= {"column_id": "0", "column_name": "1", "column_duration": "2", "column_predecessors": "3"}
    assert page.post("/projects/import/create", data=sent).status_code == 303
    assert [row.name for row in projects.visible(SYSTEM)] == ["Asia launch"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"<?xml version='1.0'?><html/>", "no plan"),
        (b"", "Choose an XML"),
        ("name,duration\nMap,soon", "row 2, column duration"),
        ("name,start\nMap,03/04/2026", "day or the month first"),
        ("id,name,predecessors\n1,Map,2\n2,Load,1", "wait for each other"),
        ("colour\nred", "tasks&#39; names"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(page, content, says):
    for address in ("/projects/import", "/projects/import/create"):
        answer = send(page, content, address, start="2026-03-02", name="Kept as typed")
        assert says in answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert projects.visible(SYSTEM) == []


def test_columns_are_chosen_by_hand(page):
    text = send(page, "a,b\n3d,Map\n", start="2026-03-02").get_data(as_text=True)
    sent = {"kept": kept(text), "start": "2026-03-02", "name": "By hand", "column_name": "1", "column_duration": "0"}
    assert page.post("/projects/import/create", data=sent).status_code == 303


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_plan_is_taken_out_as_a_file(client, app, kind):
    project = factories.project()
    factories.task(project, "Map")
    page = factories.sign_in(client, factories.person(projects={project: "stakeholder"}))
    answer = page.get(f"/projects/{project}/plan.{kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_plan_of_ms_project_is_shown_with_what_moves_and_what_is_not_used(page):
    there = "<Start>2026-01-05T09:30:00</Start><Finish>2026-01-06T09:30:00</Finish><Hyperlink>x</Hyperlink>"
    elsewhere = "<Start>2026-01-07T08:00:00</Start><Finish>2026-01-07T17:00:00</Finish>"
    content = file(row(1, there) + row(2, elsewhere, name="Load &lt;b&gt;"))
    answer = send(page, content, "/projects/import").get_data(as_text=True)
    assert "1 of 2 tasks stand here to the minute where the file has them" in answer
    assert "Load &lt;b&gt;" in answer
    assert "Hyperlinks" in answer
    assert projects.visible(SYSTEM) == [], "looking stores nothing"
    assert send(page, content, "/projects/import/create", name="Bid", start="2026-01-05").status_code == 303
    assert [found.name for found in projects.visible(SYSTEM)] == ["Bid"]


def test_a_plan_goes_out_to_ms_project_from_the_browser(client):
    number = factories.project()
    factories.task(number, "Map")
    page = factories.sign_in(client, factories.person(projects={number: "manager"}))
    answer = page.get(f"/projects/{number}/plan.xml")
    assert answer.mimetype == "application/xml"
    assert b"<Name>Map</Name>" in answer.data
