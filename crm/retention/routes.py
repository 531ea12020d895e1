"""The pages of retention."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.objects.rules.catalogue import OBJECTS
from crm.retention import queries, rules, service
from crm.retention.forms import RetentionForm
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from infra.undo.service import kept
from kernel.errors import RuleBroken

bp = Blueprint("retention", __name__)
BASE = "/crm/setup/retention"
ONE = f"{BASE}/<int:rule_id>"


@bp.get(BASE)
@requires("crm.privacy")
def page() -> ResponseReturnValue:
    """Every rule with what it finds now and what it did last."""
    return _page()


@bp.post(BASE)
@requires("crm.privacy")
def add() -> ResponseReturnValue:
    """A rule, off."""
    form = RetentionForm.of(sent=True)
    if form.validate_on_submit():
        try:
            made, work = service.add(form.typed(), actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("Kept, and off. Look at what it finds, then switch it on."), work)
            return redirect(url_for(".rule", rule_id=made), 303)
    return _page(form), 422


@bp.get(ONE)
@requires("crm.privacy")
def rule(rule_id: int) -> ResponseReturnValue:
    """One rule: what it would do now, and what it did."""
    return _one(rule_id)


@bp.post(ONE)
@requires("crm.privacy")
def change(rule_id: int) -> ResponseReturnValue:
    """Another rule."""
    form, here = RetentionForm.of(queries.rule(rule_id), sent=True), url_for(".rule", rule_id=rule_id)

    def act() -> Work:
        return service.change(rule_id, form.typed(), actor=g.actor)

    return kept(form, act, _("Changed, and off until you switch it on."), here) or (_one(rule_id, form), 422)


@bp.post(f"{ONE}/on")
@requires("crm.privacy")
def switch_on(rule_id: int) -> ResponseReturnValue:
    """On: each night from now on."""
    return _done(_("On: each night from now on."), service.switch(rule_id, on=True, actor=g.actor), rule_id)


@bp.post(f"{ONE}/off")
@requires("crm.privacy")
def switch_off(rule_id: int) -> ResponseReturnValue:
    """Off."""
    return _done(_("Off."), service.switch(rule_id, on=False, actor=g.actor), rule_id)


@bp.post(f"{ONE}/remove")
@requires("crm.privacy")
def remove(rule_id: int) -> ResponseReturnValue:
    """The rule goes; what it did stays done."""
    flash_undo(_("The rule is gone."), service.remove(rule_id, actor=g.actor))
    return redirect(url_for(".page"), 303)


@bp.post(f"{ONE}/run")
@requires("crm.privacy")
def run(rule_id: int) -> ResponseReturnValue:
    """Now instead of tonight."""
    done = service.run(rule_id, actor=g.actor, now=g.now)
    flash(ngettext("Done with one record.", "Done with %(num)d records.", done), "good")
    return redirect(url_for(".rule", rule_id=rule_id), 303)


def _done(said: str, work: Work, rule_id: int) -> ResponseReturnValue:
    flash_undo(said, work)
    return redirect(url_for(".rule", rule_id=rule_id), 303)


def _page(form: RetentionForm | None = None) -> str:
    rows = [(each, queries.count(each, g.now)) for each in queries.all_rules()]
    return render_template(
        "crm/retention/page.html",
        rows=rows,
        last=queries.last_runs(),
        form=form or RetentionForm.of(),
        objects=OBJECTS,
        actions=rules.ACTIONS,
        bases=rules.BASES,
    )


def _one(rule_id: int, form: RetentionForm | None = None) -> str:
    found = queries.rule(rule_id)
    return render_template(
        "crm/retention/rule.html",
        rule=found,
        subject=OBJECTS[found.object],
        rows=queries.preview(found, g.now),
        count=queries.count(found, g.now),
        held=queries.count(found, g.now, held=True),
        runs=queries.runs(rule_id),
        form=form or RetentionForm.of(found),
        actions=rules.ACTIONS,
        bases=rules.BASES,
    )
