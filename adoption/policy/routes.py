"""The page on which administrators decide who sees people by name."""

from __future__ import annotations

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from adoption.policy import queries, service
from adoption.policy.forms import PolicyForm
from infra.http import requires
from infra.undo import kept

bp = Blueprint("adoption_policy", __name__)
BASE = "/admin/adoption"


@bp.get(BASE)
@requires("adoption.policy")
def page() -> ResponseReturnValue:
    """What holds now."""
    return _page(PolicyForm(formdata=None, data={"visible": queries.decided()}))


@bp.post(BASE)
@requires("adoption.policy")
def decide() -> ResponseReturnValue:
    """Let another policy hold."""
    form = PolicyForm()
    done = kept(
        form,
        lambda: service.decide(form.visible.data or "", actor=g.actor),
        _("It holds from now on, in every roll-out."),
        url_for(".page"),
    )
    return done or (_page(form), 422)


def _page(form: PolicyForm) -> str:
    return render_template("adoption/policy.html", form=form, decided=queries.decided(), visible=queries.visible())
