"""The pages of one's own second factor, and the one to which people are led who must set it up first."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.people import queries as people
from accounts.secondfactor import charts, queries, rules, service
from accounts.secondfactor.forms import ConfirmForm, NewCodesForm, SwitchOffForm
from accounts.tries.queries import visit
from infra.http import PUBLIC, SIGNED_IN, is_fragment, permission_of, requires
from infra.words import sentence_of
from kernel.errors import Conflict, Problem, RuleBroken, TooMany

bp = Blueprint("second_factor", __name__)
OPEN_WHILE_DUE = frozenset({"sign_in.out", "sign_in.again", "sign_in.prove_again", "sign_in.end_all"})
"""What somebody may do besides setting the second factor up, once the time of grace is over."""


@bp.before_app_request
def lead_to_set_up() -> ResponseReturnValue | None:
    """Whoever must have a second factor and has none sets it up before anything else."""
    due, endpoint = g.get("factor_due"), request.endpoint or ""
    if due is None or g.now < due or endpoint in OPEN_WHILE_DUE or endpoint.startswith(f"{bp.name}."):
        return None
    if permission_of(endpoint) in (PUBLIC, None):
        return None
    address = url_for(f"{bp.name}.page")
    return ("", 204, {"HX-Redirect": address}) if is_fragment() else redirect(address, 303)


@bp.get("/account/second-factor")
@requires(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Whether it is on, how many recovery codes are left, and what can be done."""
    return _page()


@bp.post("/account/second-factor/begin")
@requires(SIGNED_IN, fresh=True)
def begin() -> ResponseReturnValue:
    """Make a secret and show it."""
    try:
        service.begin(actor=g.actor, now=g.now)
    except Conflict as problem:
        flash(sentence_of(problem), "bad")
        return redirect(url_for(".page"), 303)
    return redirect(url_for(".set_up"), 303)


@bp.get("/account/second-factor/set-up")
@requires(SIGNED_IN, fresh=True)
def set_up() -> ResponseReturnValue:
    """The picture for the app, the secret as text, and a field for the first code."""
    return _set_up_page(ConfirmForm(formdata=None))


@bp.post("/account/second-factor/set-up")
@requires(SIGNED_IN, fresh=True)
def confirm() -> ResponseReturnValue:
    """Switch it on and show the recovery codes, this once."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _set_up_page(form, 422)
    try:
        codes = service.confirm(form.code.data or "", actor=g.actor, visit=visit())
    except Conflict as problem:
        flash(sentence_of(problem), "bad")
        return redirect(url_for(".page"), 303)
    except (RuleBroken, TooMany) as problem:
        form.code.errors = [sentence_of(problem)]
        return _set_up_page(form, problem.status)
    return _codes_page(codes, fresh=True)


@bp.post("/account/second-factor/codes")
@requires(SIGNED_IN)
def new_codes() -> ResponseReturnValue:
    """Other recovery codes, shown this once."""
    form = NewCodesForm()
    if not form.validate_on_submit():
        return _page(codes_form=form, status=422)
    try:
        codes = service.new_codes(form.password.data or "", actor=g.actor, visit=visit())
    except (RuleBroken, Conflict, TooMany) as problem:
        form.password.errors = [sentence_of(problem)]
        return _page(codes_form=form, status=problem.status)
    return _codes_page(codes, fresh=False)


@bp.post("/account/second-factor/off")
@requires(SIGNED_IN)
def switch_off() -> ResponseReturnValue:
    """Switch it off."""
    form = SwitchOffForm()
    if not form.validate_on_submit():
        return _page(off_form=form, status=422)
    try:
        service.switch_off(form.password.data or "", form.code.data or "", actor=g.actor, visit=visit())
    except (RuleBroken, TooMany) as problem:
        form.absorb(problem)
        return _page(off_form=form, status=problem.status)
    flash(_("Your second factor is off: the password is enough to sign in as you."), "warn")
    return redirect(url_for(".page"), 303)


@bp.post("/admin/people/<int:person_id>/second-factor/reset")
@requires("people.edit", fresh=True)
def reset(person_id: int) -> ResponseReturnValue:
    """Take away the second factor of somebody who lost phone and codes."""
    people.person(person_id)
    try:
        service.reset(person_id, actor=g.actor)
    except Problem as problem:
        flash(sentence_of(problem), "bad")
    else:
        flash(_("The second factor is taken away, and the person is told."), "good")
    return redirect(url_for("people.profile", person_id=person_id), 303)


def _page(
    codes_form: NewCodesForm | None = None, off_form: SwitchOffForm | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "accounts/second_factor.html",
        standing=queries.standing(g.actor.id),
        due=g.get("factor_due"),
        codes_form=codes_form or NewCodesForm(formdata=None),
        off_form=off_form or SwitchOffForm(formdata=None),
    )
    return page, status


def _set_up_page(form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    secret = queries.standing(g.actor.id).pending
    if secret is None:
        return redirect(url_for(".page"), 303)
    page = render_template(
        "accounts/second_factor_set_up.html",
        form=form,
        picture=charts.picture_of(rules.address_of(secret, g.actor.email)),
        secret=rules.grouped(secret),
    )
    return page, status


def _codes_page(codes: list[str], *, fresh: bool) -> ResponseReturnValue:
    return render_template("accounts/second_factor_codes.html", codes=codes, fresh=fresh)
