"""The pages of change requests: the list, one request with everything about it, and every press on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import lists
from infra.attachments import queries as files
from infra.comments import queries as comments
from infra.forms import told
from infra.http import demand, may, requires
from infra.merge import read_base, sign_base
from infra.subjects import find
from infra.transaction import Work
from infra.undo import flash_undo, kept
from kernel.actor import project_scope
from kernel.errors import Conflict, Refused, RuleBroken
from phases.kickoff.changes import charts, queries, rules, service
from phases.kickoff.changes.forms import ChangeForm, DecideForm, PolicyForm
from phases.kickoff.changes.queries import ChangeRow
from phases.kickoff.changes.rules import Act, State
from phases.kickoff.scope import queries as scope
from roadmap.branches import charts as merging
from roadmap.branches import queries as branches
from roadmap.costs.charts import money
from roadmap.costs.rules.amounts import digits_of
from roadmap.projects import queries as projects

bp = Blueprint("changes", __name__)
BASE = "/projects/<int:project_id>/change-requests"
ONE = f"{BASE}/<int:change_id>"
STATES = {"withdraw": State.WITHDRAWN, "rework": State.DRAFT}


@bp.get(BASE)
@requires("change.see")
def table(project_id: int) -> ResponseReturnValue:
    """All change requests of the roll-out."""
    return _table(project_id, _policy_form(project_id))


@bp.post(f"{BASE}/policy")
@requires("change.apply")
def policy(project_id: int) -> ResponseReturnValue:
    """Up to what size the manager decides alone."""
    form = PolicyForm()
    unit = 10 ** digits_of(projects.get(g.actor, project_id).currency)
    here = url_for(".table", project_id=project_id)
    done = kept(form, lambda: service.set_policy(project_id, form.policy(unit), actor=g.actor), _("Saved."), here)
    return done or make_response(_table(project_id, form), 422)


@bp.get(f"{BASE}/new")
@requires("change.ask")
def new(project_id: int) -> ResponseReturnValue:
    """An empty form; ``branch`` in the address names the branch that shows the change."""
    form = _form(project_id)
    form.branch_id.data = request.args.get("branch", type=int)
    return _edit_page(project_id, form)


@bp.post(f"{BASE}/new")
@requires("change.ask")
def add(project_id: int) -> ResponseReturnValue:
    """Write a request down."""
    form = _form(project_id)
    if form.validate_on_submit():
        try:
            data = form.data_for(scope.lines(project_id))
            made, work = service.ask_for(project_id, data, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Written down. Submit it when it is ready."), work)
            return redirect(url_for(".page", project_id=project_id, change_id=made), 303)
    return _edit_page(project_id, form), 422


@bp.get(ONE)
@requires("change.see")
def page(project_id: int, change_id: int) -> ResponseReturnValue:
    """One request."""
    return _page(queries.change(project_id, change_id))


@bp.get(f"{ONE}/print")
@requires("change.see")
def on_paper(project_id: int, change_id: int) -> ResponseReturnValue:
    """One request on a sheet of paper."""
    row = queries.change(project_id, change_id)
    project = projects.get(g.actor, project_id)
    return render_template("phases/changes/print.html", project=project, **_shown(row), history=queries.history(row.id))


@bp.get(f"{ONE}/edit")
@requires("change.edit")
def edit(project_id: int, change_id: int) -> ResponseReturnValue:
    """The form of a draft."""
    row = _mine(project_id, change_id)
    return _edit_page(project_id, _form(project_id, row), row)


@bp.post(f"{ONE}/edit")
@requires("change.edit")
def change(project_id: int, change_id: int) -> ResponseReturnValue:
    """Write a draft anew."""
    row = _mine(project_id, change_id)
    form = _form(project_id, current=row.branch_id)
    if form.validate_on_submit():
        base = read_base(f"change:{change_id}", form.base.data) or {}
        try:
            data = form.data_for(scope.lines(project_id))
            work = service.change(project_id, change_id, data, actor=g.actor, base=base)
        except Conflict as clash:
            form.absorb(clash)
            return _edit_page(project_id, form, row), 409
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _back(row, _("Saved."), work)
    return _edit_page(project_id, form, row), 422


@bp.post(f"{ONE}/measure")
@requires("change.edit")
def measure(project_id: int, change_id: int) -> ResponseReturnValue:
    """Measure anew what it comes to."""
    row = _mine(project_id, change_id)
    return _step(row, _("Measured."), lambda: service.measure(project_id, row.id, actor=g.actor, now=g.now))


@bp.post(f"{ONE}/submit")
@requires("change.edit")
def submit(project_id: int, change_id: int) -> ResponseReturnValue:
    """Ask for a decision."""
    row = _mine(project_id, change_id)
    return _step(row, _("Submitted."), lambda: service.submit(project_id, row.id, actor=g.actor, now=g.now))


@bp.post(f"{ONE}/step")
@requires("change.edit")
def step(project_id: int, change_id: int) -> ResponseReturnValue:
    """Withdraw it, or work on it again: ``action`` says which."""
    row = _mine(project_id, change_id)
    wanted = STATES.get(request.form.get("action", ""), State.APPLIED)
    said = _("Withdrawn.") if wanted is State.WITHDRAWN else _("It is a draft again.")
    return _step(row, said, lambda: service.step(project_id, row.id, wanted, actor=g.actor))


@bp.post(f"{ONE}/decide")
@requires("change.decide")
def decide(project_id: int, change_id: int) -> ResponseReturnValue:
    """Approve or reject: ``action`` says which."""
    row, form = queries.change(project_id, change_id), DecideForm()
    approve, reason = request.form.get("action") == "approve", form.reason.data or ""
    if not form.validate_on_submit():
        return _page(row, form), 422
    try:
        work = service.decide(project_id, row.id, approve=approve, reason=reason, actor=g.actor, now=g.now)
    except Refused as problem:
        form.absorb(problem)
        return _page(row, form), 403
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(row, form), 422
    return _back(row, _("Approved.") if approve else _("Rejected."), work)


@bp.get(f"{ONE}/apply")
@requires("change.apply")
def applying(project_id: int, change_id: int) -> ResponseReturnValue:
    """What applying would do: a branch is merged on its own page of choices, under the request's name."""
    return _applying(queries.change(project_id, change_id), {})


@bp.post(f"{ONE}/apply")
@requires("change.apply")
def apply(project_id: int, change_id: int) -> ResponseReturnValue:
    """Do what was approved."""
    row = queries.change(project_id, change_id)
    chosen = {name.removeprefix("choice:"): value for name, value in request.form.items() if name.startswith("choice:")}
    try:
        work = service.apply(project_id, row.id, chosen, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _applying(row, chosen), 422
    return _back(row, _("Applied: the plan and the scope have it now."), work)


def _applying(row: ChangeRow, chosen: Mapping[str, str]) -> str:
    view = None if row.branch_id is None else merging.merge_view(row.project_id, row.branch_id)
    return render_template(
        "phases/changes/apply.html", project_id=row.project_id, row=row, view=view, chosen=chosen, acts=_acts(row)
    )


def _table(project_id: int, form: PolicyForm) -> ResponseReturnValue:
    rows = queries.rows(project_id)
    project = projects.get(g.actor, project_id)
    own = queries.policy_of(project_id)
    return lists.answer(
        queries.change_list(g.today),
        rows,
        "phases/changes/table.html",
        scope=project_scope(project_id),
        project_id=project_id,
        waiting=[row for row in rows if row.state is State.SUBMITTED],
        mine=[row for row in rows if row.state is State.SUBMITTED and not queries.why_not_decide(row, g.actor, own)],
        approved=[row for row in rows if row.state is State.APPROVED],
        kinds=rules.KINDS,
        policy=own,
        limit=money(own.cents, project.currency),
        form=form,
        may_ask=may("change.ask", project_id) and project.state == "active",
        may_rule=may("change.apply", project_id) and project.state == "active",
    )


def _policy_form(project_id: int) -> PolicyForm:
    own, project = queries.policy_of(project_id), projects.get(g.actor, project_id)
    return PolicyForm(formdata=None, days=own.days, amount=f"{own.cents / 10 ** digits_of(project.currency):g}")


def _page(row: ChangeRow, form: DecideForm | None = None) -> str:
    key = f"change:{row.id}"
    project = projects.get(g.actor, row.project_id)
    open_to_change = project.state == "active"
    return render_template(
        "phases/changes/page.html",
        **_shown(row),
        form=form or DecideForm(formdata=None),
        why_not=queries.why_not_decide(row, g.actor, queries.policy_of(row.project_id)),
        may_change=may("change.edit", row.project_id, row.facts) and open_to_change,
        may_decide=may("change.decide", row.project_id) and open_to_change,
        may_apply=may("change.apply", row.project_id) and open_to_change,
        subject=find(key, g.actor),
        said=comments.of_subject(key, g.actor),
        attached=files.of_subject(key, g.actor),
        history=queries.history(row.id),
    )


def _shown(row: ChangeRow) -> dict[str, Any]:
    """What the page and the sheet of a request have in common."""
    project_id, currency = row.project_id, projects.row_of(row.project_id).currency
    sees = {"costs": may("cost.see", project_id), "loads": may("resources.see", project_id)}
    effect = row.effect
    live = effect is not None and row.branch_id is not None and row.state not in (State.APPLIED, State.WITHDRAWN)
    return {
        "project_id": project_id,
        "change": row,
        "kinds": rules.KINDS,
        "acts": _acts(row),
        "level": row.level(queries.policy_of(project_id)),
        "effect": effect,
        "effect_words": charts.effect_words(effect),
        "lines": charts.effect_lines(effect, currency, **sees) if effect else [],
        "stale": live and effect.stale(queries.prints(project_id, row.branch_id or 0)) if effect else False,
    }


def _acts(row: ChangeRow) -> list[tuple[str, str]]:
    """What a request does to the scope, in words: what happens, and to what."""
    said = {
        (Act.ADD, True): _("comes into scope"),
        (Act.ADD, False): _("is ruled out"),
        (Act.TAKE, True): _("is no longer in scope"),
        (Act.TAKE, False): _("is no longer ruled out"),
    }
    return [(act.name, said[act.act, act.inside]) for act in row.scope]


def _form(project_id: int, row: ChangeRow | None = None, current: int | None = None) -> ChangeForm:
    form = ChangeForm() if row is None else ChangeForm(formdata=None, obj=row, **_typed(row))
    chosen = row.branch_id if row else current
    kept = [each for each in branches.branches(project_id) if each.open or each.project_id == chosen]
    form.branch_id.choices = [("", _("none: it changes no dates")), *((each.project_id, each.name) for each in kept)]
    form.takes.choices = [(line.id, line.name) for line in scope.lines(project_id) if not line.taken]
    if row is not None:
        form.base.data = sign_base(f"change:{row.id}", _base(row))
    return form


def _typed(row: ChangeRow) -> dict[str, Any]:
    """What the fields of the scope hold for a request."""
    added = {
        inside: [act.name for act in row.scope if act.act is Act.ADD and act.inside is inside]
        for inside in (True, False)
    }
    takes = [act.line_id for act in row.scope if act.act is Act.TAKE]
    return {"adds": "\n".join(added[True]), "excludes": "\n".join(added[False]), "takes": takes}


def _base(row: ChangeRow) -> dict[str, Any]:
    acts = [{"act": a.act.value, "name": a.name, "inside": a.inside, "line_id": a.line_id} for a in row.scope]
    return {name: getattr(row, name) for name in service.FIELDS if name != "scope"} | {"scope": acts}


def _edit_page(project_id: int, form: ChangeForm, row: ChangeRow | None = None) -> str:
    return render_template("phases/changes/edit.html", project_id=project_id, form=form, change=row)


def _mine(project_id: int, change_id: int) -> ChangeRow:
    """The request, if the actor may change it. Raises NotFound, Refused."""
    row = queries.change(project_id, change_id)
    demand(g.actor, "change.edit", project_scope(project_id), row.facts)
    return row


def _step(row: ChangeRow, said: str, act: Callable[[], Work]) -> ResponseReturnValue:
    try:
        return _back(row, said, act())
    except RuleBroken as problem:
        flash(told(problem), "bad")
    return redirect(url_for(".page", project_id=row.project_id, change_id=row.id), 303)


def _back(row: ChangeRow, said: str, work: Work) -> ResponseReturnValue:
    flash_undo(said, work)
    return redirect(url_for(".page", project_id=row.project_id, change_id=row.id), 303)
