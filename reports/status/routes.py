"""The status report as a page, and as a PDF."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from infra.http import requires
from kernel.errors import RuleBroken
from reports.issued.queries import withheld_from
from reports.issued.rules.parts import without
from reports.status import charts, queries, service
from reports.status.rules.naming import file_name
from reports.status.rules.report import read_day

bp = Blueprint("report", __name__)


@bp.get("/projects/<int:project_id>/report")
@requires("report.see")
def page(project_id: int) -> ResponseReturnValue:
    """The report of a day; a day that can't be reported on is said beside its field, with today's report below."""
    typed = request.args.get("as_of", "")
    try:
        as_of, error, status = read_day(typed, g.today), "", 200
    except RuleBroken as broken:
        as_of, error, status = g.today, _(broken.text) % broken.params, broken.status
    gathered = queries.gather(project_id, as_of, g.now)
    said = charts.said(gathered, for_pdf=False)
    leads = url_for("tasks.page", project_id=project_id, task_id=0).removesuffix("0")
    shown = render_template(
        "reports/status.html",
        project_id=project_id,
        r=said,
        body=Markup(without(charts.body(said, leads), withheld_from(g.actor, project_id))),  # noqa: S704 - escaped
        typed=typed or as_of,
        error=error,
        pdf_href=url_for("report.pdf", project_id=project_id, as_of=as_of.isoformat()),
    )
    return shown, status


@bp.get("/projects/<int:project_id>/report.pdf")
@requires("report.see")
def pdf(project_id: int) -> ResponseReturnValue:
    """The report as a file, noted in the trail as an export."""
    as_of = read_day(request.args.get("as_of", ""), g.today)
    gathered = queries.gather(project_id, as_of, g.now)
    html = without(charts.document(gathered), withheld_from(g.actor, project_id))
    made = service.export(project_id, html, as_of, actor=g.actor)
    return send_file(
        BytesIO(made), "application/pdf", as_attachment=True, download_name=file_name(gathered.report.name, as_of)
    )
