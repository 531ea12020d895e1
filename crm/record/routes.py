"""The pages of records: one, its forms, one field of it in place, and what is done with the whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.access.rules import Access
from crm.activities import service as activities
from crm.duplicates import queries as duplicates
from crm.duplicates.queries import Match
from crm.merging import queries as merging
from crm.objects.rules.catalogue import OBJECTS, ObjectType, object_of
from crm.objects.rules.fields import Field
from crm.recent import queries as recents
from crm.recent import service as recent
from crm.record import charts, forms, queries, rules
from crm.record.forms import RecordForm
from crm.records import charts as values
from crm.records import queries as records
from crm.records import service
from crm.tags import queries as tags
from crm.timeline import queries as timeline
from crm.timeline.rules import Tab
from infra.attachments import queries as files
from infra.http import requires
from infra.merge import FieldConflict, read_base, sign_base
from infra.subjects import find
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("record", __name__)
PLURAL = f"<any({', '.join(each.plural for each in OBJECTS.values())}):plural>"
BASE = f"/crm/{PLURAL}/<int:record_id>"


@bp.get(f"/crm/{PLURAL}/new")
@requires("crm.use")
def new(plural: str) -> ResponseReturnValue:
    """An empty form; values in the address fill it in, such as ``?account_id=12``."""
    subject, access = object_of(plural), access_of(g.actor)
    demand(access, access_rules.CREATE, subject)
    form = _new_form(access, subject)
    return _new_page(subject, form)


@bp.post(f"/crm/{PLURAL}/new")
@requires("crm.use")
def add(plural: str) -> ResponseReturnValue:
    """Keep a new record; where some are there that it may be, they are offered first, and ``known`` passes them by."""
    subject, access = object_of(plural), access_of(g.actor)
    demand(access, access_rules.CREATE, subject)
    form = forms.read(access, _new_form(access, subject), request.form, g.zone)
    found = duplicates.like(subject.key, form.values, access) if form.valid else []
    alike = [each for each in found if str(each.id) not in request.form.get("known", "").split()]
    if form.valid and not alike:
        try:
            made, work = service.create(subject.key, form.values, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("%(object)s kept.", object=_(subject.label)), work)
            return redirect(_after(subject, made), 303)
    return _new_page(subject, form, found if alike else []), 422


@bp.get(BASE)
@requires("crm.use")
def page(plural: str, record_id: int) -> ResponseReturnValue:
    """One record; ``edit`` in the address opens a field in place. A merged one leads to what it became."""
    try:
        subject, access, record = _found(plural, record_id)
    except NotFound:
        into = merging.survivor_of(object_of(plural).key, record_id)
        if into is None:
            raise
        _found(plural, into)
        return redirect(url_for(".page", plural=plural, record_id=into), 302)
    editing = _field_form(access, subject, record, request.args.get("edit", "")) if "edit" in request.args else None
    recent.look(subject.key, record_id, actor=g.actor, now=g.now)
    return _page(access, subject, record, editing)


@bp.post(f"{BASE}/fields/<key>")
@requires("crm.use")
def change_field(plural: str, record_id: int, key: str) -> ResponseReturnValue:
    """One field in place."""
    subject, access, record = _found(plural, record_id)
    form = _field_form(access, subject, record, key)
    if (answer := _changed(access, subject, record, form, [key])) is not None:
        return answer
    return _page(access, subject, record, form), 422


@bp.get(f"{BASE}/edit")
@requires("crm.use")
def edit(plural: str, record_id: int) -> ResponseReturnValue:
    """All fields that one may fill in."""
    subject, access, record = _found(plural, record_id)
    return _edit_page(access, subject, record, _edit_form(access, subject, record))


@bp.post(f"{BASE}/edit")
@requires("crm.use")
def change(plural: str, record_id: int) -> ResponseReturnValue:
    """Keep what was changed; where somebody else changed another field, both hold."""
    subject, access, record = _found(plural, record_id)
    form = _edit_form(access, subject, record)
    if (answer := _changed(access, subject, record, form, [each.key for each in form.controls])) is not None:
        return answer
    return _edit_page(access, subject, record, form), 422


@bp.post(f"{BASE}/delete")
@requires("crm.use")
def delete(plural: str, record_id: int) -> ResponseReturnValue:
    """Put a record into the recycle bin."""
    subject, access, record = _found(plural, record_id)
    name = records.called(access, subject, [record])[record_id]
    work = service.remove(subject.key, [record_id], actor=g.actor, now=g.now)
    flash_undo(_("“%(name)s” lies in the recycle bin.", name=name), work)
    return redirect(charts.list_address(subject), 303)


@bp.post(f"{BASE}/star")
@requires("crm.use")
def star(plural: str, record_id: int) -> ResponseReturnValue:
    """Mark a record as one's favourite, or not any more: on=1 or 0."""
    subject, _access, _record = _found(plural, record_id)
    recent.star(subject.key, record_id, on=request.form.get("on") == "1", actor=g.actor, now=g.now)
    return redirect(url_for(".page", plural=plural, record_id=record_id), 303)


@bp.post(f"{BASE}/log")
@requires("crm.use")
def log(plural: str, record_id: int) -> ResponseReturnValue:
    """Write down what happened, or plan what comes: ``act`` says which."""
    subject, access, record = _found(plural, record_id)
    box = forms.read_log(request.form, g.zone)
    if not box.errors:
        try:
            message, work = _logged(subject.key, record_id, box)
        except RuleBroken as problem:
            box.absorb(problem)
        else:
            flash_undo(message, work)
            return redirect(url_for(".page", plural=plural, record_id=record_id), 303)
    return _page(access, subject, record, box=box), 422


def _logged(kind: str, record_id: int, box: forms.LogBox) -> tuple[str, Work]:
    if box.act == "plan":
        _made, work = activities.plan(kind, record_id, box.text, box.kind, box.at, actor=g.actor, now=g.now)
        return _("Planned."), work
    what = activities.Logged(box.kind, box.text, box.at, box.minutes)
    _made, work = activities.log(kind, record_id, what, actor=g.actor, now=g.now)
    return _("Logged."), work


@bp.get("/crm/pick/<target>")
@requires("crm.use")
def pick(target: str) -> ResponseReturnValue:
    """What a pick field offers for what was typed: part of a form."""
    subject, access = object_of(target), access_of(g.actor)
    name = request.args.get("field", "")
    if not name.isidentifier():
        raise NotFound
    options = forms.pick_options(access, subject.key, request.args.get(name + forms.SEARCH, ""))
    chosen = request.args.get(name, "")
    return render_template("crm/record/_options.html", name=name, options=options, chosen=chosen)


def _found(plural: str, record_id: int) -> tuple[ObjectType, Access, Any]:
    """A record that the reader may see. Raises NotFound for every other."""
    subject, access = object_of(plural), access_of(g.actor)
    return subject, access, records.get(access, subject, record_id)


def _changed(
    access: Access, subject: ObjectType, record: Any, form: RecordForm, keys: list[str]
) -> ResponseReturnValue | None:
    """Keep what a form means; None where it has to be shown again, with what is wrong beside the fields."""
    forms.read(access, form, request.form, g.zone)
    if not form.valid:
        return None
    base = read_base(records.key_of(subject.key, record.id), request.form.get("base"))
    known = {key: value for key, value in (base or {}).items() if key in keys}
    try:
        work = service.change(subject.key, record.id, form.values, actor=g.actor, now=g.now, base=known)
    except service.Clash as clash:
        form.clashed(clash, lambda what, conflict: _theirs(access, what, conflict))
    except RuleBroken as problem:
        form.absorb(problem)
    else:
        flash_undo(_("Saved."), work)
        return redirect(url_for(".page", plural=subject.plural, record_id=record.id), 303)
    return None


def _theirs(access: Access, what: Field, conflict: FieldConflict) -> str:
    names = values.names_for(access, [(what, conflict.theirs)])
    return values.words(what, conflict.theirs, names)


def _field_form(access: Access, subject: ObjectType, record: Any, key: str) -> RecordForm:
    """The form of one field. Raises NotFound for one that may not be written: nobody learns that it exists."""
    if key not in _writable(access, subject, record):
        raise NotFound
    return forms.form_for(access, subject, [key], _values(subject, record), g.zone)


def _edit_form(access: Access, subject: ObjectType, record: Any) -> RecordForm:
    keys = _writable(access, subject, record)
    demand(access, access_rules.EDIT, subject, records.facts(access, access_rules.EDIT, subject, record))
    return forms.form_for(access, subject, keys, _values(subject, record), g.zone).lay_out(access, subject)


def _writable(access: Access, subject: ObjectType, record: Any) -> frozenset[str]:
    edit = records.facts(access, access_rules.EDIT, subject, record)
    return access_rules.fields_written(access, subject, edit)


def _values(subject: ObjectType, record: Any) -> dict[str, Any]:
    return {each.key: getattr(record, each.key) for each in subject.fields}


def _new_form(access: Access, subject: ObjectType) -> RecordForm:
    keys = access_rules.fields_written(access, subject, action=access_rules.CREATE)
    given = {key: text for key, text in request.args.items() if key in keys}
    known = {"owner_id": g.actor.id, **service.defaults(subject.key)}
    form = forms.form_for(access, subject, keys, known, g.zone).lay_out(access, subject)
    return forms.read(access, form, given, g.zone) if given and request.method == "GET" else form


def _after(subject: ObjectType, made: int) -> str:
    """Where a new record leads: to the page that asked for it, else to its own."""
    back = request.form.get("back", "")
    ours = back.startswith("/crm/") and "\\" not in back
    return back if ours else url_for(".page", plural=subject.plural, record_id=made)


def _new_page(subject: ObjectType, form: RecordForm, alike: Sequence[Match] = ()) -> str:
    back = request.values.get("back", "")
    crumbs = charts.crumbs(subject, _("New"))
    beside = charts.panels(access_of(g.actor), subject.key, None, charts.FORM_ASIDES)
    return render_template(
        "crm/record/new.html", subject=subject, form=form, back=back, alike=alike, crumbs=crumbs, beside=beside
    )


def _edit_page(access: Access, subject: ObjectType, record: Any, form: RecordForm) -> str:
    view = charts.page_of(access, subject.key, record, g.now, g.zone)
    crumbs = charts.crumbs(subject, _("Edit"), view)
    return render_template(
        "crm/record/edit.html", page=view, form=form, base=_base(subject, record, form), crumbs=crumbs
    )


def _base(subject: ObjectType, record: Any, form: RecordForm) -> str:
    keys = {each.key for each in form.controls}
    shown = {key: value for key, value in _values(subject, record).items() if key in keys}
    return sign_base(records.key_of(subject.key, record.id), shown)


def _page(
    access: Access,
    subject: ObjectType,
    record: Any,
    editing: RecordForm | None = None,
    box: forms.LogBox | None = None,
) -> str:
    view = charts.page_of(access, subject.key, record, g.now, g.zone)
    tab, before = _tab(), _before()
    key = records.key_of(subject.key, record.id)
    thing = find(key, g.actor)
    return render_template(
        "crm/record/page.html",
        page=view,
        editing=editing,
        box=(box or forms.LogBox()) if _may_log(access, subject) else None,
        tags=tags.of_records(subject.key, [record.id]).get(record.id, []),
        starred=recents.is_starred(access, subject.key, record.id),
        base=_base(subject, record, editing) if editing else "",
        tab=tab,
        earlier=before is not None,
        told=timeline.page(subject.key, record, access, tab, before),
        planned=timeline.planned(subject.key, record, access),
        cards=charts.cards(access, view),
        tree=queries.tree(access, record) if subject.key == "account" else [],
        leading=charts.panels(access, subject.key, record, leading=True),
        panels=charts.panels(access, subject.key, record),
        crumbs=charts.crumbs(subject, view.title),
        aside=charts.panels(access, subject.key, record, charts.RECORD_ASIDES),
        ends=rules.ends(records.stages()) if rules.may_close(view.kind, record, view.written) else rules.Ends(),
        may_convert=rules.may_convert(view.kind, record, view.written),
        walk=rules.neighbours(session.get("crm_walk"), subject.key, record.id),
        subject=thing,
        attached=files.of_subject(key, g.actor),
        may_delete=access_rules.may(
            access, access_rules.DELETE, subject, records.facts(access, access_rules.DELETE, subject, record)
        ),
    )


def _may_log(access: Access, subject: ObjectType) -> bool:
    """Whether the reader may write down what happened with records of an object."""
    link, activity = f"{subject.key}_id", OBJECTS["activity"]
    return activity.has(link) and link in access_rules.fields_written(access, activity, action=access_rules.CREATE)


def _tab() -> Tab:
    asked = request.args.get("tab", "")
    return Tab(asked) if asked in set(Tab) else Tab.ALL


def _before() -> datetime | None:
    """The instant below which the timeline goes on; nothing for what is none."""
    try:
        found = datetime.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None
    return found if found.tzinfo else None
