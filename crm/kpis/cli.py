"""Figures of the CRM on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from crm.access.queries import access_of
from crm.counts import service as counts
from crm.counts.rules.windows import Window
from crm.kpis import charts, queries
from crm.kpis.rules.definitions import KPIS
from crm.quality import service as quality
from infra.command import format_option, print_data, table, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Problem

_DAY = click.DateTime(["%Y-%m-%d"])
_USUAL_DAYS = 30


@click.group()
def crm() -> None:
    """The CRM: records from and to files, their fields, and the figures computed from them.

    Example: roadmap crm kpis --format json
    """


@crm.command("kpis")
@click.option("--from", "since", type=_DAY, help="The first day; by default 30 days up to the last one.")
@click.option("--to", "until", type=_DAY, help="The last day; by default today.")
@click.option("--project", type=int, help="A roll-out: only the records of its audience are counted.")
@format_option
@with_app
def kpis(since: datetime | None, until: datetime | None, project: int | None, output: str) -> None:
    """Print every figure of the CRM with what it was counted from, over all records or those of a roll-out's audience.

    Example: roadmap crm kpis --from 2026-01-05 --to 2026-01-11 --format json
    """
    window, access = _window(since, until), access_of(SYSTEM)
    teams, people = _audience(project)
    found = [queries.measure(key, window, access, teams=teams, people=people) for key in KPIS]
    data = {
        "from": window.since.isoformat(),
        "to": window.until.isoformat(),
        "kpis": [each.document for each in found],
    }
    print_data(output, data, lambda: _text(data))


@crm.command("tally")
@with_app
def tally() -> None:
    """Tally the activities of every day anew, as after another time zone was set.

    Example: roadmap crm tally
    """
    days = counts.rebuild(SYSTEM, wires().clock())
    click.echo(f"{days} days with activities.")


@crm.command("quality")
@click.option("--rebuild", is_flag=True, help="Forget all figures and judge every record anew.")
@with_app
def judge(*, rebuild: bool) -> None:
    """Judge the records that quality does not know yet, or all of them anew.

    Example: roadmap crm quality --rebuild
    """
    done = quality.rebuild(SYSTEM) if rebuild else quality.measure_missing(SYSTEM, most=quality.ALL)
    click.echo(f"{done} records judged.")


def _window(since: datetime | None, until: datetime | None) -> Window:
    now, zone = wires().clock(), ZoneInfo(wires().settings.timezone)
    last = until.date() if until else now.astimezone(zone).date()
    first = since.date() if since else last - timedelta(days=_USUAL_DAYS - 1)
    if first > last:
        raise Problem("kpis.days", "The last day lies before the first.")
    return Window(first, last, now, zone)


def _audience(project: int | None) -> tuple[frozenset[int] | None, frozenset[int]]:
    """The teams and people that a roll-out is for, which a floor above knows; None where none was chosen: everybody."""
    if project is None:
        return None, frozenset()
    if wires().extras["subjects"]["project"](project) is None:
        raise NotFound("There is no project %(id)d.", id=project)
    found = wires().extras["audience"](project)
    return found.teams, found.people


def _text(data: dict[str, Any]) -> str:
    return table(charts.lines(data["kpis"]), list(charts.HEADS))


COMMANDS = (crm,)
