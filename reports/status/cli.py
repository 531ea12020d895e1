"""Reports from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from infra.command import with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import Problem
from reports.status import charts, queries, service
from reports.status.rules.report import read_day
from roadmap.projects.queries import row_of


@click.group()
def report() -> None:
    """Write reports as PDF.

    Example: roadmap report status 1 -o status.pdf
    """


@report.command("status")
@click.argument("project_id", type=int, metavar="ID")
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@click.option(
    "--as-of", default="", metavar="DATE", help="The day to report on, such as 2026-02-18; today if left out."
)
@with_app
def status(project_id: int, target: Path, as_of: str) -> None:
    """Write the status report of project ID: one page, then the roadmap, then the checklists.

    Example: roadmap report status 1 -o status.pdf --as-of 2026-02-18
    """
    now = wires().clock()
    day = read_day(as_of, row_of(project_id).local(now).date())
    made = service.export(project_id, charts.document(queries.gather(project_id, day, now)), day, actor=SYSTEM)
    try:
        target.write_bytes(made)
    except OSError as error:
        text = "%(file)s can't be written: %(why)s. Choose another file with -o."
        raise Problem("report.unwritable", text, file=target, why=error.strerror) from error
    click.echo(str(target))


COMMANDS = (report,)
