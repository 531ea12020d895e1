"""Plans on the command line: shown, taken out as each kind of file, and brought back."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from infra.database import db
from kernel.actor import SYSTEM
from roadmap.exchange.cli import plan
from roadmap.outline import service as outline
from roadmap.reimport.cli import plan as bringing
from tests import factories

DAY = 480
KEPT = ("wbs", "name", "type", "start", "finish", "duration_minutes", "total_slack_minutes", "critical", "constraint")


@pytest.fixture
def run(app):
    def invoke(*arguments):
        return CliRunner().invoke(bringing if arguments[0] == "import" else plan, arguments, obj=lambda: app)

    return invoke


@pytest.fixture
def project(app):
    made = factories.project()
    phase = factories.task(made, "Migration")
    first = factories.task(made, "Map “fields” & <more>", parent_id=phase, duration_minutes=2 * DAY)
    second = factories.task(made, "Load", parent_id=phase, duration_minutes=3 * DAY)
    outline.set_predecessors(made, second, "1.1SS+1d;1.1FF", actor=SYSTEM)
    factories.task(made, "Signed off", type="milestone", after=second, deadline=date(2026, 2, 2))
    return made, first


def tasks(run, project):
    shown = json.loads(run("show", str(project), "--format", "json").stdout)["tasks"]
    wbs = {task["id"]: task["wbs"] for task in shown}
    ties = [[(wbs[tie["id"]], tie["type"], tie["lag_minutes"]) for tie in task["predecessors"]] for task in shown]
    return [{name: task[name] for name in KEPT} for task in shown], ties


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_a_plan_comes_back_as_it_went(run, project, tmp_path, kind):
    number, _first = project
    file = tmp_path / f"plan.{kind}"
    assert run("export", str(number), "--format", kind, "-o", str(file)).exit_code == 0
    made = json.loads(run("import", str(file), "--name", "Back", "--format", "json").stdout)
    assert made["warnings"] == []
    assert tasks(run, made["id"]) == tasks(run, number)


def test_a_file_comes_back_into_its_plan(run, project, tmp_path, monkeypatch):
    number, _first = project
    file = tmp_path / "plan.csv"
    run("export", str(number), "--format", "csv", "-o", str(file))
    before = tasks(run, number)
    monkeypatch.setattr("roadmap.reimport.cli.person_watches", lambda: True)
    made = run("import", str(file), "--into", str(number), "--format", "json")
    assert "Importing" in made.stderr
    assert json.loads(made.stdout) == {"id": number, "tasks": 4, "added": 0, "changed": 0, "left": 0, "warnings": []}
    assert tasks(run, number) == before
    file.write_text("name,duration\nLoad,9d\nCelebrate,1d\n")
    said = run("import", str(file), "--project", str(number)).stdout
    assert "1 added, 1 changed, 3 not in the file and left as they are." in said


def test_a_plan_is_written_as_a_calendar(run, tmp_path):
    number = factories.project("Nordic launch")
    factories.task(number, "Map the fields")
    file = tmp_path / "plan.ics"
    assert run("export", str(number), "--format", "ics", "-o", str(file)).exit_code == 0
    assert "SUMMARY:Map the fields" in file.read_text()


def test_a_plan_is_drawn(run, project, tmp_path):
    number, _first = project
    file = tmp_path / "plan.svg"
    assert run("export", str(number), "--format", "svg", "-o", str(file)).exit_code == 0
    drawn = file.read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert "Signed off" in drawn
    assert "<more>" not in drawn


def test_a_plan_that_is_not_there_is_said(run):
    answer = run("export", "77", "--format", "svg")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "no such" in answer.stderr


def test_without_tables_it_says_what_to_run_first(app, run):
    db.session.remove()
    db.drop_all()
    answer = run("show", "1")
    assert answer.exit_code == 1
    assert answer.stderr == "Error: The database has no tables yet. Run roadmap init first.\n"


def test_a_file_of_200_megabytes_is_refused_before_it_is_read(run, tmp_path):
    file = tmp_path / "huge.xml"
    with file.open("wb") as opened:
        opened.truncate(200 * 1024 * 1024)
    answer = run("import", str(file))
    assert answer.exit_code == 1
    assert "200 MB" in answer.stderr


def test_a_project_that_is_not_there_is_named_as_such_and_no_page_is_spoken_of(run):
    told = run("show", "99")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == ("Error: There is no such number or name here. `roadmap project list` shows the projects.\n")
