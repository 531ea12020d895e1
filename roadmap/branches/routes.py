"""The pages of branches: which there are, side by side with the plan, merged back, thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from infra.forms import told
from infra.http import may, requires
from infra.undo import flash_undo
from infra.wires import wires
from kernel.errors import NotFound, RuleBroken
from roadmap.branches import charts, queries, service
from roadmap.branches.forms import BranchForm
from roadmap.branches.queries import BranchRow, Reading
from roadmap.branches.rules.comparing import Dates, differences
from roadmap.branches.rules.shot import Shot
from roadmap.costs import queries as costs
from roadmap.costs.charts import money
from roadmap.projects import queries as projects
from roadmap.twins.models import BranchStart
from roadmap.twins.queries import start_of

bp = Blueprint("branches", __name__)
BASE = "/projects/<int:project_id>/branches"
ONE = f"{BASE}/<int:branch_id>"
ROOMS = frozenset({"gantt", "tasks", "resources", "editing", "levelling"})
"""The rooms that work on any plan. What else there is of a roll-out exists once: a branch leads to its trunk's."""
ROLES = frozenset({"team.new_role", "team.add_role", "team.edit_role", "team.change_role"})
PANELS = "branch_panels"
"""Where the wires hold functions (trunk, branches, reader) to markup, by which upper floors add to a comparison."""
MOST_BESIDE = 3
"""How many branches stand beside each other before a page can't be read any more."""


@bp.before_app_request
def stay_in_the_plan() -> ResponseReturnValue | None:
    """A branch has a plan and nothing else: its other pages are those of its trunk."""
    project_id = (request.view_args or {}).get("project_id")
    if project_id is None or g.get("actor") is None or _is_of_plans(request.endpoint or ""):
        return None
    trunk_id = projects.trunk_of(project_id)
    if trunk_id == project_id:
        return None
    if request.method != "GET":
        abort(404)
    values = {**(request.view_args or {}), **request.args.to_dict(flat=False), "project_id": trunk_id}
    return redirect(url_for(request.endpoint or "", **values))


def _is_of_plans(endpoint: str) -> bool:
    return endpoint.partition(".")[0] in ROOMS or endpoint in ROLES


@bp.get(BASE)
@requires("branch.see")
def page(project_id: int) -> ResponseReturnValue:
    """Which branches there are."""
    return _page(project_id, BranchForm(formdata=None))


@bp.post(BASE)
@requires("branch.make")
def add(project_id: int) -> ResponseReturnValue:
    """Branch the plan as it stands."""
    form = BranchForm()
    if form.validate_on_submit():
        try:
            made = service.branch_off(project_id, form.name.data or "", form.why.data or "", actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash(_("“%(name)s” is a plan to try things on: nobody else's work changes.", name=form.name.data), "good")
            return redirect(url_for("gantt.page", project_id=made), 303)
    return _page(project_id, form), 422


@bp.get(ONE)
@requires("branch.see")
def compare(project_id: int, branch_id: int) -> ResponseReturnValue:
    """A branch beside its plan; ``with`` in the address adds others."""
    beside = request.args.getlist("with", type=int)[: MOST_BESIDE - 1]
    rows = [queries.branch(project_id, each) for each in dict.fromkeys([branch_id, *beside])]
    return _compared(project_id, rows)


@bp.post(f"{ONE}/edit")
@requires("branch.make")
def edit(project_id: int, branch_id: int) -> ResponseReturnValue:
    """Call it something else, or say better why it is there."""
    row, form = queries.branch(project_id, branch_id), BranchForm()
    if form.validate_on_submit():
        try:
            work = service.change(project_id, branch_id, form.name.data or "", form.why.data or "", actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Saved."), work)
            return redirect(url_for(".compare", project_id=project_id, branch_id=branch_id), 303)
    return _compared(project_id, [row], form), 422


@bp.get(f"{ONE}/merge")
@requires("branch.merge")
def merging(project_id: int, branch_id: int) -> ResponseReturnValue:
    """What merging would bring, and what has to be chosen first."""
    return _merging(project_id, queries.branch(project_id, branch_id), {})


@bp.post(f"{ONE}/merge")
@requires("branch.merge")
def merge(project_id: int, branch_id: int) -> ResponseReturnValue:
    """Make the plan what the branch is, but for what was chosen otherwise."""
    row = queries.branch(project_id, branch_id)
    chosen = _chosen()
    try:
        work = service.merge_back(project_id, branch_id, chosen, actor=g.actor, now=g.now)
    except service.Undecided as problem:
        flash(told(problem), "bad")
        return _merging(project_id, row, chosen), 409
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _merging(project_id, row, chosen), 422
    flash_undo(_("“%(name)s” is merged: the plan has its changes now.", name=row.name), work)
    return redirect(url_for("gantt.page", project_id=project_id), 303)


@bp.get(f"{ONE}/catch-up")
@requires("branch.make")
def catching_up(project_id: int, branch_id: int) -> ResponseReturnValue:
    """What was changed in the plan meanwhile, and what has to be chosen before it comes into the branch."""
    return _merging(project_id, queries.branch(project_id, branch_id), {}, catching_up=True)


@bp.post(f"{ONE}/catch-up")
@requires("branch.make")
def catch_up(project_id: int, branch_id: int) -> ResponseReturnValue:
    """Bring the branch up to date."""
    row, chosen = queries.branch(project_id, branch_id), _chosen()
    try:
        work = service.catch_up(project_id, branch_id, chosen, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        status = 409 if isinstance(problem, service.Undecided) else 422
        return _merging(project_id, row, chosen, catching_up=True), status
    flash_undo(_("“%(name)s” is up to date: it has what was changed in the plan.", name=row.name), work)
    return redirect(url_for(".compare", project_id=project_id, branch_id=branch_id), 303)


@bp.post(f"{ONE}/forecast")
@requires("branch.make")
def forecast(project_id: int, branch_id: int) -> ResponseReturnValue:
    """Forecast the branch and its plan as they are now."""
    try:
        service.forecast(project_id, branch_id, g.today, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash(_("Forecast: the plan and the branch as they are now."), "good")
    return redirect(url_for(".compare", project_id=project_id, branch_id=branch_id), 303)


@bp.post(f"{ONE}/throw-away")
@requires("branch.make")
def throw_away(project_id: int, branch_id: int) -> ResponseReturnValue:
    """Put it out of sight."""
    row = queries.branch(project_id, branch_id)
    try:
        work = service.throw_away(project_id, branch_id, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash_undo(_("“%(name)s” is thrown away.", name=row.name), work)
    return redirect(url_for(".page", project_id=project_id), 303)


def _page(project_id: int, form: BranchForm) -> str:
    project = projects.get(g.actor, project_id)
    rows = queries.branches(project_id)
    ends = queries.ends_of([project_id, *(row.project_id for row in rows)])
    return render_template(
        "roadmap/branches/page.html",
        project=project,
        project_id=project_id,
        rows=rows,
        form=form,
        plan=ends[project_id],
        figures=ends,
        may_make=may("branch.make", project_id) and project.state == "active",
        change_words=charts.change_words,
    )


def _compared(project_id: int, rows: list[BranchRow], form: BranchForm | None = None) -> str:
    trunk = queries.read(project_id)
    dates = _by_key(trunk, project_id)
    starts = {row.project_id: start_of(row.project_id) for row in rows}
    sides = [_side(row, starts[row.project_id], trunk.shot) for row in rows]
    names = charts.names_of(project_id, [trunk.shot, *(side.shot for side in sides)])
    plan = queries.figures(project_id, g.today, g.actor)
    first, currency = rows[0], costs.currency_of(project_id)
    return render_template(
        "roadmap/branches/compare.html",
        project_id=project_id,
        project=projects.get(g.actor, project_id),
        sides=sides,
        plan=plan,
        lines=charts.task_lines(sides, trunk.shot, dates, names),
        verdict=charts.verdict(sides[0], plan),
        change_words=charts.change_words,
        others=[row for row in queries.branches(project_id) if row not in rows],
        money=lambda cents: money(cents, currency),
        panels=_panels(project_id, [row.project_id for row in rows]),
        form=form or BranchForm(formdata=None, obj=first),
        may_make=may("branch.make", project_id),
        may_merge=may("branch.merge", project_id),
        behind=starts[first.project_id].plan != trunk.shot,
    )


def _side(row: BranchRow, start: BranchStart, trunk: Shot) -> charts.Side:
    there = queries.read(row.project_id, start.twins)
    found = differences(start.plan, there.shot, trunk)
    figures = queries.figures(row.project_id, g.today, g.actor)
    return charts.Side(row, figures, found, there.shot, _by_key(there, row.project_id))


def _by_key(reading: Reading, project_id: int) -> dict[str, Dates]:
    """When each row of a plan lies, by the key that it has in all branches."""
    dates = queries.dates_of(project_id)
    found = {key: dates.get(number) for key, number in reading.numbers.items() if key.startswith("task:")}
    return {key: each for key, each in found.items() if each is not None}


def _panels(project_id: int, branch_ids: list[int]) -> list[Markup]:
    makers: tuple[Any, ...] = wires().extras.get(PANELS, ())
    return [markup for maker in makers if (markup := maker(project_id, branch_ids, g.actor))]


def _chosen() -> dict[str, str]:
    """Whose side holds, by what both sides changed."""
    prefix = "choice:"
    return {name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)}


def _merging(project_id: int, row: BranchRow, chosen: Mapping[str, str], *, catching_up: bool = False) -> str:
    if not row.open:
        raise NotFound
    return render_template(
        "roadmap/branches/catch_up.html" if catching_up else "roadmap/branches/merge.html",
        project_id=project_id,
        project=projects.get(g.actor, project_id),
        row=row,
        view=charts.merge_view(project_id, row.project_id, catching_up=catching_up),
        chosen=chosen,
    )
