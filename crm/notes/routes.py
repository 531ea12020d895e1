"""Notes: written on a record's page, changed on their own."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.notes import queries, service
from crm.notes.queries import NoteRow
from crm.notes.service import NoteData
from crm.objects.rules.catalogue import OBJECTS, object_of
from infra.forms import told
from infra.http import requires
from infra.undo import flash_undo
from kernel.errors import Problem, RuleBroken

bp = Blueprint("crm_notes", __name__)
PLURAL = f"<any({', '.join(each.plural for each in OBJECTS.values())}):plural>"


@bp.get(f"/crm/{PLURAL}/<int:record_id>/notes/new")
@requires("crm.use")
def new(plural: str, record_id: int) -> ResponseReturnValue:
    """An empty form."""
    return _page(None, NoteData("", ""), f"/crm/{plural}/{record_id}")


@bp.post(f"/crm/{PLURAL}/<int:record_id>/notes/new")
@requires("crm.use")
def add(plural: str, record_id: int) -> ResponseReturnValue:
    """Write a note."""
    data, back = _sent(), f"/crm/{plural}/{record_id}"
    try:
        _made, work = service.add(object_of(plural).key, record_id, data, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        return _page(None, data, back, problem), 422
    flash_undo(_("Note kept."), work)
    return redirect(back, 303)


@bp.get("/crm/notes/<int:note_id>")
@requires("crm.use")
def page(note_id: int) -> ResponseReturnValue:
    """One note."""
    found = queries.note(access_of(g.actor), note_id)
    return _page(found, NoteData(found.title, found.body, found.pinned, found.confidential), _home(found))


@bp.post("/crm/notes/<int:note_id>")
@requires("crm.use")
def change(note_id: int) -> ResponseReturnValue:
    """Other words."""
    found, data = queries.note(access_of(g.actor), note_id), _sent()
    try:
        service.change(note_id, data, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        return _page(found, data, _home(found), problem), 422
    return redirect(_home(found), 303)


@bp.post("/crm/notes/<int:note_id>/delete")
@requires("crm.use")
def delete(note_id: int) -> ResponseReturnValue:
    """Take it away."""
    found = queries.note(access_of(g.actor), note_id)
    work = service.remove(note_id, actor=g.actor, now=g.now)
    flash_undo(_("Note deleted."), work)
    return redirect(_home(found), 303)


def _sent() -> NoteData:
    form = request.form
    return NoteData(form.get("title", ""), form.get("body", ""), "pinned" in form, "confidential" in form)


def _home(found: NoteRow) -> str:
    return url_for("record.page", plural=OBJECTS[found.kind].plural, record_id=found.record_id)


def _page(found: NoteRow | None, data: NoteData, back: str, problem: Problem | None = None) -> str:
    errors = {problem.field or "body": told(problem)} if problem else {}
    return render_template("crm/notes/page.html", note=found, data=data, back=back, errors=errors)
