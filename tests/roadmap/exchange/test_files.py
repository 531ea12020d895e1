"""Plans from files and to files: what goes out comes back, and what is wrong is said by row and column."""

import json
from datetime import date, datetime

import pytest

from infra import sheets
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.exchange import queries, service
from roadmap.exchange.rules import columns
from roadmap.exchange.rules.dates import Order
from roadmap.outline import service as outline
from roadmap.projects import queries as projects
from roadmap.staffing import service as staffing
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as progress
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
SAME = (
    "wbs",
    "name",
    "type",
    "start",
    "finish",
    "duration_minutes",
    "total_slack_minutes",
    "critical",
    "percent_complete",
)


@pytest.fixture
def project(app):
    id = factories.project("Europe launch", country="DE")
    role, _work = staffing.add_role(id, {"name": "CRM administrator", "share": 50}, actor=SYSTEM)
    phase = factories.task(id, "Migration")
    first = factories.task(id, "Map", parent_id=phase, duration_minutes=960, role_id=role, deadline=date(2026, 1, 9))
    second = factories.task(
        id, "Load “all” <b>", parent_id=phase, constraint_type="SNET", constraint_date=datetime(2026, 1, 14, 8)
    )
    gate = factories.task(id, "Data signed off 🎉", parent_id=phase, type="milestone")
    outline.set_predecessors(id, second, "1.1SS+1d", actor=SYSTEM)
    outline.set_predecessors(id, gate, "1.1;1.2", actor=SYSTEM)
    progress.set_progress(id, first, 100, actor=SYSTEM, now=NOW)
    return id


def brief(document):
    return [{name: task[name] for name in SAME} for task in document["tasks"]]


def csv(text, **more):
    return service.read_plan(text.encode(), **more)


def test_a_document_comes_back_as_the_same_plan(project):
    out = queries.document(project, TODAY)
    back = service.import_plan(service.read_plan(json.dumps(out).encode()), actor=SYSTEM, now=NOW, name="Copy")
    again = queries.document(back, TODAY)
    assert brief(again) == brief(out)
    assert again["calendars"] == out["calendars"]
    assert [task["assignments"] for task in again["tasks"]] == [task["assignments"] for task in out["tasks"]]
    assert [task["phase"] for task in again["tasks"]] == ["Migration"] * 4


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_comes_back_as_the_same_plan(project, kind):
    heads, rows = queries.sheet(project, TODAY)
    assert list(heads) == list(columns.CSV_HEADS)
    content = sheets.write_csv(heads, rows) if kind == "csv" else sheets.write_xlsx("Plan", heads, rows)
    found = service.read_plan(content, start=date(2026, 1, 5))
    assert found.errors == ()
    back = service.import_plan(found, actor=SYSTEM, now=NOW, name="Copy", country="DE")
    assert brief(queries.document(back, TODAY)) == brief(queries.document(project, TODAY))


def test_predecessors_of_a_sheet_are_written_as_people_write_them(project):
    _heads, rows = queries.sheet(project, TODAY)
    map_id, load_id = rows[1][0], rows[2][0]
    assert rows[2][7] == f"{map_id}SS+1d"
    assert rows[3][7] == f"{map_id};{load_id}"
    assert rows[1][8] == "CRM administrator[50%]"


BAD = [
    ("name,duration\nMap,soon", "row 2, column duration", "3d or 4h"),
    ("name,% complete\nMap,140", "row 2, column % complete", "140 %"),
    ("name,start\nMap,2026-02-30", "row 2, column start", "no date"),
    ("id,name,predecessors\n1,Map,9", "row 2, column predecessors", "no row with the number 9"),
    ("id,name,predecessors\n1,Map,1", "row 2, column predecessors", "wait for itself"),
    ("id,name,predecessors\n1,Map,2XX?", "row 2, column predecessors", "no"),
    ("id,name\n1,Map\n1,Load", "row 3, column id", "used twice"),
    ("name,start,finish\nMap,2026-02-03,2026-02-01", "row 2, column finish", "finishes before"),
    ("name,type\nMap,epic", "row 2, column type", "task or milestone"),
    ("name,duration\n,3d", "row 2, column name", "Give the task a name"),
    ("name,constraint\nMap,SNET", "row 2, column constraint", "needs a date"),
    ("name,type,duration\nGo,milestone,2d", "row 2, column duration", "no duration"),
]


@pytest.mark.parametrize(("text", "where", "what"), BAD, ids=[f"{where} {what}" for _, where, what in BAD])
def test_what_is_wrong_in_a_sheet_is_listed_by_row_and_column(app, text, where, what):
    issues = csv(text, start=date(2026, 1, 5)).errors
    assert [issue.where for issue in issues] == [where]
    assert what in issues[0].what


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"<?xml version='1.0'?><Project/>", "save as CSV or XLSX"),
        (b"PK\x03\x04broken", "damaged"),
        (b"{", "no JSON"),
        (b'{"tasks": 3}', "no plan"),
        (b"[1]", "no plan"),
        (b"colour,shape\nred,round", "names"),
        (b"name,duration\n", "no tasks below"),
        (b"name,start\nMap,03/04/2026", "day or the month first"),
    ],
)
def test_a_file_that_is_no_plan_is_named_for_what_it_is(app, content, says):
    with pytest.raises(RuleBroken, match=says):
        service.read_plan(content)


def test_nothing_is_half_saved(app):
    found = csv("id,name,predecessors\n1,Map,2\n2,Load,1", start=date(2026, 1, 5))
    with pytest.raises(RuleBroken, match="wait for each other"):
        service.import_plan(found, actor=SYSTEM, now=NOW, name="Loop")
    broken = csv("name,duration\nMap,soon", start=date(2026, 1, 5))
    with pytest.raises(service.ImportBroken, match="row 2, column duration"):
        service.import_plan(broken, actor=SYSTEM, now=NOW, name="Broken")
    assert projects.visible(SYSTEM) == []


def test_a_project_with_a_plan_takes_no_other(project):
    with pytest.raises(RuleBroken, match="has a plan already"):
        service.import_into(project, csv("name\nMap", start=date(2026, 1, 5)), actor=SYSTEM)


def test_dates_are_read_as_chosen_or_as_they_show(app):
    text = "name,start\nMap,03/04/2026"
    assert csv(text, order=Order.DAY).start == date(2026, 4, 3)
    assert csv(text, order=Order.MONTH).start == date(2026, 3, 4)
    assert csv(text + "\nLoad,25/04/2026").start == date(2026, 4, 3)
    assert csv("name,start\nMap,03.04.2026").start == date(2026, 4, 3)


def test_a_plan_of_dates_alone_keeps_them(app):
    found = csv("Task,Start,End\nMap,2026-01-05,2026-01-06\nLoad,2026-01-12,2026-01-13")
    assert "no earlier than" in found.warnings[0].what
    made = service.import_plan(found, actor=SYSTEM, now=NOW, name="Dates")
    rows = tasks.rows(made, TODAY)
    assert [(row.start.date(), row.finish.date()) for row in rows] == [
        (date(2026, 1, 5), date(2026, 1, 6)),
        (date(2026, 1, 12), date(2026, 1, 13)),
    ]


def test_outline_levels_make_a_tree(app):
    found = csv("name,level\nMigration,1\nMap,2\nLoad,2", start=date(2026, 1, 5))
    made = service.import_plan(found, actor=SYSTEM, now=NOW, name="Levels")
    assert [row.wbs for row in tasks.rows(made, TODAY)] == ["1", "1.1", "1.2"]


def test_the_promised_fields_of_a_document_are_there(project):
    found = queries.document(project, TODAY)
    assert found["project"].keys() >= {"id", "name", "start", "finish", "status_date", "calendar"}
    promised = {"id", "uid", "wbs", "name", "type", "phase", "start", "finish", "duration_minutes", "work_minutes"}
    promised |= {
        "early_start",
        "early_finish",
        "late_start",
        "late_finish",
        "total_slack_minutes",
        "free_slack_minutes",
    }
    promised |= {"critical", "percent_complete", "actual_start", "actual_finish", "constraint", "deadline"}
    promised |= {"predecessors", "assignments"}
    for task in found["tasks"]:
        assert task.keys() >= promised
    load = found["tasks"][2]
    assert load["constraint"] == {"type": "SNET", "date": "2026-01-14T08:00"}
    assert load["predecessors"] == [{"id": found["tasks"][1]["id"], "type": "SS", "lag_minutes": 480}]
    assert found["resources"][0]["name"] == "CRM administrator"
