"""A mistake in a template is named with its file, line, field and what would be right."""

import shutil

import pytest

from desk.template import queries

SMALL = {
    "template.yaml": """
template:
  key: small
  name: Small
  description: A template for tests.
  version: 1
  days: 10
  start: begin
  closing: end
  go_live: end
phases:
  - {key: one, number: 1, name: One, description: First., weeks: {from: 1, to: 2}}
  - {key: two, number: 2, name: Two, description: Second., weeks: {from: 2, to: 3}}
roles:
  - key: lead
    name: Lead
    description: Leads.
    range: {least: 20, most: 100, note: as needed}
    allocation: 80
    periods:
      - {weeks: {from: 1, to: 2}, percent: 80}
""",
    "tasks.yaml": """
phase: one
tasks:
  - key: begin
    name: Begin
    description: Starts the work.
    reason: Something has to come first.
    role: lead
    duration: 1d
    estimate: [0.5, 1, 2]
    effort: 0.5
  - key: build
    name: Build
    description: Does the work.
    reason: Without it nothing comes out.
    role: lead
    duration: 2d
    estimate: [1, 2, 3]
    effort: 1
    predecessors:
      - {task: begin, type: FS}
  - key: end
    name: End
    description: The work is done.
    reason: Somebody wants to know.
    role: lead
    milestone: true
    acceptance: [All is built]
    predecessors:
      - {task: build, type: FS}
""",
}


@pytest.fixture
def folder(tmp_path):
    def write(file="tasks.yaml", old="", new=""):
        place = tmp_path / "small"
        place.mkdir()
        for name, text in SMALL.items():
            changed = text.replace(old, new, 1) if name == file and old else text
            assert name != file or not old or changed != text
            (place / name).write_text(changed.lstrip("\n"), encoding="utf-8")
        return place

    return write


def only(folder):
    problems = queries.validate(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def line_of(folder, file, text):
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(place for place, line in enumerate(lines, 1) if text in line)


def test_the_small_template_is_sound(folder):
    place = folder()
    assert queries.validate(place) == []
    assert [task.key for task in queries.load_folder(place).tasks] == ["begin", "build", "end"]


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "what", "right", "at"),
    [
        ("tasks.yaml", "role: lead", "role: laed", "role", "“laed” is not a role", "lead", "laed"),
        ("tasks.yaml", "task: begin", "task: begni", "predecessors", "“begni”", "begin", "begni"),
        ("tasks.yaml", "key: build", "key: begin", "key", "already the key", "of its own", "name: Build"),
        ("tasks.yaml", "    name: Build\n", "", "name", "is missing in build", "Add name", "key: build"),
        ("tasks.yaml", "effort: 0.5", "effort: half", "effort", "not a number", "person-days", "effort: half"),
        ("tasks.yaml", "effort: 1", "effort: 3", "effort", "150%", "at most 2", "effort: 3"),
        ("tasks.yaml", "duration: 2d", "duration: soon", "duration", "“soon”", "3d", "duration: soon"),
        ("tasks.yaml", "type: FS", "type: FX", "type", "“FX”", "FS, SS, FF, SF", "FX"),
        ("tasks.yaml", "estimate: [1, 2, 3]", "estimate: [3, 2, 1]", "estimate", "not in order", "first", "[3, 2"),
        (
            "tasks.yaml",
            "reason: Without",
            "raeson: x\n    reason: Without",
            "raeson",
            "not a field",
            "reason",
            "raeson",
        ),
        ("tasks.yaml", "phase: one", "phase: none", "phase", "“none” is not a phase", "one", "key: begin"),
        ("template.yaml", "allocation: 80", "allocation: 140", "allocation", "“140”", "0 to 100", "140"),
        ("template.yaml", "allocation: 80", "allocation: 10", "allocation", "outside", "20 to 100", "allocation"),
        ("template.yaml", "percent: 80", "percent: 140", "percent", "“140”", "0 to 100", "140"),
        ("template.yaml", "percent: 80", "percent: 90", "percent", "more than", "at most 80", "percent"),
        ("template.yaml", "{from: 2, to: 3}", "{from: 4, to: 3}", "from", "week 4 is after week 3", "first", "Two"),
        ("template.yaml", "{from: 1, to: 2}}", "{from: 3, to: 3}}", "weeks", "before One", "week 3 or later", "Two"),
        ("template.yaml", "closing: end", "closing: edn", "closing", "not a milestone", "end", "edn"),
        (
            "template.yaml",
            "version: 1",
            "version: 1\n  version: 2",
            "version",
            "stands twice",
            "Keep one",
            "version: 2",
        ),
    ],
)
def test_a_mistake_is_named(folder, file, old, new, field, what, right, at):
    place = folder(file, old, new)
    problems = queries.validate(place)
    assert problems
    found = [each for each in problems if each.field == field and what in each.what]
    assert found, [str(problem) for problem in problems]
    assert found[0].file == file
    assert right in found[0].right
    expected = line_of(place, file, at) - (1 if at == "name: Build" else 0)
    assert found[0].line == expected


def test_a_cycle_is_named_with_its_tasks(folder):
    place = folder(old="effort: 0.5", new="effort: 0.5\n    predecessors:\n      - {task: build}")
    cycle = next(each for each in queries.validate(place) if "circle" in each.what)
    assert cycle.file == "tasks.yaml"
    assert cycle.field == "predecessors"
    assert "begin → build → begin" in cycle.what or "build → begin → build" in cycle.what


def test_a_task_without_predecessor_is_loose(folder):
    place = folder(old="    predecessors:\n      - {task: begin, type: FS}\n")
    assert {each.what for each in queries.validate(place)} == {
        "build has no predecessor.",
        "begin does not lead to the closing milestone.",
    }


def test_a_milestone_needs_acceptance(folder):
    problem = only(folder(old="    acceptance: [All is built]\n"))
    assert (problem.field, problem.line) == ("acceptance", 21)


def test_a_section_that_is_missing(folder):
    place = folder()
    (place / "tasks.yaml").unlink()
    problem = only(place)
    assert problem.field == "tasks"
    assert "missing" in problem.what


def test_a_section_that_is_unknown(folder):
    problem = only(folder(old="phase: one\n", new="phase: one\ntaks: []\n"))
    assert (problem.field, problem.line) == ("taks", 2)
    assert "tasks" in problem.right


def test_an_invalid_folder_is_not_loaded(folder):
    with pytest.raises(queries.TemplateInvalid, match=r"tasks\.yaml:7: role") as caught:
        queries.load_folder(folder(old="role: lead", new="role: boss"))
    assert len(caught.value.problems) == 1


def test_a_template_nobody_ships_is_refused():
    with pytest.raises(queries.TemplateUnknown, match="crm-90-day"):
        queries.load("../secrets")


def test_one_file_is_checked_within_its_folder(folder):
    place = folder(old="role: lead", new="role: boss")
    assert [each.file for each in queries.validate(place / "tasks.yaml")] == ["tasks.yaml"]
    assert queries.validate(place / "template.yaml") == []


def test_one_file_alone_is_checked_against_the_shipped_template(tmp_path):
    file = tmp_path / "2-migration.yaml"
    shutil.copy(queries.LIBRARY / "crm-90-day" / "tasks" / "2-migration.yaml", file)
    assert queries.validate(file) == []
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("role: crm-administrator", "role: crm-admin", 1), encoding="utf-8")
    assert [(each.file, each.field) for each in queries.validate(file)] == [("2-migration.yaml", "role")]


def test_a_whole_template_in_one_file(tmp_path):
    file = tmp_path / "whole.yaml"
    file.write_text("".join(SMALL.values()), encoding="utf-8")
    assert queries.validate(file) == []
