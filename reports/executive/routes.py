"""The portfolio for those who decide, as a page and as a file."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import requires
from infra.lists import Column, Format, Kind, ListSpec, open_view
from infra.lists.pages import FILES
from infra.wires import wires
from reports.board import charts as words
from reports.board import queries
from reports.board.queries import Line
from reports.board.rules import trend
from reports.executive import charts
from roadmap.standing.charts import health_words

bp = Blueprint("executive", __name__)
NONE = "none"


def _detail(key: str) -> Any:
    return lambda line: charts.cell(line, key).detail


def _word(key: str) -> Any:
    return lambda line: charts.cell(line, key).word


def _score(line: Line) -> float | None:
    return None if line.score is None else round(line.score, 1)


def _use(line: Line) -> float | None:
    return None if line.use is None else round(line.use, 1)


def _adopted(line: Line) -> str:
    if line.glance.live_since is None:
        return NONE
    return line.glance.use.state.value if line.glance.use and line.glance.shown else "unknown"


def adoption_words() -> dict[str, str]:
    """How use stands to its target."""
    return {
        "green": _("At its target"),
        "amber": _("Near its target"),
        "red": _("Below its target"),
        "unknown": _("Unknown"),
        NONE: _("Not live yet"),
    }


COLUMNS = (
    Column("name", "Roll-out", searched=True),
    Column("manager", "Manager", Kind.TEXT, value=lambda line: line.rollout.managers, visible=False, searched=True),
    Column("phase", "Phase now", Kind.TEXT, value=lambda line: line.rollout.phase, visible=False),
    Column(
        "health",
        "Health",
        Kind.CHOICE,
        value=lambda line: line.health.worst.value,
        choices=lambda: [(key.value, word) for key, word in health_words().items()],
    ),
    Column("claimed", "Claimed", value=_detail("health"), visible=False),
    Column(
        "readiness",
        "Readiness",
        Kind.CHOICE,
        value=lambda line: line.ready.value,
        choices=lambda: [(key.value, word) for key, word in charts.ready_words().items()],
    ),
    Column("score", "Readiness score", Kind.NUMBER, value=_score, numeric=True, visible=False),
    Column("forecast", "Forecast", Kind.DATE, value=lambda line: line.foreseen, format=Format.DAY),
    Column("slip", "Days late", Kind.NUMBER, value=lambda line: line.slip, numeric=True, visible=False),
    Column("adoption", "Adoption", Kind.CHOICE, value=_adopted, choices=lambda: list(adoption_words().items())),
    Column("use", "Weekly use, percent", Kind.NUMBER, value=_use, numeric=True, visible=False),
    Column("benefits", "Benefits", value=_word("benefits")),
    Column("trend", "Trend", value=charts.trend_words, sortable=False),
)
SPEC = ListSpec("executive", "Portfolio for executives", COLUMNS)


@bp.get("/portfolio/executive")
@requires("portfolio.see")
def page() -> ResponseReturnValue:
    """What can go and what can't, the heat map, what needs a decision this week, and the trend of readiness."""
    board = queries.board(g.actor, g.now, ZoneInfo(wires().settings.timezone))
    view = open_view(SPEC, board.lines)
    kind = request.args.get("format", "")
    if kind in FILES:
        return view.exported(kind)
    return render_template(
        "reports/executive.html",
        view=view,
        board=board,
        sentence=words.sentence(board),
        decisions=words.decisions(board),
        heads=charts.column_words(),
        cell=charts.cell,
        spark=trend.spark,
        trend_words=charts.trend_words,
        trend=charts.trend(board),
        trend_rows=charts.trend_rows(board),
        weeks=charts.week_heads(board),
        brought=charts.brought(board),
    )
