"""Requests about personal data: the list, one request, its file, and the erasure."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.people import queries as people
from crm.forgetting import queries as forgetting
from crm.objects.rules.catalogue import OBJECTS
from desk.privacy import charts, queries, rules, service
from desk.privacy.forms import CloseForm, EraseForm, ExtendForm, NoteForm, RequestForm
from infra.forms import Form, number, told
from infra.http import requires
from infra.personal.rules import needles
from infra.transaction import Work
from infra.undo import flash_undo
from infra.undo.service import kept
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("privacy", __name__)
BASE = "/crm/privacy"
ONE = f"{BASE}/<int:request_id>"


@bp.get(BASE)
@requires("crm.privacy")
def page() -> ResponseReturnValue:
    """Every request, the most urgent first."""
    state = request.args.get("state", "")
    rows = queries.requests(g.today, state)
    return render_template(
        "desk/privacy/page.html", rows=rows, state=state, kinds=rules.SHORT, states=rules.STATES, today=g.today
    )


@bp.get(f"{BASE}/new")
@requires("crm.privacy")
def new() -> ResponseReturnValue:
    """Whose data it is about, then the request."""
    return _new()


@bp.post(f"{BASE}/new")
@requires("crm.privacy")
def enter() -> ResponseReturnValue:
    """Enter a request."""
    form = RequestForm()
    if form.validate_on_submit():
        try:
            made, work = service.enter(form.typed(), actor=g.actor, now=g.now, today=g.today)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Entered. The clock runs from the day on which it came."), work)
            return redirect(url_for(".one", request_id=made), 303)
    return _new(form), 422


@bp.get(ONE)
@requires("crm.privacy")
def one(request_id: int) -> ResponseReturnValue:
    """One request: what is held, what to do, by when."""
    return _one(request_id)


@bp.post(ONE)
@requires("crm.privacy")
def change(request_id: int) -> ResponseReturnValue:
    """How it is known that it is them, and what they said."""
    form = NoteForm()
    return _kept(
        request_id,
        form,
        lambda: service.change(request_id, form.identity.data or "", form.note.data or "", actor=g.actor),
        _("Kept."),
    )


@bp.post(f"{ONE}/extend")
@requires("crm.privacy")
def extend(request_id: int) -> ResponseReturnValue:
    """Up to three months, with the reason that they were told."""
    form = ExtendForm()
    act = lambda: service.extend(request_id, form.extended.data or "", actor=g.actor)  # noqa: E731  # one call
    return _kept(request_id, form, act, _("Extended. Tell them, with the reason, within the first month."))


@bp.post(f"{ONE}/close")
@requires("crm.privacy")
def close(request_id: int) -> ResponseReturnValue:
    """Answered, or refused (``refused``)."""
    form, refused = CloseForm(), "refused" in request.form
    return _kept(
        request_id,
        form,
        lambda: service.close(request_id, form.answer.data or "", refused=refused, actor=g.actor, now=g.now),
        _("Refused.") if refused else _("Done."),
    )


@bp.post(f"{ONE}/reopen")
@requires("crm.privacy")
def reopen(request_id: int) -> ResponseReturnValue:
    """It goes on."""
    return _done(request_id, _("Open again."), service.reopen(request_id, actor=g.actor))


@bp.post(f"{ONE}/objection")
@requires("crm.privacy")
def objection(request_id: int) -> ResponseReturnValue:
    """Nobody writes to their addresses any more."""
    return _act(request_id, service.object_to, _("Their addresses are not written to any more."))


@bp.post(f"{ONE}/restriction")
@requires("crm.privacy")
def restriction(request_id: int) -> ResponseReturnValue:
    """Their records are kept and not used."""
    return _act(request_id, service.restrict, _("Their records are kept and not used from now on."))


@bp.get(f"{ONE}/file")
@requires("crm.privacy", fresh=True)
def file(request_id: int) -> ResponseReturnValue:
    """The access file over the whole product."""
    try:
        row = service.check_file(request_id, actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return redirect(url_for(".one", request_id=request_id), 303)
    whose, printed = queries.who(row.subject), request.args.get("format") == "pdf"
    made = (charts.paper if printed else charts.archive)(whose, queries.held(whose), g.now)
    service.note_file(request_id, made.rows, actor=g.actor)
    name, kind = f"personal-data-{request_id}", "pdf" if printed else "zip"
    return send_file(BytesIO(made.content), f"application/{kind}", as_attachment=True, download_name=f"{name}.{kind}")


@bp.get(f"{ONE}/mentions")
@requires("crm.privacy", fresh=True)
def mentions(request_id: int) -> ResponseReturnValue:
    """Where else their name or address stands in free text: a list to work through."""
    row = queries.row(request_id)
    whose = queries.who(row.subject)
    found = queries.mentions(whose, g.actor)
    return render_template("desk/privacy/mentions.html", row=row, who=whose, found=found, needles=needles(whose))


@bp.get(f"{ONE}/erase")
@requires("crm.privacy", fresh=True)
def erasure(request_id: int) -> ResponseReturnValue:
    """What an erasure would do, before it is done."""
    return _erasure(request_id)


@bp.post(f"{ONE}/erase")
@requires("crm.privacy", fresh=True)
def erase(request_id: int) -> ResponseReturnValue:
    """Do it."""
    form = EraseForm()
    try:
        successor = number(form.successor.data or None) if (form.successor.data or "").isdigit() else None
        count = service.erase(request_id, form.confirmation.data or "", successor, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        form.absorb(problem)
        return _erasure(request_id, form), 422
    flash(ngettext("Erased: one row.", "Erased: %(num)d rows.", count), "good")
    return redirect(url_for(".one", request_id=request_id), 303)


def _new(form: RequestForm | None = None) -> str:
    shown = form or RequestForm(formdata=None, subject=request.args.get("subject", ""), received=g.today)
    words = request.args.get("q", "")[:200]
    try:
        chosen = queries.names_of([shown.subject.data]).get(shown.subject.data, "") if shown.subject.data else ""
    except RuleBroken:
        chosen = ""
    found = queries.search(words) if not chosen else []
    return render_template("desk/privacy/new.html", form=shown, words=words, found=found, chosen=chosen)


def _one(request_id: int, forms: dict[str, Form] | None = None) -> str:
    row, shown = queries.row(request_id), forms or {}
    whose = queries.who(row.subject)
    parts = queries.held(whose)
    return render_template(
        "desk/privacy/one.html",
        row=row,
        who=whose,
        kinds=rules.SHORT,
        states=rules.STATES,
        channels=rules.CHANNELS,
        urgency=rules.urgency(row.due, g.today, row.state),
        today=g.today,
        address=_address(row.subject),
        same=_same(row.subject),
        rows=_held(whose, parts),
        note_form=shown.get("NoteForm") or NoteForm(formdata=None, obj=row),
        extend_form=shown.get("ExtendForm") or ExtendForm(formdata=None),
        close_form=shown.get("CloseForm") or CloseForm(formdata=None),
        errors=[each for form in shown.values() for each in form.errors_for_summary()],
    )


def _erasure(request_id: int, form: EraseForm | None = None) -> str:
    row = queries.row(request_id)
    if row.kind != rules.Kind.ERASURE or row.state != rules.State.OPEN:
        raise NotFound
    whose, shown = queries.who(row.subject), form or EraseForm(formdata=None)
    duties = queries.duties(whose.person_id) if whose.person_id else []
    listed = [each for each in people.people(active_only=True) if each.signs_in and each.id != whose.person_id]
    shown.successor.choices = [("", _("Choose…")), *((str(each.id), each.name) for each in listed)]
    becomes: dict[tuple[str, str], int] = {}
    for step in queries.plan(whose, queries.held(whose)):
        key = (_(step.title), step.fate.value)
        becomes[key] = becomes.get(key, 0) + len(step.changes)
    return render_template("desk/privacy/erase.html", row=row, who=whose, becomes=becomes, duties=duties, form=shown)


def _held(whose: Any, parts: list[Any]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """For each table its heading, how many rows, and what an erasure would do to how many of them."""
    steps: dict[str, list[tuple[str, int]]] = {}
    told_of = [part for part in parts if queries.is_told(part)]
    for step in queries.fates(whose, told_of):
        steps.setdefault(step.table, []).append((step.fate.value, len(step.changes)))
    counted: dict[str, int] = {}
    titles: dict[str, str] = {}
    for part in told_of:
        counted[part.table] = counted.get(part.table, 0) + len(part.rows)
        titles[part.table] = part.title
    return sorted(((_(titles[each]), counted[each], steps.get(each, [])) for each in counted), key=lambda row: -row[1])


def _same(subject: str) -> list[Any]:
    table, found = rules.part(subject)
    return forgetting.same(rules.TABLES[table], found) if table in rules.TABLES else []


def _address(subject: str) -> str:
    table, found = rules.part(subject)
    if table == rules.PERSON:
        return url_for("people.profile", person_id=found)
    return f"/crm/{OBJECTS[rules.TABLES[table]].plural}/{found}"


def _kept(request_id: int, form: Form, act: Callable[[], Work], said: str) -> ResponseReturnValue:
    here = url_for(".one", request_id=request_id)
    return kept(form, act, said, here) or (_one(request_id, {type(form).__name__: form}), 422)


def _act(request_id: int, act: Callable[..., Work], said: str) -> ResponseReturnValue:
    try:
        work = act(request_id, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _one(request_id), 422
    return _done(request_id, said, work)


def _done(request_id: int, said: str, work: Work) -> ResponseReturnValue:
    flash_undo(said, work)
    return redirect(url_for(".one", request_id=request_id), 303)
