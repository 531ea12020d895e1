"""The commands of several rooms become one command line."""

import click
import pytest

from web import cli, wiring


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
