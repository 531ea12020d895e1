"""The command that makes the table of values anew."""

from __future__ import annotations

import click

from crm.fields import service
from infra.command import with_app
from kernel.actor import SYSTEM


@click.group("fields")
def fields() -> None:
    """Fields of one's own."""


@fields.command()
@with_app
def rebuild() -> None:
    """Make the table anew by which records are found by values of one's own fields."""
    click.echo(f"{service.rebuild(SYSTEM)} records are found by their values.")


COMMANDS = (fields,)
