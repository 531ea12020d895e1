"""The `roadmap` command: the shell's own commands, and those that the rooms bring."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import click

from web import wiring

if TYPE_CHECKING:
    from flask import Flask

HELP: Mapping[str, str] = {
    "adoption": (
        "Print how a roll-out is used since it is live: every figure over its audience, what is not kept as unknown."
    ),
    "audit": "The audit trail.",
    "backup": "Write everything into one file while people work: database, files, audit trail.",
    "crm": "The CRM: records from and to files, their fields, and the figures computed from them.",
    "demo": "Make a lived-in demo, print its sign-ins and serve it.",
    "doctor": "Say what is missing or unsafe, and how to mend it.",
    "drill": "Let the newest backup, or the one named, come back beside the data in use, and check everything.",
    "fields": "Fields of one's own.",
    "init": "Create the data folder and the database, or bring an older one to the newest schema.",
    "jobs": "What runs by itself.",
    "keys": "The keys under which secrets lie in the database.",
    "mail": "Mail that comes in.",
    "plan": "Show, import, export and measure plans.",
    "project": "Start, list and show projects.",
    "readiness": (
        "Print the decision at a gate as it is computed now, with every criterion and the cheapest path to a go."
    ),
    "report": "Write reports as PDF.",
    "restore": "Put a backup in the place of what is there now.",
    "routes": (
        "List every page: method, path, the permission it asks for, and an example address in this data folder."
    ),
    "scheduler": "Run the timetable alone, until stopped.",
    "search": "The index that records are found by.",
    "serve": "Serve the application; the timetable runs inside unless told otherwise.",
    "template": "List, show and check project templates.",
    "upgrade": "Bring the database to the newest schema.",
    "user": "People who sign in.",
}
"""What each command does, as its own help begins; so a list of them loads none."""


@cache
def _app() -> Flask:
    from web.app import create_app  # noqa: PLC0415  # `--help` answers without loading the application
    from web.clock import clock_in  # noqa: PLC0415  # nor the clock of a demo
    from web.settings import SettingsError, read  # noqa: PLC0415  # nor what reads its settings

    try:
        return create_app(read(), clock_in(os.environ))
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    finally:
        gc.enable()
        gc.freeze()


class Rooms(click.Group):
    """The commands that the rooms bring, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        return sorted({*super().list_commands(ctx), *wiring.command_names()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, the groups of several rooms as one."""
        found = merged(wiring.commands(cmd_name)) if cmd_name in wiring.command_names() else []
        return found[0] if found else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What each does, in a line; a command that `HELP` does not know is loaded."""
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names), default=0)
        rows = [(name, self._line(ctx, name, room)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _line(self, ctx: click.Context, name: str, room: int) -> str:
        known = click.Command(name, help=HELP[name]) if name in HELP else self.get_command(ctx, name)
        return known.get_short_help_str(room) if known is not None else ""


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="launch90", prog_name="roadmap")
@click.pass_context
def roadmap(context: click.Context) -> None:
    """Launch90 runs the 90-day roll-out of a CRM, from kick-off to twelve weeks later.

    Example: roadmap demo
    """
    context.obj = _app


def merged(commands: Iterable[click.Command]) -> list[click.Command]:
    """The commands, groups of the same name as one: rooms of several floors add to ``roadmap project``.

    Raises RuntimeError when two rooms bring a command of the same name.
    """
    found: dict[str, click.Command] = {}
    for command in commands:
        name = command.name or ""
        found[name] = _joined(found[name], command) if name in found else command
    return list(found.values())


def _joined(first: click.Command, second: click.Command) -> click.Command:
    if not (isinstance(first, click.Group) and isinstance(second, click.Group)):
        raise RuntimeError(f"Two rooms bring the command {first.name!r}.")  # noqa: TRY004  # two rooms clash, no type is wrong
    twice = first.commands.keys() & second.commands.keys()
    if twice:
        raise RuntimeError(f"Two rooms bring the command {first.name!r} {min(twice)!r}.")
    return click.Group(first.name, {**first.commands, **second.commands}, help=first.help)


def main() -> None:
    """The entry point. Thousands of modules are loaded and none of them is garbage: nobody looks for it meanwhile."""
    gc.disable()
    sys.exit(roadmap.main(prog_name="roadmap"))


if __name__ == "__main__":
    main()
