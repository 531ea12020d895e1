"""The command that verifies the trail."""

from __future__ import annotations

from dataclasses import asdict

import click

from infra.audit import queries
from infra.audit.queries import Verification
from infra.command import format_option, print_data, with_app


@click.group()
def audit() -> None:
    """The audit trail.

    Example: roadmap audit verify
    """


@audit.command("verify")
@click.option("--anchor", default=None, help="A hash noted earlier elsewhere; it must stand in the chain.")
@format_option
@with_app
def verify(anchor: str | None, output: str) -> None:
    """Walk the whole chain; exit status 1 when an entry was altered, is missing, or the anchor is not found.

    Example: roadmap audit verify --anchor 5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9
    """
    found = queries.verify(anchor.strip().lower() if anchor else None)
    print_data(output, {"sound": found.sound, **asdict(found)}, lambda: told(found))
    if not found.sound:
        raise click.ClickException("The trail is not as it was written.")


def told(found: Verification) -> str:
    """What a walk found, in words."""
    parts = [
        f"{found.sealed} entries sealed, {found.unsealed} not yet, {found.erased} erased by rule.",
        *found.problems,
    ]
    if found.anchored is not None:
        parts.append("The anchor stands in the chain." if found.anchored else "The anchor does not stand in the chain.")
    if found.sound:
        parts.append("Nothing was altered.")
    return "\n".join([*parts, f"Head: {found.head}"])


COMMANDS = (audit,)
