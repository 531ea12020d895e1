"""Commands: taking a mail from a pipe."""

from __future__ import annotations

import sys

import click

from crm.mailbox import rules, service
from crm.queues import queries as queues
from infra.command import format_option, print_data, with_app
from infra.wires import wires


@click.group()
def mail() -> None:
    """Mail that comes in.

    Example: roadmap mail take --queue customers < message.eml
    """


@mail.command()
@click.option(
    "--queue",
    "key",
    default="",
    help="The queue that gets a ticket; without it an activity is written down.",
)
@format_option
@with_app
def take(key: str, output: str) -> None:
    """Take one mail from standard input, as a mail server pipes it; says what became of it.

    Example: roadmap mail take --queue customers < message.eml
    """
    known = {each.key: each.id for each in queues.queues() if each.active}
    if key and key not in known:
        raise click.UsageError(f"There is no queue {key}; there are {', '.join(sorted(known))}.")
    raw = sys.stdin.buffer.read(rules.LIMIT + 1)
    left_out = 0
    if len(raw) > rules.LIMIT:
        left_out = len(raw) + sum(len(part) for part in iter(lambda: sys.stdin.buffer.read(2**20), b""))
        raw = raw.partition(b"\r\n\r\n")[0] if b"\r\n\r\n" in raw else raw.partition(b"\n\n")[0]
    if not raw.strip():
        raise click.ClickException("Nothing came on standard input: pipe the source of a mail into this.")
    taken = service.take(raw, known.get(key), now=wires().clock(), left_out=left_out)
    data = {"came": taken.came.value, "why": taken.why, "ticket": taken.ticket_id, "activity": taken.activity_id}
    print_data(output, data, lambda: " ".join(str(each) for each in data.values() if each))


COMMANDS = (mail,)
