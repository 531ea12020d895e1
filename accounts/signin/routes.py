"""The pages of signing in, and the person's own account."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from accounts.passwords.rules import SHORTEST
from accounts.signin import queries, rules, service
from accounts.signin.forms import ChangePasswordForm, NewPasswordForm, SignInForm
from accounts.signin.service import Visit
from infra.http import SIGNED_IN, public, requires
from kernel.errors import Problem, RuleBroken, TooMany

bp = Blueprint("sign_in", __name__)
THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600


@bp.get("/sign-in")
@public
def page() -> ResponseReturnValue:
    """The sign-in page; who is signed in goes on."""
    target = rules.safe_next(request.args.get("next"))
    if g.actor is not None:
        return redirect(target or "/")
    return render_template("accounts/sign_in.html", form=SignInForm(next=target or ""), problem=None)


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Sign in and go on to where the person was heading."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form, problem=None), 422
    try:
        token = service.sign_in(form.email.data or "", form.password.data or "", stays=form.stays.data, visit=_visit())
    except (RuleBroken, TooMany) as problem:
        return render_template("accounts/sign_in.html", form=form, problem=_sentence(problem)), problem.status
    _begin(token, stays=form.stays.data)
    return redirect(rules.safe_next(form.next.data) or "/")


@bp.post("/sign-out")
@requires(SIGNED_IN)
def out() -> ResponseReturnValue:
    """End this session."""
    service.sign_out(g.session_id, actor=g.actor)
    session.clear()
    return redirect(url_for("sign_in.page"))


@bp.get("/sign-in/link")
@public
def link() -> ResponseReturnValue:
    """Where a one-time link leads; to look at it uses nothing up, for mail programs look at links too.

    The token is no part of the path, so that it does not end up in the log.
    """
    return _password_page(NewPasswordForm(formdata=None, token=request.args.get("token", "")))


@bp.post("/sign-in/link")
@public
def use_link() -> ResponseReturnValue:
    """Set the password and sign in."""
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return _password_page(form)
    try:
        opened = service.use_link(form.token.data or "", form.password.data or "", visit=_visit())
    except RuleBroken as problem:
        form.password.errors = [_sentence(problem)]
        return _password_page(form)
    _begin(opened, stays=False)
    flash(_("Your password is set, and you are signed in."), "good")
    return redirect("/")


@bp.get("/account")
@requires(SIGNED_IN)
def account() -> ResponseReturnValue:
    """The person's own page: looks, password, where they are signed in."""
    return _account_page(ChangePasswordForm())


@bp.post("/account/password")
@requires(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Change the password; every other session ends."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _account_page(form, 422)
    try:
        service.change_password(
            form.old.data or "", form.password.data or "", actor=g.actor, session_id=g.session_id, visit=_visit()
        )
    except (RuleBroken, TooMany) as problem:
        field = form.old if problem.field != "password" else form.password
        field.errors = [_sentence(problem)]
        return _account_page(form, problem.status)
    flash(_("Your password is changed. Everywhere else you are signed out."), "good")
    return redirect(url_for(".account"))


@bp.post("/account/theme")
@requires(SIGNED_IN)
def theme() -> ResponseReturnValue:
    """Keep the wanted theme in a cookie of this browser."""
    wanted = request.form.get("theme", "")
    if wanted not in THEMES:
        raise RuleBroken("account.theme", "A theme is auto, light or dark.", field="theme")
    answer = redirect(url_for(".account"))
    answer.set_cookie("theme", wanted, max_age=_YEAR, samesite="Lax", secure=request.is_secure)
    return answer


@bp.post("/account/sessions/<int:session_id>/end")
@requires(SIGNED_IN)
def end(session_id: int) -> ResponseReturnValue:
    """Sign out in another browser."""
    service.sign_out(session_id, actor=g.actor)
    flash(_("Signed out there."), "good")
    return redirect(url_for(".account"))


@bp.post("/account/sessions/end-all")
@requires(SIGNED_IN)
def end_all() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    service.sign_out_everywhere(g.actor.id, actor=g.actor)
    session.clear()
    return redirect(url_for(".page"))


def _account_page(form: ChangePasswordForm, status: int = 200) -> ResponseReturnValue:
    sessions = queries.sessions_of(g.actor.id, g.now, g.get("session_id"))
    kept = request.cookies.get("theme", "auto")
    page = render_template(
        "accounts/account.html",
        form=form,
        sessions=sessions,
        themes=THEMES,
        theme=kept if kept in THEMES else "auto",
        least=SHORTEST,
    )
    return page, status


def _password_page(form: NewPasswordForm) -> ResponseReturnValue:
    found = queries.usable_link(form.token.data or "", g.now)
    if found is None:
        return render_template("accounts/link_over.html"), 404
    status = 422 if form.errors else 200
    page = render_template("accounts/set_password.html", form=form, link=found, least=SHORTEST)
    return page, status


def _begin(token: str, *, stays: bool) -> None:
    """A new cookie for a new session: nothing that was in the old one stays."""
    session.clear()
    session[queries.TOKEN] = token
    session.permanent = stays


def _visit() -> Visit:
    return Visit(request.remote_addr or "", request.user_agent.string, g.now)


def _sentence(problem: Problem) -> str:
    """The problem in the reader's language; an instant is told in the reader's zone."""
    params = {
        name: format_datetime(value.astimezone(g.zone), "HH:mm", rebase=False) if isinstance(value, datetime) else value
        for name, value in problem.params.items()
    }
    text = str(_(problem.text))
    return text % params if params else text
