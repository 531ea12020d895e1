"""The pages of people, for administrators."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.access.rules import INSTANCE_ROLES, PROJECT_ROLES
from accounts.directory import queries, service
from accounts.directory.forms import PersonForm
from accounts.people import queries as people_queries
from accounts.people import service as people
from accounts.secondfactor import queries as factors
from accounts.signin import queries as signin_queries
from accounts.signin import service as signin
from accounts.trail import queries as trail
from infra import lists, subjects
from infra.audit.queries import of_subject
from infra.http import requires
from infra.wires import wires
from infra.words import sentence_of
from kernel.errors import Conflict, Problem, RuleBroken

bp = Blueprint("people", __name__)


@bp.get("/admin/people")
@requires("people.see")
def page() -> ResponseReturnValue:
    """Everybody."""
    everybody = queries.everybody()
    return lists.answer(queries.PEOPLE, everybody, "accounts/people.html", counts=queries.counts(everybody))


@bp.get("/admin/people/new")
@requires("people.edit")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form_page(PersonForm())


@bp.post("/admin/people/new")
@requires("people.edit")
def add() -> ResponseReturnValue:
    """Add a person; with an invitation, show its link once."""
    form = PersonForm()
    if not form.validate_on_submit():
        return _form_page(form, status=422)
    try:
        person_id, token = service.add(form.entry(), now=g.now, actor=g.actor)
    except RuleBroken as problem:
        return _form_page(form, problem=problem, status=422)
    flash(_("%(name)s is added.", name=form.name.data), "good")
    if token:
        return _profile_page(person_id, token=token)
    return redirect(url_for(".profile", person_id=person_id), 303)


@bp.get("/admin/people/<int:person_id>")
@requires("people.see")
def profile(person_id: int) -> ResponseReturnValue:
    """One person."""
    return _profile_page(person_id)


@bp.get("/admin/people/<int:person_id>/edit")
@requires("people.edit")
def edit(person_id: int) -> ResponseReturnValue:
    """The form with what is known."""
    shown = queries.profile(person_id)
    return _form_page(PersonForm(obj=shown.person, role=shown.role), person_id)


@bp.post("/admin/people/<int:person_id>/edit")
@requires("people.edit")
def change(person_id: int) -> ResponseReturnValue:
    """Keep what was changed."""
    form = PersonForm()
    people_queries.person(person_id)
    if not form.validate_on_submit():
        return _form_page(form, person_id, status=422)
    try:
        service.change(person_id, form.entry(), actor=g.actor)
    except (RuleBroken, Conflict) as problem:
        return _form_page(form, person_id, problem=problem, status=problem.status)
    flash(_("Saved."), "good")
    return redirect(url_for(".profile", person_id=person_id), 303)


@bp.post("/admin/people/<int:person_id>/invite")
@requires("people.edit")
def invite(person_id: int) -> ResponseReturnValue:
    """Make a link to set a password and show it, this once; or mail it."""
    try:
        if request.form.get("by") == "mail" and wires().settings.smtp_url:
            lead = url_for("sign_in.link", token="", _external=True)  # the token is added
            to = service.mail_link(person_id, lead, now=g.now, actor=g.actor)
            flash(_("A link is on its way to %(address)s.", address=to), "good")
            return redirect(url_for(".profile", person_id=person_id), 303)
        token = signin.make_link(person_id, now=g.now, actor=g.actor)
    except RuleBroken as problem:
        flash(sentence_of(problem), "bad")
        return redirect(url_for(".profile", person_id=person_id), 303)
    return _profile_page(person_id, token=token)


@bp.post("/admin/people/<int:person_id>/off")
@requires("people.edit")
def switch_off(person_id: int) -> ResponseReturnValue:
    """Let a person no longer sign in."""
    try:
        people.switch_off(person_id, actor=g.actor)
    except Conflict as problem:
        flash(sentence_of(problem), "bad")
    else:
        flash(_("Switched off, and signed out everywhere."), "good")
    return redirect(url_for(".profile", person_id=person_id), 303)


@bp.post("/admin/people/<int:person_id>/on")
@requires("people.edit")
def switch_on(person_id: int) -> ResponseReturnValue:
    """Let a person sign in again."""
    people.switch_on(person_id, actor=g.actor)
    flash(_("Switched on again."), "good")
    return redirect(url_for(".profile", person_id=person_id), 303)


@bp.post("/admin/people/<int:person_id>/sign-out")
@requires("people.edit")
def sign_out(person_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    people_queries.person(person_id)
    signin.sign_out_everywhere(person_id, actor=g.actor)
    flash(_("Signed out everywhere."), "good")
    return redirect(url_for(".profile", person_id=person_id), 303)


def _form_page(
    form: PersonForm, person_id: int | None = None, problem: Problem | None = None, status: int = 200
) -> ResponseReturnValue:
    if problem is not None:
        form.absorb(problem)
    page = render_template(
        "accounts/person_form.html",
        form=form,
        person_id=person_id,
        companies=people_queries.companies(),
        roles=INSTANCE_ROLES,
    )
    return page, status


def _profile_page(person_id: int, token: str = "") -> ResponseReturnValue:
    shown = queries.profile(person_id)
    return render_template(
        "accounts/person.html",
        profile=shown,
        standing=queries.STATES[queries.state_of(shown.person)],
        scopes={held.scope: subjects.name_of(held.scope) for held in shown.memberships},
        role_labels={role.key: role.label for role in (*INSTANCE_ROLES, *PROJECT_ROLES)},
        sessions=signin_queries.sessions_of(person_id, g.now, g.get("session_id")),
        history=trail.told(of_subject(f"person:{person_id}", 20)),
        sends=bool(wires().settings.smtp_url),
        link=url_for("sign_in.link", token=token, _external=True) if token else "",
        factor=factors.standing(person_id),
    )
