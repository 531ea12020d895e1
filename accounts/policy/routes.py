"""The page of the policy, for administrators."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.policy import queries, rules, service
from accounts.policy.forms import PolicyForm
from infra.http import requires
from kernel.errors import RuleBroken

bp = Blueprint("policy", __name__)


@bp.get("/admin/policy")
@requires("settings.edit", fresh=True)
def page() -> ResponseReturnValue:
    """What holds now."""
    return _page(PolicyForm(formdata=None, obj=queries.policy()))


@bp.post("/admin/policy")
@requires("settings.edit", fresh=True)
def change() -> ResponseReturnValue:
    """Let what was typed hold from now on."""
    form = PolicyForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        service.change(form.policy(), actor=g.actor, now=g.now)
    except RuleBroken as problem:
        form.absorb(problem)
        return _page(form, problem.status)
    flash(_("Kept. It holds from now on."), "good")
    return redirect(url_for(".page"), 303)


def _page(form: PolicyForm, status: int = 200) -> ResponseReturnValue:
    kept = queries.policy()
    return render_template("accounts/policy.html", form=form, policy=kept, limits=rules.LIMITS), status
