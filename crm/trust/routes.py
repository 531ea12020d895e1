"""The pages of trust: questions about access, the view of another, shared records, the tests of access."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.trust import queries, service
from infra.http import SIGNED_IN, requires
from infra.transaction import READ_ONLY
from kernel.errors import Refused

bp = Blueprint("trust", __name__)
_LEAVING = frozenset({"trust.stop_view", "sign_in.out"})
"""What whoever looks as somebody else does as themselves."""
_TAKEN_OUT = frozenset({"csv", "xlsx", "pdf"})
"""The values of ``format`` with which pages become files."""


@bp.before_app_request
def _hold_view() -> ResponseReturnValue | None:
    """While somebody looks as another person they read pages of the CRM and do nothing else."""
    if g.get("view_over"):
        return _view_is_over()
    viewed = g.get("actor")
    if viewed is None or viewed.viewer is None or request.endpoint == "static":
        return None
    if request.endpoint in _LEAVING:
        g.actor = viewed.viewer
        service.end_view(g.session_id, actor=g.actor, why="signed out" if request.endpoint == "sign_in.out" else "")
        return None
    if request.method not in ("GET", "HEAD"):
        raise Refused(READ_ONLY, name=viewed.name)
    if not request.path.startswith("/crm"):
        raise Refused("You are looking at the CRM as %(name)s. Stop to open other pages.", name=viewed.name)
    if request.args.get("format") in _TAKEN_OUT:
        raise Refused("You are looking as %(name)s: nothing can be taken out. Stop first.", name=viewed.name)
    return None


@bp.after_app_request
def _keep_files_in(response: Response) -> Response:
    """No file leaves while somebody looks as another person, whatever page makes it; and no such page is kept."""
    viewed = g.get("actor")
    if viewed is None or viewed.viewer is None:
        return response
    response.headers["Cache-Control"] = "no-store"
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        response.close()
        text = _(READ_ONLY, name=viewed.name)
        return Response(text, 403, {"Cache-Control": "no-store"}, mimetype="text/plain")
    return response


def _view_is_over() -> ResponseReturnValue | None:
    why, g.view_over = g.view_over, ""
    service.end_view(g.session_id, actor=g.actor, why=why)
    if request.method not in ("GET", "HEAD"):
        raise Refused("You can't look as that person any more. %(why)s", why=why)
    flash(_("The view ended: you can't look as that person any more. %(why)s", why=_(why)), "warn")
    return redirect(url_for("portfolio.page"), 303)


@bp.get("/crm/setup/view-as")
@requires("crm.view_as")
def view_as() -> ResponseReturnValue:
    """Everybody whom one could look as, and why not."""
    people = [(each, queries.obstacle_to_view(g.actor, each)) for each in queries.holders() if each.active]
    return render_template("crm/trust/view_as.html", people=people, able=sum(not why for _each, why in people))


@bp.post("/crm/setup/view-as/<int:person_id>")
@requires("crm.view_as")
def begin_view(person_id: int) -> ResponseReturnValue:
    """Look as somebody."""
    service.begin_view(person_id, g.session_id, actor=g.actor)
    return redirect("/crm", 303)


@bp.post("/crm/view-as/stop")
@requires(SIGNED_IN)
def stop_view() -> ResponseReturnValue:
    """Look as oneself again; the hold above has ended the view already."""
    flash(_("You see the CRM as yourself again."), "good")
    return redirect(url_for("trust.view_as") if g.get("session_id") else "/", 303)
