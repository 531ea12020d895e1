"""The page that converts a lead, and each press on its way."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.conversion import charts, queries, rules, service
from crm.conversion.forms import NEW, ConvertForm
from crm.duplicates.queries import Match
from crm.duplicates.rules.scores import Level
from crm.objects.rules.catalogue import LEAD, OBJECTS
from crm.rates import queries as rates
from crm.records import queries as records
from crm.records.models import Lead
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import Conflict, RuleBroken

bp = Blueprint("crm_conversion", __name__)
BASE = "/crm/leads/<int:lead_id>"
MAP = "/crm/setup/conversion"


@bp.get(f"{BASE}/convert")
@requires("crm.use")
def page(lead_id: int) -> ResponseReturnValue:
    """What the lead becomes, filled in as far as is known."""
    lead = _lead(lead_id)
    return _page(lead, _form(lead, first=True))


@bp.post(f"{BASE}/convert")
@requires("crm.use")
def convert(lead_id: int) -> ResponseReturnValue:
    """Convert it, once."""
    lead = _lead(lead_id)
    form = _form(lead)
    if not form.validate_on_submit():
        return _page(lead, form), 422
    try:
        done, work = service.convert(lead_id, form.chosen(), actor=g.actor, now=g.now)
    except (RuleBroken, Conflict) as problem:
        form.absorb(problem)
        return _page(_lead(lead_id), form), problem.status
    flash_undo(_("“%(name)s” is converted.", name=done.name), work)
    target = f"opportunities/{done.opportunity_id}" if done.opportunity_id else f"accounts/{done.account_id}"
    return redirect(f"/crm/{target}", 303)


@bp.get(f"{BASE}/way")
@requires("crm.use")
def way(lead_id: int) -> ResponseReturnValue:
    """The way of the lead on a page of its own, where a reason is asked for."""
    return _way(lead_id)


@bp.post(f"{BASE}/way")
@requires("crm.use")
def advance(lead_id: int) -> ResponseReturnValue:
    """To a step of the way."""
    try:
        work = service.advance(lead_id, request.form.get("status", ""), actor=g.actor, now=g.now)
    except (RuleBroken, Conflict) as problem:
        return _refused(lead_id, problem)
    return _done(lead_id, _("Saved."), work)


@bp.post(f"{BASE}/disqualify")
@requires("crm.use")
def disqualify(lead_id: int) -> ResponseReturnValue:
    """Give it up, with the reason."""
    try:
        work = service.disqualify(lead_id, request.form.get("reason", ""), actor=g.actor, now=g.now)
    except (RuleBroken, Conflict) as problem:
        return _refused(lead_id, problem)
    return _done(lead_id, _("The lead is given up."), work)


@bp.post(f"{BASE}/reopen")
@requires("crm.use")
def reopen(lead_id: int) -> ResponseReturnValue:
    """Open it again."""
    try:
        work = service.reopen(lead_id, actor=g.actor, now=g.now)
    except (RuleBroken, Conflict) as problem:
        return _refused(lead_id, problem)
    return _done(lead_id, _("The lead is open again."), work)


def _done(lead_id: int, message: str, work: Work) -> ResponseReturnValue:
    flash_undo(message, work)
    return redirect(f"/crm/leads/{lead_id}", 303)


def _refused(lead_id: int, problem: RuleBroken | Conflict) -> ResponseReturnValue:
    flash(told(problem), "bad")
    return _way(lead_id), problem.status


@bp.get(MAP)
@requires("crm.setup")
def map_page() -> ResponseReturnValue:
    """Where fields of one's own go when a lead is converted."""
    chosen = {(each.key, kind): to for each in OBJECTS["lead"].own for kind, to in each.carried}
    return _map(chosen)


@bp.post(MAP)
@requires("crm.setup")
def map_fields() -> ResponseReturnValue:
    """Keep it."""
    own = OBJECTS["lead"].own
    chosen = {(each.key, kind): request.form.get(f"{each.key}-{kind}", "") for each in own for kind in rules.FROM}
    wanted = {each.key: {kind: chosen[each.key, kind] for kind in rules.FROM} for each in own}
    try:
        work = service.map_fields(wanted, actor=g.actor)
    except RuleBroken as problem:
        return _map(chosen, [(problem.field or "", told(problem))]), 422
    flash_undo(_("Kept. It holds from the next conversion on."), work)
    return redirect(url_for("crm_fields.page", kind="lead"), 303)


def _map(chosen: dict[tuple[str, str], str], errors: Sequence[tuple[str, str]] = ()) -> str:
    subjects = [OBJECTS[kind] for kind in rules.FROM]
    lines = [
        (each, [(to, chosen.get((each.key, to.key), ""), rules.targets(each, to)) for to in subjects])
        for each in OBJECTS["lead"].own
    ]
    return render_template("crm/conversion/fields.html", lines=lines, subjects=subjects, errors=list(errors))


def _lead(lead_id: int) -> Lead:
    lead: Lead = records.get(access_of(g.actor), LEAD, lead_id)
    return lead


def _name(lead: Lead) -> str:
    return records.called(access_of(g.actor), LEAD, [lead])[lead.id]


def _way(lead_id: int) -> str:
    lead = _lead(lead_id)
    panel = charts.path_panel("lead", lead, access_of(g.actor))
    return render_template("crm/conversion/way.html", lead=lead, name=_name(lead), panel=panel)


def _form(lead: Lead, *, first: bool = False) -> ConvertForm:
    access = access_of(g.actor)
    accounts, contacts = queries.account_like(lead, access), queries.contact_like(lead, access)
    form = ConvertForm(formdata=None) if first else ConvertForm()
    form.account.choices = [*((str(m.id), _said(m)) for m in accounts), (NEW, _("A new account"))]
    form.contact.choices = [*((str(m.id), _said(m)) for m in contacts), (NEW, _("A new contact"))]
    stages = [each for each in records.stages() if each.active and each.outcome == "open"]
    form.stage_id.choices = [(each.id, each.name) for each in stages]
    people = dict(queries.owners())
    known = {lead.owner_id, g.actor.id} - {None}
    form.owner_id.choices = list(people.items()) if people else [(each, str(each)) for each in known]
    if first:
        form.account.data, form.contact.data = _likeliest(accounts, lead.company), _likeliest(contacts, "")
        form.account_name.data, form.currency.data = lead.company or lead.name, rates.base()
        form.deal_name.data = lead.product_interest or lead.company or lead.name
        form.amount.data = "" if lead.value is None else f"{lead.value:f}"
        form.with_deal.data, form.owner_id.data = True, lead.owner_id if lead.owner_id in people else g.actor.id
    return form


def _likeliest(matches: list[Match], name: str) -> str:
    """The record that is chosen at first: one that is likely the same, or is called so; else a new one."""
    known = [each for each in matches if each.level is not Level.POSSIBLE or each.name.lower() == name.lower()]
    return str(known[0].id) if known else NEW


def _said(match: Match) -> str:
    return f"{match.name} ({', '.join(match.reasons)})" if match.reasons else match.name


def _page(lead: Lead, form: ConvertForm) -> str:
    return render_template("crm/conversion/convert.html", lead=lead, name=_name(lead), form=form)
