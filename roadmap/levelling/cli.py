"""Levelling from the command line."""

from __future__ import annotations

from time import monotonic

import click

from infra.command import format_option, print_data, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.levelling import charts, queries, service
from roadmap.levelling.rules.serial import level


@click.group()
def plan() -> None:
    """Show, import and export plans.

    Example: roadmap plan show 1 --format json
    """


@plan.command("level")
@click.argument("project_id", type=int, metavar="ID")
@click.option(
    "--seconds",
    type=click.FloatRange(0, 3600),
    default=10,
    show_default=True,
    help="How long to search; 0 takes the first answer.",
)
@click.option("--apply", "store", is_flag=True, help="Store the delays.")
@click.option("--with", "others", type=int, multiple=True, metavar="ID", help="Level this project together with it.")
@click.option("--within-slack", is_flag=True, help="Leave the go-live and the end of the plan where they are.")
@format_option
@with_app
def level_plan(
    project_id: int, *, seconds: float, store: bool, others: tuple[int, ...], within_slack: bool, output: str
) -> None:
    """Propose, or with --apply store, delays after which nobody of project ID is asked for more than they have.

    Prints the finish before and after, each move with its reason, and the overloads that no move can take away.

    Example: roadmap plan level 1 --seconds 5
    """
    began = monotonic()
    ids = [project_id, *others]
    found = queries.situation(ids, SYSTEM, wires().clock().date(), within_slack=within_slack)
    best = service.Found(found.stay, proved=True)
    if found.calls:
        best = service.improve(found.problem, level(found.problem), seconds)
    result = queries.weighed(found, best.answer)
    status = charts.status_of(result, proved=best.proved)
    if store and result.moves:
        service.apply(ids, result.delays, result.cleared, actor=SYSTEM)
    data = charts.as_json(result, status=status, seconds=monotonic() - began, applied=store and bool(result.moves))
    print_data(output, data, lambda: charts.as_text(data, found.names))


COMMANDS = (plan,)
