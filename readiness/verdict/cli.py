"""Readiness on the command line."""

from __future__ import annotations

from typing import Any

import click

from infra.command import format_option, print_data, table, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import NotFound
from readiness.evidence.rules import Look
from readiness.gates import queries as gates
from readiness.gates.rules.decision import Standing
from readiness.verdict import charts, queries, rules
from readiness.verdict.rules import telling
from readiness.verdict.rules.documents import GoingLive
from roadmap.forecast import queries as forecasts
from roadmap.projects import queries as projects


@click.command()
@click.argument("project_id", type=int, metavar="ID")
@click.option("--gate", "key", default="", help="The key of a gate; by default the one for go-live.")
@format_option
@with_app
def readiness(project_id: int, key: str, output: str) -> None:
    """Print the decision at a gate as it is computed now, with every criterion and the cheapest path to a go.

    Example: roadmap readiness 1 --format json
    """
    project, now = projects.get(SYSTEM, project_id), wires().clock()
    found = gates.gates(project_id)
    gate = gates.gate(project_id, key) if key else gates.main_gate(found)
    if gate is None:
        raise NotFound("Project %(id)d has no gate.", id=project_id)
    standing = queries.standing(gate, Look(project_id, now, project.local(now).date()))
    stops = queries.stops(project_id, [])
    row = forecasts.latest([project_id]).get(project_id)
    live = next((each for each in reversed(stops) if each.is_go_live), None)
    data = rules.document(standing, now, GoingLive(live.day if live else None, project.target_go_live, row))
    when = charts.forecast(project.target_go_live, stops, row)
    print_data(output, data, lambda: _text(standing, data, when))


COMMANDS = (readiness,)


def _text(standing: Standing, data: dict[str, Any], when: str) -> str:
    rows = [
        [
            each["key"],
            "must" if each["must_have"] else "",
            each["result"],
            charts.value_words(line.criterion, line.evidence.value),
            charts.needs_words(line.criterion),
            f"{each['weight']:g}",
            f"{each['contribution']:.1f}",
            "declared" if each["declared"] else each["why"],
        ]
        for line, each in zip(standing.lines, data["criteria"], strict=True)
    ]
    score = "unknown" if data["score"] is None else f"{data['score']:.1f}"
    gate, known = standing.gate, 100 * data["confidence"]
    least = f"a go needs {gate.minimum_score:g} and {gate.minimum_confidence:g} %"
    lines = [
        f"{gate.name}: {charts.sentence(telling.told(standing))}",
        f"Score {score} of 100, known {known:.0f} % of the weight ({least}).",
        when,
        "",
        table(rows, ["criterion", "must", "result", "value", "threshold", "weight", "points", "note"]),
    ]
    if data["cheapest_path"]:
        lines += ["", f"Cheapest path: {', '.join(data['cheapest_path'])}."]
    return "\n".join(lines)
