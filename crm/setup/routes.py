"""The index of the CRM's setup: each page with the one sentence that says what it is for."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from infra.http import may, requires
from infra.wires import wires

bp = Blueprint("crm_setup", __name__)


@bp.get("/crm/setup")
@requires("crm.use")
def page() -> ResponseReturnValue:
    """The pages that the reader may open; the shell lists them all."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for group, label, sentence, endpoint, permission in wires().extras["setup_pages"]:
        if may(permission):
            groups.setdefault(group, []).append((label, sentence, endpoint))
    return render_template("crm/setup/index.html", groups=groups)
