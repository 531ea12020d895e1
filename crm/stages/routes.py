"""The page where the stages of the pipeline are set up."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.stages import queries, service
from crm.stages.forms import StageForm
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("crm_stages", __name__)
BASE = "/crm/setup/stages"


@bp.get(BASE)
@requires("crm.setup")
def page() -> ResponseReturnValue:
    """The stages in their order."""
    return _page()


@bp.post(BASE)
@requires("crm.setup")
def add() -> ResponseReturnValue:
    """A new stage."""
    form = StageForm()
    if form.validate_on_submit():
        try:
            work = service.add(form.stage(), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _done(_("The stage is there."), work)
    return _page(form), 422


@bp.get(f"{BASE}/<int:stage_id>")
@requires("crm.setup")
def stage(stage_id: int) -> ResponseReturnValue:
    """One stage."""
    return _one(stage_id)


@bp.post(f"{BASE}/<int:stage_id>")
@requires("crm.setup")
def change(stage_id: int) -> ResponseReturnValue:
    """Another name, likelihood or outcome."""
    form = StageForm()
    if form.validate_on_submit():
        try:
            work = service.change(stage_id, form.stage(), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _done(_("Saved."), work)
    return _one(stage_id, form), 422


@bp.post(f"{BASE}/<int:stage_id>/move")
@requires("crm.setup")
def move(stage_id: int) -> ResponseReturnValue:
    """A place earlier or later."""
    step = -1 if request.form.get("step") == "-1" else 1
    return _done(_("Moved."), service.move(stage_id, step, actor=g.actor))


@bp.post(f"{BASE}/<int:stage_id>/retire")
@requires("crm.setup")
def retire(stage_id: int) -> ResponseReturnValue:
    """Out of use; its deals go where ``to_id`` says."""
    try:
        count, work = service.retire(stage_id, request.form.get("to_id", type=row_number), actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _one(stage_id), 422
    return _done(ngettext("Retired; one deal moved.", "Retired; %(num)d deals moved.", count), work)


@bp.post(f"{BASE}/<int:stage_id>/use")
@requires("crm.setup")
def bring_back(stage_id: int) -> ResponseReturnValue:
    """In use again."""
    return _done(_("The stage is in use again."), service.bring_back(stage_id, actor=g.actor))


def _done(message: str, work: Work) -> ResponseReturnValue:
    flash_undo(message, work)
    return redirect(url_for(".page"), 303)


def _page(form: StageForm | None = None) -> str:
    return render_template("crm/stages/page.html", rows=queries.rows(), form=form or StageForm(formdata=None))


def _one(stage_id: int, form: StageForm | None = None) -> str:
    rows = queries.rows()
    row = next((each for each in rows if each.stage.id == stage_id), None)
    if row is None:
        raise NotFound
    others = [
        each.stage
        for each in rows
        if each.stage.active and each.stage.id != stage_id and each.stage.outcome == row.stage.outcome
    ]
    shown = form or StageForm(formdata=None, obj=row.stage)
    return render_template("crm/stages/stage.html", row=row, others=others, form=shown)
