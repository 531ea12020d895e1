"""The address behind the undo button. Any signed-in person may knock: which action may be undone by whom depends on
the action, so the service asks the policy for it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import SIGNED_IN, is_fragment, requires, wants_json
from infra.undo import service
from infra.words import sentence_of
from kernel.errors import NotFound, Problem

bp = Blueprint("undo", __name__)


@bp.post("/undo/<transaction_id>")
@requires(SIGNED_IN)
def perform(transaction_id: str) -> ResponseReturnValue:
    """Take an action back and return to the page that the button stood on."""
    if wants_json():
        work = service.undo(transaction_id, actor=g.actor)
        return jsonify(undone=transaction_id, redo=url_for(".perform", transaction_id=work.transaction_id))
    try:
        work = service.undo(transaction_id, actor=g.actor)
    except NotFound:
        raise
    except Problem as problem:
        flash(sentence_of(problem), "bad")
    else:
        service.remember_place(urlsplit(request.referrer or "").path)
        flash(_("Undone."), f"good|{url_for('.perform', transaction_id=work.transaction_id)}")
    return _back()


def _back() -> ResponseReturnValue:
    """To the page that sent the form, if it is one of ours."""
    came_from = urlsplit(request.referrer or "")
    ours = came_from.netloc == request.host and came_from.path.startswith("/")
    target = came_from.path + (f"?{came_from.query}" if came_from.query else "") if ours else url_for("portfolio.page")
    if is_fragment():
        return "", 204, {"HX-Redirect": target}
    return redirect(target, 303)
