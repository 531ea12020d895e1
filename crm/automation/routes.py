"""The pages on which automations are made, changed, and switched on and off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.automation import charts, forms, queries, service
from crm.automation.charts import Known
from crm.automation.models import Automation
from crm.automation.rules import reading, sense
from crm.automation.rules.parts import (
    DOES,
    OPS,
    WHENS,
    WITHOUT_VALUE,
    Action,
    Definition,
    Do,
    Trigger,
    When,
    actions_for,
    field_of,
    is_listed,
    triggers_for,
)
from crm.objects.rules.catalogue import OBJECTS
from crm.record import forms as record
from crm.record.forms import RecordForm
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import NotFound, Problem

bp = Blueprint("automations", __name__)
BASE = "/crm/setup/automations"
ONE = f"{BASE}/<int:automation_id>"
NEEDS = "crm.automations"


@bp.post(f"{BASE}/shipped")
@requires(NEEDS)
def add_shipped() -> ResponseReturnValue:
    """Take over one of those that ship."""
    try:
        number, work = service.add_shipped(request.form.get("key", ""), actor=g.actor, now=g.now)
    except Problem as problem:
        flash(told(problem), "bad")
        return redirect(url_for("acting.page"), 303)
    flash_undo(_("It is here, and still off. Look at it, then switch it on."), work)
    return redirect(url_for(".one", automation_id=number), 303)


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@requires(NEEDS)
def new() -> ResponseReturnValue:
    """Begin a new automation."""
    access = access_of(g.actor)
    form = forms.first_form(access, g.zone)
    if request.method == "GET":
        return _part(None, _("New automation"), form, _("Go on"), url_for("acting.page"))
    record.read(access, form, request.form, g.zone)
    if form.valid:
        rule = Definition(
            str(form.values["name"]),
            str(form.values["object"]),
            Trigger(When.CREATED),
            description=str(form.values.get("description") or ""),
        )
        try:
            number, work = service.add(rule, actor=g.actor, now=g.now)
        except Problem as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Now say when it works, and what it does."), work)
            return redirect(url_for(".one", automation_id=number), 303)
    return _part(None, _("New automation"), form, _("Go on"), url_for("acting.page")), 422


@bp.get(ONE)
@requires(NEEDS)
def one(automation_id: int) -> ResponseReturnValue:
    """One automation: when, if, then."""
    row = queries.row(automation_id)
    rule = queries.definition(row)
    known = Known(access_of(g.actor))
    return render_template(
        "crm/automation/one.html",
        row=row,
        rule=rule,
        said=charts.told(rule, known),
        object=OBJECTS[rule.object],
        endless=sense.endless(rule),
        does=[(each.value, _(DOES[each])) for each in actions_for(rule.subject)],
        fields=forms.condition_fields(rule.subject),
        problem=_problem_of(rule),
        mark=service.mark(row),
    )


@bp.post(f"{ONE}/switch")
@requires(NEEDS)
def switch(automation_id: int) -> ResponseReturnValue:
    """On or off."""
    on = request.form.get("on") == "yes"
    try:
        work = service.switch(automation_id, on=on, actor=g.actor, now=g.now)
    except Problem as problem:
        flash(told(problem), "bad")
    else:
        flash_undo(_("It is on: it works from now on.") if on else _("It is off."), work)
    return redirect(url_for(".one", automation_id=automation_id), 303)


@bp.post(f"{ONE}/move")
@requires(NEEDS)
def move(automation_id: int) -> ResponseReturnValue:
    """Earlier or later among those that run."""
    step = -1 if request.form.get("step") == "-1" else 1
    flash_undo(_("Moved."), service.move(automation_id, step, actor=g.actor))
    return redirect(url_for("acting.page"), 303)


@bp.post(f"{ONE}/remove")
@requires(NEEDS)
def remove(automation_id: int) -> ResponseReturnValue:
    """Away with it."""
    flash_undo(_("The automation is removed."), service.remove(automation_id, actor=g.actor))
    return redirect(url_for("acting.page"), 303)


@bp.route(f"{ONE}/about", methods=["GET", "POST"])
@requires(NEEDS)
def about(automation_id: int) -> ResponseReturnValue:
    """What it is called, what it is for, and how its conditions count."""
    row = queries.row(automation_id)
    rule = queries.definition(row)
    form = forms.about_form(access_of(g.actor), rule, g.zone)

    def act(now: Definition) -> Definition:
        values = form.values
        said = str(values.get("description") or "")
        name, match = str(values["name"]), str(values["match"])
        return replace(now, name=name, description=said, match=match)

    return _edited(row, _("Name and purpose"), form, lambda: act)


@bp.route(f"{ONE}/trigger", methods=["GET", "POST"])
@requires(NEEDS)
def trigger(automation_id: int) -> ResponseReturnValue:
    """What sets it off: first the kind, then what belongs to it."""
    row = queries.row(automation_id)
    rule = queries.definition(row)
    kinds = [(each.value, _(WHENS[each])) for each in triggers_for(rule.subject)]
    chosen = request.values.get("when", rule.trigger.when.value)
    when = When(chosen) if chosen in dict(kinds) else rule.trigger.when
    key = request.values.get("field", "")
    if key and not rule.subject.has(key):
        raise NotFound
    form = forms.trigger_form(access_of(g.actor), rule, when, key, g.zone)

    def make() -> Callable[[Definition], Definition]:
        found = forms.trigger_of(when, form.values)
        return lambda now: replace(now, trigger=found)

    steps = {"kinds": kinds, "when": when.value, "again": any(each.key == "field" for each in form.controls)}
    return _edited(row, _("When it works"), form, make, hidden=(("when", when.value),), steps=steps)


@bp.route(f"{ONE}/conditions", methods=["GET", "POST"])
@requires(NEEDS)
def condition(automation_id: int) -> ResponseReturnValue:
    """One more condition, on the field that was chosen."""
    row = queries.row(automation_id)
    rule = queries.definition(row)
    what = field_of(rule.subject, request.values.get("field", ""))
    options = queries.options_of(what) if is_listed(what) else ()
    chosen, typed, op = request.form.getlist("values"), request.form.get("value", ""), request.form.get("op", "")
    error: Problem | None = None
    if request.method == "POST":
        try:
            wanted = reading.read_condition(what, op, chosen, typed, [value for value, _label in options])
            work = service.change(automation_id, service.with_condition(wanted), actor=g.actor, now=g.now, base=_base())
        except Problem as problem:
            error = problem
        else:
            return _kept(row, work)
    shown = render_template(
        "crm/automation/condition.html",
        row=row,
        what=what,
        ops=[(each.value, _(OPS[each])) for each in reading.compared(what)],
        options=options,
        chosen=chosen,
        typed=typed,
        op=op,
        error=told(error) if error else "",
        field=error.field if error else "",
        without=[each.value for each in WITHOUT_VALUE],
        mark=service.mark(row),
    )
    return (shown, 422) if error else shown


@bp.post(f"{ONE}/conditions/<int:place>/remove")
@requires(NEEDS)
def remove_condition(automation_id: int, place: int) -> ResponseReturnValue:
    """One condition less."""
    return _changed(automation_id, service.without_condition(place))


@bp.post(f"{ONE}/actions/<int:place>/remove")
@requires(NEEDS)
def remove_action(automation_id: int, place: int) -> ResponseReturnValue:
    """One action less."""
    return _changed(automation_id, service.without_action(place))


@bp.route(f"{ONE}/actions", methods=["GET", "POST"])
@requires(NEEDS)
def new_action(automation_id: int) -> ResponseReturnValue:
    """One more action, of the kind that was chosen."""
    row = queries.row(automation_id)
    rule = queries.definition(row)
    do = _do(rule, request.values.get("do", ""))
    target = request.values.get("target", "")
    if do is Do.SET and not target:
        return render_template("crm/automation/choose.html", row=row, do=do.value, options=forms.set_targets(rule))
    how: dict[str, Any] = forms.split_target(rule, target) if do is Do.SET else {}
    form = forms.action_form(access_of(g.actor), rule, do, how, g.zone)
    hidden = (("do", do.value), ("target", target))
    return _edited(row, _(DOES[do]), form, lambda: service.with_action(_read(rule, do, form, how)), hidden=hidden)


@bp.route(f"{ONE}/actions/<int:place>", methods=["GET", "POST"])
@requires(NEEDS)
def action(automation_id: int, place: int) -> ResponseReturnValue:
    """Another way for an action."""
    row = queries.row(automation_id)
    rule = queries.definition(row)
    there = _action(rule, place)
    form = forms.action_form(access_of(g.actor), rule, there.do, there.how, g.zone)
    lines = charts.lines_told(rule, there.how, Known(access_of(g.actor))) if there.do is Do.ASSIGN else None
    return _edited(
        row,
        _(DOES[there.do]),
        form,
        lambda: service.with_action(_read(rule, there.do, form, there.how), place),
        lines=lines,
        place=place,
        mails=there.do is Do.MAIL,
    )


@bp.route(f"{ONE}/actions/<int:place>/lines", methods=["GET", "POST"])
@requires(NEEDS)
def line(automation_id: int, place: int) -> ResponseReturnValue:
    """One more line of the table by which records are given out."""
    row = queries.row(automation_id)
    rule = queries.definition(row)
    there = _action(rule, place)
    if there.do is not Do.ASSIGN:
        raise NotFound
    form = forms.line_form(access_of(g.actor), rule, g.zone)

    def make() -> Callable[[Definition], Definition]:
        rows = [*there.how.get("rows", ()), forms.read_line(form.values)]
        return service.with_action(Action(Do.ASSIGN, {**there.how, "rows": rows}), place)

    back = url_for(".action", automation_id=automation_id, place=place)
    return _edited(row, _("A line of the table"), form, make, back=back)


@bp.post(f"{ONE}/actions/<int:place>/lines/<int:number>/remove")
@requires(NEEDS)
def remove_line(automation_id: int, place: int, number: int) -> ResponseReturnValue:
    """One line of the table less."""
    there = _action(queries.definition(queries.row(automation_id)), place)
    rows = list(there.how.get("rows", ()))
    if not 0 <= number < len(rows):
        raise NotFound
    del rows[number]
    act = service.with_action(Action(there.do, {**there.how, "rows": rows}), place)
    return _changed(automation_id, act, url_for(".action", automation_id=automation_id, place=place))


def _read(rule: Definition, do: Do, form: RecordForm, how: dict[str, Any] | Any) -> Action:
    return forms.read_action(rule, do, {each.key: form.values.get(each.key) for each in form.controls}, how)


def _do(rule: Definition, text: str) -> Do:
    found = next((each for each in actions_for(rule.subject) if each.value == text), None)
    if found is None:
        raise NotFound
    return found


def _action(rule: Definition, place: int) -> Action:
    if not 0 <= place < len(rule.actions):
        raise NotFound
    return rule.actions[place]


def _problem_of(rule: Definition) -> str:
    try:
        sense.check_ready(rule)
    except Problem as problem:
        return told(problem)
    return ""


def _base() -> str:
    return request.form.get("base", "")


def _edited(
    row: Automation,
    title: str,
    form: RecordForm,
    make: Callable[[], Callable[[Definition], Definition]],
    *,
    back: str = "",
    **shown: Any,
) -> ResponseReturnValue:
    """A form for a part of a rule, and what was sent with it."""
    back = back or url_for(".one", automation_id=row.id)
    if request.method == "GET":
        return _part(row, title, form, _("Save"), back, **shown)
    record.read(access_of(g.actor), form, request.form, g.zone)
    if form.valid:
        try:
            work = service.change(row.id, make(), actor=g.actor, now=g.now, base=_base())
        except Problem as problem:
            if not form.controls:
                flash(told(problem), "bad")
                return redirect(back, 303)
            form.absorb(problem)
        else:
            return _kept(row, work, back)
    return _part(row, title, form, _("Save"), back, **shown), 422


def _changed(automation_id: int, act: Callable[[Definition], Definition], back: str = "") -> ResponseReturnValue:
    row = queries.row(automation_id)
    try:
        work = service.change(automation_id, act, actor=g.actor, now=g.now, base=_base())
    except Problem as problem:
        flash(told(problem), "bad")
        return redirect(back or url_for(".one", automation_id=automation_id), 303)
    return _kept(row, work, back)


def _kept(row: Automation, work: Work, back: str = "") -> ResponseReturnValue:
    flash_undo(_("Saved."), work)
    return redirect(back or url_for(".one", automation_id=row.id), 303)


def _part(row: Automation | None, title: str, form: RecordForm, label: str, back: str, **shown: Any) -> str:
    found = {"hidden": (), "steps": None, "lines": None, "place": None, "mails": False, **shown}
    mark = service.mark(row) if row is not None else ""
    return render_template(
        "crm/automation/part.html", row=row, title=title, form=form, label=label, back=back, mark=mark, **found
    )
