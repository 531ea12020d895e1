"""The commands of several rooms become one command line."""

import subprocess
import sys
from datetime import UTC, datetime

import click
import pytest

from web import cli, wiring
from web.clock import clock_in


def group(name, *commands):
    return click.Group(name, {each: click.Command(each) for each in commands}, help=f"{commands[0]} and others")


def test_groups_of_the_same_name_are_one(app):
    [joined] = cli.merged([group("project", "list", "show"), group("project", "new")])
    assert set(joined.commands) == {"list", "show", "new"}
    assert joined.help == "list and others"


def test_other_commands_stay_in_their_order():
    assert [each.name for each in cli.merged([click.Command("demo"), group("user", "add")])] == ["demo", "user"]


@pytest.mark.parametrize(
    "second", [click.Command("project"), group("project", "new")], ids=["a command", "the same below it"]
)
def test_two_commands_of_one_name_stop_the_start(second):
    with pytest.raises(RuntimeError, match="project"):
        cli.merged([group("project", "new"), second])


def test_the_rooms_bring_no_command_twice():
    names = [each.name for each in cli.merged(wiring.commands())]
    assert len(names) == len(set(names))
    assert "project" in names


def test_modules_say_the_names_of_their_commands():
    for entry in wiring.COMMANDS:
        _module, _, listed = entry.partition(":")
        names = {each.name for name in listed.split(",") for each in wiring.commands(name)} if listed else set()
        assert set(filter(None, listed.split(","))) <= names, entry


def test_the_list_of_commands_says_what_their_own_help_says():
    loaded = {each.name: each.get_short_help_str(200) for each in cli.merged(wiring.commands())}
    assert loaded == cli.HELP
    assert wiring.command_names() == set(loaded)


def test_help_loads_no_room():
    code = (
        "import sys, contextlib, web.cli\n"
        "with contextlib.suppress(SystemExit): web.cli.roadmap.main(['--help'], prog_name='roadmap')\n"
        "print([name for name in ('sqlalchemy', 'roadmap', 'infra.transaction') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "plan       Show, import" in done.stdout


def test_a_command_is_loaded_with_the_parts_of_every_room(app):
    context = click.Context(cli.roadmap)
    assert {"new", "list", "show"} <= set(cli.roadmap.get_command(context, "project").commands)
    assert cli.roadmap.get_command(context, "nothing") is None


def test_commands_and_workers_live_on_the_day_that_the_demo_is_served_for():
    assert clock_in({"LAUNCH90_TODAY": "2026-02-18"})().date().isoformat() == "2026-02-18"
    assert abs((clock_in({})() - datetime.now(UTC)).total_seconds()) < 60
