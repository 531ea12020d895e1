"""Keeping views of lists. Any signed-in person may: a view is theirs alone to change, and opening it asks for the
permission of the list's own page.
"""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import SIGNED_IN, requires
from infra.lists import service
from infra.undo.service import flash_undo
from infra.words import sentence_of
from kernel.errors import NotFound, RuleBroken

bp = Blueprint("views", __name__)


@bp.post("/views")
@requires(SIGNED_IN)
def save() -> ResponseReturnValue:
    """Keep the view on the screen under a name."""
    form = request.form
    scope = form.get("scope", "")[:60]
    if scope and not g.actor.roles_in(scope):
        raise NotFound
    try:
        service.save_view(
            form.get("page", "")[:80],
            scope,
            form.get("name", ""),
            form.get("query", ""),
            shared=form.get("shared") == "y",
            actor=g.actor,
        )
    except RuleBroken as problem:
        flash(sentence_of(problem), "bad")
    else:
        flash(_("View saved."), "good")
    return _back(form.get("query", ""))


@bp.post("/views/<int:view_id>/rename")
@requires(SIGNED_IN)
def rename(view_id: int) -> ResponseReturnValue:
    """Give one's own view another name."""
    try:
        flash_undo(_("View renamed."), service.rename_view(view_id, request.form.get("name", ""), actor=g.actor))
    except RuleBroken as problem:
        flash(sentence_of(problem), "bad")
    return _back()


@bp.post("/views/<int:view_id>/delete")
@requires(SIGNED_IN)
def delete(view_id: int) -> ResponseReturnValue:
    """Delete one's own view."""
    flash_undo(_("View deleted."), service.delete_view(view_id, actor=g.actor))
    return _back()


@bp.post("/views/<int:view_id>/default")
@requires(SIGNED_IN)
def default(view_id: int) -> ResponseReturnValue:
    """Open the list with this view from now on, or no longer."""
    wanted = request.form.get("wanted", "y") == "y"
    service.set_default(view_id, wanted, actor=g.actor)
    flash(_("This list now opens with that view.") if wanted else _("This list now opens with everything."), "good")
    return _back()


def _back(query: str = "") -> ResponseReturnValue:
    """To the list that the form names, if it is an address of ours."""
    target = request.form.get("back", "")
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    if not ours:
        return redirect(url_for("portfolio.page"), 303)
    return redirect(f"{target}?{query}" if query and "?" not in target else target, 303)
