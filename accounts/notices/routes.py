"""The page of one's notices, the way from a notice to what it is about, and what one wants to be told."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.notices import queries, service
from accounts.notices.forms import chosen
from accounts.notices.queries import Wish
from accounts.notices.rules import KINDS, Mailing, Rhythm
from infra import subjects
from infra.http import requires
from infra.wires import wires
from infra.words import sentence_of
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@requires("notices.see")
def page() -> ResponseReturnValue:
    """What concerns the reader: today's notices, then earlier ones."""
    midnight = datetime.combine(g.today, time(), g.zone)
    return render_template("accounts/notices.html", listing=queries.listing(g.actor, _wish(), midnight))


@bp.get("/notices/<int:notice_id>")
@requires("notices.see")
def open(notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go to what it is about; where there is nothing any more, say so."""
    notice = queries.notice_of(notice_id, g.actor)
    key, said = notice.subject, queries.sentence(notice)
    service.mark(notice_id, read=True, actor=g.actor)
    try:
        return redirect(subjects.find(key, g.actor).address)
    except NotFound:
        return render_template("accounts/notice_gone.html", said=said), 404


@bp.post("/notices/<int:notice_id>/read")
@requires("notices.see")
def read(notice_id: int) -> ResponseReturnValue:
    """Mark one as read."""
    service.mark(notice_id, read=True, actor=g.actor)
    return _back()


@bp.post("/notices/<int:notice_id>/unread")
@requires("notices.see")
def unread(notice_id: int) -> ResponseReturnValue:
    """Mark one as not read yet."""
    service.mark(notice_id, read=False, actor=g.actor)
    return _back()


@bp.post("/notices/read")
@requires("notices.see")
def read_all() -> ResponseReturnValue:
    """Mark all that the page was about as read."""
    wish, up_to = _wish(), request.form.get("up_to", 0, int)
    count = service.mark_all_read(up_to=up_to, kind=wish.kind, scope=wish.scope, actor=g.actor)
    flash(ngettext("%(num)d notice marked as read.", "%(num)d notices marked as read.", count), "good")
    return _back()


@bp.get("/account/notices")
@requires("notices.see")
def settings() -> ResponseReturnValue:
    """By which ways each kind reaches the reader."""
    rhythm, hour = queries.rhythm_of(g.actor.id)
    return _settings_page(queries.choices_of(g.actor.id), rhythm, hour)


@bp.post("/account/notices")
@requires("notices.see")
def choose() -> ResponseReturnValue:
    """Keep what was chosen."""
    ways, rhythm, hour = chosen(request.form)
    try:
        service.choose(ways, rhythm, hour, actor=g.actor)
    except RuleBroken as problem:
        return _settings_page(ways, rhythm, hour, sentence_of(problem)), 422
    flash(_("Kept. It counts from the next notice on."), "good")
    return redirect(url_for(".settings"), 303)


def _settings_page(ways: object, rhythm: Rhythm, hour: int, error: str = "") -> str:
    return render_template(
        "accounts/notice_settings.html",
        kinds=KINDS.values(),
        ways=ways,
        rhythm=rhythm,
        hour=hour,
        error=error,
        hours=[(each, f"{each:02}:00") for each in range(24)],
        mailings={Mailing.NEVER: _("no mail"), Mailing.DIGEST: _("in the digest"), Mailing.NOW: _("at once")},
        sends=bool(wires().settings.smtp_url),
        zone=wires().settings.timezone,
    )


def _wish() -> Wish:
    """The reader's wish; what makes no sense is as if it were not there."""
    asked = request.values
    kind, scope = asked.get("kind", ""), asked.get("scope", "")[:60]
    return Wish(asked.get("unread") == "1", kind if kind in KINDS else "", scope, max(1, asked.get("page", 1, int)))


def _back() -> ResponseReturnValue:
    return redirect(_wish().href(page=_wish().page), 303)
