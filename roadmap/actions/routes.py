"""The pages of action items: the list, one item with everything about it, and every press on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from infra import lists
from infra.attachments import queries as files
from infra.comments import queries as comments
from infra.forms import number, told
from infra.http import demand, may, requires, wants_json
from infra.merge import read_base, sign_base
from infra.subjects import Subject, find
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.actor import project_scope
from kernel.errors import Conflict, NotFound, RuleBroken
from roadmap.actions import queries, rules, service
from roadmap.actions.forms import ActionForm, OutcomeForm
from roadmap.actions.queries import ActionRow
from roadmap.staffing import queries as staffing

bp = Blueprint("actions", __name__)
BASE = "/projects/<int:project_id>/actions"


@bp.get(BASE)
@requires("action.see")
def table(project_id: int) -> ResponseReturnValue:
    """All action items of the roll-out."""
    rows = queries.rows(project_id)
    people = [(str(each.id), each.name) for each in staffing.people_of(project_id)]
    return lists.answer(
        queries.action_list(people, g.today),
        rows,
        "roadmap/actions/table.html",
        scope=project_scope(project_id),
        project_id=project_id,
        counts=queries.counts([project_id], g.today).get(project_id, rules.Counts()),
        mine=[row for row in rows if row.state == "open" and row.responsible_id == g.actor.id],
        my_id=g.actor.id or 0,
        first_late=next(iter(queries.late(project_id, g.today)), None),
        sources=lambda shown: queries.sources(shown, g.actor),
        source_words=rules.SOURCES,
        people=people,
        may_add=may("action.add", project_id),
        may_change=lambda row: may("action.edit", project_id, row.facts),
    )


@bp.get(f"{BASE}/new")
@requires("action.add")
def new(project_id: int) -> ResponseReturnValue:
    """An empty form; ``subject`` in the address says what it comes from."""
    subject = _subject_of(project_id, request.args.get("subject", ""))
    form = _form(project_id)
    if subject:
        form.subject.data, form.back.data = subject.key, subject.address
        form.title.data = subject.label if subject.key.startswith("comment:") else ""
    return _new_page(project_id, form)


@bp.post(f"{BASE}/new")
@requires("action.add")
def add(project_id: int) -> ResponseReturnValue:
    """Ask for something, from the list or from any page that shows its action items."""
    form = _form(project_id)
    if form.validate_on_submit():
        try:
            made, work = service.add_action(project_id, form.asked(), actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("“%(title)s” is asked for.", title=form.asked().title), work)
            return redirect(_ours(form.back.data) or url_for(".page", project_id=project_id, action_id=made), 303)
    return _new_page(project_id, form), 422


@bp.get(f"{BASE}/<int:action_id>")
@requires("action.see")
def page(project_id: int, action_id: int) -> ResponseReturnValue:
    """One action item."""
    return _page(queries.action(project_id, action_id))


@bp.post(f"{BASE}/<int:action_id>/edit")
@requires("action.edit")
def edit(project_id: int, action_id: int) -> ResponseReturnValue:
    """What is to be done, by whom, by when."""
    row = _mine(project_id, action_id)
    form = _form(project_id)
    if form.validate_on_submit():
        base = read_base(f"action:{action_id}", form.base.data) or {}
        try:
            work = service.change(project_id, action_id, form.changed(), actor=g.actor, base=base)
        except Conflict as clash:
            form.absorb(clash)
            return _page(row, form), 409
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _back(row, _("Saved."), work)
    return _page(row, form), 422


@bp.post(f"{BASE}/<int:action_id>/tick")
@requires("action.edit")
def tick(project_id: int, action_id: int) -> ResponseReturnValue:
    """A press on the box: done=1 or 0."""
    row = _mine(project_id, action_id)
    if request.form.get("done") == "1":
        message = _("Done.")
        work = service.complete(project_id, action_id, row.outcome, actor=g.actor, now=g.now)
    else:
        message, work = _("Open again."), service.reopen(project_id, action_id, actor=g.actor)
    if wants_json():
        undo = url_for("undo.perform", transaction_id=work.transaction_id)
        done = queries.action(project_id, action_id).state == rules.State.DONE
        return jsonify(message=message, undo_url=undo, done=done)
    return _back(row, message, work)


@bp.post(f"{BASE}/<int:action_id>/close")
@requires("action.edit")
def close(project_id: int, action_id: int) -> ResponseReturnValue:
    """Done with a word on what was done, dropped with the reason, or opened again: ``action`` says which."""
    row = _mine(project_id, action_id)
    form = OutcomeForm()
    if not form.validate_on_submit():
        return _page(row, outcome=form), 422
    try:
        message, work = _closed(row, request.form.get("action", ""), form.outcome.data or "")
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(row, outcome=form), 422
    return _back(row, message, work)


@bp.post(f"{BASE}/bulk")
@requires("action.edit")
def bulk(project_id: int) -> ResponseReturnValue:
    """Several at once: done, given to somebody, or due on a day."""
    ids = request.form.getlist("ids", type=int)
    for action_id in ids:
        _mine(project_id, action_id)
    try:
        message, work = _bulk(project_id, ids, request.form.get("action", ""))
    except RuleBroken as problem:
        flash(told(problem), "bad")
    else:
        flash_undo(message, work)
    return redirect(_ours(request.form.get("back")) or url_for(".table", project_id=project_id), 303)


def _closed(row: ActionRow, act: str, outcome: str) -> tuple[str, Work]:
    if act == "done":
        return _("Done."), service.complete(row.project_id, row.id, outcome, actor=g.actor, now=g.now)
    if act == "drop":
        return _("Dropped."), service.drop(row.project_id, row.id, outcome, actor=g.actor, now=g.now)
    if act == "reopen":
        return _("Open again."), service.reopen(row.project_id, row.id, actor=g.actor)
    raise RuleBroken("action.act", "Choose done, dropped or open again.", field="outcome")


def _bulk(project_id: int, ids: Sequence[int], act: str) -> tuple[str, Work]:
    if not ids:
        raise RuleBroken("action.none", "Tick at least one action item first.")
    if act == "done":
        count, work = service.complete_many(project_id, ids, actor=g.actor, now=g.now)
        return ngettext("One is done.", "%(num)s are done.", count), work
    if act == "owner":
        owner_id = _number(request.form.get("owner_id", ""))
        return _("Given."), service.assign(project_id, ids, owner_id, actor=g.actor)
    if act == "due":
        return _("Day set."), service.set_due(project_id, ids, _day(request.form.get("due", "")), actor=g.actor)
    raise RuleBroken("action.bulk", "Choose what to do with the action items.")


def _number(text: str) -> int | None:
    try:
        return number(text)
    except ValueError:
        raise RuleBroken("action.owner", "Choose somebody of this project's team.", field="owner_id") from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleBroken("action.day", "Write the day as 2026-03-03.", field="due") from None


def _page(row: ActionRow, form: ActionForm | None = None, outcome: OutcomeForm | None = None) -> str:
    key = f"action:{row.id}"
    values = {"title": row.title, "details": row.details, "owner_id": row.owner_id, "due": row.due}
    shown = form or _form(row.project_id, row)
    shown.base.data = sign_base(key, values)
    return render_template(
        "roadmap/actions/page.html",
        project_id=row.project_id,
        action=row,
        form=shown,
        outcome=outcome or OutcomeForm(formdata=None, outcome=row.outcome),
        source=queries.sources([row], g.actor).get(row.subject),
        source_words=rules.SOURCES,
        may_change=may("action.edit", row.project_id, row.facts),
        subject=find(key, g.actor),
        said=comments.of_subject(key, g.actor),
        attached=files.of_subject(key, g.actor),
        history=queries.history(row.id),
    )


def _new_page(project_id: int, form: ActionForm) -> str:
    subject = _subject_of(project_id, form.subject.data or "")
    return render_template("roadmap/actions/new.html", project_id=project_id, form=form, subject=subject)


def _form(project_id: int, obj: ActionRow | None = None) -> ActionForm:
    form = ActionForm() if obj is None else ActionForm(formdata=None, obj=obj)
    holder = obj.owner if obj and obj.owner_id is None else ""
    nobody = _("as the role says: %(name)s", name=holder) if holder else _("nobody yet")
    form.owner_id.choices = [("", nobody), *((each.id, each.name) for each in staffing.people_of(project_id))]
    if obj is not None and obj.follows_plan:
        form.due.description = _("It follows the plan; another day stays as you set it.")
    return form


def _mine(project_id: int, action_id: int) -> ActionRow:
    """The item, if the actor may change it. Raises NotFound, Refused."""
    row = queries.action(project_id, action_id)
    demand(g.actor, "action.edit", project_scope(project_id), row.facts)
    return row


def _subject_of(project_id: int, key: str) -> Subject | None:
    try:
        found = find(key, g.actor) if key else None
    except NotFound:
        return None
    return found if found and found.scope == project_scope(project_id) else None


def _back(row: ActionRow, message: str, work: Work) -> ResponseReturnValue:
    flash_undo(message, work)
    there = _ours(request.form.get("back")) or url_for(".page", project_id=row.project_id, action_id=row.id)
    return redirect(there, 303)


def _ours(address: str | None) -> str:
    """An address of this site, else nothing."""
    return address if address and address.startswith("/") and not address.startswith(("//", "/\\")) else ""
