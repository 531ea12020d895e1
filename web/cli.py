"""The `roadmap` command: the shell's own commands, and those that the rooms bring."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache

import click
from flask import Flask

from web import wiring
from web.settings import SettingsError, read


@cache
def _app() -> Flask:
    from web.app import create_app  # noqa: PLC0415  # `--help` answers without loading the application

    try:
        return create_app(read())
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
    """The entry point: connect the rooms' commands, then run."""
    for command in merged(wiring.commands()):
        roadmap.add_command(command)
    sys.exit(roadmap.main(prog_name="roadmap"))


if __name__ == "__main__":
    main()
