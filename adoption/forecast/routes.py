"""The page of the forecast: where a roll-out stands in week 12."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from adoption.forecast import charts, queries
from infra.http import requires
from roadmap.projects import queries as projects

bp = Blueprint("adoption_forecast", __name__)


@bp.get("/projects/<int:project_id>/adoption/forecast")
@requires("adoption.see")
def page(project_id: int) -> ResponseReturnValue:
    """Each figure of adoption, its weeks, and the twelfth."""
    return render_template(
        "adoption/forecast/page.html",
        project=projects.row_of(project_id),
        ahead=queries.ahead(project_id, g.now, g.zone),
        charts=charts,
    )
