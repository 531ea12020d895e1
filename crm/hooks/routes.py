"""The pages of webhooks: where data goes, and what became of every message."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.hooks import queries, rules, service
from crm.hooks.forms import HookForm
from infra.forms import told
from infra.http import requires
from infra.undo import flash_undo
from infra.undo.service import kept
from kernel.errors import NotFound, Problem, RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("hooks", __name__)
BASE = "/crm/setup/webhooks"
ONE = f"{BASE}/<int:hook_id>"
NEEDS = "crm.automations"
LATELY = timedelta(days=30)
PAGE = 50


@bp.get(BASE)
@requires(NEEDS)
def page() -> ResponseReturnValue:
    """Every webhook, with what came in lately."""
    return _page()


@bp.post(BASE)
@requires(NEEDS)
def add() -> ResponseReturnValue:
    """A new webhook; its key is shown on the page that follows, once."""
    form = HookForm()
    if form.validate_on_submit():
        try:
            number, key, _work = service.add(
                form.name.data or "", form.url.data or "", personal=bool(form.personal.data), actor=g.actor
            )
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            return _one(number, key=key)
    return _page(form), 422


@bp.get(ONE)
@requires(NEEDS)
def one(hook_id: int) -> ResponseReturnValue:
    """One webhook and its messages."""
    return _one(hook_id)


@bp.post(ONE)
@requires(NEEDS)
def change(hook_id: int) -> ResponseReturnValue:
    """Another name or address."""
    form = HookForm()
    done = kept(
        form,
        lambda: service.change(
            hook_id, form.name.data or "", form.url.data or "", personal=bool(form.personal.data), actor=g.actor
        ),
        _("Saved."),
        url_for(".one", hook_id=hook_id),
    )
    return done or (_one(hook_id, form=form), 422)


@bp.post(f"{ONE}/key")
@requires(NEEDS, fresh=True)
def renew(hook_id: int) -> ResponseReturnValue:
    """Another key, shown once."""
    return _one(hook_id, key=service.renew_key(hook_id, actor=g.actor, now=g.now))


@bp.post(f"{ONE}/switch")
@requires(NEEDS)
def switch(hook_id: int) -> ResponseReturnValue:
    """On or off."""
    on = request.form.get("on") == "yes"
    work = service.switch(hook_id, on=on, actor=g.actor)
    flash_undo(_("It is on.") if on else _("It is off: nothing is sent to it."), work)
    return redirect(url_for(".one", hook_id=hook_id), 303)


@bp.post(f"{ONE}/test")
@requires(NEEDS)
def test(hook_id: int) -> ResponseReturnValue:
    """A message that says nothing."""
    try:
        service.test(hook_id, actor=g.actor)
    except Problem as problem:
        flash(told(problem), "bad")
    else:
        flash(_("A test message goes out within seconds; look below what became of it."), "good")
    return redirect(url_for(".one", hook_id=hook_id), 303)


@bp.post(f"{ONE}/remove")
@requires(NEEDS)
def remove(hook_id: int) -> ResponseReturnValue:
    """Away with it and its messages."""
    service.remove(hook_id, actor=g.actor)
    flash(_("The webhook is removed."), "good")
    return redirect(url_for(".page"), 303)


@bp.get(f"{BASE}/messages/<int:delivery_id>")
@requires(NEEDS)
def message(delivery_id: int) -> ResponseReturnValue:
    """One message: what was sent, and what was answered."""
    row = queries.delivery(delivery_id)
    hook, most = queries.hook(row.hook_id), len(rules.WAITS) + 1
    return render_template("crm/hooks/message.html", row=row, hook=hook, states=rules.STATES, most=most)


@bp.post(f"{BASE}/messages/<int:delivery_id>/again")
@requires(NEEDS)
def again(delivery_id: int) -> ResponseReturnValue:
    """Let a message go once more."""
    service.send_again(delivery_id, actor=g.actor)
    flash(_("It goes out again within seconds."), "good")
    return redirect(url_for(".message", delivery_id=delivery_id), 303)


def _page(form: HookForm | None = None) -> str:
    return render_template(
        "crm/hooks/page.html",
        rows=queries.hooks(),
        tallies=queries.tallies(g.now - LATELY),
        idle=queries.Tally(),
        form=form or HookForm(formdata=None),
    )


def _one(hook_id: int, *, key: str = "", form: HookForm | None = None) -> str:
    hook, state = queries.hook(hook_id), request.args.get("state", "")
    if state and state not in rules.STATES:
        raise NotFound
    before = request.args.get("before", type=row_number)
    rows = queries.deliveries(hook_id, state, before, PAGE + 1)
    return render_template(
        "crm/hooks/one.html",
        hook=hook,
        key=key,
        form=form or HookForm(formdata=None, obj=hook),
        rows=rows[:PAGE],
        more=rows[PAGE - 1].id if len(rows) > PAGE else None,
        tally=queries.tallies(g.now - LATELY).get(hook.id, queries.Tally()),
        states=rules.STATES,
        state=state,
        both=hook.until is not None and g.now < hook.until,
    )
