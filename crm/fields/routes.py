"""The pages of fields: those of an object, one of them, another kind for it, rules over several, layouts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.fields import charts, forms, queries, rules, service
from crm.fields.events import MayDropField
from crm.fields.forms import CheckForm, FieldForm
from crm.objects.rules import levels
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Mark
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from infra.wires import ask
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("crm_fields", __name__)
BASE = "/crm/setup/fields"


@bp.get(BASE)
@requires("crm.setup")
def index() -> ResponseReturnValue:
    """Every object, with how it was shaped."""
    return render_template("crm/fields/index.html", lines=charts.objects())


@bp.get(f"{BASE}/<kind>")
@requires("crm.setup")
def page(kind: str) -> ResponseReturnValue:
    """An object's fields, rules and layouts."""
    return render_template("crm/fields/page.html", **_page(_subject(kind)))


@bp.route(f"{BASE}/<kind>/new", methods=["GET", "POST"])
@requires("crm.setup")
def new(kind: str) -> ResponseReturnValue:
    """A new field."""
    subject = _subject(kind)
    form = FieldForm().offer(subject)
    if request.method == "POST" and form.validate():
        try:
            _key, work = service.add(kind, form.data_of(request.form), actor=g.actor)
            return _done(kind, _("The field is there."), work)
        except RuleBroken as problem:
            form.absorb(problem)
    usual = queries.usual_levels(Field("x_", "", mark=Mark.NONE, own=1), kind)
    return _form(subject, form, None, usual)


@bp.route(f"{BASE}/<kind>/<key>", methods=["GET", "POST"])
@requires("crm.setup")
def field(kind: str, key: str) -> ResponseReturnValue:
    """One field: what it is, where it is used, and its way out."""
    subject, row = _subject(kind), queries.one(kind, key)
    known = queries.as_field(row)
    form = forms.filled(row, known, subject)
    if request.method == "POST":
        form = FieldForm().offer(subject, key)
        try:
            work = service.change(kind, key, form.data_of(request.form), actor=g.actor)
            return _done(kind, _("Saved."), work)
        except RuleBroken as problem:
            form.absorb(problem)
    return _form(subject, form, row, queries.usual_levels(known, kind))


def _form(subject: ObjectType, form: FieldForm, row: Any, usual: dict[str, str]) -> ResponseReturnValue:
    used = ask(MayDropField(subject.key, row.key, row.label)) if row is not None else []
    body = render_template(
        "crm/fields/field.html",
        subject=subject,
        form=form,
        row=row,
        roles=queries.seeing(subject.key),
        chosen={key: request.form.get(f"level-{key}", level) for key, level in usual.items()},
        levels=levels.LEVELS,
        used=used,
        held=queries.count(row) if row is not None else 0,
        kinds=rules.KINDS,
    )
    return body, 422 if form.errors else 200


@bp.route(f"{BASE}/<kind>/<key>/kind", methods=["GET", "POST"])
@requires("crm.setup")
def another_kind(kind: str, key: str) -> ResponseReturnValue:
    """Another kind for a field: first what becomes of every value, then all of them or none."""
    subject, row = _subject(kind), queries.one(kind, key)
    before, preview = queries.as_field(row), None
    form = forms.filled(row, before, subject)
    if request.method == "POST":
        form = FieldForm().offer(subject, key)
        form.label.data = row.label
        try:
            data = charts.in_another_kind(row, before, subject, form)
            if request.form.get("act") == "convert":
                work = service.convert(kind, key, data, actor=g.actor)
                return _done(kind, _("The field holds another kind of value now."), work)
            preview = queries.preview(g.actor, kind, before, charts.as_planned(row, data, subject))
        except RuleBroken as problem:
            form.absorb(problem)
    shown = {"subject": subject, "row": row, "form": form, "preview": preview, "kinds": rules.KINDS, "before": before}
    return render_template("crm/fields/kind.html", **shown), 422 if form.errors else 200


@bp.post(f"{BASE}/<kind>/<key>/move")
@requires("crm.setup")
def move(kind: str, key: str) -> ResponseReturnValue:
    """A place earlier or later."""
    _subject(kind)
    step = -1 if request.form.get("step") == "-1" else 1
    return _done(kind, _("Moved."), service.move(kind, key, step, actor=g.actor))


@bp.post(f"{BASE}/<kind>/<key>/delete")
@requires("crm.setup")
def delete(kind: str, key: str) -> ResponseReturnValue:
    """Out of use; its values are kept for thirty days."""
    _subject(kind)
    try:
        work = service.drop(kind, key, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return redirect(url_for(".field", kind=kind, key=key), 303)
    return _done(kind, _("Deleted. Its values are kept for thirty days."), work)


@bp.post(f"{BASE}/<kind>/<key>/restore")
@requires("crm.setup")
def restore(kind: str, key: str) -> ResponseReturnValue:
    """In use again, with its values."""
    _subject(kind)
    return _done(kind, _("The field is back, with its values."), service.restore(kind, key, actor=g.actor))


@bp.post(f"{BASE}/<kind>/<key>/set")
@requires("crm.setup")
def set_standard(kind: str, key: str) -> ResponseReturnValue:
    """Whether a field that ships is asked for, or hidden."""
    _subject(kind)
    how = request.form.get("how", "")
    try:
        work = service.set_standard(
            kind,
            key,
            required=how in ("required", "needed"),
            needed=how == "needed",
            hidden=how == "hidden",
            actor=g.actor,
        )
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return redirect(url_for(".page", kind=kind), 303)
    return _done(kind, _("Saved."), work)


@bp.route(f"{BASE}/<kind>/rules/new", methods=["GET", "POST"])
@requires("crm.setup")
def new_rule(kind: str) -> ResponseReturnValue:
    """A rule over several fields."""
    subject, form = _subject(kind), CheckForm()
    if request.method == "POST":
        try:
            work = service.add_check(kind, forms.check_data(form, request.form), actor=g.actor)
            return _done(kind, _("The rule holds from now on."), work)
        except RuleBroken as problem:
            form.absorb(problem)
    typed = forms.conditions_of(request.form)
    body = render_template(
        "crm/fields/rule.html",
        subject=subject,
        form=form,
        lines=[*typed, *[("", "", "")] * (forms.LINES - len(typed))],
        fields=forms.comparable(subject),
        comparators=forms.comparators(),
    )
    return body, 422 if form.errors else 200


@bp.post(f"{BASE}/<kind>/rules/<int:check_id>/switch")
@requires("crm.setup")
def switch_rule(kind: str, check_id: int) -> ResponseReturnValue:
    """A rule holds, or rests."""
    _subject(kind)
    work = service.switch_check(kind, check_id, active=request.form.get("on") == "1", actor=g.actor)
    return _done(kind, _("Saved."), work)


@bp.post(f"{BASE}/<kind>/rules/<int:check_id>/remove")
@requires("crm.setup")
def remove_rule(kind: str, check_id: int) -> ResponseReturnValue:
    """A rule goes."""
    _subject(kind)
    return _done(kind, _("The rule is gone."), service.remove_check(kind, check_id, actor=g.actor))


@bp.route(f"{BASE}/<kind>/layout", methods=["GET", "POST"])
@requires("crm.setup")
def layout(kind: str) -> ResponseReturnValue:
    """How the fields stand on forms and pages, for a role or for everybody."""
    subject, role = _subject(kind), request.values.get("role", "")
    roles = queries.seeing(kind)
    if role and role not in roles:
        raise NotFound
    wrong = ""
    if request.method == "POST":
        sections = None if request.form.get("act") == "reset" else forms.sections_of(subject, request.form)
        try:
            return _done(kind, _("Laid out."), service.lay_out(kind, role, sections, actor=g.actor))
        except RuleBroken as problem:
            wrong = told(problem)
    known = queries.layouts(kind)
    shown = {"subject": subject, "roles": roles, "role": role, "own": role in known, "wrong": wrong}
    rows = charts.placed(subject, known.get(role, known.get("", [])))
    return render_template("crm/fields/layout.html", rows=rows, **shown), 422 if wrong else 200


def _subject(kind: str) -> ObjectType:
    if kind not in OBJECTS:
        raise NotFound
    return OBJECTS[kind]


def _done(kind: str, message: str, work: Work) -> ResponseReturnValue:
    flash_undo(message, work)
    return redirect(url_for(".page", kind=kind), 303)


def _page(subject: ObjectType) -> dict[str, Any]:
    kind = subject.key
    return {
        "subject": subject,
        "objects": OBJECTS,
        "rows": queries.rows(kind),
        "gone": queries.deleted(kind),
        "rules": [(each, charts.in_words(each, subject)) for each in queries.rules_of(kind)],
        "standard": charts.standard(subject),
        "layouts": charts.layouts(kind),
        "kinds": rules.KINDS,
    }
