"""The page of what a roll-out is for, and what has come of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.forms import Form
from infra.http import may, requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import RuleBroken
from readiness.benefits import charts, queries, service
from readiness.benefits.forms import AimForm, BaselineForm, OutcomeForm
from readiness.benefits.queries import Objective
from readiness.benefits.rules.aims import WINDOW_DAYS
from readiness.benefits.service import Wanted
from readiness.gates.rules.sources import Look
from roadmap.audience import queries as audience
from roadmap.projects import queries as projects

bp = Blueprint("benefits", __name__)
BASE = "/projects/<int:project_id>/benefits"


@bp.get(BASE)
@requires("benefits.see")
def page(project_id: int) -> ResponseReturnValue:
    """Each objective with its figure, baseline, target and value, and whether it can still be reached."""
    return _page(project_id)


@bp.post(f"{BASE}/<int:objective_id>/aim")
@requires("benefits.edit")
def aim(project_id: int, objective_id: int) -> ResponseReturnValue:
    """Choose the figure, the change and the day."""
    form = AimForm()
    form.offer(service.known_figures())

    def act() -> Work:
        chosen = form.kpi.data or "", form.change.data, form.due.data
        return service.aim(_look(project_id), objective_id, *chosen, actor=g.actor)

    return _sent(project_id, objective_id, form, act, _("Kept."))


@bp.post(f"{BASE}/<int:objective_id>/baseline")
@requires("benefits.edit")
def freeze(project_id: int, objective_id: int) -> ResponseReturnValue:
    """Freeze a baseline."""
    form = BaselineForm()

    def act() -> Work:
        wanted = Wanted(
            form.since.data, form.until.data, form.value.data, form.n.data, form.note.data or "", form.reason.data or ""
        )
        return service.freeze(_look(project_id), objective_id, wanted, actor=g.actor)

    return _sent(project_id, objective_id, form, act, _("The baseline is frozen."))


@bp.post(f"{BASE}/<int:objective_id>/outcome")
@requires("benefits.edit")
def answer(project_id: int, objective_id: int) -> ResponseReturnValue:
    """Say what has come of an objective."""
    form = OutcomeForm()
    form.outcome.choices = [(key.value, word) for key, word in charts.outcome_words().items()]

    def act() -> Work:
        said = form.outcome.data or "", form.words.data or ""
        return service.answer(_look(project_id), objective_id, *said, actor=g.actor)

    return _sent(project_id, objective_id, form, act, _("Kept."))


def _sent(project_id: int, objective_id: int, form: Form, act: Callable[[], Work], said: str) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            work = act()
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(said, work)
            return redirect(url_for(".page", project_id=project_id, _anchor=f"o-{objective_id}"), 303)
    queries.one(_look(project_id), objective_id)
    return _page(project_id, objective_id, form), 422


def _look(project_id: int) -> Look:
    return Look(project_id, g.now, projects.row_of(project_id).local(g.now).date())


def _page(project_id: int, wrong: int = 0, form: Form | None = None) -> str:
    project, found = projects.row_of(project_id), queries.objectives(_look(project_id))
    may_edit = may("benefits.edit", project_id) and project.state != "archived"
    live = audience.audience(project_id).live_since
    forms = {each.id: _forms(each, live, form if each.id == wrong else None) for each in found} if may_edit else {}
    return render_template(
        "readiness/benefits.html",
        project=project,
        found=found,
        charts=charts,
        drawings={each.id: charts.drawing(each) for each in found},
        outcomes=charts.outcome_words(),
        live=live,
        forms=forms,
        wrong=wrong,
        wrong_kind=type(form).__name__ if form else "",
        problems=[(f"{name}-{wrong}", text) for name, text in form.errors_for_summary()] if form else [],
        may_kpis=may("crm.figures"),
    )


def _forms(each: Objective, live: Any, sent: Form | None) -> dict[str, Form]:
    """The three forms of an objective, the one that was sent with what was typed."""
    until = min(g.today, live) - timedelta(days=1) if live else g.today - timedelta(days=1)
    aim = AimForm(formdata=None, kpi=each.aim.kpi, change=each.aim.change, due=each.aim.due)
    since = until - timedelta(days=WINDOW_DAYS - 1)
    said = each.answer
    made: dict[str, Form] = {
        "AimForm": aim,
        "BaselineForm": BaselineForm(formdata=None, data={"since": since, "until": until}),
        "OutcomeForm": OutcomeForm(
            formdata=None, outcome=said.outcome.value if said else "", words=said.words if said else ""
        ),
    }
    if sent is not None:
        made[type(sent).__name__] = sent
    chosen = made["AimForm"], made["OutcomeForm"]
    if isinstance(chosen[0], AimForm):
        chosen[0].offer(service.known_figures())
    if isinstance(chosen[1], OutcomeForm):
        chosen[1].outcome.choices = [(key.value, word) for key, word in charts.outcome_words().items()]
    for form in made.values():
        for field in form:
            field.id = f"{field.name}-{each.id}"
    return made
