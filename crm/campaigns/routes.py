"""The pages of campaigns: compared with each other, their members, and their figures by day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.campaigns import charts, queries, rules, service
from crm.campaigns.forms import DayForm
from crm.campaigns.rules import Window
from crm.objects.rules.catalogue import CAMPAIGN, CONTACT, LEAD
from crm.objects.rules.fields import Kind
from crm.pipeline.forms import filters_of
from crm.rates import queries as rates
from crm.records import queries as records
from infra.forms import told
from infra.http import may, requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("crm_campaigns", __name__)
BASE = "/crm/campaigns"
FILTERED = {"lead": ("status", "source", "region", "industry", "rating"), "contact": ("source",)}
"""The fields by which members are found."""


@bp.get(f"{BASE}/compare")
@requires("crm.use")
def compare() -> ResponseReturnValue:
    """All campaigns beside each other, of all time or of the days that the address names."""
    access = access_of(g.actor)
    if not access_rules.may(access, access_rules.SEE, CAMPAIGN):
        raise NotFound
    sent = filters_of(request.args)
    window = Window(sent.closes_from, sent.closes_to)
    found = queries.figures(access, window, zone=g.zone)
    return render_template(
        "crm/campaigns/compare.html",
        found=found,
        window=window,
        base=rates.base(),
        cost_seen=queries.may_see_cost(access),
        largest=max((each.revenue.amount for each in found), default=0),
    )


@bp.get(f"{BASE}/<int:campaign_id>/figures")
@requires("crm.use")
def figures(campaign_id: int) -> ResponseReturnValue:
    """The figures of a campaign, by day."""
    return _figures(campaign_id)


@bp.post(f"{BASE}/<int:campaign_id>/figures")
@requires("crm.enter_figures")
def enter(campaign_id: int) -> ResponseReturnValue:
    """Enter the figures of a day."""
    form = DayForm()
    if form.validate_on_submit():
        try:
            _count, work = service.enter(campaign_id, [form.figures()], actor=g.actor, now=g.now, today=g.today)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _back("figures", campaign_id, _("The figures of that day are kept."), work)
    return _figures(campaign_id, form), 422


@bp.post(f"{BASE}/<int:campaign_id>/figures/file")
@requires("crm.enter_figures")
def take_in(campaign_id: int) -> ResponseReturnValue:
    """Figures from a file, all or none."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        flash(_("Choose a file."), "bad")
        return _figures(campaign_id), 422
    try:
        count, wrong, work = service.take_in(
            campaign_id, sent.read(), sent.filename[:200], actor=g.actor, now=g.now, today=g.today
        )
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _figures(campaign_id), 422
    if work is None:
        return _figures(campaign_id, wrong=wrong), 422
    return _back("figures", campaign_id, ngettext("One day is kept.", "%(num)d days are kept.", count), work)


@bp.get(f"{BASE}/<int:campaign_id>/members")
@requires("crm.use")
def members(campaign_id: int) -> ResponseReturnValue:
    """Whom a campaign addresses, and how far they came."""
    return _members(campaign_id)


@bp.post(f"{BASE}/<int:campaign_id>/members")
@requires("crm.use")
def add(campaign_id: int) -> ResponseReturnValue:
    """Add members: by addresses, or all that a filter finds."""
    status = request.form.get("status", "targeted")
    try:
        if request.form.get("how") == "filter":
            people = _found_by_filter()
            count, work = service.add(campaign_id, people, status, actor=g.actor, now=g.now)
            message = ngettext("One member is new or went on.", "%(num)d members are new or went on.", count)
            return _back("members", campaign_id, message, work)
        lines, done = service.add_addresses(campaign_id, _addresses(), status, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _members(campaign_id), 422
    if done is not None:
        good = sum(line.good for line in lines)
        flash_undo(ngettext("One address was found.", "%(num)d addresses were found.", good), done)
    return _members(campaign_id, lines)


@bp.post(f"{BASE}/<int:campaign_id>/members/change")
@requires("crm.use")
def change(campaign_id: int) -> ResponseReturnValue:
    """Several members at once: another status, or out."""
    ids = request.form.getlist("ids", type=row_number)
    try:
        if request.form.get("action") == "remove":
            count, work = service.remove(campaign_id, ids, actor=g.actor)
            message = ngettext("One member was taken out.", "%(num)d members were taken out.", count)
        else:
            wanted = request.form.get("status", "")
            count, work = service.set_status(campaign_id, ids, wanted, actor=g.actor, now=g.now)
            message = ngettext("One member changed.", "%(num)d members changed.", count)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return _members(campaign_id), 422
    return _back("members", campaign_id, message, work)


def _addresses() -> str:
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        content: bytes = sent.read()
        return content.decode("utf-8-sig", "replace")
    return request.form.get("addresses", "")


def _found_by_filter() -> list[tuple[str, int]]:
    kind = "contact" if request.form.get("kind") == "contact" else "lead"
    values = {key: request.form[f"{kind}-{key}"] for key in FILTERED[kind] if request.form.get(f"{kind}-{key}")}
    if not values:
        raise RuleBroken("crm.member_filter", "Choose at least one value to find people by.")
    return [(kind, number) for number in queries.matching(access_of(g.actor), kind, values, rules.MOST)]


def _back(place: str, campaign_id: int, message: str, work: Work) -> ResponseReturnValue:
    flash_undo(message, work)
    return redirect(url_for(f".{place}", campaign_id=campaign_id), 303)


def _frame(campaign_id: int) -> dict[str, Any]:
    access = access_of(g.actor)
    row = queries.campaign(access, campaign_id)
    facts = records.facts(access, access_rules.EDIT, CAMPAIGN, row)
    return {
        "campaign": row,
        "figures": queries.figures(access, ids=[campaign_id])[0],
        "base": rates.base(),
        "cost_seen": queries.may_see_cost(access),
        "may_edit": access_rules.may(access, access_rules.EDIT, CAMPAIGN, facts),
        "statuses": rules.STATUSES,
    }


def _figures(campaign_id: int, form: DayForm | None = None, wrong: list[service.Line] | None = None) -> str:
    frame = _frame(campaign_id)
    return render_template(
        "crm/campaigns/figures.html",
        days=queries.days(access_of(g.actor), campaign_id),
        funnel=charts.funnel(frame["figures"]),
        form=form or DayForm(formdata=None, day=g.today),
        wrong=wrong or [],
        may_enter=frame["may_edit"] and may("crm.enter_figures"),
        **frame,
    )


def _members(campaign_id: int, lines: list[service.Line] | None = None) -> str:
    access, status = access_of(g.actor), request.args.get("status", "")
    page = min(max(request.args.get("page", 1, type=int) or 1, 1), rules.MOST)
    choices = [
        (kind, [subject.field(key) for key in FILTERED[kind] if subject.field(key).kind is Kind.CHOICE])
        for kind, subject in (("lead", LEAD), ("contact", CONTACT))
    ]
    rows, frame = queries.members(access, campaign_id, page, status), _frame(campaign_id)
    return render_template(
        "crm/campaigns/members.html",
        rows=rows,
        allowed=queries.may_be_written_to(frame["campaign"].kind, rows),
        lines=lines or [],
        status=status,
        page=page,
        page_size=queries.PAGE,
        choices=choices,
        typed=request.form.get("addresses", "") if lines is None else "",
        **frame,
    )
