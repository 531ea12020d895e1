"""The commands print what scripts rely on and fail with a reason."""

import json

import pytest
from click.testing import CliRunner

from desk.template import queries
from desk.template.cli import template


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(template, [str(word) for word in words])


def test_list_names_the_shipped_template(run):
    rows = json.loads(run("list", "--format", "json").stdout)["templates"]
    assert [row["key"] for row in rows] == ["crm-90-day"]
    assert "crm-90-day" in run("list").stdout


def test_show_lists_every_element(run):
    shown = json.loads(run("show", "crm-90-day", "--format", "json").stdout)
    work = {"phase", "task", "milestone", "checklist", "item", "role", "risk", "gate", "criterion"}
    promised = work | {"meeting", "agenda", "communication", "objective", "metric", "kpi", "sla", "training"}
    assert promised <= {element["kind"] for element in shown["elements"]}
    assert all({"kind", "key", "phase", "name", "description", "parent"} <= set(each) for each in shown["elements"])
    assert all(each["name"] for each in shown["elements"])


def test_show_as_text_has_a_line_an_element(run):
    lines = run("show", "crm-90-day").stdout.splitlines()
    assert len(lines) > 900
    assert any("go-live: CRM live" in line for line in lines)


def test_show_refuses_an_unknown_name(run):
    result = run("show", "nothing")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "There is: crm-90-day" in result.stderr


def test_validate_accepts_the_shipped_folder(run):
    result = run("validate", queries.LIBRARY / "crm-90-day", "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"valid": True, "problems": []})


def test_validate_names_mistakes_on_stderr(run, tmp_path):
    file = tmp_path / "risks.yaml"
    file.write_text("risks:\n  - key: fire\n    probability: 9\n", encoding="utf-8")
    result = run("validate", file)
    assert result.exit_code == 1
    assert "risks.yaml:3: probability" in result.stderr
    assert "risks.yaml:2: name: is missing in fire" in result.stderr
    assert json.loads(run("validate", file, "--format", "json").stdout)["valid"] is False


def test_wrong_usage(run):
    assert run("validate").exit_code == 2
    assert run("show", "crm-90-day", "--format", "xml").exit_code == 2
