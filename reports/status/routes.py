"""The status report as a page, and as a PDF."""

from __future__ import annotations

import unicodedata
from datetime import date
from io import BytesIO
from re import sub

from flask import Blueprint, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import requires
from kernel.errors import RuleBroken
from reports.status import charts, queries, service
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
    shown = render_template(
        "reports/status.html",
        r=charts.said(gathered, for_pdf=False),
        typed=typed or as_of,
        error=error,
        leads=url_for("tasks.page", project_id=project_id, task_id=0).removesuffix("0"),
        pdf_href=url_for("report.pdf", project_id=project_id, as_of=as_of.isoformat()),
        **charts.DRAWN,
    )
    return shown, status


@bp.get("/projects/<int:project_id>/report.pdf")
@requires("report.see")
def pdf(project_id: int) -> ResponseReturnValue:
    """The report as a file, noted in the trail as an export."""
    as_of = read_day(request.args.get("as_of", ""), g.today)
    gathered = queries.gather(project_id, as_of, g.now)
    made = service.export(project_id, charts.document(gathered), as_of, actor=g.actor)
    return send_file(BytesIO(made), "application/pdf", as_attachment=True, download_name=_file_name(gathered, as_of))


def _file_name(gathered: queries.Gathered, as_of: date) -> str:
    plain = unicodedata.normalize("NFKD", gathered.report.name).encode("ascii", "ignore").decode().lower()
    slug = sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-")
    return "-".join(filter(None, ("status-report", slug, as_of.isoformat()))) + ".pdf"
