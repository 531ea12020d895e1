"""Reports from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from infra.command import with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import Problem, RuleBroken
from reports.issued import queries as kept
from reports.issued import service as reports
from reports.readiness import charts as pack_charts
from reports.readiness import queries as packs
from reports.status import charts, queries, service
from reports.status.rules.report import read_day
from roadmap.projects import queries as projects
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
@click.option("--issued", default=0, metavar="N", help="The issued report of this number, as it was frozen.")
@with_app
def status(project_id: int, target: Path, as_of: str, issued: int) -> None:
    """Write the status report of project ID: one page, then the roadmap, then the checklists.

    Example: roadmap report status 1 -o status.pdf --as-of 2026-02-18

    With --issued the PDF is the one that was issued, to the last byte: roadmap report status 1 -o 6.pdf --issued 6
    """
    _write(target, _frozen(project_id, issued, as_of) if issued else _now(project_id, as_of))


@report.command("readiness")
@click.argument("project_id", type=int, metavar="ID")
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@click.option("--gate", "key", default="", help="The key of a gate; by default the one for go-live.")
@click.option("--as-of", default="", metavar="DATE", help="A kept day, such as 2026-02-17; now if left out.")
@with_app
def readiness(project_id: int, target: Path, key: str, as_of: str) -> None:
    """Write the readiness pack of project ID: one page, then every criterion, sign-offs, conditions and decisions.

    Example: roadmap report readiness 1 -o readiness.pdf
    """
    project, now = projects.get(SYSTEM, project_id), wires().clock()
    day = read_day(as_of, project.local(now).date()) if as_of else None
    pack = packs.gather(project_id, key, day, now)
    html = pack_charts.document(pack_charts.said(pack))
    _write(target, service.export(project_id, html, pack.as_of, actor=SYSTEM))


def _write(target: Path, made: bytes) -> None:
    try:
        target.write_bytes(made)
    except OSError as error:
        text = "%(file)s can't be written: %(why)s. Choose another file with -o."
        raise Problem("report.unwritable", text, file=target, why=error.strerror) from error
    click.echo(str(target))


def _now(project_id: int, as_of: str) -> bytes:
    now = wires().clock()
    day = read_day(as_of, row_of(project_id).local(now).date())
    return service.export(project_id, charts.document(queries.gather(project_id, day, now)), day, actor=SYSTEM)


def _frozen(project_id: int, number: int, as_of: str) -> bytes:
    if as_of:
        raise RuleBroken("report.both", "An issued report has its day already: leave --as-of out.")
    return reports.content(kept.report(project_id, number).digest)


COMMANDS = (report,)
