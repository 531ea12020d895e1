"""The slides as a file."""

from __future__ import annotations

from io import BytesIO
from zoneinfo import ZoneInfo

from flask import Blueprint, g, send_file
from flask.typing import ResponseReturnValue

from infra.http import requires
from infra.transaction import note
from infra.wires import wires
from reports.board import queries
from reports.deck import charts, rules

bp = Blueprint("deck", __name__)
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@bp.get("/portfolio/executive.pptx")
@requires("portfolio.see")
def pptx() -> ResponseReturnValue:
    """The slides of this moment, of what the reader may see, noted in the trail as an export."""
    made = charts.deck(queries.board(g.actor, g.now, ZoneInfo(wires().settings.timezone)))
    note(g.actor, "deck.exported", as_of=g.today.isoformat())
    return send_file(BytesIO(made), PPTX, as_attachment=True, download_name=rules.file_name(g.today))
