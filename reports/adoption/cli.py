"""The adoption report from the command line."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from infra.command import with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import Problem
from reports.adoption import charts, service
from reports.status.rules.report import read_day

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def report() -> None:
    """Write reports as PDF, Excel and slides."""


@report.command("adoption")
@click.argument("project_id", type=int, metavar="ID")
@click.option("-o", "--output", "target", required=True, type=_FILE, help="The file to write.")
@click.option(
    "--as-of", default="", metavar="DATE", help="The day to report on, such as 2026-02-18; today if left out."
)
@with_app
def adoption(project_id: int, target: Path, as_of: str) -> None:
    """Write the adoption report of project ID as PDF: its use against targets and path, by team and role.

    Example: roadmap report adoption 3 -o adoption.pdf --as-of 2026-02-18
    """
    now = wires().clock()
    day = read_day(as_of, now.astimezone(ZoneInfo(wires().settings.timezone)).date())
    made = service.export(project_id, charts.document(project_id, day, now), day, actor=SYSTEM)
    try:
        target.write_bytes(made)
    except OSError as error:
        text = "%(file)s can't be written: %(why)s. Choose another file with -o."
        raise Problem("report.unwritable", text, file=target, why=error.strerror) from error
    click.echo(str(target))


COMMANDS = (report,)
