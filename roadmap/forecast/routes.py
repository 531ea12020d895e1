"""The page of the forecast, what one may ask of it, and estimates for many tasks at once."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from infra.forms import told
from infra.http import may, requires
from infra.undo.service import flash_undo
from kernel.errors import NotFound, RuleBroken
from roadmap.forecast import charts, queries, service
from roadmap.forecast.forms import SpreadForm
from roadmap.forecast.queries import ForecastRow
from roadmap.forecast.rules.scoring import score
from roadmap.forecast.rules.spreading import SpreadRule, spread_over
from roadmap.projects import queries as projects
from roadmap.tasks import queries as tasks

bp = Blueprint("forecast", __name__)
BASE = "/projects/<int:project_id>/forecast"


@bp.get(BASE)
@requires("plan.see")
def page(project_id: int) -> ResponseReturnValue:
    """The newest forecast, or an earlier one: its sentence, pictures, milestones, and what would help."""
    project, kept = projects.row_of(project_id), queries.kept(project_id)
    shown = _chosen(project_id, kept)
    if shown is None:
        return render_template("roadmap/forecast/first.html", **_frame(project_id), project=project)
    content = queries.content(shown.id)
    found = queries.settled(project_id)
    return render_template(
        "roadmap/forecast/page.html",
        **_frame(project_id),
        project=project,
        trunk=projects.trunk_of(project_id),
        row=shown,
        newest=not kept or shown.id == kept[0].id,
        content=content,
        names=queries.names(project_id),
        risks=queries.risk_names(project_id),
        roles=queries.role_names(project_id) if any(each.kind == "person" for each in content.helps) else {},
        stops=charts.stop_rows(queries.stops([shown.id]).get(shown.id, [])),
        kept=kept,
        settled=found,
        score=score(found, tasks.working_time_of(project_id)) if found else None,
        charts=charts,
    )


@bp.post(BASE)
@requires("plan.edit")
def run(project_id: int) -> ResponseReturnValue:
    """Forecast the plan as it is now and keep it; a large plan is forecast by the timetable."""
    here = redirect(url_for(".page", project_id=project_id), 303)
    ground = queries.ground(project_id, g.today)
    if service.takes_long(ground):
        service.ask_for(project_id, actor=g.actor, now=g.now)
        return here
    try:
        service.publish(project_id, g.today, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash(_("The forecast of now is kept."), "good")
    return here


@bp.get(f"{BASE}/estimates")
@requires("plan.edit")
def estimates(project_id: int) -> ResponseReturnValue:
    """Estimates by a rule: what it would change."""
    sent = SpreadForm(request.args if "below" in request.args else None, data={"below": 10, "above": 30})
    status = 200
    if "below" in request.args and not sent.validate():
        status = 422
    return _estimates_page(project_id, sent, status)


@bp.post(f"{BASE}/estimates")
@requires("plan.edit")
def set_estimates(project_id: int) -> ResponseReturnValue:
    """Give tasks the estimates that a rule makes."""
    sent = SpreadForm()
    if not sent.validate_on_submit():
        return _estimates_page(project_id, sent, 422)
    try:
        count, work = service.spread(project_id, sent.rule(), actor=g.actor)
    except RuleBroken as problem:
        sent.absorb(problem)
        return _estimates_page(project_id, sent, 422)
    said = ngettext("%(num)s task has a new estimate.", "%(num)s tasks have new estimates.", count)
    flash_undo(said, work)
    return redirect(url_for(".page", project_id=project_id), 303)


def _estimates_page(project_id: int, sent: SpreadForm, status: int) -> ResponseReturnValue:
    found = []
    try:
        found = spread_over(queries.open_rows(project_id), sent.rule() if not sent.errors else SpreadRule())
    except RuleBroken as problem:
        sent.absorb(problem)
        status = 422
    return render_template(
        "roadmap/forecast/estimates.html", project=projects.row_of(project_id), form=sent, found=found
    ), status


def _chosen(project_id: int, kept: list[ForecastRow]) -> ForecastRow | None:
    number = request.args.get("kept", "")
    if not number:
        return kept[0] if kept else None
    if not (number.isascii() and number.isdigit() and len(number) < len("1234567890")):
        raise NotFound
    return queries.one(project_id, int(number))


def _frame(project_id: int) -> dict[str, object]:
    """What the page shows whether there is a forecast or not."""
    return {
        "wish": queries.wish(project_id),
        "may_run": may("plan.edit", project_id),
        "planned": tasks.go_live_of([project_id]).get(project_id),
    }
