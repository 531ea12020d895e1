"""The pages of signing in, and the person's own account."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from accounts.devices import service as devices
from accounts.devices.queries import browsers_of
from accounts.policy.queries import policy
from accounts.secondfactor import queries as factors
from accounts.signin import queries, rules, service
from accounts.signin.forms import AgainForm, ChangePasswordForm, CodeForm, NewPasswordForm, SignInForm
from accounts.tries.queries import browser_cookie, visit
from accounts.tries.rules import Visit
from infra.http import SIGNED_IN, public, requires
from infra.words import sentence_of
from kernel.errors import RuleBroken, TooMany

bp = Blueprint("sign_in", __name__)
THEMES = ("auto", "light", "dark")
NEXT = "next"
"""Where the cookie of a half session holds the page that the person was heading for."""
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
    here = _known_visit()
    try:
        opened = service.sign_in(form.email.data or "", form.password.data or "", stays=form.stays.data, visit=here)
    except (RuleBroken, TooMany) as problem:
        return render_template("accounts/sign_in.html", form=form, problem=sentence_of(problem)), problem.status
    return _go_on(opened, here, stays=form.stays.data, target=rules.safe_next(form.next.data) or "/")


@bp.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    """Where the second factor is asked for, after the password."""
    waiting = queries.half_of(g.now)
    if waiting is None:
        return redirect(url_for(".page"))
    return _code_page(CodeForm(formdata=None), waiting)


@bp.post("/sign-in/code")
@public
def enter_code() -> ResponseReturnValue:
    """Take the code and go on; a recovery code leads to the page that says how many are left."""
    waiting = queries.half_of(g.now)
    if waiting is None:
        flash(_("That took too long. Type your password once more."), "warn")
        return redirect(url_for(".page"), 303)
    form, here = CodeForm(), _known_visit()
    if not form.validate_on_submit():
        return _code_page(form, waiting, 422)
    target = session.get(NEXT, "/")
    try:
        token = service.finish(waiting, form.code.data or "", visit=here)
    except (RuleBroken, TooMany) as problem:
        form.code.errors = [sentence_of(problem)]
        return _code_page(form, waiting, problem.status)
    return _go_on(service.Opened(token), here, stays=waiting.stays, target=target)


@bp.get("/sign-in/again")
@requires(SIGNED_IN)
def again() -> ResponseReturnValue:
    """Before a sensitive act the password is typed once more."""
    return _again_page(AgainForm(formdata=None, next=rules.safe_next(request.args.get("next")) or "/account"))


@bp.post("/sign-in/again")
@requires(SIGNED_IN)
def prove_again() -> ResponseReturnValue:
    """See that the password is right, and go back to what asked for it."""
    form = AgainForm()
    if not form.validate_on_submit():
        return _again_page(form, 422)
    try:
        session[queries.TOKEN] = service.prove_again(
            form.password.data or "", actor=g.actor, session_id=g.session_id, visit=visit()
        )
    except (RuleBroken, TooMany) as problem:
        form.password.errors = [sentence_of(problem)]
        return _again_page(form, problem.status)
    return redirect(rules.safe_next(form.next.data) or "/account", 303)


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
    here = _known_visit()
    try:
        opened = service.use_link(form.token.data or "", form.password.data or "", visit=here)
    except RuleBroken as problem:
        form.password.errors = [sentence_of(problem)]
        return _password_page(form)
    said = (
        _("Your password is set. Now the code.") if opened.half else _("Your password is set, and you are signed in.")
    )
    answer = _go_on(opened, here, stays=False, target="/")
    flash(said, "good")
    return answer


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
            form.old.data or "", form.password.data or "", actor=g.actor, session_id=g.session_id, visit=visit()
        )
    except (RuleBroken, TooMany) as problem:
        field = form.old if problem.field != "password" else form.password
        field.errors = [sentence_of(problem)]
        return _account_page(form, problem.status)
    session[queries.TOKEN] = service.renew(g.session_id, actor=g.actor)
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


@bp.post("/account/browsers/<int:browser_id>/forget")
@requires(SIGNED_IN)
def forget_browser(browser_id: int) -> ResponseReturnValue:
    """Let a browser be news again the next time."""
    devices.forget(browser_id, actor=g.actor)
    flash(_("Forgotten. A sign-in from there will be told to you again."), "good")
    return redirect(url_for(".account"), 303)


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
        browsers=browsers_of(g.actor.id),
        factor=factors.standing(g.actor.id),
        themes=THEMES,
        theme=kept if kept in THEMES else "auto",
        least=policy().password_length,
    )
    return page, status


def _password_page(form: NewPasswordForm) -> ResponseReturnValue:
    found = queries.usable_link(form.token.data or "", g.now)
    if found is None:
        return render_template("accounts/link_over.html"), 404
    status = 422 if form.errors else 200
    page = render_template("accounts/set_password.html", form=form, link=found, least=policy().password_length)
    return page, status


def _code_page(form: CodeForm, waiting: queries.HalfSession, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/sign_in_code.html", form=form, name=waiting.name), status


def _again_page(form: AgainForm, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/sign_in_again.html", form=form), status


def _known_visit() -> Visit:
    """The visit, in a browser that is known from now on."""
    here = visit()
    return here if here.browser else replace(here, browser=devices.new_token())


def _go_on(opened: service.Opened, here: Visit, *, stays: bool, target: str) -> Response:
    """A new cookie for a new session, in which nothing of the old one stays; then to the code, or on.

    Only a whole session makes the browser known.
    """
    session.clear()
    session.permanent = stays
    if opened.half:
        session[queries.HALF], session[NEXT] = opened.token, target
        return redirect(url_for(".code"), 303)
    session[queries.TOKEN] = opened.token
    answer = redirect(target)
    age, secure = int(devices.KEPT.total_seconds()), request.is_secure
    answer.set_cookie(browser_cookie(), here.browser, max_age=age, samesite="Lax", secure=secure, httponly=True)
    return answer
