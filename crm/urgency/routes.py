"""The matrix of priorities: a cell for each severity and impact."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.objects.rules import choices
from crm.queues import queries, rules
from crm.urgency import service
from infra.forms import told
from infra.http import requires
from infra.undo import flash_undo
from kernel.errors import RuleBroken

bp = Blueprint("urgency", __name__)
PAGE = "/crm/setup/priorities"


@bp.get(PAGE)
@requires("crm.setup")
def page() -> ResponseReturnValue:
    """The matrix in force."""
    return _page(queries.matrix(), {})


@bp.post(PAGE)
@requires("crm.setup")
def keep() -> ResponseReturnValue:
    """Another matrix; open tickets follow at once."""
    pairs = {(severity, impact): f"{severity}-{impact}" for severity, impact in rules.shipped_matrix()}
    sent = {pair: request.form.get(name, "") for pair, name in pairs.items()}
    try:
        moved, work = service.keep(sent, actor=g.actor, now=g.now)
    except RuleBroken as problem:
        return _page(sent, {problem.field or "": told(problem)}), 422
    said = _("Saved. No open ticket changes its priority.")
    if moved:
        said = ngettext("One open ticket changes its priority.", "%(num)s open tickets change their priority.", moved)
    flash_undo(said, work)
    return redirect(url_for(".page"), 303)


def _page(cells: Mapping[tuple[str, str], str], errors: Mapping[str, str]) -> str:
    shipped = rules.shipped_matrix()
    return render_template(
        "crm/urgency/page.html",
        cells=cells,
        errors=list(errors.items()),
        altered=sum(cells[pair] != priority for pair, priority in shipped.items()),
        severities=choices.SEVERITIES,
        impacts=choices.IMPACTS,
        priorities=choices.PRIORITIES,
    )
