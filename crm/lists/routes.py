"""The list of each object as a page and as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.access.rules import CREATE, EXPORT, SEE, Access
from crm.lists import forms, queries, rules, service
from crm.objects.rules.catalogue import OBJECTS, ObjectType, object_of
from crm.records import charts as values
from crm.records import queries as records
from infra import lists
from infra.formats import number
from infra.forms import told
from infra.http import requires
from infra.lists import ListSpec, ListView
from infra.lists.large import MOST
from infra.lists.pages import FILES, MOST_EXPORTED
from infra.lists.rules import parse
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("crm_lists", __name__)
SHOWN = 25
"""So many of the records that would change, and of those left out, are named before it is done."""
_ENDS = {"first": 0, "last": -1}
"""Where somebody goes who walks from record to record over the end of a page."""


@bp.get("/crm/<plural>")
@requires("crm.use")
def page(plural: str) -> ResponseReturnValue:
    """The records of an object that the reader may see; ``format`` asks for them as a file."""
    access, subject = access_of(g.actor), object_of(plural)
    if not access_rules.may(access, SEE, subject):
        raise NotFound
    spec = queries.spec_of(access, subject, g.now, g.zone)
    kind = request.args.get("format", "")
    if kind in FILES:
        return _file(access, subject, spec, kind)
    exact = request.args.get("count") == "exact"
    view = lists.open_view(spec, queries.source(access, subject, exact=exact))
    ids = [row.id for row in view.rows]
    session["crm_walk"] = {
        "kind": subject.key,
        "path": f"/crm/{subject.plural}",
        "ids": ids,
        "previous": view.previous,
        "next": view.next,
    }
    if ids and request.args.get("go") in _ENDS:
        return redirect(f"/crm/{subject.plural}/{ids[_ENDS[request.args['go']]]}", 303)
    return render_template(
        "crm/list.html",
        view=view,
        subject=subject,
        fields={each.key: each for each in subject.fields},
        tabs=_tabs(access, subject, view),
        may_create=access_rules.may(access, CREATE, subject),
        acts=forms.acts(access, subject),
        may_report="figures" in access.functions(),
        may_export=access_rules.may(access, EXPORT, subject),
        empty=rules.EMPTY[subject.key],
        address=lambda row: f"/crm/{subject.plural}/{row.id}",
        linked=_linked(access, subject),
        money=values.money,
        country=values.country,
    )


@bp.post("/crm/<plural>/bulk")
@requires("crm.bulk_edit")
def bulk(plural: str) -> ResponseReturnValue:
    """Many records at once: choose what to do, look at what would become of them, do it."""
    access, subject = access_of(g.actor), object_of(plural)
    if not access_rules.may(access, SEE, subject):
        raise NotFound
    form = forms.read(access, subject, request.form, g.now, g.zone)
    if not form.act or not form.chosen:
        flash(_("Tick at least one row and choose what to do."), "bad")
        return redirect(f"/crm/{subject.plural}?{form.query}", 303)
    plan = None
    try:
        if form.ready and form.confirmed:
            return _done(subject, form)
        plan = _plan(subject, form) if form.ready else None
    except RuleBroken as problem:
        if form.form is None or not problem.field:
            raise
        form.form.absorb(problem)
    return render_template(
        "crm/bulk.html",
        subject=subject,
        form=form,
        plan=plan,
        names=_named(access, subject, plan) if plan else {},
        title=dict(forms.acts(access, subject))[form.act],
        most=MOST,
        shown=SHOWN,
        told=told,
    ), 200 if form.form is None or form.form.valid else 422


def _named(access: Access, subject: ObjectType, plan: service.Plan) -> dict[int, str]:
    """What those are called that are shown, as far as the reader may read it."""
    return records.called(access, subject, [*plan.rows[:SHOWN], *(each.record for each in plan.left_out[:SHOWN])])


def _plan(subject: ObjectType, form: forms.BulkForm) -> service.Plan:
    kind, ids, values = subject.key, form.chosen, form.values
    if form.act == forms.REMOVE:
        return service.plan_removal(kind, ids, actor=g.actor)
    if form.act == forms.TAG:
        return service.plan_tag(kind, ids, values["tag"], actor=g.actor)
    if form.act == forms.UNTAG:
        return service.plan_untag(kind, ids, int(values["tag"]), actor=g.actor)
    if form.act == forms.CAMPAIGN:
        return service.plan_members(kind, ids, values["campaign_id"], values["member_status"], actor=g.actor)
    return service.plan_change(kind, ids, form.act, values[form.act], actor=g.actor, now=g.now)


def _done(subject: ObjectType, form: forms.BulkForm) -> ResponseReturnValue:
    plan, work = _do(subject, form)
    message = _SAID.get(form.act, _changed)(plan.count)
    if plan.left_out:
        message += " " + _("%(number)s were left out.", number=number(len(plan.left_out)))
    flash_undo(message, work)
    return redirect(f"/crm/{subject.plural}?{form.query or 'view=all'}", 303)


def _do(subject: ObjectType, form: forms.BulkForm) -> tuple[service.Plan, Work]:
    kind, ids, values = subject.key, form.chosen, form.values
    if form.act == forms.REMOVE:
        return service.remove(kind, ids, actor=g.actor, now=g.now)
    if form.act == forms.TAG:
        return service.tag(kind, ids, values["tag"], actor=g.actor)
    if form.act == forms.UNTAG:
        return service.untag(kind, ids, int(values["tag"]), actor=g.actor)
    if form.act == forms.CAMPAIGN:
        status = values["member_status"]
        return service.add_members(kind, ids, values["campaign_id"], status, actor=g.actor, now=g.now)
    return service.change(kind, ids, form.act, values[form.act], actor=g.actor, now=g.now)


def _changed(count: int) -> str:
    return ngettext("One was changed.", "%(number)s were changed.", count, number=number(count))


_SAID: Mapping[str, Callable[[int], str]] = {
    forms.REMOVE: lambda count: ngettext(
        "One lies in the bin.", "%(number)s lie in the bin.", count, number=number(count)
    ),
    forms.TAG: lambda count: ngettext("One was tagged.", "%(number)s were tagged.", count, number=number(count)),
    forms.UNTAG: lambda count: ngettext("One lost the tag.", "%(number)s lost the tag.", count, number=number(count)),
    forms.CAMPAIGN: lambda count: ngettext(
        "One is in the campaign now.", "%(number)s are in the campaign now.", count, number=number(count)
    ),
}


def _file(access: Access, subject: ObjectType, spec: ListSpec, kind: str) -> ResponseReturnValue:
    """What fits as a file: the records and the fields that may be exported, never more than fit into one."""
    if not access_rules.may(access, EXPORT, subject):
        raise NotFound
    taken = {each.key for each in subject.fields if access_rules.may(access, EXPORT, subject, None, each.key)}
    source = queries.source(access, subject, actions=(SEE, EXPORT))
    wish = parse(spec, request.args.to_dict(flat=False))
    if len(source.ids(spec, wish, g.zone, MOST_EXPORTED + 1)) > MOST_EXPORTED:
        raise RuleBroken(
            "crm.export",
            "More than %(most)d fit, and a file holds so many. Take fewer with a filter.",
            most=MOST_EXPORTED,
        )
    chosen = replace(
        spec,
        columns=tuple(
            replace(each, filter_only=each.filter_only or each.key not in taken | {"id"}) for each in spec.columns
        ),
    )
    return lists.open_view(chosen, source).exported(kind)


def _tabs(access: Access, subject: ObjectType, view: ListView) -> list[tuple[str, str, bool]]:
    """The views that ship, as far as the reader sees the fields that they ask for."""
    teams = () if access.team_id is None else (access.team_id, *sorted(access.below))
    reader = rules.Reader(access.person_id, teams)
    known = {each.key for each in view.spec.columns if each.filter}
    now = view.query() or "view=all"
    return [
        (_(each.label), f"{view.path}?{each.query}", now == parse_again(view.spec, each))
        for each in rules.tabs(subject.key, reader, g.today)
        if each.needs <= known | {"view"}
    ]


def parse_again(spec: ListSpec, tab: rules.Tab) -> str:
    """A tab's conditions as the list writes them itself, to tell whether they hold now."""
    args: dict[str, list[str]] = {}
    for key, value in tab.conditions:
        args.setdefault(key, []).append(value)
    return parse(spec, args).query() or "view=all"


def _linked(access: Access, subject: ObjectType) -> dict[str, str]:
    """Where the names of a column lead: the plural of the object behind, where the reader may see it."""
    return {
        each.key: OBJECTS[each.target].plural
        for each in subject.fields
        if each.target in OBJECTS and access_rules.may(access, SEE, OBJECTS[each.target])
    }
