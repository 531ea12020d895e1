"""The pages of levelling: what is asked for too much, a proposal side by side, taking it or a part of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.forms import told
from infra.http import may, requires
from infra.undo import flash_undo
from kernel.errors import NotFound, Problem, RuleBroken
from roadmap.levelling import charts, queries, service
from roadmap.levelling.forms import LevelForm
from roadmap.levelling.queries import Outcome, ProposalRow, Situation
from roadmap.levelling.rules.serial import level
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow
from roadmap.projects.rules import State

bp = Blueprint("levelling", __name__)
BASE = "/projects/<int:project_id>/level"
ONE = f"{BASE}/<int:proposal_id>"


@bp.get(BASE)
@requires("plan.level")
def page(project_id: int) -> ResponseReturnValue:
    """Who is asked for too much, and how to level it; a proposal that there is already is shown instead."""
    row = queries.proposal(project_id, g.actor.id)
    if row is not None and "new" not in request.args:
        return redirect(url_for(".show", project_id=project_id, proposal_id=row.id))
    return _page(project_id, LevelForm(formdata=None))


@bp.post(BASE)
@requires("plan.level")
def propose(project_id: int) -> ResponseReturnValue:
    """Find the first answer, keep it, and go on searching."""
    form = LevelForm()
    if not form.validate_on_submit():
        return _page(project_id, form), 422
    others = {each.id for each in _others(project_id)}
    chosen = [id for id in request.form.getlist("with", type=int) if id in others]
    slack, seconds = form.aim.data == "slack", int(form.seconds.data)
    try:
        found = queries.situation([project_id, *chosen], g.actor, g.today, within_slack=slack)
        answer = level(found.problem)
        seconds = seconds if found.calls else 0
        made = service.propose(found, answer, seconds, within_slack=slack, actor=g.actor, now=g.now)
    except Problem as problem:
        form.absorb(problem)
        return _page(project_id, form), problem.status
    if seconds:
        service.search(current_app._get_current_object(), made, found.problem, answer, seconds)  # type: ignore[attr-defined]  # noqa: SLF001  # as Flask has it
    return redirect(url_for(".show", project_id=project_id, proposal_id=made), 303)


@bp.get(ONE)
@requires("plan.level")
def show(project_id: int, proposal_id: int) -> ResponseReturnValue:
    """A proposal: before and after, each move with its reason, and what is left."""
    row = _row(project_id, proposal_id)
    try:
        found = _situation(row)
    except RuleBroken as problem:
        if problem.code != queries.EMPTY:
            flash(told(problem), "warn")
        return _page(project_id, LevelForm(formdata=None)), 422
    return _shown(row, queries.weighed(found, found.answer(row.starts)))


@bp.post(f"{ONE}/stop")
@requires("plan.level")
def stop(project_id: int, proposal_id: int) -> ResponseReturnValue:
    """End the search with the best answer so far."""
    service.stop(project_id, proposal_id, actor=g.actor)
    return redirect(url_for(".show", project_id=project_id, proposal_id=proposal_id), 303)


@bp.post(f"{ONE}/take")
@requires("plan.level")
def take(project_id: int, proposal_id: int) -> ResponseReturnValue:
    """Store all moves, or those that are ticked: then what these alone come to is shown first."""
    row = _row(project_id, proposal_id)
    found = _situation(row)
    if row.digest != queries.digest_of(found.problem):
        flash(_("The plan or the load has changed since. Level anew."), "warn")
        return redirect(url_for(".show", project_id=project_id, proposal_id=proposal_id), 303)
    answer = found.answer(row.starts)
    whole = queries.weighed(found, answer)
    offered = {move.task_id for move in whole.moves if move.chosen}
    ticked = offered.intersection(request.form.getlist("ids", type=int)) if "some" in request.form else offered
    if not ticked:
        flash(_("Tick at least one move first."), "warn")
        return redirect(url_for(".show", project_id=project_id, proposal_id=proposal_id), 303)
    result = whole if ticked == offered else queries.outcome(found, answer, only=ticked)
    if ticked != offered and "sure" not in request.form:
        return _shown(row, result, ticked)
    work = service.take(project_id, proposal_id, result, actor=g.actor)
    flash_undo(_("The plan is levelled."), work)
    return redirect(url_for("gantt.page", project_id=project_id), 303)


@bp.post(f"{ONE}/throw-away")
@requires("plan.level")
def throw_away(project_id: int, proposal_id: int) -> ResponseReturnValue:
    """Forget the proposal; the plan stays as it is."""
    service.throw_away(project_id, proposal_id, actor=g.actor)
    flash(_("The proposal is thrown away; the plan is as it was."), "good")
    return redirect(url_for(".page", project_id=project_id), 303)


@bp.post(f"{BASE}/clear")
@requires("plan.level")
def clear(project_id: int) -> ResponseReturnValue:
    """Take all delays of levelling away."""
    try:
        work = service.clear(project_id, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "warn")
    else:
        flash_undo(_("The delays of levelling are gone."), work)
    return redirect(url_for(".page", project_id=project_id), 303)


def _row(project_id: int, proposal_id: int) -> ProposalRow:
    row = queries.proposal(project_id, g.actor.id, proposal_id)
    if row is None:
        raise NotFound
    return row


def _situation(row: ProposalRow) -> Situation:
    there = {each.id for each in _others(row.project_id)}
    ids = [row.project_id, *(id for id in row.projects if id in there)]
    return queries.situation(ids, g.actor, g.today, within_slack=row.within_slack)


def _others(project_id: int) -> list[ProjectRow]:
    """The running projects that the reader may level as well; a branch is levelled alone."""
    if projects.trunk_of(project_id) != project_id:
        return []
    found = projects.visible(g.actor, states=(State.ACTIVE.value,))
    return [each for each in found if each.id != project_id and may("plan.level", each.id)]


def _page(project_id: int, form: LevelForm) -> str:
    problem, bare, found = "", False, None
    others = _others(project_id)
    try:
        found = queries.situation([project_id], g.actor, g.today)
    except RuleBroken as broken:
        problem, bare = told(broken), broken.code == queries.EMPTY
    return render_template(
        "roadmap/levelling/page.html",
        project_id=project_id,
        form=form,
        problem=problem,
        bare=bare,
        overloads=charts.lines(found.overloads) if found else [],
        levels=found is not None and (found.calls or bool(others)),
        others=others,
        chosen=request.form.getlist("with", type=int),
        delayed=queries.delayed_tasks(project_id),
    )


def _shown(row: ProposalRow, result: Outcome, part: Collection[int] | None = None) -> str:
    working = row.working(g.now)
    values: dict[str, Any] = {
        "changed": row.digest != queries.digest_of(result.situation.problem),
        "sentence": charts.sentence(result),
        "sides": charts.sides(result),
        "loads": charts.load_lines(result),
        "weeks": charts.weeks_of(result),
        "moves": charts.move_lines(result),
        "clashes": charts.clashes(result),
        "status": charts.status_of(result, proved=row.proved),
    }
    return render_template(
        "roadmap/levelling/proposal.html",
        project_id=row.project_id,
        row=row,
        working=working,
        lost=row.lost(g.now),
        passed=row.passed(g.now),
        part=sorted(part) if part is not None else None,
        **values,
    )
