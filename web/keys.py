"""`roadmap keys`: make an encryption key, and seal everything again with the newest one."""

from __future__ import annotations

from dataclasses import asdict

import click

from infra import keys as sealing
from infra.command import format_option, print_data, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from web.settings import new_encryption_key


@click.group()
def keys() -> None:
    """The keys under which secrets lie in the database.

    Example: roadmap keys rotate
    """


@keys.command("new")
def new() -> None:
    """Print a fresh key for ROADMAP_ENCRYPTION_KEYS; nothing is stored.

    Example: roadmap keys new
    """
    click.echo(new_encryption_key())


@keys.command("rotate")
@format_option
@with_app
def rotate(output: str) -> None:
    """Seal again with the newest key what lies under an older one; then the older ones can be taken away.

    It can be stopped and started again at any time, while people work. Exit status 1 when a value can't be read with
    any of the keys.

    Example: roadmap keys rotate
    """
    held = wires().settings.encryption_keys
    done = sealing.rotate(held, actor=SYSTEM)
    found = sealing.standing(held)
    left = sum(each.older for each in found)
    lost = [each for each in found if each.lost]
    data = {"sealed_again": done, "left": left, "columns": [asdict(each) for each in found]}
    print_data(output, data, lambda: _told(done, left, sum(each.newest for each in found)))
    if lost:
        names = ", ".join(f"{each.column} ({each.lost})" for each in lost)
        raise click.ClickException(f"No key here opens: {names}. Put the key back under which they were sealed.")


def _told(done: int, left: int, newest: int) -> str:
    end = "Run it again for the rest." if left else "The newest key opens all of them: older keys can be taken away."
    return f"Sealed again: {done}. Under the newest key: {newest}. Under an older one: {left}.\n{end}"


COMMANDS = (keys,)
