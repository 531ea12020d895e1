"""Baselines: one with what changed since, taking one, choosing the one that counts, removing one."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import lists
from infra.http import may, requires
from infra.undo import flash_undo
from kernel.actor import project_scope
from kernel.errors import RuleBroken
from roadmap.baselines import charts, queries, service
from roadmap.baselines.forms import BaselineForm
from roadmap.baselines.rules.variance import compare

bp = Blueprint("baselines", __name__)
BASE = "/projects/<int:project_id>/baselines"
VALUE = "value.page"
"""The page that lists them is above this room."""


@bp.get(f"{BASE}/new")
@requires("plan.edit")
def new(project_id: int) -> str:
    """The form of a new baseline."""
    return _form_page(project_id, BaselineForm(formdata=None))


@bp.post(f"{BASE}/new")
@requires("plan.edit")
def take(project_id: int) -> ResponseReturnValue:
    """Freeze the plan as it stands."""
    sent = BaselineForm()
    if sent.validate_on_submit():
        try:
            made, _work = service.take(
                project_id,
                sent.name.data or "",
                sent.note.data or "",
                reference=bool(sent.reference.data),
                actor=g.actor,
                now=g.now,
            )
        except RuleBroken as problem:
            sent.absorb(problem)
        else:
            flash(_("The plan is frozen as “%(name)s”.", name=queries.get(project_id, made).name), "good")
            return redirect(url_for(VALUE, project_id=project_id), 303)
    return _form_page(project_id, sent), 422


@bp.get(f"{BASE}/<int:baseline_id>")
@requires("plan.see")
def compared(project_id: int, baseline_id: int) -> ResponseReturnValue:
    """A baseline beside the plan of now."""
    return _compared(project_id, baseline_id, None)


@bp.get(f"{BASE}/<int:baseline_id>/to/<int:other_id>")
@requires("plan.see")
def compared_with(project_id: int, baseline_id: int, other_id: int) -> ResponseReturnValue:
    """A baseline beside another one."""
    return _compared(project_id, baseline_id, other_id)


@bp.get(f"{BASE}/<int:baseline_id>/choose")
@requires("plan.see")
def choose(project_id: int, baseline_id: int) -> ResponseReturnValue:
    """Lead to the comparison that a list of two names was sent for; nothing else chosen is the plan of now."""
    queries.get(project_id, baseline_id)
    other = request.args.get("other", "")
    if other.isascii() and other.isdigit() and len(other) < len("1234567890"):
        return redirect(
            url_for(".compared_with", project_id=project_id, baseline_id=baseline_id, other_id=int(other)), 303
        )
    return redirect(url_for(".compared", project_id=project_id, baseline_id=baseline_id), 303)


@bp.post(f"{BASE}/<int:baseline_id>/refer")
@requires("plan.edit")
def refer(project_id: int, baseline_id: int) -> ResponseReturnValue:
    """Measure earned value against this one."""
    row = queries.get(project_id, baseline_id)
    work = service.refer(project_id, baseline_id, actor=g.actor)
    flash_undo(_("Earned value is measured against “%(name)s” now.", name=row.name), work)
    return redirect(url_for(VALUE, project_id=project_id), 303)


@bp.post(f"{BASE}/<int:baseline_id>/remove")
@requires("plan.edit")
def remove(project_id: int, baseline_id: int) -> ResponseReturnValue:
    """Take a baseline away."""
    row = queries.get(project_id, baseline_id)
    work = service.remove(project_id, baseline_id, actor=g.actor, now=g.now)
    flash_undo(_("“%(name)s” is removed.", name=row.name), work)
    return redirect(url_for(VALUE, project_id=project_id), 303)


def _compared(project_id: int, baseline_id: int, other_id: int | None) -> ResponseReturnValue:
    row = queries.get(project_id, baseline_id)
    other = queries.get(project_id, other_id) if other_id is not None else None
    after = queries.named_of(other.id) if other else queries.as_it_stands(project_id)
    rows = compare(queries.named_of(row.id), after, queries.calendar_of(project_id))
    phases = list(dict.fromkeys(each.phase for each in rows if each.phase))
    return lists.answer(
        charts.variance_list(row.currency, phases, money=may("cost.see", project_id)),
        rows,
        "roadmap/baselines/compared.html",
        scope=project_scope(project_id),
        project_id=project_id,
        row=row,
        other=other,
        sentence=charts.sentence(rows, f"“{row.name}”", f"“{other.name}”" if other else _("the plan of now")),
        proof=queries.proofs_of([row.id])[row.id].value,
        choices=[("", _("the plan of now")), *_others(project_id, row.id)],
    )


def _others(project_id: int, baseline_id: int) -> list[tuple[str, str]]:
    return [(str(each.id), each.name) for each in queries.of_project(project_id) if each.id != baseline_id]


def _form_page(project_id: int, sent: BaselineForm) -> str:
    taken = queries.of_project(project_id)
    return render_template(
        "roadmap/baselines/new.html",
        project_id=project_id,
        form=sent,
        first=not taken,
        reference=next((each for each in taken if each.reference), None),
    )
