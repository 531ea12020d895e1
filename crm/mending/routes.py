"""Mend one record after the other: its flawed fields as a form, then the next one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType, object_of
from crm.quality import queries, rules
from crm.quality.queries import Flawed
from crm.record import forms
from crm.record.forms import RecordForm
from crm.records import queries as records
from crm.records import service
from infra.http import requires
from infra.merge import read_base, sign_base
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("crm_mending", __name__)
BASE = "/crm/quality/mend"
MENDED = "mended"
AHEAD = 20
"""How many records are looked through for one whose flawed fields the reader may write."""


@bp.get(BASE)
@requires("crm.quality")
def begin() -> ResponseReturnValue:
    """To the first object of which one has records to mend."""
    access = access_of(g.actor)
    counts = {kind: queries.count_flawed(access, kind, owner=g.actor.id) for kind in OBJECTS}
    kind = next((each for each, n in counts.items() if n), None)
    if kind is None:
        return render_template("crm/mending/done.html", mended=_mended())
    return redirect(url_for(".page", plural=OBJECTS[kind].plural), 303)


@bp.get(f"{BASE}/<plural>")
@requires("crm.quality")
def page(plural: str) -> ResponseReturnValue:
    """The next record of one's own after a number; ``record`` names one."""
    access, subject = access_of(g.actor), object_of(plural)
    found = _next(access, subject, max(0, request.args.get("after", 0, type=row_number)))
    if found is None:
        return render_template("crm/mending/done.html", mended=_mended(), subject=subject)
    return _page(access, subject, found, _form(access, subject, found))


@bp.post(f"{BASE}/<plural>/<int:record_id>")
@requires("crm.quality")
def save(plural: str, record_id: int) -> ResponseReturnValue:
    """Keep what was mended and go on to the next record."""
    access, subject = access_of(g.actor), object_of(plural)
    found = next((each for each in _mine(access, subject, record_id - 1) if each.record.id == record_id), None)
    if found is None:
        flash(_("That record lacks nothing any more."), "good")
        return redirect(url_for(".page", plural=subject.plural, after=record_id), 303)
    form = forms.read(access, _form(access, subject, found), request.form, g.zone)
    if form.valid and _kept(subject, found, form):
        return redirect(url_for(".page", plural=subject.plural, after=record_id), 303)
    return _page(access, subject, found, form), 422


def _kept(subject: ObjectType, found: Flawed, form: RecordForm) -> bool:
    base = read_base(records.key_of(subject.key, found.record.id), request.form.get("base"))
    known = None if base is None else {key: value for key, value in base.items() if key in form.values}
    try:
        work = service.change(subject.key, found.record.id, form.values, actor=g.actor, now=g.now, base=known)
    except service.Clash as clash:
        form.clashed(clash, lambda _what, conflict: str(conflict.theirs or ""))
    except RuleBroken as problem:
        form.absorb(problem)
    else:
        session[MENDED] = [g.today.isoformat(), _mended() + 1]
        flash_undo(_("Saved."), work)
        return True
    return False


def _mended() -> int:
    """How many records were mended today in this browser."""
    day, count = session.get(MENDED, ["", 0])
    return int(count) if day == g.today.isoformat() else 0


def _mine(access: Access, subject: ObjectType, after: int) -> list[Flawed]:
    return queries.flawed(access, subject.key, owner=g.actor.id, after=after, limit=AHEAD) if g.actor.id else []


def _next(access: Access, subject: ObjectType, after: int) -> Flawed | None:
    return next((each for each in _mine(access, subject, after) if _writable(access, subject, each)), None)


def _writable(access: Access, subject: ObjectType, found: Flawed) -> list[str]:
    """The flawed fields that the reader may write; for an activity without a record, what it can hang on."""
    edit = access_rules.EDIT
    facts = records.facts(access, edit, subject, found.record)
    allowed = (
        access_rules.fields_written(access, subject, facts) if access_rules.may(access, edit, subject, facts) else ()
    )
    keys = [each.key for each in found.fields if each is not rules.ABOUT]
    keys += rules.PARENTS if rules.ABOUT in found.fields else ()
    return [each for each in keys if each in allowed]


def _form(access: Access, subject: ObjectType, found: Flawed) -> RecordForm:
    keys = _writable(access, subject, found)
    if not keys:
        raise NotFound
    return forms.form_for(access, subject, keys, _values(subject, found.record), g.zone)


def _values(subject: ObjectType, record: Any) -> dict[str, Any]:
    return {each.key: getattr(record, each.key) for each in subject.fields}


def _page(access: Access, subject: ObjectType, found: Flawed, form: RecordForm) -> str:
    values = {key: getattr(found.record, key) for key in rules.needed_columns(subject.key)}
    keys = [each.key for each in form.controls]
    return render_template(
        "crm/mending/page.html",
        subject=subject,
        record=found.record,
        name=records.called(access, subject, [found.record])[found.record.id],
        form=form,
        base=sign_base(records.key_of(subject.key, found.record.id), {key: getattr(found.record, key) for key in keys}),
        flaws=[
            _(text) % {"label": _(each.label)}
            for each in found.fields
            if (text := rules.flaw(subject.key, each, values, g.today))
        ],
        left=queries.count_flawed(access, subject.key, owner=g.actor.id),
        mended=_mended(),
        others=[
            (each, n) for each in OBJECTS.values() if (n := queries.count_flawed(access, each.key, owner=g.actor.id))
        ],
    )
