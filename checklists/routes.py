"""Pages of checklists: the lists of a project, an item, and every press on a box."""

from __future__ import annotations

import re
from typing import Any, BinaryIO, cast

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from checklists import charts, forms, queries, rules, service
from infra import formats
from infra.forms import told
from infra.http import may, requires, wants_json
from infra.merge import BASE_FIELD, read_base
from infra.transaction import Work
from infra.undo.service import flash_undo
from kernel.errors import Conflict, RuleBroken, TooLarge
from roadmap.projects.rules import Clash
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks

bp = Blueprint("checklists", __name__)
BASE = "/projects/<int:project_id>/checklists"
REFUSED = 422


@bp.url_value_preprocessor
def _numbers_that_can_be(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A number that no row can have is not found, rather than more than the database can take."""
    if any(number > rules.LARGEST_ID for number in (values or {}).values()):
        abort(404)


@bp.get(BASE)
@requires("checklist.see")
def page(project_id: int) -> ResponseReturnValue:
    """The first list that is not done, or the way to make one."""
    return charts.list_page(project_id, None)


@bp.get(f"{BASE}/<int:checklist_id>")
@requires("checklist.see")
def show(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """One list among the others."""
    return charts.list_page(project_id, checklist_id)


@bp.get(f"{BASE}/<int:checklist_id>/print")
@requires("checklist.see")
def paper(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """One list for the printer, with boxes to tick by hand."""
    return charts.paper(project_id, checklist_id)


@bp.get(f"{BASE}/<int:checklist_id>/arrange")
@requires("checklist.edit")
def arrange(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """The order of a list, and its sections' names."""
    return charts.arrange_page(project_id, checklist_id)


@bp.get(f"{BASE}/items/<int:item_id>")
@requires("checklist.see")
def item(project_id: int, item_id: int) -> ResponseReturnValue:
    """One item with its note, evidence, comments and history."""
    return charts.item_page(project_id, item_id)


@bp.post(f"{BASE}/items/<int:item_id>/tick")
@requires("checklist.tick")
def tick(project_id: int, item_id: int) -> ResponseReturnValue:
    """A press on the box: done=1 ticks, done=0 unticks; ``version`` is the tick that the page showed."""
    if request.form.get("done") == "1":
        return _pressed(project_id, service.tick(project_id, item_id, actor=g.actor, now=g.now))
    form = forms.UntickForm()
    seen, sure = form.version.data or "", bool(form.sure.data)
    try:
        return _pressed(project_id, service.untick(project_id, item_id, actor=g.actor, seen=seen, sure=sure))
    except Conflict:
        return _ask(project_id, item_id)


@bp.post(f"{BASE}/items/<int:item_id>/change")
@requires("checklist.edit")
def change_item(project_id: int, item_id: int) -> ResponseReturnValue:
    """Save an item's fields."""
    found, people = queries.item(project_id, item_id), staffing.people_of(project_id)
    form, base = forms.item_form(people, found), read_base(f"item:{item_id}", request.form.get(BASE_FIELD))
    if not form.validate():
        return charts.item_page(project_id, item_id, form=form), REFUSED
    try:
        work = service.change_item(project_id, item_id, form.values(), base=base or {}, actor=g.actor)
    except Clash as clash:
        return charts.item_page(project_id, item_id, form=form, conflicts=clash.conflicts), clash.status
    except RuleBroken as error:
        form.absorb(error)
        return charts.item_page(project_id, item_id, form=form), REFUSED
    return _saved(_("Saved."), work, "item", item_id=item_id)


@bp.post(f"{BASE}/items/<int:item_id>/note")
@requires("checklist.tick")
def note(project_id: int, item_id: int) -> ResponseReturnValue:
    """Save the note alone, which everybody who ticks may write."""
    form = forms.NoteForm()
    try:
        work = service.write_note(project_id, item_id, form.note.data or "", actor=g.actor)
    except RuleBroken as error:
        form.absorb(error)
        return charts.item_page(project_id, item_id, note_form=form), REFUSED
    return _saved(_("Note saved."), work, "item", item_id=item_id)


@bp.post(f"{BASE}/items/<int:item_id>/evidence")
@requires("checklist.tick")
def add_evidence(project_id: int, item_id: int) -> ResponseReturnValue:
    """Add words, a link or a file that shows that the item is done."""
    form = forms.EvidenceForm()
    try:
        work = _store_evidence(project_id, item_id, form)
    except (RuleBroken, TooLarge) as error:
        file_error = told(error) if error.field == "file" or isinstance(error, TooLarge) else ""
        if not file_error:
            form.absorb(error)
        return charts.item_page(project_id, item_id, evidence_form=form, file_error=file_error), error.status
    flash_undo(_("Evidence added."), work)
    return redirect(url_for(".item", project_id=project_id, item_id=item_id, _anchor="evidence"))


@bp.post(f"{BASE}/evidence/<int:evidence_id>/remove")
@requires("checklist.tick")
def remove_evidence(project_id: int, evidence_id: int) -> ResponseReturnValue:
    """Take a piece of evidence away."""
    flash_undo(_("Evidence removed."), service.remove_evidence(project_id, evidence_id, actor=g.actor))
    return redirect(_back(project_id))


@bp.post(f"{BASE}/items/<int:item_id>/remove")
@requires("checklist.edit")
def remove_item(project_id: int, item_id: int) -> ResponseReturnValue:
    """Remove an item."""
    found = queries.item(project_id, item_id)
    return _saved(
        _("“%(name)s” is removed.", name=found.name),
        service.remove_item(project_id, item_id, actor=g.actor),
        "show",
        checklist_id=found.checklist_id,
    )


@bp.post(f"{BASE}/items/<int:item_id>/move")
@requires("checklist.edit")
def move_item(project_id: int, item_id: int) -> ResponseReturnValue:
    """Move an item one place up or down."""
    found, up = queries.item(project_id, item_id), request.form.get("direction") == "up"
    return _saved(
        _("Moved."),
        service.move_item(project_id, item_id, up=up, actor=g.actor),
        "arrange",
        checklist_id=found.checklist_id,
        _anchor=f"item-{item_id}",
    )


@bp.post(f"{BASE}/<int:checklist_id>/bulk")
@requires("checklist.tick")
def bulk(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Do one thing to all selected items: tick, give to somebody, set a day, follow the plan."""
    try:
        flash_undo(*_bulk(project_id, request.form.getlist("ids", type=int), request.form.get("action", "")))
    except RuleBroken as error:
        flash(told(error), "bad")
        return charts.list_page(project_id, checklist_id), REFUSED
    return redirect(_back(project_id))


@bp.post(f"{BASE}/sections/<int:section_id>/items")
@requires("checklist.edit")
def add_item(project_id: int, section_id: int) -> ResponseReturnValue:
    """Add an item to a section."""
    checklist_id, name = queries.list_of_section(project_id, section_id), request.form.get("name", "")
    try:
        item_id, work = service.add_item(project_id, section_id, {"name": name}, actor=g.actor)
    except RuleBroken as error:
        return charts.list_page(project_id, checklist_id, {f"new-{section_id}": (name, told(error))}), REFUSED
    return _saved(_("Added."), work, "show", checklist_id=checklist_id, _anchor=f"item-{item_id}")


@bp.post(f"{BASE}/<int:checklist_id>/sections")
@requires("checklist.edit")
def add_section(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Add a section to a list."""
    name = request.form.get("section", "")
    try:
        section_id, work = service.add_section(project_id, checklist_id, name, actor=g.actor)
    except RuleBroken as error:
        return charts.list_page(project_id, checklist_id, {"new-section": (name, told(error))}), REFUSED
    return _saved(_("Section added."), work, "show", checklist_id=checklist_id, _anchor=f"add-{section_id}")


@bp.post(f"{BASE}/sections/<int:section_id>/rename")
@requires("checklist.edit")
def rename_section(project_id: int, section_id: int) -> ResponseReturnValue:
    """Give a section another name."""
    checklist_id, name = queries.list_of_section(project_id, section_id), request.form.get("section", "")
    try:
        flash_undo(_("Renamed."), service.rename_section(project_id, section_id, name, actor=g.actor))
    except RuleBroken as error:
        return charts.arrange_page(project_id, checklist_id, {f"section-{section_id}": (name, told(error))}), REFUSED
    return redirect(url_for(".arrange", project_id=project_id, checklist_id=checklist_id))


@bp.post(f"{BASE}/sections/<int:section_id>/remove")
@requires("checklist.edit")
def remove_section(project_id: int, section_id: int) -> ResponseReturnValue:
    """Remove a section with its items."""
    checklist_id = queries.list_of_section(project_id, section_id)
    return _saved(
        _("Section removed."),
        service.remove_section(project_id, section_id, actor=g.actor),
        "arrange",
        checklist_id=checklist_id,
    )


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@requires("checklist.edit")
def new(project_id: int) -> ResponseReturnValue:
    """Make a list."""
    form = forms.list_form(tasks.rows(project_id, g.today))
    if form.validate_on_submit():
        try:
            checklist_id, work = service.add_list(project_id, form.values(), actor=g.actor)
            return _saved(_("The list is made."), work, "show", checklist_id=checklist_id)
        except RuleBroken as error:
            form.absorb(error)
    return charts.form_page(project_id, form, None), REFUSED if form.is_submitted() else 200


@bp.route(f"{BASE}/<int:checklist_id>/edit", methods=["GET", "POST"])
@requires("checklist.edit")
def edit(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Change what a list says of itself."""
    current = charts.chosen(queries.lists(project_id, g.today), checklist_id)
    form = forms.list_form(tasks.rows(project_id, g.today), current)
    if form.validate_on_submit():
        try:
            flash_undo(_("Saved."), service.change_list(project_id, checklist_id, form.values(), actor=g.actor))
            return redirect(url_for(".show", project_id=project_id, checklist_id=checklist_id))
        except RuleBroken as error:
            form.absorb(error)
    return charts.form_page(project_id, form, current), REFUSED if form.is_submitted() else 200


@bp.post(f"{BASE}/<int:checklist_id>/remove")
@requires("checklist.edit")
def remove(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Remove a list."""
    flash_undo(_("The list is removed."), service.remove_list(project_id, checklist_id, actor=g.actor))
    return redirect(url_for(".page", project_id=project_id))


@bp.post(f"{BASE}/<int:checklist_id>/copy")
@requires("checklist.edit")
def copy(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Copy a list."""
    made, work = service.copy_list(project_id, checklist_id, actor=g.actor)
    return _saved(_("This is the copy. Give it a name of its own."), work, "show", checklist_id=made)


@bp.post(f"{BASE}/<int:checklist_id>/next-round")
@requires("checklist.edit")
def next_round(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Lay out the next round of a recurring list."""
    made, work = service.next_round(project_id, checklist_id, actor=g.actor, today=g.today)
    return _saved(_("The next round is laid out."), work, "show", checklist_id=made)


def _saved(message: str, work: Work, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Say what was done, with its undo, on another page of this project."""
    flash_undo(message, work)
    return redirect(url_for(f".{endpoint}", project_id=(request.view_args or {})["project_id"], **values))


def _ask(project_id: int, item_id: int) -> ResponseReturnValue:
    """Show whose tick it is, and ask."""
    found = queries.item(project_id, item_id)
    if wants_json():
        name, at = (found.tick.by_name, formats.moment(found.tick.at)) if found.tick else ("", "")
        raise Conflict(
            "checklist.other_tick", "%(name)s ticked this, %(at)s. Untick it all the same?", name=name, at=at
        )
    return render_template("checklists/untick.html", project_id=project_id, item=found, back=_back(project_id)), 409


def _pressed(project_id: int, pressed: service.Pressed) -> ResponseReturnValue:
    message = _message(pressed)
    if wants_json():
        return jsonify(
            done=pressed.tick is not None,
            version=pressed.tick.at.isoformat() if pressed.tick else "",
            message=message,
            undo_url=url_for("undo.perform", transaction_id=pressed.work.transaction_id) if pressed.changed else "",
        )
    if pressed.changed:
        flash_undo(message, pressed.work)
    else:
        flash(message, "good")
    return redirect(_back(project_id))


def _message(pressed: service.Pressed) -> str:
    tick = pressed.tick
    if pressed.outcome is rules.Outcome.ALREADY_TICKED and tick is not None:
        return _("Already ticked by %(name)s, %(at)s.", name=tick.by_name, at=formats.moment(tick.at))
    return {
        rules.Outcome.TICKED: _("Ticked."),
        rules.Outcome.UNTICKED: _("Unticked."),
        rules.Outcome.ALREADY_OPEN: _("It was open already."),
    }[pressed.outcome]


def _store_evidence(project_id: int, item_id: int, form: forms.EvidenceForm) -> Work:
    file, link, text = request.files.get("file"), (form.url.data or "").strip(), form.text.data or ""
    who: dict[str, Any] = {"actor": g.actor, "now": g.now}
    if file is not None and file.filename:
        stream = cast("BinaryIO", file.stream)
        return service.add_file(project_id, item_id, file.filename, stream, text=text, **who)[1]
    kind = rules.EvidenceKind.LINK if link else rules.EvidenceKind.TEXT
    return service.add_evidence(project_id, item_id, kind, text=text, url=link, **who)[1]


def _bulk(project_id: int, ids: list[int], action: str) -> tuple[str, Work]:
    if action == "tick":
        done, work = service.tick_many(project_id, ids, actor=g.actor, now=g.now)
        return ngettext("%(num)d item ticked.", "%(num)d items ticked.", done), work
    if not may("checklist.edit", project_id):
        abort(403)
    if action == "follow":
        return _("They follow the plan again."), service.follow_plan_again(project_id, ids, actor=g.actor)
    form = forms.bulk_form(staffing.people_of(project_id))
    if action == "assign":
        return _("Given."), service.assign_many(project_id, ids, form.checked(form.owner_id), actor=g.actor)
    if action != "due":
        abort(400)
    return _("Day set."), service.set_due_many(project_id, ids, form.checked(form.due), actor=g.actor)


def _back(project_id: int) -> str:
    """The page that the form stood on, if it is one of ours."""
    came_from = request.form.get("back", "")
    ours = re.fullmatch(r"/[a-z][^\\\s]*", came_from)
    return came_from if ours else url_for(".page", project_id=project_id)
