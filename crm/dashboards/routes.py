"""The pages of dashboards, and the same on paper and as a table."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.teams.queries import MemberRow, TeamRow
from crm.access.queries import access_of
from crm.access.rules import Access
from crm.campaigns import queries as campaigns
from crm.campaigns.rules import CampaignFigures
from crm.campaigns.rules import Window as CampaignDays
from crm.counts.rules.periods import PERIODS, as_query
from crm.counts.rules.windows import Window
from crm.dashboards import charts, queries
from crm.dashboards.forms import Asked, asked
from crm.dashboards.queries import BoardRead
from crm.dashboards.rules.boards import Board, board
from crm.dashboards.rules.changes import off_target
from crm.kpis.charts import state_word
from crm.rates.queries import base
from infra import sheets
from infra.forms import told
from infra.http import requires
from infra.pdf import pdf_of
from infra.transaction import note
from kernel.errors import NotFound

bp = Blueprint("dashboards", __name__, url_prefix="/crm/dashboards")


@bp.get("")
@requires("crm.figures")
def page() -> ResponseReturnValue:
    """The first dashboard that is there for the reader."""
    offered = queries.offered(access_of(g.actor))
    if not offered:
        raise NotFound("Every module that has a dashboard is switched off.")
    return redirect(url_for(".show", key=offered[0].key))


@bp.get("/<key>")
@requires("crm.figures")
def show(key: str) -> ResponseReturnValue:
    """One dashboard."""
    return render_template("crm/dashboards/show.html", **_context(key))


@bp.get("/<key>.pdf")
@requires("crm.figures")
def paper(key: str) -> ResponseReturnValue:
    """The same on paper."""
    context = _context(key)
    body = pdf_of(render_template("crm/dashboards/paper.html", **context))
    return _file(body, "application/pdf", context["read"], "pdf")


@bp.get("/<key>.xlsx")
@requires("crm.figures")
def sheet(key: str) -> ResponseReturnValue:
    """Every figure and every row of the panels as a table."""
    context = _context(key)
    read: BoardRead = context["read"]
    heads = [_(each) for each in ("Panel", "What", "Value", "Before", "Target", "Numerator", "Denominator", "n")]
    body = sheets.write_xlsx(_(read.board.label), heads, queries.as_rows(read))
    return _file(body, sheets.XLSX_TYPE, read, "xlsx")


def _context(key: str) -> dict[str, Any]:
    one, access = board(key), access_of(g.actor)
    offered = queries.offered(access)
    if one not in offered:
        raise NotFound("This dashboard belongs to a module that is switched off.")
    teams, people = queries.choosable_teams(access), queries.choosable_people(access)
    wish = asked(
        request.args, g.today, frozenset(each.id for each in teams), frozenset(each.person_id for each in people)
    )
    window = Window(wish.period.since, wish.period.until, g.now, g.zone)
    read, currency = queries.read(one, window, access, wish.choice), base()
    return {
        "read": read,
        "wish": wish,
        "currency": currency,
        "charts": charts,
        "state_word": state_word,
        "panels": [charts.draw(each, currency) for each in read.panels],
        "campaigns": _campaigns(access, window) if one.campaigns else (),
        "off": off_target([each.measure for each in read.figures]),
        "boards": [(_(each.label), _address(each, wish), each is one) for each in offered],
        "periods": [(name, _(label)) for name, (label, _days) in PERIODS.items()],
        "teams": [(str(each.id), each.name) for each in teams],
        "people": [(str(each.person_id), each.name) for each in people],
        "query": urlencode(_query(wish)),
        "problem": told(wish.problem) if wish.problem else "",
        "who": _who(wish, access, teams, people),
    }


def _campaigns(access: Access, window: Window) -> list[CampaignFigures]:
    """The campaigns one by one, for who may see any."""
    return campaigns.figures(access, CampaignDays(window.since, window.until), zone=window.zone)


def _query(wish: Asked) -> dict[str, str]:
    """The wish as an address carries it, so that every link keeps it."""
    chosen = {"team": wish.choice.team_id, "person": wish.choice.person_id}
    return as_query(wish.period) | {name: str(number) for name, number in chosen.items() if number is not None}


def _address(one: Board, wish: Asked) -> str:
    return f"{url_for('.show', key=one.key)}?{urlencode(_query(wish))}"


def _who(wish: Asked, access: Access, teams: list[TeamRow], people: list[MemberRow]) -> str:
    """Whose figures these are, in words."""
    if wish.choice.person_id is not None:
        return next(each.name for each in people if each.person_id == wish.choice.person_id)
    if wish.choice.team_id is not None:
        return next(each.name for each in teams if each.id == wish.choice.team_id)
    return _("all that you may see") if not access.everything else _("everybody")


def _file(body: bytes, mimetype: str, read: BoardRead, kind: str) -> Response:
    note(g.actor, "dashboard.exported", label=read.board.label, scope="crm", kind=kind)
    answer = Response(body, mimetype=mimetype)
    name = f"{read.board.key}-{read.window.since.isoformat()}-{read.window.until.isoformat()}.{kind}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
