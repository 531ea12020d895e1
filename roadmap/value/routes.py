"""Baselines & value: what the work is worth by a day, task by task, and the baselines that it is measured against."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import lists
from infra.http import may, requires
from infra.lists.pages import FILES
from kernel.actor import project_scope
from kernel.errors import NotFound
from roadmap.baselines import queries as baselines
from roadmap.costs import queries as costs
from roadmap.projects.rules import EARLIEST, LATEST
from roadmap.value import charts, queries
from roadmap.value.queries import Value

bp = Blueprint("value", __name__)
BASE = "/projects/<int:project_id>/value"


@bp.get(BASE)
@requires("plan.see")
def page(project_id: int) -> ResponseReturnValue:
    """The sentence, the curves, the indices, the phases, the milestones over time, the baselines."""
    day = _read(request.args.get("as_of", ""))
    found = _found(project_id, day, money=request.args.get("unit") != "days")
    if request.args.get("format") in FILES:
        spec = charts.line_list(found, (), "value_phases")
        return lists.open_view(spec, found.phases, scope=project_scope(project_id)).exported(request.args["format"])
    taken, kept = baselines.of_project(project_id), queries.kept_of(project_id)
    expected = baselines.milestones_of(each.id for each in taken)
    moments = [(each.day, expected.get(each.id, {})) for each in taken]
    trend, trend_rows, trend_heads = charts.trend(
        queries.weekly(kept), moments, queries.milestones_now(project_id), g.today
    )
    indices, index_rows = charts.over_time(queries.weekly(kept))
    scopes, now = queries.scopes_of(project_id), queries.work_of(project_id)

    def scope(day: date) -> float:
        return charts.scope_on(scopes, now, g.today, day)

    days = found if not found.currency else queries.value_of(project_id, found.as_of, g.today, money=False)
    return render_template(
        "roadmap/value/page.html",
        project_id=project_id,
        found=found,
        days=days,
        words=charts,
        curve=charts.s_curve(found) if found.points else [],
        burn_up=charts.burn_up(days, scope) if days.points else [],
        burn_up_rows=charts.burn_up_rows(days, scope),
        trend=trend,
        trend_rows=trend_rows,
        trend_heads=trend_heads,
        indices=indices,
        index_rows=index_rows,
        kept=kept,
        baselines=taken,
        proofs=baselines.proofs_of([each.id for each in taken]),
        names={each.id: each.name for each in taken},
        may_edit=may("plan.edit", project_id),
        sees_money=may("cost.see", project_id),
        asked={"as_of": day.isoformat()} if day else {},
    )


@bp.get(f"{BASE}/<measure>/<day>")
@requires("plan.see")
def tasks(project_id: int, measure: str, day: str) -> ResponseReturnValue:
    """The value of each task at the end of a day, as a list."""
    asked = _read(day)
    if asked is None or measure not in ("money", "days"):
        raise NotFound
    found = _found(project_id, asked, money=measure == "money")
    phases = [(str(id or ""), name or _("No phase")) for id, name in costs.phase_names(project_id).items()]
    return lists.answer(
        charts.line_list(found, phases, "value_tasks"),
        found.tasks,
        "roadmap/value/tasks.html",
        scope=project_scope(project_id),
        project_id=project_id,
        found=found,
        words=charts,
    )


def _found(project_id: int, day: date | None, *, money: bool) -> Value:
    """The value of a day, else of the usual one; in person-days for whoever may not see money, or wants them."""
    asked = day or queries.default_day(project_id, g.today)
    return queries.value_of(project_id, asked, g.today, money=money and may("cost.see", project_id))


def _read(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None
