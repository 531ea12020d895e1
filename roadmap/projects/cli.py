"""Projects on the command line: listed and shown. New ones come from a template, so the desk adds that command."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from infra.command import format_option, print_data, table, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.projects import queries
from roadmap.projects.queries import PhaseRow, ProjectRow


@click.group()
def project() -> None:
    """Start, list and show projects.

    Example: roadmap project list
    """


@project.command("list")
@format_option
@with_app
def list_projects(output: str) -> None:
    """Print every project with its start, its target go-live, the phase now and its state.

    Example: roadmap project list --format json
    """
    today = wires().clock().date()
    rows = queries.visible(SYSTEM)
    phases = queries.phases_of([row.id for row in rows])
    found = [_brief(row, phases.get(row.id, []), today) for row in rows]
    heads = ["id", "name", "start", "target", "phase", "state"]
    print_data(
        output, {"projects": found}, lambda: table([[str(row[head] or "") for head in heads] for row in found], heads)
    )


@project.command("show")
@click.argument("project_id", type=int, metavar="ID")
@format_option
@with_app
def show_project(project_id: int, output: str) -> None:
    """Print one project with its phases.

    Example: roadmap project show 1
    """
    today = wires().clock().date()
    row = queries.get(SYSTEM, project_id)
    phases = queries.phases(project_id)
    found = _brief(row, phases, today) | {
        "purpose": row.purpose,
        "timezone": row.timezone,
        "status_date": _day(row.status_date),
        "template": row.template,
        "week": row.week(today),
        "day": row.day(today),
        "phases": [
            {"number": each.number, "name": each.name, "week_from": each.week_from, "week_to": each.week_to}
            for each in phases
        ],
    }
    print_data(output, found, lambda: _text(found))


COMMANDS = (project,)


def _brief(row: ProjectRow, phases: list[PhaseRow], today: date) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "start": row.start.isoformat(),
        "target": _day(row.target_go_live),
        "phase": queries.phase_now(row, phases, today),
        "state": row.state,
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _text(found: dict[str, Any]) -> str:
    facts = [
        [name.replace("_", " "), str(value)] for name, value in found.items() if name != "phases" and value is not None
    ]
    weeks = [
        [str(each["number"]), each["name"], f"{each['week_from'] or ''}-{each['week_to'] or ''}"]
        for each in found["phases"]
    ]
    return table(facts, ["", ""]) + "\n\n" + table(weeks, ["phase", "name", "weeks"])
