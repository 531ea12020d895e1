"""The log of breaches: the list, one breach, and the letters that are owed."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from desk.breaches import queries, rules, service
from desk.breaches.forms import BreachForm, ToldForm
from desk.breaches.models import Breach
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from infra.undo.service import kept
from kernel.errors import RuleBroken

bp = Blueprint("breaches", __name__)
BASE = "/crm/privacy/breaches"
ONE = f"{BASE}/<int:breach_id>"
WHOM = "<any(authority, people):whom>"


@bp.get(BASE)
@requires("crm.privacy")
def page() -> ResponseReturnValue:
    """Every breach, those whose clock runs first."""
    return render_template("desk/breaches/page.html", rows=queries.breaches(g.now), risks=rules.RISKS, now=g.now)


@bp.get(f"{BASE}/new")
@requires("crm.privacy")
def new() -> ResponseReturnValue:
    """An empty form; the clock runs from when it was found."""
    return _new(BreachForm(formdata=None, found_at=g.now.astimezone(g.zone)))


@bp.post(f"{BASE}/new")
@requires("crm.privacy")
def enter() -> ResponseReturnValue:
    """Enter a breach."""
    form = BreachForm()
    if form.validate_on_submit():
        try:
            made, work = service.enter(form.typed(g.zone), actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Entered. Those who answer for personal data are told."), work)
            return redirect(url_for(".one", breach_id=made), 303)
    return _new(form), 422


@bp.get(ONE)
@requires("crm.privacy")
def one(breach_id: int) -> ResponseReturnValue:
    """One breach, its clock, what is owed."""
    return _one(breach_id)


@bp.post(ONE)
@requires("crm.privacy")
def change(breach_id: int) -> ResponseReturnValue:
    """More is known."""
    form, here = BreachForm(), url_for(".one", breach_id=breach_id)

    def act() -> Work:
        return service.change(breach_id, form.typed(g.zone), actor=g.actor, now=g.now)

    return kept(form, act, _("Kept."), here) or (_one(breach_id, form), 422)


@bp.post(f"{ONE}/told")
@requires("crm.privacy")
def note_told(breach_id: int) -> ResponseReturnValue:
    """The authority or the people were told."""
    form, here = ToldForm(), url_for(".one", breach_id=breach_id)

    def act() -> Work:
        return service.note_told(breach_id, form.told(g.zone), actor=g.actor, now=g.now)

    return kept(form, act, _("Noted."), here) or (_one(breach_id, told_form=form), 422)


@bp.get(f"{ONE}/letter/{WHOM}")
@requires("crm.privacy")
def letter(breach_id: int, whom: str) -> ResponseReturnValue:
    """The notice to the authority or to the people, ready to be printed or copied."""
    row = queries.row(queries.breach(breach_id), g.now)
    return render_template("desk/breaches/letter.html", row=row, whom=whom, risks=rules.RISKS, texts=rules.TEXTS)


@bp.post(f"{ONE}/close")
@requires("crm.privacy")
def close(breach_id: int) -> ResponseReturnValue:
    """Nothing is owed any more."""
    try:
        work = service.close(breach_id, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _one(breach_id), 422
    flash_undo(_("Closed."), work)
    return redirect(url_for(".one", breach_id=breach_id), 303)


@bp.post(f"{ONE}/reopen")
@requires("crm.privacy")
def reopen(breach_id: int) -> ResponseReturnValue:
    """It goes on."""
    flash_undo(_("Open again."), service.reopen(breach_id, actor=g.actor))
    return redirect(url_for(".one", breach_id=breach_id), 303)


def _new(form: BreachForm) -> str:
    return render_template("desk/breaches/new.html", form=form)


def _one(breach_id: int, form: BreachForm | None = None, told_form: ToldForm | None = None) -> str:
    found = queries.breach(breach_id)
    return render_template(
        "desk/breaches/one.html",
        row=queries.row(found, g.now),
        form=form or _filled(found),
        told_form=told_form or ToldForm(formdata=None, told_at=g.now.astimezone(g.zone)),
        now=g.now,
        risks=rules.RISKS,
        errors=(form or told_form).errors_for_summary() if form or told_form else [],  # type: ignore[union-attr]  # one of them
    )


def _filled(found: Breach) -> BreachForm:
    form = BreachForm(formdata=None, obj=found)
    form.found_at.data, form.data_.data = found.found_at.astimezone(g.zone), found.data
    return form
