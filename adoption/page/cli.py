"""Adoption on the command line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from adoption.crew import queries as crews
from adoption.measures import queries as measures
from adoption.measures.rules import Wish
from adoption.page import queries
from crm.counts.rules.windows import Window
from crm.kpis import charts
from infra.command import format_option, print_data, table, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import Problem
from roadmap.projects import queries as projects

_DAY = click.DateTime(["%Y-%m-%d"])
_USUAL_DAYS = 30


@click.command()
@click.argument("project_id", type=int, metavar="ID")
@click.option("--from", "since", type=_DAY, help="The first day; by default the day of go-live.")
@click.option("--to", "until", type=_DAY, help="The last day; by default today.")
@format_option
@with_app
def adoption(project_id: int, since: datetime | None, until: datetime | None, output: str) -> None:
    """Print how a roll-out is used since it is live: every figure over its audience, what is not kept as unknown.

    Example: roadmap adoption 3 --from 2026-01-05 --to 2026-01-11 --format json
    """
    projects.get(SYSTEM, project_id)
    crew = crews.crew(project_id)
    window = _window(since, until, crew.live_since)
    live = queries.is_live(crew, window.today)
    if live or since is not None:
        chosen = Wish(window, crew.live_since or window.since, live=since is None)
        found = measures.exactly(crew, window) if since is not None else measures.figures(crew, chosen)
    else:
        found = measures.unknown(window, "the roll-out is not live yet")
    data = {
        "project": project_id,
        "live_since": crew.live_since.isoformat() if crew.live_since else None,
        "users": len(crew.members),
        "from": window.since.isoformat(),
        "to": window.until.isoformat(),
        "kpis": [each.document for each in found],
    }
    print_data(output, data, lambda: _text(data))


COMMANDS = (adoption,)


def _window(since: datetime | None, until: datetime | None, live_since: date | None) -> Window:
    now, zone = wires().clock(), ZoneInfo(wires().settings.timezone)
    last = until.date() if until else now.astimezone(zone).date()
    usual = live_since if live_since and live_since <= last else last - timedelta(days=_USUAL_DAYS - 1)
    first = since.date() if since else usual
    if first > last:
        raise Problem("adoption.days", "The last day lies before the first.")
    return Window(first, last, now, zone)


def _text(data: dict[str, Any]) -> str:
    live = f"live since {data['live_since']}" if data["live_since"] else "not live yet"
    head = f"{data['users']} users, {live}; {data['from']} to {data['to']}."
    return f"{head}\n\n{table(charts.lines(data['kpis']), list(charts.HEADS))}"
