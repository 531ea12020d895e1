"""The page of a forgotten password."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.forgotten import service
from accounts.forgotten.forms import ForgottenForm
from accounts.tries.queries import visit
from infra.http import public
from infra.wires import wires
from infra.words import sentence_of
from kernel.errors import TooMany

bp = Blueprint("forgotten", __name__)


@bp.get("/sign-in/forgotten")
@public
def page() -> ResponseReturnValue:
    """Where to send the link; without a mail server, whom to ask."""
    return _page(ForgottenForm(formdata=None))


@bp.post("/sign-in/forgotten")
@public
def ask() -> ResponseReturnValue:
    """Mail the link, and say the same whether there is such an account or not."""
    form = ForgottenForm()
    if not wires().settings.smtp_url or not form.validate_on_submit():
        return _page(form, status=422)
    try:
        service.ask_for_link(form.email.data or "", _link_address(), visit=visit())
    except TooMany as problem:
        form.email.errors = [sentence_of(problem)]
        return _page(form, status=problem.status)
    return _page(form, sent=True)


def _link_address() -> str:
    base = wires().settings.base_url or request.host_url.rstrip("/")
    return f"{base}{url_for('sign_in.link')}?token="


def _page(form: ForgottenForm, *, sent: bool = False, status: int = 200) -> ResponseReturnValue:
    mails = bool(wires().settings.smtp_url)
    return render_template("accounts/forgotten.html", form=form, sent=sent, mails=mails), status
