"""The pages where service levels are set up: the policies, and one of them."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.calendars import queries as calendars
from crm.objects.rules import choices
from crm.queues import queries as queues
from crm.sla import charts, queries, service
from crm.sla.forms import ZONES, PolicyForm
from crm.sla.rules.clocks import Measure
from crm.sla.rules.policies import MOST_RUNGS, PAUSABLE, SHIPPED, Policy, Tell
from infra.forms import lazy as _l
from infra.http import requires
from infra.undo import flash_undo
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("sla", __name__)
PAGE = "/crm/setup/service-levels"
TELLS = {Tell.AGENT: _l("the agent"), Tell.LEADERS: _l("who leads the team"), Tell.MANAGERS: _l("service managers")}


@bp.get(PAGE)
@requires("crm.setup")
def page() -> ResponseReturnValue:
    """Every policy with what it promises."""
    found, there = queries.in_force(g.now), queries.policies()
    common = next((each for each in there if each.queue_id is None), SHIPPED)
    listed = [common, *(each for each in there if each.queue_id is not None)]
    return render_template(
        "crm/sla/page.html",
        policies=[(each, charts.lines(found, each, g.now)) for each in listed],
        queues=queues.names(),
        calendars=_calendars(),
        words=_words(),
    )


@bp.get(f"{PAGE}/new")
@requires("crm.setup")
def new() -> ResponseReturnValue:
    """A new policy begins as the one that holds for all."""
    return _form(PolicyForm.of(replace(_common(), name="", queue_id=None, id=None)), None)


@bp.post(f"{PAGE}/new")
@requires("crm.setup")
def add() -> ResponseReturnValue:
    """Keep a new policy."""
    return _keep(None)


@bp.get(f"{PAGE}/common")
@requires("crm.setup")
def common() -> ResponseReturnValue:
    """The policy that holds where a queue has none of its own."""
    return _form(PolicyForm.of(_common()), _common())


@bp.post(f"{PAGE}/common")
@requires("crm.setup")
def keep_common() -> ResponseReturnValue:
    """Keep that policy."""
    return _keep(_common())


@bp.get(f"{PAGE}/<int:policy_id>")
@requires("crm.setup")
def policy(policy_id: int) -> ResponseReturnValue:
    """The policy of a queue."""
    found = _policy(policy_id)
    return _form(PolicyForm.of(found), found)


@bp.post(f"{PAGE}/<int:policy_id>")
@requires("crm.setup")
def change(policy_id: int) -> ResponseReturnValue:
    """Keep it changed; open tickets go on by it."""
    return _keep(_policy(policy_id))


@bp.post(f"{PAGE}/<int:policy_id>/remove")
@requires("crm.setup")
def remove(policy_id: int) -> ResponseReturnValue:
    """Take it away; its queue follows the policy for all."""
    work = service.remove(policy_id, actor=g.actor, now=g.now)
    flash_undo(_("The policy is gone. Open tickets go on by the one for all queues."), work)
    return redirect(url_for(".page"), 303)


def _keep(there: Policy | None) -> ResponseReturnValue:
    form = PolicyForm({})
    wanted = form.policy(request.form, list(queues.names()), list(_calendars()))
    if wanted is not None:
        whole = there is not None and there.queue_id is None
        wanted = replace(wanted, id=there.id if there else None, queue_id=None if whole else wanted.queue_id)
        if not whole and wanted.queue_id is None:
            form.absorb(RuleBroken("sla.queue", "Choose the queue that the policy is for.", field="queue_id"))
            return _form(form, there), 422
        try:
            _number, work = service.keep(wanted, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Saved. Open tickets go on by it with the time that they used."), work)
            return redirect(url_for(".page"), 303)
    return _form(form, there), 422


def _form(form: PolicyForm, there: Policy | None) -> str:
    taken = {each.queue_id for each in queries.policies() if there is None or each.id != there.id}
    return render_template(
        "crm/sla/policy.html",
        form=form,
        policy=there,
        whole=there is not None and there.queue_id is None,
        queues=[(number, name) for number, name in queues.names().items() if number not in taken],
        zones=ZONES,
        calendars=_calendars(),
        words=_words(),
        priorities=choices.PRIORITIES,
        pausable=[(each.value, dict(choices.TICKET_STATES)[each.value]) for each in PAUSABLE],
        most=MOST_RUNGS,
    )


def _words() -> dict[str, dict[str, str]]:
    return {
        "measure": {each.value: str(charts.WORDS[each]) for each in Measure},
        "tell": {each.value: str(said) for each, said in TELLS.items()},
        "priority": dict(choices.PRIORITIES),
    }


def _calendars() -> dict[int, str]:
    return {each.id: each.name for each in calendars.calendars() if each.project_id is None}


def _common() -> Policy:
    return next((each for each in queries.policies() if each.queue_id is None), SHIPPED)


def _policy(policy_id: int) -> Policy:
    found = next((each for each in queries.policies() if each.id == policy_id), None)
    if found is None:
        raise NotFound("There is no such policy.")
    return found
