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
from tests.roadmap.exchange.test_mspdi_export import RICH

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
    out = queries.document(project)
    back = service.import_plan(service.read_plan(json.dumps(out).encode()), actor=SYSTEM, now=NOW, name="Copy")
    again = queries.document(back)
    assert brief(again) == brief(out)
    for found in (*again["calendars"], *out["calendars"]):
        found.pop("id")
    assert again["calendars"] == out["calendars"]
    for found in (each for task in (*again["tasks"], *out["tasks"]) for each in task["assignments"]):
        found.pop("resource_key")
    assert [task["assignments"] for task in again["tasks"]] == [task["assignments"] for task in out["tasks"]]
    assert [task["phase"] for task in again["tasks"]] == ["Migration"] * 4


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_comes_back_as_the_same_plan(project, kind):
    heads, rows = queries.sheet(project)
    assert list(heads) == list(columns.CSV_HEADS)
    content = sheets.write_csv(heads, rows) if kind == "csv" else sheets.write_xlsx("Plan", heads, rows)
    found = service.read_plan(content, start=date(2026, 1, 5))
    assert found.errors == ()
    back = service.import_plan(found, actor=SYSTEM, now=NOW, name="Copy", country="DE")
    assert brief(queries.document(back)) == brief(queries.document(project))


def test_predecessors_of_a_sheet_are_written_as_people_write_them(project):
    _heads, rows = queries.sheet(project)
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
        (b"<?xml version='1.0'?><html/>", "no plan"),
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
    found = queries.document(project)
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


IDS = frozenset({"id", "calendar_id", "resource_key", "key", "predecessors"})


def plain(value):
    """A document without the numbers that every plan has for itself."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items() if name not in IDS}
    return [plain(each) for each in value] if isinstance(value, list) else value


def test_a_document_says_all_that_planners_said(app):
    first = service.import_plan(service.read_plan(RICH), actor=SYSTEM, now=NOW)
    out = queries.document(first)
    back = service.import_plan(service.read_plan(json.dumps(out).encode()), actor=SYSTEM, now=NOW)
    again = queries.document(back)
    assert plain(again) == plain(out)
    ties = [[{**tie, "id": 0} for tie in task["predecessors"]] for task in out["tasks"]]
    assert [[{**tie, "id": 0} for tie in task["predecessors"]] for task in again["tasks"]] == ties
    assert out["tasks"][3]["predecessors"][0]["lag_percent"] == 50


@pytest.mark.parametrize(
    ("assignment", "says"),
    [
        ({"resource": "Ana", "units_percent": -5}, "-5 % is not possible"),
        ({"units_percent": 50}, "names no resource"),
        ({"resource": "Ana", "units_percent": "half"}, ""),
        ({"resource": "Ana", "work_minutes": "x"}, ""),
    ],
)
def test_odd_assignments_of_a_document_are_told(app, assignment, says):
    data = {"tasks": [{"id": 1, "name": "Map", "assignments": [assignment]}], "project": {"start": "2026-01-05"}}
    found = service.read_plan(json.dumps(data).encode())
    assert says in " ".join(issue.what for issue in found.warnings)
    assert service.import_plan(found, actor=SYSTEM, now=NOW, name="Odd") > 0


SHEET = "id,wbs,name,resources,cost,actual_cost,baseline_start,baseline_finish,baseline_cost"
SHEET += ",optimistic,most likely,pessimistic"


def brought(content):
    return service.import_plan(content, actor=SYSTEM, now=NOW, name="Copy", start=date(2026, 1, 5))


def test_a_sheet_brings_everybody_what_it_costs_and_its_baseline(app):
    rows = (
        '1,1,Map,"Ana[50%]; ""Doe, Jane""",1200.50,200,2026-01-05T08:00,2026-01-06T17:00,1000,,,',
        "2,2,Load,Ana[50%],,,,,,,,",
        "3,3,Test,Ana,,,,,,1d,2d,4d",
    )
    made = brought(csv("\n".join((SHEET, *rows))))
    found = queries.outgoing(made)
    names = {each.key: each.name for each in found.resources}
    ids = {task["id"]: task["name"] for task in found.tasks}
    assert {(ids[each.task_id], names[each.resource], each.units, each.given) for each in found.assignments} == {
        ("Map", "Ana", 50.0, True),
        ("Map", "Doe, Jane", 100.0, True),
        ("Load", "Ana", 50.0, False),
        ("Test", "Ana", 100.0, True),
    }
    heads, out = queries.sheet(made)
    line = dict(zip(heads, out[0], strict=True))
    assert (line["cost"], line["actual_cost"], line["baseline_cost"]) == (1200.5, 200.0, 1000.0)
    assert line["baseline_finish"] == "2026-01-06T17:00"
    again = queries.sheet(brought(service.read_plan(sheets.write_csv(heads, out))))[1]
    assert [row[1:] for row in again] == [row[1:] for row in out]


@pytest.mark.parametrize(
    ("row", "where", "says"),
    [
        ("1,1,Map,,,,,,,4d,2d,1d", "row 2", "The estimate of “Map” was left out"),
        ("1,1,Map,,,,,,,1d,,", "row 2", "was left out"),
        ("1,1,Map,,soon,,,,,,,", "row 2, column cost", "is no amount"),
        ("1,1,Map,,,,NA,,,,,", "row 2, column baseline_start", "is no date"),
        ("1,1,Map,,5,,,,,,,\n2,1.1,Fields,,7,,,,,,,", "row 2", "of its tasks together"),
        ("1,1,Map,,5,,,,,,,", "project", "names no currency"),
    ],
)
def test_what_a_plan_does_without_is_told_with_its_row_and_the_rest_brought(app, row, where, says):
    plan = csv(f"{SHEET}\n{row}")
    assert any(where == each.where and says in each.what for each in plan.warnings)
    assert plan.errors == ()
    assert brought(plan) > 0


def test_estimates_the_wrong_way_round_in_a_document_are_told(app):
    task = {"id": 1, "name": "Map", "estimate_low": 9, "estimate_likely": 5, "estimate_high": 1}
    plan = service.read_plan(json.dumps({"tasks": [task]}).encode())
    assert (plan.errors, plan.warnings[0].where[:6]) == ((), "task 1")
    assert "left out" in plan.warnings[0].what
