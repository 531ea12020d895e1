"""The `roadmap` command: the shell's own commands, and those that the rooms bring."""

from __future__ import annotations

import sys
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


def main() -> None:
    """The entry point: connect the rooms' commands, then run."""
    for command in wiring.commands():
        roadmap.add_command(command)
    sys.exit(roadmap.main(prog_name="roadmap"))
