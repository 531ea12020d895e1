"""The adoption report as a file."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from flask import Blueprint, flash, g, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import requires
from infra.words import sentence_of
from kernel.errors import RuleBroken
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


@bp.post("/projects/<int:project_id>/adoption/report")
@requires("report.issue")
def issue(project_id: int) -> ResponseReturnValue:
    """Issue the report of today: it gets a number and a code, and stays as it is."""
    pressed = request.form.get("key", "")[:32] or uuid4().hex
    try:
        number = service.issue(project_id, charts.composer(project_id, g.today, g.now), g.today, pressed, actor=g.actor)
    except RuleBroken as problem:
        flash(sentence_of(problem), "bad")
        return redirect(url_for("adoption.page", project_id=project_id), 303)
    flash(_("Adoption report %(number)s is issued.", number=number), "good")
    return redirect(url_for("issued.report", project_id=project_id, number=number), 303)
