"""The administrator's first page."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from accounts.access import queries as access
from accounts.calendars import queries as calendars
from accounts.people import queries as people
from infra.http import requires

bp = Blueprint("admin", __name__)


@bp.get("/admin")
@requires("people.see")
def page() -> ResponseReturnValue:
    """Where to go from here, and who one is."""
    everybody = people.people()
    return render_template(
        "accounts/admin.html",
        signing_in=sum(row.active and row.signs_in for row in everybody),
        people=len(everybody),
        administrators=len(access.administrators()),
        calendars=len(calendars.calendars()),
        memberships=access.memberships_of(g.actor.id),
    )
