"""Pages of checklists: the lists of a project, an item, and every press on a box."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, BinaryIO, cast

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from checklists import queries, rules, service
from checklists.forms import AddItemForm, EvidenceForm, ItemForm, ListForm, SectionForm, UntickForm
from infra import formats
from infra.attachments import service as attachments
from infra.forms import told
from infra.http import may, requires, wants_json
from infra.undo.service import flash_undo
from kernel.errors import Conflict, RuleBroken
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks
from roadmap.tasks.queries import TaskRow

bp = Blueprint("checklists", __name__)
SHOWN = ("all", "open", "mine")
BASE = "/projects/<int:project_id>/checklists"


@bp.get(BASE)
@requires("checklist.see")
def page(project_id: int) -> ResponseReturnValue:
    """The first list that is not done, or the way to make one."""
    lists = queries.lists(project_id, g.today)
    if not lists:
        return render_template("checklists/none.html", project_id=project_id)
    first = next((row for row in lists if not row.progress.whole), lists[0])
    return _show(project_id, lists, first)


@bp.get(f"{BASE}/<int:checklist_id>")
@requires("checklist.see")
def show(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """One list among the others."""
    lists = queries.lists(project_id, g.today)
    return _show(project_id, lists, _chosen(lists, checklist_id))


@bp.get(f"{BASE}/<int:checklist_id>/print")
@requires("checklist.see")
def paper(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """One list for the printer, with boxes to tick by hand."""
    current = _chosen(queries.lists(project_id, g.today), checklist_id)
    return render_template(
        "checklists/print.html", current=current, sections=queries.sections(project_id, checklist_id)
    )


@bp.get(f"{BASE}/items/<int:item_id>")
@requires("checklist.see")
def item(project_id: int, item_id: int) -> ResponseReturnValue:
    """One item with its note, evidence and history."""
    return _item_page(project_id, item_id)


@bp.post(f"{BASE}/items/<int:item_id>/tick")
@requires("checklist.tick")
def tick(project_id: int, item_id: int) -> ResponseReturnValue:
    """A press on the box: done=1 ticks, done=0 unticks; ``version`` is the tick that the page showed."""
    if request.form.get("done") == "1":
        return _pressed(project_id, service.tick(project_id, item_id, actor=g.actor, now=g.now))
    pressed = _untick(project_id, item_id)
    return _ask(project_id, item_id) if pressed is None else _pressed(project_id, pressed)


@bp.post(f"{BASE}/items/<int:item_id>/change")
@requires("checklist.edit")
def change_item(project_id: int, item_id: int) -> ResponseReturnValue:
    """Save an item's fields."""
    form = _item_form(project_id)
    if form.validate_on_submit():
        try:
            work = service.change_item(project_id, item_id, form.values(), actor=g.actor)
        except RuleBroken as error:
            form.absorb(error)
        else:
            flash_undo(_("Saved."), work)
            return redirect(url_for(".item", project_id=project_id, item_id=item_id))
    return _item_page(project_id, item_id, form=form), 422


@bp.post(f"{BASE}/items/<int:item_id>/note")
@requires("checklist.tick")
def note(project_id: int, item_id: int) -> ResponseReturnValue:
    """Save the note alone, which everybody who ticks may write."""
    try:
        work = service.change_item(project_id, item_id, {"note": request.form.get("note", "")}, actor=g.actor)
    except RuleBroken as error:
        flash(told(error), "bad")
        return _item_page(project_id, item_id, typed=request.form.get("note", "")), 422
    flash_undo(_("Note saved."), work)
    return redirect(url_for(".item", project_id=project_id, item_id=item_id))


@bp.post(f"{BASE}/items/<int:item_id>/evidence")
@requires("checklist.tick")
def add_evidence(project_id: int, item_id: int) -> ResponseReturnValue:
    """Add words, a link or a file that shows that the item is done."""
    form = EvidenceForm()
    try:
        _store_evidence(project_id, item_id, form)
    except RuleBroken as error:
        form.absorb(error)
        return _item_page(project_id, item_id, evidence_form=form), 422
    flash(_("Evidence added."), "good")
    return redirect(url_for(".item", project_id=project_id, item_id=item_id) + "#evidence")


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
    flash_undo(_("“%(name)s” is removed.", name=found.name), service.remove_item(project_id, item_id, actor=g.actor))
    return redirect(url_for(".show", project_id=project_id, checklist_id=found.checklist_id))


@bp.post(f"{BASE}/items/<int:item_id>/move")
@requires("checklist.edit")
def move_item(project_id: int, item_id: int) -> ResponseReturnValue:
    """Put an item elsewhere in its list."""
    section_id, position = request.form.get("section_id", 0, int), request.form.get("position", 0, int)
    work = service.move_item(project_id, item_id, section_id, position, actor=g.actor)
    flash_undo(_("Moved."), work)
    return redirect(_back(project_id))


@bp.post(f"{BASE}/<int:checklist_id>/bulk")
@requires("checklist.tick")
def bulk(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Do one thing to all selected items: tick, give to somebody, set a day."""
    ids = request.form.getlist("ids", type=int)
    if not ids:
        flash(_("Select items first."), "bad")
    else:
        _bulk(project_id, ids, request.form.get("action", ""))
    return redirect(url_for(".show", project_id=project_id, checklist_id=checklist_id))


@bp.post(f"{BASE}/sections/<int:section_id>/items")
@requires("checklist.edit")
def add_item(project_id: int, section_id: int) -> ResponseReturnValue:
    """Add an item to a section."""
    form = AddItemForm()
    try:
        item_id = service.add_item(project_id, section_id, {"name": form.name.data or ""}, actor=g.actor)
    except RuleBroken as error:
        flash(told(error), "bad")
        return redirect(_back(project_id))
    added = queries.item(project_id, item_id)
    return redirect(url_for(".show", project_id=project_id, checklist_id=added.checklist_id) + f"#item-{item_id}")


@bp.post(f"{BASE}/<int:checklist_id>/sections")
@requires("checklist.edit")
def add_section(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Add a section to a list."""
    form = SectionForm()
    try:
        service.add_section(project_id, checklist_id, form.section.data or "", actor=g.actor)
    except RuleBroken as error:
        flash(told(error), "bad")
    return redirect(url_for(".show", project_id=project_id, checklist_id=checklist_id))


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@requires("checklist.edit")
def new(project_id: int) -> ResponseReturnValue:
    """Make a list."""
    form = _list_form(project_id)
    if form.validate_on_submit():
        try:
            checklist_id = service.add_list(project_id, form.values(), actor=g.actor)
            return redirect(url_for(".show", project_id=project_id, checklist_id=checklist_id))
        except RuleBroken as error:
            form.absorb(error)
    page = render_template("checklists/list_form.html", form=form, project_id=project_id, current=None)
    return page, 422 if form.is_submitted() else 200


@bp.route(f"{BASE}/<int:checklist_id>/edit", methods=["GET", "POST"])
@requires("checklist.edit")
def edit(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Change what a list says of itself."""
    current = _chosen(queries.lists(project_id, g.today), checklist_id)
    form = _list_form(project_id, obj=current)
    if form.validate_on_submit():
        try:
            flash_undo(_("Saved."), service.change_list(project_id, checklist_id, form.values(), actor=g.actor))
            return redirect(url_for(".show", project_id=project_id, checklist_id=checklist_id))
        except RuleBroken as error:
            form.absorb(error)
    page = render_template("checklists/list_form.html", form=form, project_id=project_id, current=current)
    return page, 422 if form.is_submitted() else 200


@bp.post(f"{BASE}/<int:checklist_id>/remove")
@requires("checklist.edit")
def remove(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Remove a list."""
    current = _chosen(queries.lists(project_id, g.today), checklist_id)
    work = service.remove_list(project_id, checklist_id, actor=g.actor)
    flash_undo(_("“%(name)s” is removed.", name=current.name), work)
    return redirect(url_for(".page", project_id=project_id))


@bp.post(f"{BASE}/<int:checklist_id>/next-round")
@requires("checklist.edit")
def next_round(project_id: int, checklist_id: int) -> ResponseReturnValue:
    """Lay out the next round of a recurring list."""
    following = service.next_round(project_id, checklist_id, actor=g.actor)
    return redirect(url_for(".show", project_id=project_id, checklist_id=following))


def _show(project_id: int, lists: Sequence[queries.ListRow], current: queries.ListRow) -> ResponseReturnValue:
    shown = request.args.get("show", "all")
    sections = queries.sections(project_id, current.id)
    items = [item for section in sections for item in section.items]
    return render_template(
        "checklists/page.html",
        project_id=project_id,
        lists=lists,
        current=current,
        overall=rules.total(row.progress for row in lists),
        sections=[
            (section, rules.progress(section.items, g.today), _filtered(section.items, shown)) for section in sections
        ],
        shown=shown if shown in SHOWN else "all",
        counts={name: len(_filtered(items, name)) for name in SHOWN},
        may_tick=may("checklist.tick", project_id),
        may_edit=may("checklist.edit", project_id),
        people=_people(project_id) if may("checklist.edit", project_id) else [],
    )


def _filtered(items: Iterable[queries.ItemRow], shown: str) -> list[queries.ItemRow]:
    """What the reader asked to see: all, what is open, or what is open and theirs."""
    if shown == "open":
        return [item for item in items if item.tick is None]
    if shown == "mine":
        return [item for item in items if item.tick is None and item.owner_id == g.actor.id]
    return list(items)


def _chosen(lists: Iterable[queries.ListRow], checklist_id: int) -> queries.ListRow:
    found = next((row for row in lists if row.id == checklist_id), None)
    return found if found is not None else abort(404)


def _item_page(project_id: int, item_id: int, **forms: Any) -> str:
    found = queries.item(project_id, item_id)
    current = _chosen(queries.lists(project_id, g.today), found.checklist_id)
    form = forms.pop("form", None) or _item_form(project_id, obj=found)
    return render_template(
        "checklists/item.html",
        project_id=project_id,
        item=found,
        current=current,
        form=form,
        typed=forms.get("typed", found.note),
        evidence_form=forms.get("evidence_form") or EvidenceForm(formdata=None),
        history=queries.history(item_id),
        may_tick=may("checklist.tick", project_id),
        may_edit=may("checklist.edit", project_id),
    )


def _untick(project_id: int, item_id: int) -> service.Pressed | None:
    form = UntickForm()
    seen = request.form.get("version") or form.seen.data or ""
    try:
        return service.untick(project_id, item_id, actor=g.actor, seen=seen, sure=form.sure.data)
    except Conflict:
        return None


def _ask(project_id: int, item_id: int) -> ResponseReturnValue:
    """Show whose tick it is, and ask."""
    found = queries.item(project_id, item_id)
    if wants_json():
        name, at = (found.tick.by_name, formats.moment(found.tick.at)) if found.tick else ("", "")
        raise Conflict(
            "checklist.other_tick", "%(name)s ticked this at %(at)s. Untick it all the same?", name=name, at=at
        )
    return render_template("checklists/untick.html", project_id=project_id, item=found), 409


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
        return _("Already ticked by %(name)s at %(at)s.", name=tick.by_name, at=formats.moment(tick.at))
    return {
        rules.Outcome.TICKED: _("Ticked."),
        rules.Outcome.UNTICKED: _("Unticked."),
        rules.Outcome.ALREADY_OPEN: _("It was open already."),
    }[pressed.outcome]


def _store_evidence(project_id: int, item_id: int, form: EvidenceForm) -> None:
    file, link, text = request.files.get("file"), (form.url.data or "").strip(), form.text.data or ""
    kind, attachment_id = (rules.EvidenceKind.LINK if link else rules.EvidenceKind.TEXT), None
    if file is not None and file.filename:
        queries.item(project_id, item_id)
        stream = cast("BinaryIO", file.stream)
        attachment_id, _work = attachments.add_file(f"item:{item_id}", file.filename, stream, actor=g.actor)
        kind, text = rules.EvidenceKind.FILE, text or file.filename
    service.add_evidence(
        project_id, item_id, kind, text=text, url=link, attachment_id=attachment_id, actor=g.actor, now=g.now
    )


def _bulk(project_id: int, ids: list[int], action: str) -> None:
    if action == "tick":
        done, work = service.tick_many(project_id, ids, actor=g.actor, now=g.now)
        flash_undo(ngettext("%(num)d item ticked.", "%(num)d items ticked.", done), work)
    elif not may("checklist.edit", project_id):
        abort(403)
    elif action == "assign":
        owner_id = request.form.get("owner_id", type=int)
        flash_undo(_("Given to somebody else."), service.assign_many(project_id, ids, owner_id, actor=g.actor))
    elif action == "due":
        due = _day(request.form.get("due", ""))
        flash_undo(_("Day set."), service.set_due_many(project_id, ids, due, actor=g.actor))
    else:
        abort(400)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleBroken("checklist.bad_day", "Write the day as 2026-03-03.", field="due") from None


def _item_form(project_id: int, obj: queries.ItemRow | None = None) -> ItemForm:
    form = ItemForm(obj=obj)
    form.owner_id.choices = [("", _("Nobody")), *_people(project_id)]
    return form


def _people(project_id: int) -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in staffing.people_of(project_id)]


def _list_form(project_id: int, obj: queries.ListRow | None = None) -> ListForm:
    form = ListForm(obj=obj)
    rows = tasks.rows(project_id, g.today)
    form.task_id.choices = [("", _("The whole project")), *(_choice(row) for row in rows)]
    form.guards_id.choices = [("", _("None")), *(_choice(row) for row in rows if row.type == "milestone")]
    return form


def _choice(row: TaskRow) -> tuple[str, str]:
    return str(row.id), f"{row.wbs} {row.name}"


def _back(project_id: int) -> str:
    """The page that the form stood on, if it is one of ours."""
    came_from = request.form.get("back", "")
    return (
        came_from
        if came_from.startswith("/") and not came_from.startswith(("//", "/\\"))
        else url_for(".page", project_id=project_id)
    )
