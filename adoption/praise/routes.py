"""The page of recognition: boards, one's own points and the way out, rewards, and what is on."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from adoption.praise import charts, queries, rules, service
from adoption.praise.forms import RewardForm, SettingForm
from infra.http import may, requires
from infra.undo import flash_undo
from kernel.errors import RuleBroken
from roadmap.projects import queries as projects

bp = Blueprint("recognition", __name__)
BASE = "/projects/<int:project_id>/adoption/recognition"


@bp.get(BASE)
@requires("adoption.see")
def page(project_id: int) -> ResponseReturnValue:
    """Who stands out, for what, and what was given."""
    return _page(project_id)


@bp.post(f"{BASE}/part")
@requires("adoption.see")
def part(project_id: int) -> ResponseReturnValue:
    """One's own switch: take no part, or take part again."""
    if request.form.get("out") == "1":
        service.leave(actor=g.actor, now=g.now)
        flash(_("You take no part any more, in any roll-out."), "good")
    else:
        service.join(actor=g.actor)
        flash(_("You take part again."), "good")
    return redirect(url_for(".page", project_id=project_id, _anchor="mine"), 303)


@bp.post(BASE)
@requires("adoption.edit")
def choose(project_id: int) -> ResponseReturnValue:
    """Switch it on or off."""
    form = SettingForm()
    work = service.choose(project_id, active=form.active.data, named=form.named.data, actor=g.actor)
    flash_undo(_("Saved."), work)
    return redirect(url_for(".page", project_id=project_id), 303)


@bp.post(f"{BASE}/rewards")
@requires("adoption.edit")
def give(project_id: int) -> ResponseReturnValue:
    """Give a reward."""
    form = RewardForm()
    if form.validate_on_submit():
        person_id, team_id = form.chosen()
        gift = service.Gift(form.what.data or "", form.why.data or "", person_id, team_id)
        try:
            _made, work = service.give(project_id, gift, actor=g.actor, now=g.now)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("It is in the log."), work)
            return redirect(url_for(".page", project_id=project_id, _anchor="rewards"), 303)
    return _page(project_id, form), 422


@bp.post(f"{BASE}/rewards/<int:reward_id>/withdraw")
@requires("adoption.edit")
def withdraw(project_id: int, reward_id: int) -> ResponseReturnValue:
    """Take a reward back."""
    flash_undo(_("Taken back."), service.withdraw(project_id, reward_id, actor=g.actor))
    return redirect(url_for(".page", project_id=project_id, _anchor="rewards"), 303)


def _page(project_id: int, form: RewardForm | None = None) -> str:
    view = queries.view(project_id, g.actor.id, g.now, g.zone)
    edits = may("adoption.edit", project_id)
    reward_form = form or RewardForm(formdata=None)
    if edits:
        reward_form.offer(*queries.choices(project_id))
    return render_template(
        "adoption/praise/page.html",
        project=projects.row_of(project_id),
        view=view,
        charts=charts,
        table_of_rules=list(rules.RULES.values()),
        badges=rules.BADGES,
        may_edit=edits,
        form=reward_form,
    )
