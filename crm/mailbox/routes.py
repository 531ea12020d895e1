"""The pages where mailboxes are set up, with what came in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.mailbox import queries, rules, service
from crm.mailbox.models import Mailbox
from crm.mailbox.service import MailboxData
from crm.queues import queries as queues
from infra.forms import told
from infra.http import requires
from infra.mail.inbox import Unreachable
from infra.undo import flash_undo
from kernel.errors import RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("mailbox", __name__)
PAGE = "/crm/setup/mailboxes"
_NEW = {"port": "993", "folder": "INBOX", "tls": "1", "active": "1"}


@bp.get(PAGE)
@requires("crm.setup")
def page() -> ResponseReturnValue:
    """Every mailbox, and what came in lately."""
    return render_template(
        "crm/mailbox/page.html",
        rows=queries.mailboxes(),
        queues=queues.names(),
        mails=queries.came_in(),
        days=rules.KEPT.days,
    )


@bp.get(f"{PAGE}/new")
@requires("crm.setup")
def new() -> ResponseReturnValue:
    """A new mailbox."""
    return _form(_NEW, None)


@bp.post(f"{PAGE}/new")
@requires("crm.setup")
def add() -> ResponseReturnValue:
    """Keep a new mailbox."""
    return _keep(None)


@bp.get(f"{PAGE}/<int:mailbox_id>")
@requires("crm.setup")
def one(mailbox_id: int) -> ResponseReturnValue:
    """One mailbox; its password is shown to nobody."""
    row = queries.mailbox(mailbox_id)
    typed = {each: str(getattr(row, each)) for each in ("name", "host", "port", "user", "folder")}
    typed |= {"queue_id": str(row.queue_id or ""), "tls": "1" if row.tls else "", "active": "1" if row.active else ""}
    return _form(typed, row)


@bp.post(f"{PAGE}/<int:mailbox_id>")
@requires("crm.setup")
def change(mailbox_id: int) -> ResponseReturnValue:
    """Keep it changed."""
    return _keep(queries.mailbox(mailbox_id))


@bp.post(f"{PAGE}/<int:mailbox_id>/look")
@requires("crm.setup")
def look(mailbox_id: int) -> ResponseReturnValue:
    """Look into it now."""
    try:
        taken = service.look(mailbox_id, g.now)
    except Unreachable as trouble:
        flash(str(trouble), "bad")
    else:
        said = ngettext("One mail was taken.", "%(num)s mails were taken.", taken)
        flash(said if taken else _("It can be read, and nothing is new."), "good")
    return redirect(url_for(".page"), 303)


@bp.post(f"{PAGE}/<int:mailbox_id>/remove")
@requires("crm.setup")
def remove(mailbox_id: int) -> ResponseReturnValue:
    """Look into it no more."""
    flash_undo(
        _("The mailbox is gone from here. Its mail stays where it lies."), service.remove(mailbox_id, actor=g.actor)
    )
    return redirect(url_for(".page"), 303)


def _keep(row: Mailbox | None) -> ResponseReturnValue:
    typed: dict[str, Any] = request.form.to_dict()
    try:
        data = _data(typed)
        work = service.change(row.id, data, actor=g.actor) if row else service.add(data, actor=g.actor)
    except RuleBroken as problem:
        return _form(typed, row, {problem.field or "": told(problem)}), 422
    flash_undo(_("The mailbox is kept. It is looked into every minute."), work)
    return redirect(url_for(".page"), 303)


def _data(typed: dict[str, str]) -> MailboxData:
    queue = row_number(typed.get("queue_id", "")) if typed.get("queue_id") else None
    if queue is not None and queue not in queues.names():
        raise RuleBroken("mailbox.queue", "Choose one of the list.", field="queue_id")
    port = typed.get("port", "").strip()
    return MailboxData(
        name=typed.get("name", ""),
        host=typed.get("host", "").strip(),
        port=int(port) if port.isdecimal() and len(port) <= 5 else 0,  # noqa: PLR2004  # no port has more digits
        user=typed.get("user", "").strip(),
        password=typed.get("password", ""),
        queue_id=queue,
        folder=typed.get("folder", "").strip(),
        tls=bool(typed.get("tls")),
        active=bool(typed.get("active")),
    )


def _form(typed: dict[str, str], row: Mailbox | None, errors: dict[str, str] | None = None) -> str:
    shown = {key: value for key, value in typed.items() if key != "password"}
    return render_template(
        "crm/mailbox/one.html", typed=shown, row=row, errors=errors or {}, queues=list(queues.names().items())
    )
