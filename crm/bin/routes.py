"""The page of the recycle bin."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.access.queries import access_of
from crm.bin import queries, rules
from crm.objects.rules.catalogue import OBJECTS, object_of
from crm.records import service
from infra.http import requires
from infra.undo import flash_undo

bp = Blueprint("crm_bin", __name__)


@bp.get("/crm/bin")
@requires("crm.use")
def page() -> ResponseReturnValue:
    """What can be brought back; ``object`` and ``q`` narrow it."""
    kind, text = request.args.get("object", ""), request.args.get("q", "")
    rows = queries.binned(access_of(g.actor), g.now, kind, text)
    return render_template(
        "crm/bin/page.html", rows=rows, kind=kind, text=text, objects=OBJECTS, days=rules.KEPT.days, most=queries.PAGE
    )


@bp.post("/crm/bin/<target>/<int:record_id>/restore")
@requires("crm.use")
def restore(target: str, record_id: int) -> ResponseReturnValue:
    """Bring a record back, with what hangs on it."""
    work = service.restore(object_of(target).key, [record_id], actor=g.actor)
    flash_undo(_("It is back."), work)
    return redirect(url_for(".page"), 303)
