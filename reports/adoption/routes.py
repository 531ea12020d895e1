"""The adoption report as a file."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, g, request, send_file
from flask.typing import ResponseReturnValue

from infra.http import requires
from reports.adoption import charts, rules, service
from reports.status.rules.report import read_day
from roadmap.projects import queries as projects

bp = Blueprint("adoption_report", __name__)


@bp.get("/projects/<int:project_id>/adoption.pdf")
@requires("adoption.see")
def pdf(project_id: int) -> ResponseReturnValue:
    """The report of a day, today's unless ``as_of`` says otherwise; noted in the trail as an export."""
    as_of = read_day(request.args.get("as_of", ""), g.today)
    made = service.export(project_id, charts.document(project_id, as_of, g.now), as_of, actor=g.actor)
    name = rules.file_name(projects.row_of(project_id).name, as_of)
    return send_file(BytesIO(made), "application/pdf", as_attachment=True, download_name=name)
