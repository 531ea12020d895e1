"""The pages of whoever asks for help: a report from any page, what became of it, and the last word on it."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.records.models import Ticket
from crm.tickets import queries as tickets
from crm.tickets import rules as steps
from crm.tickets import service
from crm.tickets.rules import Part
from crm.tickets.service import Said
from desk.support import queries, rules
from desk.support import service as support
from desk.support.forms import ReportForm, WordsForm
from infra.attachments import queries as files
from infra.attachments import service as attaching
from infra.forms import told
from infra.http import SIGNED_IN, requires
from infra.subjects import find
from infra.undo import flash_undo
from kernel.errors import Problem, RuleBroken

bp = Blueprint("support", __name__)


@bp.get("/support")
@requires(SIGNED_IN)
def page() -> ResponseReturnValue:
    """What one asked for."""
    found = queries.requests(g.actor)
    return render_template("desk/support/page.html", found=found, states=rules.STATES)


@bp.get("/support/new")
@requires(SIGNED_IN)
def new() -> ResponseReturnValue:
    """An empty report; ``page`` in the address is where the trouble is."""
    form = _form(sent=False)
    form.page.data = rules.page_of(request.args.get("page", ""))
    project_id = rules.project_in(form.page.data)
    known = [number for number, _name in queries.places(g.actor)]
    form.project_id.data = project_id if project_id in known else None
    return _new_page(form)


@bp.post("/support/new")
@requires(SIGNED_IN)
def report() -> ResponseReturnValue:
    """Report a problem, with the page and the browser that it is about."""
    form = _form(sent=True)
    if form.validate_on_submit():
        try:
            made, work = support.report(form.report(request.user_agent.string), actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("We have it: %(code)s. You hear of it here and in your notices.", code=steps.code(made)), work)
            _attach(made)
            return redirect(url_for(".ticket", ticket_id=made), 303)
    return _new_page(form), 422


@bp.get("/support/<int:ticket_id>")
@requires(SIGNED_IN)
def ticket(ticket_id: int) -> ResponseReturnValue:
    """What became of one's request."""
    found = queries.mine(g.actor, ticket_id)
    if found.id != ticket_id:
        return redirect(url_for(".ticket", ticket_id=found.id), 302)
    return _page(found)


@bp.post("/support/<int:ticket_id>")
@requires(SIGNED_IN)
def say(ticket_id: int) -> ResponseReturnValue:
    """Answer."""
    found, form = queries.mine(g.actor, ticket_id), WordsForm()
    if form.validate_on_submit():
        try:
            said = Said(form.text.data or "", Part.REQUESTER)
            _made, work = service.reply(found.id, said, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Sent."), work)
            return redirect(url_for(".ticket", ticket_id=found.id), 303)
    return _page(found, form), 422


@bp.post("/support/<int:ticket_id>/steps/<key>")
@requires(SIGNED_IN)
def step(ticket_id: int, key: str) -> ResponseReturnValue:
    """Say that it works, that it does not, or that no help is needed any more."""
    found, form = queries.mine(g.actor, ticket_id), WordsForm()
    if form.validate_on_submit():
        try:
            words = form.text.data or ""
            work = service.move(found.id, key, part=Part.REQUESTER, said=words, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.text.errors = [told(problem)]
        else:
            flash_undo(_(steps.step(key).done), work)
            return redirect(url_for(".ticket", ticket_id=found.id), 303)
    return _page(found, form), 422


def _form(*, sent: bool) -> ReportForm:
    form = ReportForm() if sent else ReportForm(formdata=None)
    form.offer(queries.places(g.actor))
    return form


def _attach(ticket_id: int) -> None:
    """Keep the picture that came along; what is wrong with it is told, and the report stays."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return
    try:
        attaching.add_file(f"support:{ticket_id}", upload.filename, cast("BinaryIO", upload.stream), actor=g.actor)
    except Problem as problem:
        flash(_("The file was not kept: %(why)s", why=told(problem)), "bad")


def _new_page(form: ReportForm) -> str:
    return render_template("desk/support/new.html", form=form, browser=request.user_agent.string)


def _page(found: Ticket, form: WordsForm | None = None) -> str:
    key = f"support:{found.id}"
    offered = steps.offered(found.state, Part.REQUESTER, found.resolved_at, g.now)
    return render_template(
        "desk/support/ticket.html",
        ticket=found,
        entries=tickets.conversation(found, internal=False),
        steps={each.key: each for each in offered},
        states=rules.STATES,
        form=form or WordsForm(formdata=None),
        subject=find(key, g.actor),
        attached=files.of_subject(key, g.actor),
    )
