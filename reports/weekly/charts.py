"""The one page as a document that becomes a PDF, and the mail around it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from infra import formats
from infra.pdf import beyond_latin
from infra.wires import wires
from kernel.actor import Actor
from reports.board import charts as words
from reports.board import queries
from reports.board.queries import Board
from reports.board.rules import trend
from reports.executive import charts
from reports.weekly import rules
from reports.weekly.service import PAGE


def look(actor: Actor, now: datetime) -> Board:
    """What an actor may see of the portfolio, at a moment, by the zone of the instance."""
    return queries.board(actor, now, ZoneInfo(wires().settings.timezone))


def document(board: Board) -> str:
    """The page as the HTML that becomes its PDF. It is rendered without the frame of a page."""
    template = current_app.jinja_env.get_template("reports/weekly_pdf.html")
    zone = wires().settings.timezone
    return template.render(
        board=board,
        sentence=words.plain(words.sentence(board)),
        decisions=words.decisions(board),
        heads=charts.column_words(),
        cells=charts.cells,
        spark=trend.spark,
        rows=rules.ROWS,
        asks=rules.ASKS,
        made=f"{board.now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
        zone=zone,
        locale=str(get_locale() or "en"),
        beyond_latin=beyond_latin,
    )


def subject(board: Board) -> str:
    """The subject of the mail."""
    return _("The portfolio on %(day)s", day=formats.day(board.today))


def _dates(board: Board) -> list[str]:
    """When each roll-out that is ahead goes live: P80, else by the plan, and how that lies to its target."""
    ahead = [line for line in board.lines if not line.standing.live and line.standing.go_live]
    cells = [(line.name, charts.cell(line, "forecast")) for line in ahead[: rules.ROWS]]
    return [f"- {name}: {cell.word}{f', {cell.detail}' if cell.detail else ''}" for name, cell in cells]


def text(board: Board, name: str) -> str:
    """The mail: the sentence, when each roll-out goes live, what is to be decided, where to look, and how to end it."""
    base = wires().settings.base_url
    lines = [_("Hello %(name)s,", name=name), "", words.plain(words.sentence(board)), ""]
    asked = [f"- {each.project}: {each.text}{f' ({each.due})' if each.due else ''}" for each in words.decisions(board)]
    lines += [*_dates(board), *([""] if asked else []), *asked]
    lines += ["", _("The page is attached as a PDF.")]
    if base:
        lines += ["", _("As it stands now: %(where)s", where=f"{base}/portfolio/executive")]
        lines += [_("This word comes once a week. Switch it off: %(where)s", where=f"{base}{PAGE}")]
    return "\n".join(lines)
