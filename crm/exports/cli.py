"""Records and their fields on the command line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crm.access.queries import access_of
from crm.exports import queries
from crm.objects.rules.catalogue import object_of
from crm.objects.rules.fields import Field
from infra.command import format_option, person_watches, print_data, table, with_app
from infra.sheets import for_csv
from infra.transaction import note
from kernel.actor import SYSTEM


@click.group()
def crm() -> None:
    """The CRM: records from and to files, their fields, and the figures computed from them.

    Example: roadmap crm export contacts -o contacts.csv
    """


@crm.command("fields")
@click.argument("object_name", metavar="OBJECT")
@format_option
@with_app
def fields(object_name: str, output: str) -> None:
    """List the fields of OBJECT (lead, account, contact, opportunity, activity, campaign, product).

    Example: roadmap crm fields opportunity --format json
    """
    subject = object_of(object_name)
    data = {"object": subject.key, "fields": [_described(each) for each in subject.fields]}
    rows = [
        [each.key, each.kind.value, _asked(each), each.mark.value, ", ".join(value for value, _label in each.choices)]
        for each in subject.fields
    ]
    print_data(output, data, lambda: table(rows, ["name", "type", "asked", "protected", "choices"]))


@crm.command("export")
@click.argument("object_name", metavar="OBJECT")
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), help="The CSV file to write."
)
@with_app
def export(object_name: str, target: Path | None) -> None:
    """Write every record of OBJECT as CSV, to a file or to stdout; also sign-ins, usage, stages and stage-changes.

    Example: roadmap crm export opportunities -o deals.csv
    """
    heads, rows, label = _taken(object_name)
    stream = target.open("w", encoding="utf-8", newline="") if target else sys.stdout
    try:
        count = _write(stream, heads, rows)
    finally:
        if target:
            stream.close()
    note(SYSTEM, "records.exported", label=label, scope="crm", rows=count)
    if target and person_watches():
        click.echo(f"{count} {object_name} written to {target}.", err=True)


def _taken(name: str) -> tuple[list[str], Iterable[Sequence[Any]], str]:
    """The heads and rows of an object, or of what is kept beside the records, and what the trail calls them."""
    if name in queries.LOGS:
        return list(queries.LOGS[name].heads), queries.log_rows(name), name
    subject, access = object_of(name), access_of(SYSTEM)
    return queries.heads(access, subject), queries.rows(access, subject), subject.label_plural


def _write(stream: Any, heads: list[str], rows: Any) -> int:
    writer, count = csv.writer(stream), 0
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_whole(value) for value in row])
        count += 1
    return count


def _whole(value: object) -> object:
    """A cell; moments (UTC) are not cut to the minute, since whoever counts again must find the same figure."""
    return value.replace(tzinfo=None).isoformat(" ") if isinstance(value, datetime) else for_csv(value)


def _asked(field: Field) -> str:
    return "needed" if field.needed else "required" if field.required else "" if field.written else "read only"


def _described(field: Field) -> dict[str, Any]:
    return {
        "name": field.key,
        "label": field.label,
        "type": field.kind.value,
        "needed": field.needed,
        "required": field.counts,
        "written": field.written,
        "protected": field.mark.value,
        "target": field.target,
        "choices": [value for value, _label in field.choices],
    }


COMMANDS = (crm,)
