"""Records from a file on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from crm.access.queries import access_of
from crm.imports import queries, service
from crm.imports.models import Import
from crm.objects.rules.catalogue import object_of
from infra import sheets
from infra.command import format_option, print_data, with_app
from infra.wires import wires
from kernel.actor import SYSTEM

SHOWN = 20


@click.group()
def crm() -> None:
    """The CRM: records from and to files, their fields, and the figures computed from them.

    Example: roadmap crm import leads leads.csv --mode dry-run
    """


@crm.command("import")
@click.argument("object_name", metavar="OBJECT")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file that says what the columns mean; by default their names are recognised.",
)
@click.option(
    "--mode",
    type=click.Choice([service.DRY_RUN, service.FULL]),
    default=service.FULL,
    show_default=True,
    help="Check every row and write nothing, or bring them in.",
)
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV file for the rows that are not taken over, with what is wrong.",
)
@format_option
@with_app
def import_file(
    object_name: str, file: Path, mapping_file: Path | None, mode: str, rejected: Path | None, output: str
) -> None:
    """Bring records of OBJECT in from FILE (.csv or .xlsx); say what became of its rows.

    Example: roadmap crm import opportunities deals.csv --mapping deals.json --rejected rest.csv
    """
    subject, now = object_of(object_name), wires().clock()
    number = service.keep_draft(subject.key, file.name, file.read_bytes(), actor=SYSTEM, now=now)
    if mapping_file is not None:
        service.set_mapping(number, _document(mapping_file), actor=SYSTEM)
    row = queries.get(access_of(SYSTEM), number)
    service.start(number, mode, actor=SYSTEM, now=now)
    service.perform(number, actor=SYSTEM, now=now)
    if row.state == service.FAILED:
        raise click.ClickException(row.message)
    if rejected is not None:
        heads, rows = service.rejected_rows(row)
        rejected.write_bytes(sheets.write_csv(heads, rows))
    data = _data(row)
    print_data(output, data, lambda: _text(data))


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise click.ClickException(f"{path.name} is no JSON: {error}") from error


def _data(row: Import) -> dict[str, Any]:
    return {
        "id": row.id,
        "object": row.object,
        "mode": row.mode,
        "read": row.read,
        "created": row.created,
        "updated": row.updated,
        "unchanged": row.unchanged,
        "rejected": row.rejected,
        "problems": [
            {"row": each.row, "column": each.column, "value": each.value, "what": each.sentence}
            for each in queries.problems(row.id)
        ],
    }


def _text(data: dict[str, Any]) -> str:
    said = "would be " if data["mode"] == service.DRY_RUN else ""
    became = (f"{data[what]} {said}{what}" for what in ("created", "updated", "unchanged", "rejected"))
    lines = [f"{data['read']} rows read: {', '.join(became)}."]
    lines += [
        f"row {each['row']}, {each['column'] or 'as a whole'}: {each['what']}" for each in data["problems"][:SHOWN]
    ]
    more = len(data["problems"]) - SHOWN
    return "\n".join([*lines, *([f"… and {more} more; --rejected FILE writes all of them."] if more > 0 else [])])


COMMANDS = (crm,)
