"""Plans on the command line: shown, and taken out as files."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from infra import sheets
from infra.command import format_option, print_data, table, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.exchange import queries
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
