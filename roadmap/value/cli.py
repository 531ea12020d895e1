"""Earned value on the command line: told for a day, and the baseline that it is measured against, taken."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from infra.command import format_option, print_data, table, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.baselines import queries as baselines
from roadmap.baselines import service
from roadmap.projects import queries as projects
from roadmap.projects.rules import EARLIEST, LATEST
from roadmap.value import queries
from roadmap.value.queries import Kept, Value


@click.group()
def plan() -> None:
    """Show, import, export and measure plans.

    Example: roadmap plan show 1
    """


@plan.command("value")
@click.argument("project_id", type=int, metavar="ID")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day at whose end it is told; else the last one.")
@format_option
@with_app
def value(project_id: int, as_of: datetime | None, output: str) -> None:
    """Print the earned value and the earned schedule of a project.

    Amounts are in the project's currency, in person-days where no task has a rate. They are measured against the
    reference baseline, without one against the plan as it stands. What can't be told is null. Progress of a day gone by
    is what had been reported by then; "progress" says so, or how else it is known.

    Example: roadmap plan value 1 --as-of 2026-02-13
    """
    project = projects.get(SYSTEM, project_id)
    today = project.local(wires().clock()).date()
    day = as_of.date() if as_of else queries.default_day(project_id, today)
    if not EARLIEST <= day <= LATEST:
        raise click.BadParameter(f"{day} is not between {EARLIEST} and {LATEST}.", param_hint="--as-of")
    kept = next((each for each in queries.kept_of(project_id, day) if each.day == day), None)
    found = as_data(queries.value_of(project_id, day, today), kept)
    print_data(output, found, lambda: _text(found))


@plan.command("baseline")
@click.argument("project_id", type=int, metavar="ID")
@click.argument("name")
@click.option("--aside", is_flag=True, help="Keep it aside: earned value is measured as before.")
@format_option
@with_app
def baseline(project_id: int, name: str, aside: bool, output: str) -> None:  # noqa: FBT001  # an option of the command
    """Freeze the plan as it stands under a name; earned value is measured against it from now on.

    Example: roadmap plan baseline 1 "Kick-off"
    """
    projects.get(SYSTEM, project_id)
    made, _work = service.take(project_id, name, "", reference=not aside, actor=SYSTEM, now=wires().clock())
    row = baselines.get(project_id, made)
    found = {
        "id": made,
        "name": row.name,
        "day": row.day.isoformat(),
        "tasks": len(baselines.rows_of(made)),
        "reference": row.reference,
    }
    print_data(output, found, lambda: f"Baseline {made}, “{row.name}”: {found['tasks']} rows of the plan are frozen.")


COMMANDS = (plan,)


def as_data(found: Value, kept: Kept | None = None) -> dict[str, Any]:
    """A value as scripts read it: amounts in whole units, days as ISO dates, None where a figure can't be told.

    ``progress`` says how that of the day is known, ``kept`` what was kept in the night after it in the same currency.
    """
    earned, time = found.total.earned, found.total.time
    amounts = ("bac", "pv", "ev", "ac", "sv", "cv", "eac", "etc", "vac")
    said = {name: _amount(getattr(earned, name), found.unit) for name in amounts}
    return {
        "as_of": found.as_of.isoformat(),
        **{name: said[name] for name in ("bac", "pv", "ev", "ac")},
        "spi": _ratio(earned.spi),
        "cpi": _ratio(earned.cpi),
        "eac": said["eac"],
        "es": _ratio(time.es),
        "spi_t": _ratio(time.spi),
        "sv": said["sv"],
        "cv": said["cv"],
        "etc": said["etc"],
        "vac": said["vac"],
        "tcpi": _ratio(earned.tcpi),
        "at": _ratio(time.at),
        "weeks_planned": _ratio(time.planned),
        "weeks_needed": _ratio(time.needed),
        "finish": _day(time.finish),
        "unit": found.currency or "person-days",
        "baseline": {"id": found.baseline.id, "name": found.baseline.name} if found.baseline else None,
        "new_tasks": found.count("new"),
        "gone_tasks": found.count("gone"),
        "progress": found.told.value,
        "kept": {name: _amount(getattr(kept, name), found.unit) for name in ("bac", "pv", "ev", "ac")}
        if kept and kept.currency == found.currency
        else None,
    }


def _amount(value: float | None, unit: int) -> float | int | None:
    return None if value is None else _short(round(value / unit, 2))


def _ratio(value: float | None) -> float | int | None:
    return None if value is None else _short(round(value, 4))


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _text(found: dict[str, Any]) -> str:
    against = found["baseline"]["name"] if found["baseline"] else "the plan as it stands: no baseline was taken"
    rows = [["as of", found["as_of"]], ["measured in", found["unit"]], ["measured against", against]]
    names = (name for name in found if name not in ("as_of", "unit", "baseline", "kept"))
    rows += [[name.replace("_", " "), "n/a" if found[name] is None else str(found[name])] for name in names]
    return table(rows, ["", ""])
