"""The page of a roll-out's health: computed beside claimed, the claim, its contradictions, the tolerances, the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.forms import told
from infra.http import may, requires
from infra.merge import read_base, sign_base
from infra.undo import flash_undo
from kernel.errors import Conflict, RuleBroken
from readiness.colours import charts as colours
from readiness.colours.forms import ClaimForm, ToleranceForm, answers_in
from readiness.health import charts, queries, service
from readiness.health.rules.claims import MOST_DAYS, USUAL_DAYS, Stands
from readiness.health.rules.tolerances import USUAL
from readiness.health.rules.whole import Health
from readiness.verdict import queries as verdicts
from roadmap.projects import queries as projects

bp = Blueprint("standing", __name__)
BASE = "/projects/<int:project_id>/health"


@bp.get(BASE)
@requires("health.see")
def page(project_id: int) -> ResponseReturnValue:
    """Six indicators, what is claimed, what contradicts it, and how it came here."""
    return _page(project_id, _health(project_id))


@bp.post(f"{BASE}/claim")
@requires("health.claim")
def claim(project_id: int) -> ResponseReturnValue:
    """Claim a colour with a reason."""
    form = ClaimForm()
    if form.validate_on_submit():
        try:
            work = service.claim(
                project_id,
                form.state.data or "",
                form.reason.data or "",
                form.until.data,
                actor=g.actor,
                now=g.now,
                today=g.today,
            )
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Claimed."), work)
            return _back(project_id)
    return _page(project_id, _health(project_id), claim_form=form), 422


@bp.post(f"{BASE}/answers")
@requires("health.claim")
def answer(project_id: int) -> ResponseReturnValue:
    """Say in words why the claim holds against what contradicts it."""
    health, said = _health(project_id), answers_in(request.form)
    typed = {key: words for key, words in said.items() if words}
    try:
        work = service.answer(health, typed, colours.sentences(health), actor=g.actor, now=g.now)
    except RuleBroken as problem:
        return _page(project_id, health, typed=said, problem=told(problem)), 422
    flash_undo(_("Answered. Reports show the answers beside the contradictions."), work)
    return redirect(url_for(".page", project_id=project_id, _anchor="against"), 303)


@bp.post(f"{BASE}/claim/withdraw")
@requires("health.claim")
def withdraw(project_id: int) -> ResponseReturnValue:
    """Take the claim back."""
    flash_undo(_("The claim is withdrawn."), service.withdraw(project_id, actor=g.actor, today=g.today))
    return _back(project_id)


@bp.post(f"{BASE}/tolerances")
@requires("health.edit")
def tolerances(project_id: int) -> ResponseReturnValue:
    """Set what the project tolerates, or take the usual limits again."""
    usual = request.form.get("usual") == "1"
    form = ToleranceForm(formdata=None, data=asdict(USUAL)) if usual else ToleranceForm()
    if usual or form.validate_on_submit():
        base = None if usual else read_base(_subject(project_id), form.base.data) or {}
        try:
            work = service.set_tolerances(project_id, form.limits(), actor=g.actor, base=base)
        except (RuleBroken, Conflict) as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The tolerances hold from now on."), work)
            return _back(project_id)
    return _page(project_id, _health(project_id), tolerance_form=form), 422


def _health(project_id: int) -> Health:
    """How it stands now, with the must-haves judged at this moment."""
    return queries.one(project_id, g.today, g.actor, verdicts.failing_at(g.now))


def _page(
    project_id: int,
    health: Health,
    claim_form: ClaimForm | None = None,
    tolerance_form: ToleranceForm | None = None,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
) -> str:
    project = projects.row_of(project_id)
    kept = queries.days(project_id, project.start, g.today)
    limits, answers = asdict(health.tolerances), queries.answers_to(health)
    stored = tolerance_form or ToleranceForm(formdata=None, data=limits)
    if tolerance_form is None:
        stored.base.data = sign_base(_subject(project_id), limits)
    return render_template(
        "readiness/health.html",
        project=project,
        health=health,
        cards=charts.cards(health),
        objections=colours.objections(health, answers),
        open_answers=len(queries.unanswered(health, answers)),
        typed=typed or {},
        problem=problem,
        past=queries.past_claims(health, g.today),
        strip=charts.strip(kept, project.start, g.today) if kept else None,
        day_rows=charts.day_rows(kept),
        claim_form=claim_form or _claim_form(health),
        colours=[(colour.value, word) for colour, word in charts.colour_words().items()],
        tolerance_form=stored,
        usual=health.tolerances == USUAL,
        stands=Stands,
        last=g.today + timedelta(days=MOST_DAYS),
        may_claim=may("health.claim", project_id) and project.state == "active",
        may_edit=may("health.edit", project_id) and project.state == "active",
        charts=charts,
    )


def _claim_form(health: Health) -> ClaimForm:
    """The form as it is first shown: what stands now, for another two weeks."""
    claim = health.claim if health.stands is Stands.STANDS else None
    until = claim.until if claim else g.today + timedelta(days=USUAL_DAYS)
    values = {"until": until, "state": claim.state.value if claim else "", "reason": claim.reason if claim else ""}
    return ClaimForm(formdata=None, data=values)


def _subject(project_id: int) -> str:
    return f"health_tolerance:{project_id}"


def _back(project_id: int) -> ResponseReturnValue:
    return redirect(url_for(".page", project_id=project_id), 303)
