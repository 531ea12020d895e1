"""The forecast on the command line."""

from __future__ import annotations

from typing import Any

import click

from infra.command import format_option, print_data, table, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from roadmap.forecast import service
from roadmap.forecast.queries import Ground
from roadmap.forecast.rules.answer import LEAST_RUNS, MOST_RUNS, RUNS, SEED, Answer
from roadmap.projects import queries as projects


@click.group()
def plan() -> None:
    """Forecast plans."""


@plan.command("forecast")
@click.argument("project_id", type=int, metavar="ID")
@click.option(
    "--runs",
    type=click.IntRange(LEAST_RUNS, MOST_RUNS),
    default=RUNS,
    show_default=True,
    help="How often the plan is run.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=SEED,
    show_default=True,
    help="Where chance begins; the same seed gives the same dates.",
)
@format_option
@with_app
def forecast_plan(project_id: int, runs: int, seed: int, output: str) -> None:
    """Run the plan of project ID with its estimates and risks; print when it goes live, and what drives that.

    Example: roadmap plan forecast 1 --runs 10000 --format json
    """
    today = projects.get(SYSTEM, project_id).local(wires().clock()).date()
    ground, answer = service.reckon(project_id, today, runs=runs, seed=seed)
    data = _document(answer)
    print_data(output, data, lambda: _text(ground, data))


COMMANDS = (plan,)


def _document(answer: Answer) -> dict[str, Any]:
    found = answer.quantiles
    return {
        "runs": answer.runs,
        "seed": answer.seed,
        **{name: getattr(found, name).isoformat(timespec="minutes") for name in ("p10", "p50", "p80", "p95")},
        "target": answer.target.isoformat() if answer.target else None,
        "chance_of_target": answer.chance,
        "drivers": [
            {"task": each.task, "criticality": round(each.criticality, 4), "days_at_p80": each.days}
            for each in answer.drivers
        ],
    }


def _text(ground: Ground, data: dict[str, Any]) -> str:
    chance = "unknown" if data["chance_of_target"] is None else f"{100 * data['chance_of_target']:.0f} %"
    first = f"P50 {data['p50'][:10]}, P80 {data['p80'][:10]}, target {data['target'] or 'none'}: chance {chance}."
    lines = [
        [ground.names[each["task"]], f"{100 * each['criticality']:.0f} %", f"{each['days_at_p80']:g}"]
        for each in data["drivers"]
    ]
    return "\n".join([first, table(lines, ["driver", "critical", "days at P80"])]) if lines else first
