"""The pack as a file, and issuing it."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from uuid import uuid4

from flask import Blueprint, flash, g, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra import sheets
from infra.http import requires
from infra.transaction import note
from kernel.actor import project_scope
from reports.readiness import charts, queries, service
from reports.status import service as exports
from reports.status.rules.naming import file_name
from reports.status.rules.report import read_day
from roadmap.projects import queries as projects

bp = Blueprint("pack", __name__)


@bp.get("/projects/<int:project_id>/readiness/pack.pdf")
@requires("readiness.see")
def pdf(project_id: int) -> ResponseReturnValue:
    """The pack of a gate (``gate``) for a day (``as_of``), noted in the trail as an export."""
    pack = queries.gather(project_id, request.args.get("gate", ""), _day(project_id), g.now)
    made = exports.export(project_id, charts.document(charts.said(pack)), pack.as_of, actor=g.actor)
    name = file_name(pack.project.name, pack.as_of, kind="readiness-pack")
    return send_file(BytesIO(made), "application/pdf", as_attachment=True, download_name=name)


@bp.get("/projects/<int:project_id>/readiness/pack.xlsx")
@requires("readiness.see")
def xlsx(project_id: int) -> ResponseReturnValue:
    """The same as a workbook: criteria, waivers, sign-offs, decisions and kept days, noted in the trail."""
    pack = queries.gather(project_id, request.args.get("gate", ""), _day(project_id), g.now)
    note(
        g.actor, "readiness.exported", subject=f"project:{project_id}", label=pack.gate.name,
        scope=project_scope(project_id), rows=len(pack.standing.lines), kind="xlsx",
    )  # fmt: skip
    name = file_name(pack.project.name, pack.as_of, kind="readiness-pack", extension="xlsx")
    return send_file(
        BytesIO(sheets.write_book(charts.workbook(pack))), sheets.XLSX_TYPE, as_attachment=True, download_name=name
    )


@bp.post("/projects/<int:project_id>/readiness/gates/<key>/pack")
@requires("report.issue")
def issue(project_id: int, key: str) -> ResponseReturnValue:
    """Issue the pack of a gate as it is judged now."""
    pack = queries.gather(project_id, key, None, g.now)
    pressed = request.form.get("key", "")[:32] or uuid4().hex
    number = service.issue(project_id, charts.composer(pack), pack.as_of, pressed, actor=g.actor)
    flash(_("Readiness pack %(number)s is issued.", number=number), "good")
    return redirect(url_for("issued.report", project_id=project_id, number=number), 303)


def _day(project_id: int) -> date | None:
    typed = request.args.get("as_of", "")
    return read_day(typed, projects.row_of(project_id).local(g.now).date()) if typed else None
