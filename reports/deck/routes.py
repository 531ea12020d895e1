"""The slides as a file: of the moment for all roll-outs, issued and kept for one."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import requires
from infra.transaction import note
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import NotFound
from reports.board import queries
from reports.deck import rules, service
from reports.issued import queries as issued
from reports.issued import service as issuing
from reports.status.rules.naming import file_name
from roadmap.projects import queries as projects

bp = Blueprint("deck", __name__)
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@bp.get("/portfolio/executive.pptx")
@requires("portfolio.see")
def pptx() -> ResponseReturnValue:
    """The slides of this moment, of what the reader may see, noted in the trail as an export."""
    from reports.deck import charts  # noqa: PLC0415  # its library takes half a second to load

    made = charts.deck(queries.board(g.actor, g.now, ZoneInfo(wires().settings.timezone)))
    note(g.actor, "deck.exported", as_of=g.today.isoformat())
    return send_file(BytesIO(made), PPTX, as_attachment=True, download_name=rules.file_name(g.today))


@bp.post("/projects/<int:project_id>/reports/slides")
@requires("report.issue")
def issue(project_id: int) -> ResponseReturnValue:
    """Issue the slides of one roll-out: they get a number and a code, and stay as they are."""
    from reports.deck import charts  # noqa: PLC0415  # as above

    board = queries.board(SYSTEM, g.now, ZoneInfo(wires().settings.timezone), only=project_id)
    if not board.lines:
        raise NotFound
    pressed = request.form.get("key", "")[:32] or uuid4().hex
    number = service.issue(project_id, charts.composer(board), board.today, pressed, actor=g.actor)
    flash(_("Slides %(number)s are issued.", number=number), "good")
    return redirect(url_for("issued.report", project_id=project_id, number=number), 303)


@bp.get("/projects/<int:project_id>/reports/<int:number>.pptx")
@requires("report.see")
def issued_file(project_id: int, number: int) -> ResponseReturnValue:
    """The file of issued slides, as it was issued."""
    row = issued.report(project_id, number)
    if row.kind != issued.DECK:
        raise NotFound
    issuing.mark_opened(row, actor=g.actor, now=g.now)
    name = file_name(projects.row_of(project_id).name, row.as_of, row.number, "slides", extension="pptx")
    return send_file(BytesIO(issuing.content(row.digest)), PPTX, as_attachment=True, download_name=name)
