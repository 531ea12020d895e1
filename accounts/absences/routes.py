"""The page of somebody's time: days off and part-time shares, one's own or, for administrators, anybody's."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.absences import queries, service
from accounts.absences.forms import AbsenceForm, ShareForm
from accounts.people import queries as people
from infra.http import demand, requires
from infra.undo import flash_undo
from kernel.actor import INSTANCE
from kernel.errors import NotFound, RuleBroken
from kernel.permission import Facts

bp = Blueprint("time_off", __name__)
BASE = "/people/<int:person_id>/time-off"


@bp.get(BASE)
@requires("absence.see")
def page(person_id: int) -> ResponseReturnValue:
    """Days off and shares."""
    return _page(person_id)


@bp.post(BASE)
@requires("absence.edit")
def add(person_id: int) -> ResponseReturnValue:
    """Enter days off."""
    form = AbsenceForm()
    if form.validate_on_submit():
        try:
            _id, work = service.add_absence(person_id, form.span(), form.reason.data, actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Days off entered. Plans with work of this person follow."), work)
            return _back(person_id)
    return _page(person_id, form), 422


@bp.get(f"{BASE}/<int:absence_id>")
@requires("absence.see")
def edit(person_id: int, absence_id: int) -> ResponseReturnValue:
    """The form of some days off."""
    _check_may_see(person_id)
    row = next((each for each in queries.absences_of(person_id) if each.id == absence_id), None)
    if row is None:
        raise NotFound
    return _edit_page(person_id, absence_id, AbsenceForm(formdata=None, obj=row))


@bp.post(f"{BASE}/<int:absence_id>")
@requires("absence.edit")
def change(person_id: int, absence_id: int) -> ResponseReturnValue:
    """Keep other days or another reason."""
    _check_may_see(person_id)
    form = AbsenceForm()
    if form.validate_on_submit():
        try:
            work = service.change_absence(person_id, absence_id, form.span(), form.reason.data, actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Saved."), work)
            return _back(person_id)
    return _edit_page(person_id, absence_id, form), 422


@bp.post(f"{BASE}/<int:absence_id>/remove")
@requires("absence.edit")
def remove(person_id: int, absence_id: int) -> ResponseReturnValue:
    """Take days off back."""
    flash_undo(_("These days are worked again."), service.remove_absence(person_id, absence_id, actor=g.actor))
    return _back(person_id)


@bp.post(f"{BASE}/share")
@requires("absence.edit")
def set_share(person_id: int) -> ResponseReturnValue:
    """Set the share of a full day from a day on."""
    form = ShareForm()
    if form.validate_on_submit():
        try:
            work = service.set_share(person_id, form.share(), actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Saved. Plans with work of this person follow."), work)
            return _back(person_id)
    return _page(person_id, share=form), 422


@bp.post(f"{BASE}/share/<int:share_id>/remove")
@requires("absence.edit")
def remove_share(person_id: int, share_id: int) -> ResponseReturnValue:
    """Take a share back."""
    flash_undo(_("Removed."), service.remove_share(person_id, share_id, actor=g.actor))
    return _back(person_id)


def _check_may_see(person_id: int) -> None:
    demand(g.actor, "absence.see", INSTANCE, Facts(owners=frozenset({person_id})))


def _page(person_id: int, form: AbsenceForm | None = None, share: ShareForm | None = None) -> str:
    _check_may_see(person_id)
    absences = queries.absences_of(person_id)
    return render_template(
        "accounts/time_off.html",
        person=people.person(person_id),
        own=person_id == g.actor.id,
        ahead=[each for each in absences if each.last >= g.today][::-1],
        over=[each for each in absences if each.last < g.today],
        shares=queries.shares_of(person_id),
        now=queries.times_of([person_id]).get(person_id),
        form=form or AbsenceForm(formdata=None),
        share_form=share or ShareForm(formdata=None, first=g.today),
    )


def _edit_page(person_id: int, absence_id: int, form: AbsenceForm) -> str:
    person = people.person(person_id)
    return render_template("accounts/time_off_edit.html", person=person, absence_id=absence_id, form=form)


def _back(person_id: int) -> ResponseReturnValue:
    return redirect(url_for(".page", person_id=person_id), 303)
