"""The pages of the register."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from desk.processing import queries, rules, service
from desk.processing.forms import ActivityForm
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from infra.undo.service import kept

bp = Blueprint("processing", __name__)
BASE = "/crm/privacy/register"
ONE = f"{BASE}/<int:activity_id>"


@bp.get(BASE)
@requires("crm.privacy")
def page() -> ResponseReturnValue:
    """Every entry, whole: it is printed for an authority as it stands."""
    rows = [
        (each, rules.gaps(queries.data_of(each)), rules.is_old(each.reviewed, g.today)) for each in queries.activities()
    ]
    return render_template("desk/processing/page.html", rows=rows, texts=rules.TEXTS)


@bp.post(f"{BASE}/begin")
@requires("crm.privacy")
def begin() -> ResponseReturnValue:
    """What the product does itself."""
    flash_undo(_("Entered. Look at each and complete it."), service.begin(actor=g.actor))
    return redirect(url_for(".page"), 303)


@bp.get(f"{BASE}/new")
@requires("crm.privacy")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(None, ActivityForm(formdata=None))


@bp.post(f"{BASE}/new")
@requires("crm.privacy")
def add() -> ResponseReturnValue:
    """A new entry."""
    form = ActivityForm()

    def act() -> Work:
        return service.add(form.typed(), actor=g.actor, today=g.today)[1]

    return kept(form, act, _("Entered."), url_for(".page")) or (_form(None, form), 422)


@bp.get(ONE)
@requires("crm.privacy")
def edit(activity_id: int) -> ResponseReturnValue:
    """One entry."""
    row = queries.activity(activity_id)
    form = ActivityForm(formdata=None, obj=row)
    form.data_.data = row.data
    return _form(activity_id, form)


@bp.post(ONE)
@requires("crm.privacy")
def change(activity_id: int) -> ResponseReturnValue:
    """Other words, or that it was looked at."""
    form = ActivityForm()

    def act() -> Work:
        return service.change(activity_id, form.typed(), actor=g.actor, today=g.today)

    queries.activity(activity_id)
    return kept(form, act, _("Kept."), url_for(".page")) or (_form(activity_id, form), 422)


@bp.post(f"{ONE}/remove")
@requires("crm.privacy")
def remove(activity_id: int) -> ResponseReturnValue:
    """It is not done any more."""
    flash_undo(_("Removed."), service.remove(activity_id, actor=g.actor))
    return redirect(url_for(".page"), 303)


def _form(activity_id: int | None, form: ActivityForm) -> str:
    return render_template("desk/processing/form.html", activity_id=activity_id, form=form)
