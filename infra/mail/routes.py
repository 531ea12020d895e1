"""The outbox page: what waits, why, and what an administrator can do about it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from infra import lists
from infra.http import requires
from infra.mail import queries, service
from infra.mail.rules import State
from infra.words import sentence_of
from kernel.errors import Conflict

bp = Blueprint("outbox", __name__)


@bp.get("/admin/outbox")
@requires("outbox.see")
def page() -> ResponseReturnValue:
    """Every mail, the newest first."""
    standing = queries.standing()
    return lists.answer(
        queries.OUTBOX, queries.everything(), "shared/outbox.html", standing=standing, stuck=_stuck(standing)
    )


@bp.get("/admin/outbox/<int:mail_id>")
@requires("outbox.see")
def mail(mail_id: int) -> ResponseReturnValue:
    """One mail as it was written."""
    found = queries.mail(mail_id)
    return render_template(
        "shared/outbox_mail.html", mail=found, can_act=found.state not in (State.SENT, State.SENDING)
    )


@bp.post("/admin/outbox/<int:mail_id>/retry")
@requires("outbox.edit")
def retry(mail_id: int) -> ResponseReturnValue:
    """Try a mail again now."""
    try:
        service.retry(mail_id, actor=g.actor)
    except Conflict as problem:
        flash(sentence_of(problem), "bad")
    else:
        flash(_("It goes out with the next turn, within seconds."), "good")
    return redirect(url_for(".mail", mail_id=mail_id), 303)


@bp.post("/admin/outbox/retry")
@requires("outbox.edit")
def retry_all() -> ResponseReturnValue:
    """Try everything again that failed or was given up."""
    count = service.retry_all(actor=g.actor)
    flash(ngettext("%(num)d mail is tried again.", "%(num)d mails are tried again.", count), "good")
    return redirect(url_for(".page"), 303)


@bp.post("/admin/outbox/<int:mail_id>/cancel")
@requires("outbox.edit")
def cancel(mail_id: int) -> ResponseReturnValue:
    """Never send a mail; it can be sent after all by trying it again."""
    try:
        service.cancel(mail_id, actor=g.actor)
    except Conflict as problem:
        flash(sentence_of(problem), "bad")
    else:
        flash(_("Cancelled: this mail is not sent."), "good")
    return redirect(url_for(".mail", mail_id=mail_id), 303)


def _stuck(standing: queries.Standing) -> int:
    return standing.counts.get(State.FAILED.value, 0) + standing.given_up
