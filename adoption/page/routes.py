"""The page of adoption, and the same as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from adoption.crew import queries as crews
from adoption.forecast import charts as outlook
from adoption.forecast import queries as forecast
from adoption.help import charts as help_words
from adoption.help import queries as helped
from adoption.measures import queries as measures
from adoption.page import charts, queries, rules
from adoption.page.queries import Look, View
from adoption.policy import charts as policy_words
from adoption.policy.rules import named
from adoption.praise import charts as praise
from adoption.praise import queries as recognition
from crm.counts.rules.windows import Window
from crm.kpis import queries as kpis
from infra import sheets
from infra.http import may, requires
from infra.transaction import note
from kernel.actor import project_scope
from kernel.errors import NotFound
from roadmap.projects import queries as projects

bp = Blueprint("adoption", __name__)
BASE = "/projects/<int:project_id>/adoption"
KINDS = {"csv": sheets.CSV_TYPE, "xlsx": sheets.XLSX_TYPE}


@bp.get(BASE)
@requires("adoption.see")
def page(project_id: int) -> ResponseReturnValue:
    """The sentence, the four figures, groups against their targets, how people came on board, what they use."""
    by = _by()
    view = _view(project_id, ("person", by))
    if view is None:
        return render_template("adoption/before.html", **_before(project_id))
    return render_template(
        "adoption/page.html",
        project=projects.row_of(project_id),
        view=view,
        cards=charts.cards(view) if view.shown else [],
        by=by,
        shown=view.groups[by],
        chosen=_chosen(),
        stretches=[
            (word, url_for(".page", **_query(project_id, since=key)), key == _chosen())
            for key, word in charts.stretch_words().items()
        ],
        kinds=[
            (word, url_for(".page", **_query(project_id, by=key)) + "#groups", key == by)
            for key, word in {"team": _("Teams"), "role": _("Roles"), "person": _("People")}.items()
        ],
        charts=charts,
        holds=policy_words.short(view.visible),
        opens=_opens,
        query=_query(project_id),
        **_panels(project_id, view),
    )


@bp.get(f"{BASE}/export")
@requires("adoption.see")
def export(project_id: int) -> ResponseReturnValue:
    """The tables of the page as a file, as far as its reader sees them. Raises NotFound before go-live."""
    view, kind = _view(project_id, rules.BY), request.args.get("as", "xlsx")
    if view is None or kind not in KINDS:
        raise NotFound
    project, rows = projects.row_of(project_id), queries.as_rows(view)
    note(
        g.actor, "adoption.exported", subject=f"project:{project_id}", label=project.name,
        scope=project_scope(project_id), rows=len(rows), kind=kind,
    )  # fmt: skip
    heads = [_(each) for each in queries.HEADS]
    body = sheets.write_csv(heads, rows) if kind == "csv" else sheets.write_xlsx(_("Adoption"), heads, rows)
    answer = Response(body, mimetype=KINDS[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"adoption-{project_id}-{g.today}.{kind}")
    return answer


def _view(project_id: int, wanted: Sequence[str]) -> View | None:
    today = Window(g.today, g.today, g.now, g.zone)
    look = Look(g.actor.id, may("adoption.edit", project_id), today)
    return queries.view(project_id, _chosen(), look, wanted)


def _panels(project_id: int, view: View) -> dict[str, Markup]:
    """What other rooms add: week 12, who needs help, the champions; nothing of too few people."""
    praised = praise.panel(project_id, recognition.view(project_id, g.actor.id, g.now, g.zone))
    if not view.shown:
        return {"praised": praised}
    edits = may("adoption.edit", project_id)
    eyes = helped.Look(g.actor.id, edits, g.now, g.zone)
    seen = named(view.crew, view.visible, g.actor.id, manages=edits)
    needy = helped.read(view.crew, view.reading, seen, eyes)
    may_offer = edits and projects.row_of(project_id).state == "active"
    return {
        "praised": praised,
        "helped": help_words.panel(project_id, needy, may_offer=may_offer),
        "ahead": outlook.panel(project_id, forecast.ahead_of(project_id, g.now, g.zone, view.reading.by_week)),
    }


def _chosen() -> str:
    """The stretch of the address; anything unknown is since go-live."""
    chosen = request.args.get("since", rules.GO_LIVE)
    return chosen if chosen in rules.STRETCHES else rules.GO_LIVE


def _by() -> str:
    found = request.args.get("by", "team")
    return found if found in rules.BY else "team"


def _query(project_id: int, **changed: str) -> dict[str, Any]:
    """What was chosen, as an address holds it: usual choices are left out."""
    wanted = {"since": _chosen(), "by": _by()} | changed
    usual = {"since": rules.GO_LIVE, "by": "team"}
    return {"project_id": project_id} | {key: value for key, value in wanted.items() if value != usual[key]}


def _opens(view: View, key: str, team_id: int | None = None) -> str:
    """Where a figure opens in the CRM, for those who may read figures there; its audience is one team or the whole."""
    if not may("crm.figures"):
        return ""
    days = view.reading.stretches[key]
    since, until = days.since.isoformat(), days.until.isoformat()
    return url_for("crm_kpis.one", key=key, since=since, until=until, team=team_id)


def _before(project_id: int) -> dict[str, Any]:
    """What will be here, and how the figures are before anybody works with it."""
    crew, today = crews.crew(project_id), Window(g.today, g.today, g.now, g.zone)
    return {
        "project": projects.row_of(project_id),
        "crew": crew,
        "lines": charts.before(measures.before(crew, today)),
        "baseline": charts.baseline_words(kpis.baseline()),
    }
