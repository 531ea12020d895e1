"""Plans from and to the command line: shown, imported, exported."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from infra import sheets
from infra.command import format_option, print_data, table, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.costs.queries import currency_of
from roadmap.costs.rules.amounts import DEFAULT
from roadmap.exchange import queries, service
from roadmap.exchange.rules import mspdi_writing
from roadmap.gantt import charts
from roadmap.gantt import queries as gantt
from roadmap.gantt.service import export_pdf
from roadmap.ical.queries import plan_entries
from roadmap.ical.rules import written
from roadmap.projects.queries import row_of
from roadmap.tasks import queries as tasks
from roadmap.tasks.rules.fields import duration_text


@click.group()
def plan() -> None:
    """Show, import and export plans.

    Example: roadmap plan show 1 --format json
    """


@plan.command("show")
@click.argument("project_id", type=int, metavar="ID")
@format_option
@with_app
def show(project_id: int, output: str) -> None:
    """Print every task of project ID with computed dates, slack and whether it is critical.

    Example: roadmap plan show 1
    """
    row_of(project_id)
    print_data(output, queries.document(project_id), lambda: _text(project_id))


@plan.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "project_id", type=int, help="A project without a plan; by default a new one is made.")
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

    Example: roadmap plan import plan.csv --name "Europe launch"
    """
    begin = start.date() if start else None
    money = DEFAULT if project_id is None else currency_of(project_id)
    found = service.read_plan(service.file_content(file), start=begin, money=money)
    for issue in found.errors:
        click.echo(f"{issue.where}: {issue.what}", err=True)
    if project_id is None:
        made = service.import_plan(
            found, actor=SYSTEM, now=wires().clock(), name=name or found.name or file.stem, start=begin, pool=pool
        )
    else:
        found = service.for_project(project_id, found)
        service.import_into(project_id, found, actor=SYSTEM, pool=pool)
        made = project_id
    warnings = [{"where": issue.where, "what": issue.what} for issue in found.warnings]
    data = {"id": made, "tasks": len(found.rows), "warnings": warnings}
    print_data(output, data, lambda: _imported(data))


@plan.command("export")
@click.argument("project_id", type=int, metavar="ID")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["mspdi", "csv", "xlsx", "json", "ics", "svg", "pdf"]),
    required=True,
    help="The kind of file.",
)
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), help="Where to; by default stdout."
)
@with_app
def export(project_id: int, kind: str, target: Path | None) -> None:
    """Write the plan of project ID as a file.

    Example: roadmap plan export 1 --format csv -o plan.csv
    """
    project = row_of(project_id)
    content = _content(project_id, project.name, kind)
    if target is None:
        sys.stdout.buffer.write(content)
    else:
        target.write_bytes(content)


COMMANDS = (plan,)


def _content(project_id: int, name: str, kind: str) -> bytes:
    if kind == "json":
        return json.dumps(queries.document(project_id), ensure_ascii=False, indent=2).encode()
    if kind == "mspdi":
        return mspdi_writing.write(queries.outgoing(project_id))
    if kind == "ics":
        return written(*plan_entries(project_id, _today()), wires().clock())
    if kind == "svg":
        return charts.whole_svg(gantt.gantt_input(project_id, _today())).encode()
    if kind == "pdf":
        html = charts.document(gantt.gantt_input(project_id, _today()))
        return export_pdf(project_id, name, html, actor=SYSTEM)
    heads, rows = queries.sheet(project_id)
    return sheets.write_csv(heads, rows) if kind == "csv" else sheets.write_xlsx(name, heads, rows)


def _today() -> date:
    return wires().clock().date()


def _text(project_id: int) -> str:
    heads = ["wbs", "task", "start", "finish", "duration", "slack", "critical", "%"]
    lines = [
        [
            row.wbs,
            "  " * (row.level - 1) + row.name,
            f"{row.start:%Y-%m-%d %H:%M}",
            f"{row.finish:%Y-%m-%d %H:%M}",
            duration_text(row.duration_minutes),
            _slack(row.total_slack_minutes),
            "yes" if row.critical else "",
            f"{row.percent:.0f}",
        ]
        for row in tasks.rows(project_id, _today())
    ]
    return table(lines, heads)


def _slack(minutes: int) -> str:
    return f"-{duration_text(-minutes)}" if minutes < 0 else duration_text(minutes)


def _imported(data: dict[str, Any]) -> str:
    lines = [f"Project {data['id']}: {data['tasks']} tasks."]
    return "\n".join([*lines, *(f"{each['where']}: {each['what']}" for each in data["warnings"])])
