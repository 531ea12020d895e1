"""The slides from the command line."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from infra.command import with_app
from infra.transaction import note
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import Problem
from reports.board import queries

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def report() -> None:
    """Write reports as PDF, Excel and slides."""


@report.command("deck")
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@with_app
def deck(target: Path) -> None:
    """Write the portfolio as slides for executives, with charts that can be edited.

    Example: roadmap report deck -o portfolio.pptx
    """
    from reports.deck import charts  # noqa: PLC0415  # its library takes half a second to load

    made = charts.deck(queries.board(SYSTEM, wires().clock(), ZoneInfo(wires().settings.timezone)))
    try:
        target.write_bytes(made)
    except OSError as error:
        text = "%(file)s can't be written: %(why)s. Choose another file with -o."
        raise Problem("report.unwritable", text, file=target, why=error.strerror) from error
    note(SYSTEM, "deck.exported", as_of=f"{wires().clock():%Y-%m-%d}")
    click.echo(str(target))


COMMANDS = (report,)
