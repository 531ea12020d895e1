"""Plans brought in from the command line: as a new project, or into one that is there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from infra.command import format_option, person_watches, print_data, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.costs.rules.amounts import DEFAULT
from roadmap.exchange import service as exchange
from roadmap.exchange.rules.plan_file import Issue
from roadmap.reimport import queries, service

_STEPS = 4
"""Reading the file, laying it beside the plan, storing it, and the dates."""


@click.group()
def plan() -> None:
    """Show, import and export plans.

    Example: roadmap plan show 1 --format json
    """


@plan.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--project", "--into", "project_id", type=int, help="A project that the file is brought into; else a new one."
)
@click.option("--name", default="", help="The name of the new project; by default the file's.")
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), help="When the new project starts; by default as the file says."
)
@click.option("--pool", is_flag=True, help="Resources are people known here, by their address or their name.")
@format_option
@with_app
def import_file(  # an option each
    file: Path, project_id: int | None, name: str, start: datetime | None, *, pool: bool, output: str
) -> None:
    """Read a plan from FILE (MS Project .xml, .csv, .xlsx or .json); print the project and what was not understood.

    With --into its rows are found in the plan that is there: what the file says otherwise is changed, what it does not
    hold stays.

    Example: roadmap plan import plan.csv --name "Europe launch"
    """
    content = exchange.file_content(file)
    with _progress() as tell:
        if project_id is None:
            data = _made(content, name, file.stem, start, tell, pool=pool)
        else:
            data = _brought(project_id, content, tell, pool=pool)
    print_data(output, data, lambda: _imported(data))


COMMANDS = (plan,)


@contextmanager
def _progress() -> Iterator[Callable[[], None]]:
    """How far it is, for a person who watches."""
    if not person_watches():
        yield lambda: None
        return
    with click.progressbar(length=_STEPS, label="Importing", file=sys.stderr) as bar:
        yield lambda: bar.update(1)
        bar.update(_STEPS)


def _made(
    content: bytes, name: str, stem: str, start: datetime | None, tell: Callable[[], None], *, pool: bool
) -> dict[str, Any]:
    begin = start.date() if start else None
    found = exchange.read_plan(content, start=begin, money=DEFAULT)
    tell()
    _complain(found.errors)
    wanted = name or found.name or stem
    made = exchange.import_plan(found, actor=SYSTEM, now=wires().clock(), name=wanted, start=begin, pool=pool)
    return {"id": made, "tasks": len(found.rows), "warnings": [_said(issue) for issue in found.warnings]}


def _brought(project_id: int, content: bytes, tell: Callable[[], None], *, pool: bool) -> dict[str, Any]:
    sent = queries.read(project_id, content)
    tell()
    _complain(sent.plan.errors)
    done = service.bring(project_id, sent, actor=SYSTEM, pool=pool, tell=tell)
    counts = service.counts(done)
    told = [_said(issue) for issue in (*sent.plan.warnings, *done.notes)]
    return {"id": project_id, "tasks": len(sent.plan.rows), **counts, "warnings": told}


def _complain(errors: tuple[Issue, ...]) -> None:
    for issue in errors:
        click.echo(f"{issue.where}: {issue.what}", err=True)


def _said(issue: Issue) -> dict[str, str]:
    return {"where": issue.where, "what": issue.what}


def _imported(data: dict[str, Any]) -> str:
    lines = [f"Project {data['id']}: {data['tasks']} tasks."]
    if "added" in data:
        counted = ("added", "changed", "left")
        lines.append("{} added, {} changed, {} not in the file and left as they are.".format(*map(data.get, counted)))
    return "\n".join([*lines, *(f"{each['where']}: {each['what']}" for each in data["warnings"])])
