"""The presses on a ticket: answering, giving it to somebody, its steps, merging, and the problem behind it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.access.queries import access_of, demand
from crm.access.rules import EDIT
from crm.objects.rules.catalogue import TICKET
from crm.queues import queries as queues
from crm.records import queries as records
from crm.records.models import Ticket
from crm.tickets import charts, queries, rules, service
from crm.tickets.forms import (
    AnswerForm,
    EscalateForm,
    LinkForm,
    MergeForm,
    NewsForm,
    ResolveForm,
    StepForm,
    TriageForm,
    listed,
)
from crm.tickets.service import Said
from infra.forms import Form, told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("tickets", __name__)
BASE = "/crm/tickets/<int:ticket_id>"


@bp.get(f"{BASE}/conversation")
@requires("crm.use")
def page(ticket_id: int) -> ResponseReturnValue:
    """The conversation on a page of its own."""
    return _page(ticket_id)


@bp.post(f"{BASE}/conversation")
@requires("crm.use")
def answer(ticket_id: int) -> ResponseReturnValue:
    """Answer the requester, or leave a note for the other agents."""
    form = AnswerForm()
    said = Said(form.text.data or "", public=bool(form.public.data), then=form.then.data if form.public.data else "")
    if form.validate_on_submit():
        try:
            _made, work = service.reply(ticket_id, said, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _done(ticket_id, _("Answered.") if said.public else _("The note is kept."), work)
    return _page(ticket_id, form), 422


@bp.post(f"{BASE}/take")
@requires("crm.use")
def take(ticket_id: int) -> ResponseReturnValue:
    """Take a ticket oneself."""
    return _assigned(ticket_id, g.actor.id)


@bp.post(f"{BASE}/agent")
@requires("crm.use")
def assign(ticket_id: int) -> ResponseReturnValue:
    """Give a ticket to an agent; without one it waits for somebody."""
    return _assigned(ticket_id, request.form.get("owner_id", type=row_number))


@bp.get(f"{BASE}/steps/<key>")
@requires("crm.use")
def step_page(ticket_id: int, key: str) -> ResponseReturnValue:
    """What a step asks for."""
    return _step_page(ticket_id, key)


@bp.post(f"{BASE}/steps/<key>")
@requires("crm.use")
def step(ticket_id: int, key: str) -> ResponseReturnValue:
    """Take a step."""
    form = _form(ticket_id, key, sent=True)
    if form.validate_on_submit():
        try:
            message, work = _taken(ticket_id, key, form)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _done(ticket_id, message, work)
    return _step_page(ticket_id, key, form), 422


@bp.get(f"{BASE}/merge")
@requires("crm.use")
def merge_page(ticket_id: int) -> ResponseReturnValue:
    """Into which ticket this one goes."""
    return _merge_page(ticket_id, MergeForm(formdata=None))


@bp.post(f"{BASE}/merge")
@requires("crm.use")
def merge(ticket_id: int) -> ResponseReturnValue:
    """Make this ticket part of another one."""
    form = MergeForm()
    if form.validate_on_submit():
        into = form.number() or 0
        try:
            work = service.merge(ticket_id, into, actor=g.actor, now=g.now)
        except NotFound:
            said = "Name a ticket that you may see, such as T-12."
            form.absorb(RuleBroken("crm.ticket_number", said, field="into_id"))
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _done(into, _("%(code)s is part of this ticket now.", code=rules.code(ticket_id)), work)
    return _merge_page(ticket_id, form), 422


@bp.get(f"{BASE}/problem")
@requires("crm.use")
def problem_page(ticket_id: int) -> ResponseReturnValue:
    """Which problem stands behind this ticket."""
    ticket = _worked_on(ticket_id)
    return _problem_page(ticket_id, _link_form(ticket_id, sent=False, chosen=ticket.problem_id))


@bp.post(f"{BASE}/problem")
@requires("crm.use")
def link(ticket_id: int) -> ResponseReturnValue:
    """Put a problem behind a ticket, or none."""
    form = _link_form(ticket_id, sent=True)
    if form.validate_on_submit():
        try:
            work = service.link(ticket_id, form.problem_id.data, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _done(ticket_id, _("Saved."), work)
    return _problem_page(ticket_id, form), 422


@bp.post(f"{BASE}/problem/new")
@requires("crm.use")
def make_problem(ticket_id: int) -> ResponseReturnValue:
    """Make a problem out of what this ticket is about."""
    made, work = service.make_problem(ticket_id, actor=g.actor, now=g.now)
    return _done(made, _("The problem is there, with the ticket that led to it."), work)


@bp.post(f"{BASE}/news")
@requires("crm.use")
def news(ticket_id: int) -> ResponseReturnValue:
    """Tell everybody who is affected."""
    form = NewsForm()
    if form.validate_on_submit():
        try:
            count, work = service.tell_affected(ticket_id, form.news.data or "", actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.news.errors = [told(problem)]
        else:
            message = ngettext("Told in one ticket.", "Told in %(num)d tickets.", count)
            return _done(ticket_id, message, work)
    return _page(ticket_id, news=form), 422


def _assigned(ticket_id: int, person_id: int | None) -> ResponseReturnValue:
    try:
        work = service.assign(ticket_id, person_id, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _page(ticket_id), 422
    name = dict(queries.agents()).get(person_id or 0)
    return _done(ticket_id, _("%(name)s has it now.", name=name) if name else _("It waits for somebody now."), work)


def _taken(ticket_id: int, key: str, form: Form) -> tuple[str, Work]:
    """Take the step that a form is about; what is told, and the work."""
    said = rules.step(key).done
    if isinstance(form, ResolveForm):
        count, work = service.resolve(
            ticket_id, form.fields(), actor=g.actor, now=g.now, with_affected=bool(form.with_affected.data)
        )
        return ngettext("Resolved.", "%(num)d tickets are resolved.", count), work
    values = {}
    if isinstance(form, TriageForm):
        values = form.values()
    elif isinstance(form, EscalateForm) and form.owner_id.data is not None:
        values = {"owner_id": form.owner_id.data}
    words = "" if isinstance(form, TriageForm) else str(form["said"].data or "")
    return _(said), service.move(ticket_id, key, actor=g.actor, now=g.now, said=words, values=values)


def _form(ticket_id: int, key: str, *, sent: bool) -> Form:
    """The form of a step, filled with what the ticket holds until it is sent."""
    rules.step(key)
    ticket = _worked_on(ticket_id)
    made = _FORMS.get(key, StepForm)
    form = made() if sent else made(formdata=None, obj=ticket)
    agents = queries.agents()
    if isinstance(form, TriageForm):
        form.offer([(each.id, each.name) for each in queues.queues() if each.active], agents)
    elif isinstance(form, EscalateForm):
        form.owner_id.choices = listed(agents, _("whoever leads the team"))
    if not sent and isinstance(form, EscalateForm):
        form.owner_id.data = None
    return form


_FORMS: dict[str, Callable[..., Form]] = {"triage": TriageForm, "escalate": EscalateForm, "resolve": ResolveForm}


def _worked_on(ticket_id: int) -> Ticket:
    """A ticket on which the reader may work. Raises NotFound, Refused."""
    access = access_of(g.actor)
    ticket = queries.get(access, ticket_id)
    demand(access, EDIT, TICKET, records.facts(access, EDIT, TICKET, ticket))
    return ticket


def _done(ticket_id: int, message: str, work: Work) -> ResponseReturnValue:
    flash_undo(message, work)
    return redirect(f"/crm/tickets/{ticket_id}", 303)


def _page(ticket_id: int, form: AnswerForm | None = None, news: NewsForm | None = None) -> str:
    access = access_of(g.actor)
    view = charts.talk(access, queries.get(access, ticket_id), g.now)
    panel = charts.conversation(view, form, news)
    return render_template("crm/tickets/page.html", talk=view, panel=panel)


def _step_page(ticket_id: int, key: str, form: Form | None = None) -> str:
    form = form or _form(ticket_id, key, sent=False)
    access = access_of(g.actor)
    view = charts.talk(access, queries.get(access, ticket_id), g.now)
    return render_template("crm/tickets/step.html", talk=view, step=rules.step(key), form=form)


def _merge_page(ticket_id: int, form: MergeForm) -> str:
    _worked_on(ticket_id)
    access = access_of(g.actor)
    view = charts.talk(access, queries.get(access, ticket_id), g.now)
    return render_template("crm/tickets/merge.html", talk=view, form=form)


def _link_form(ticket_id: int, *, sent: bool, chosen: int | None = None) -> LinkForm:
    form = LinkForm() if sent else LinkForm(formdata=None, data={"problem_id": chosen})
    problems = queries.problems(access_of(g.actor), ticket_id)
    named = [(number, f"{rules.code(number)} {name}") for number, name in problems]
    form.problem_id.choices = listed(named, _("none"))
    return form


def _problem_page(ticket_id: int, form: LinkForm) -> str:
    access = access_of(g.actor)
    view = charts.talk(access, queries.get(access, ticket_id), g.now)
    return render_template(
        "crm/tickets/problem.html",
        talk=view,
        form=form,
        may_make=charts.may_create(access) and view.ticket.kind != "problem",
    )
