"""The command that builds the index for searching anew."""

from __future__ import annotations

import click

from crm.search import service
from infra.command import with_app
from kernel.actor import SYSTEM


@click.group("search")
def search() -> None:
    """The index that records are found by."""


@search.command()
@click.option("--all", "all_of_it", is_flag=True, help="Build it even where it is whole.")
@with_app
def rebuild(*, all_of_it: bool) -> None:
    """Build the index for searching records anew, where it is not whole."""
    built = service.rebuild(SYSTEM, all_of_it=all_of_it)
    click.echo(f"Built for: {', '.join(built)}." if built else "The index is whole; nothing was built.")


COMMANDS = (search,)
