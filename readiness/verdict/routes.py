"""The page of a gate: may it go live, what stands in the way, and what turns it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import formats
from infra.http import requires
from kernel.errors import NotFound
from readiness.decisions import queries as decisions
from readiness.evidence.rules import Look
from readiness.gates import queries as gates
from readiness.gates.charts import category_words
from readiness.gates.rules import waterfall
from readiness.gates.rules.decision import Standing
from readiness.gates.rules.definitions import Gate
from readiness.signoffs import charts as words
from readiness.signoffs import queries as signoffs
from readiness.verdict import charts, queries, rules
from readiness.verdict.queries import Point
from readiness.verdict.rules import drawings, telling
from readiness.waivers import queries as waivers
from readiness.waivers.rules import State
from roadmap.forecast import queries as forecasts
from roadmap.forecast.queries import ForecastRow
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow

bp = Blueprint("readiness", __name__)
USUAL_DAYS = 7
"""How far back the score is compared unless another day is asked for."""


@bp.get("/projects/<int:project_id>/readiness")
@requires("readiness.see")
def page(project_id: int) -> ResponseReturnValue:
    """One gate, judged now: the sentence, the dial, must-haves, the cheapest path, every criterion, what changed."""
    project, found = projects.row_of(project_id), gates.gates(project_id)
    gate = _chosen(found, request.args.get("gate", ""))
    if gate is None:
        return render_template("readiness/no_gate.html", project=project)
    standing = queries.standing(gate, Look(project_id, g.now, project.local(g.now).date()))
    way = telling.way_of(standing)
    foreseen, taken = forecasts.kept(project_id), decisions.decisions(project_id)
    signed, past = signoffs.table(project_id, gate.id), _past(project, standing, foreseen)
    return render_template(
        "readiness/verdict.html",
        project=project,
        gate=gate,
        gates=[(each.name, _address(project_id, each), each.id == gate.id) for each in found],
        standing=standing,
        told=telling.told(standing, way),
        way=way,
        sections=telling.sections(standing),
        must=telling.must_haves(standing),
        counted=telling.counted(standing.lines),
        counted_must=telling.counted(telling.must_haves(standing)),
        score=telling.shown_score(standing.contributions) if standing.score is not None else None,
        dial=drawings.dial(standing.score, standing.confidence, gate.minimum_score),
        waived=_waivers(standing, project_id),
        charts=charts,
        signing=words,
        signed=signed,
        ended=decisions.ended(taken, gate.id, signed),
        decisions=taken,
        packs=_packs(project, gate, taken, past["kept"]),
        taken=next((each for each in taken if each.gate_id == gate.id and each.stands), None),
        categories=category_words(),
        opens=_opens(project_id),
        **_plan(project, gate, foreseen[0] if foreseen else None),
        **past,
    )


def _chosen(found: Sequence[Gate], key: str) -> Gate | None:
    """The gate that was asked for, else the one that decides. Raises NotFound for one that is not there."""
    if not key:
        return gates.main_gate(list(found))
    gate = next((each for each in found if each.key == key), None)
    if gate is None:
        raise NotFound
    return gate


def _address(project_id: int, gate: Gate) -> str:
    return url_for(".page", project_id=project_id, gate=gate.key)


def _plan(project: ProjectRow, gate: Gate, row: ForecastRow | None) -> dict[str, Any]:
    """Where the gate stands in the plan, and when it goes live by it."""
    stops = queries.stops(project.id, [gate.milestone_id] if gate.milestone_id else [])
    return {
        "milestone": next((each for each in stops if each.id == gate.milestone_id), None),
        "forecast": charts.forecast(project.target_go_live, stops, row),
        "foreseen": row,
    }


def _waivers(standing: Standing, project_id: int) -> list[tuple[str, waivers.WaiverRow]]:
    """The waivers that stand at this gate and those that wait for an answer, with what they are about."""
    asked = {line.criterion.id: line.criterion.statement for line in standing.lines}
    return [
        (asked[row.criterion_id], row)
        for row in waivers.waivers(project_id)
        if row.criterion_id in asked and (row.state is State.ASKED or row.stands(g.today))
    ]


def _packs(project: ProjectRow, gate: Gate, taken: Sequence[decisions.Taken], kept: Sequence[Point]) -> dict[int, str]:
    """The days of this gate's decisions, by their numbers, of which a pack can be made: those kept, and today."""
    known = {project.local(g.now).date(), *(each.day for each in kept)}
    days = {each.number: project.local(each.at).date() for each in taken if each.gate_id == gate.id}
    return {number: day.isoformat() for number, day in days.items() if day in known}


def _past(project: ProjectRow, standing: Standing, foreseen: Sequence[ForecastRow]) -> dict[str, Any]:
    """The way of the score, and what moved it since the day that is compared with."""
    today = project.local(g.now).date()
    points = [each for each in queries.points(standing.gate.id, project.start, today) if each.day < today]
    now = Point(today, standing.decision, standing.score, standing.confidence)
    typed = request.args.get("since", "").strip()
    wanted, problem = _since(typed, points, today)
    day = max((each.day for each in points if each.day <= wanted), default=None) if wanted else None
    return {
        "since": day.isoformat() if day and not problem else typed,
        "since_problem": problem,
        "kept": points,
        "change": _change(standing, day) if day else None,
        "moved": charts.moved(foreseen, day) if day else "",
        "history": charts.history([*points, now], standing.gate.minimum_score) if points else None,
        "history_rows": charts.history_rows([*points, now]),
        "before": next((each for each in points if each.day == day), None),
    }


def _since(typed: str, points: Sequence[Point], today: date) -> tuple[date | None, str]:
    """The day to compare with, and what is wrong with the one that was typed."""
    if not points:
        return None, ""
    usual = max(points[0].day, today - timedelta(days=USUAL_DAYS))
    if not typed:
        return usual, ""
    first = formats.day(points[0].day)
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return usual, _("This is no day. Choose one from %(day)s on.", day=first)
    if not points[0].day <= day < today:
        return usual, _("Days are kept from %(first)s to yesterday.", first=first)
    return day, ""


def _change(standing: Standing, day: date) -> charts.Change | None:
    """What moved the score since a kept day."""
    kept = queries.day_before(standing.gate.id, day)
    if kept is None:
        return None
    now = dict(zip((line.criterion.key for line in standing.lines), standing.contributions, strict=True))
    then = rules.contributions(kept.lines)
    before, after = telling.shown_score(list(then.values())), telling.shown_score(standing.contributions)
    steps = telling.shown_steps(waterfall.steps(then, now), before, after)
    names = {line["key"]: str(line["statement"]) for line in kept.lines}
    names |= {line.criterion.key: line.criterion.statement for line in standing.lines}
    return charts.change(before, formats.day(kept.day), after, steps, names)


def _opens(project_id: int) -> str:
    """What a criterion's address begins with; empty as long as criteria have no page."""
    base = f"/projects/{project_id}/readiness/criteria/"
    adapter = current_app.url_map.bind("")
    return f"{request.script_root}{base}" if adapter.test(f"{base}1", "GET") else ""
