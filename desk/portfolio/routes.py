"""The portfolio: a list of roll-outs with the sentence above it and what waits for the reader below."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from desk.my_work import queries as my_work
from desk.portfolio import charts, queries, rules
from infra.http import may, requires
from infra.lists import Column, Format, Kind, ListSpec, open_view
from infra.lists.pages import FILES
from readiness.health import charts as health_charts
from readiness.verdict import charts as verdict_charts
from roadmap.standing.charts import health_words

bp = Blueprint("portfolio", __name__)
ARCHIVED = "archived"
UNCLAIMED = "none"
MOST_WAITING = 4
"""How many lines of each sort wait on the page; the rest is counted."""


def state_words() -> dict[str, str]:
    """The states of a roll-out in words."""
    return {"active": _("Running"), "finished": _("Finished"), ARCHIVED: _("Archived")}


COLUMNS = (
    Column("name", "Roll-out", searched=True),
    Column("manager", "Manager", Kind.TEXT, value=lambda row: row.managers, visible=False, searched=True),
    Column("phase", "Phase now", Kind.TEXT),
    Column(
        "health",
        "Health",
        Kind.CHOICE,
        value=lambda row: health_words()[row.worst],
        filter_value=lambda row: row.worst.value,
        choices=lambda: list(health_words().items()),
    ),
    Column(
        "claimed",
        "Claimed",
        Kind.CHOICE,
        value=lambda row: health_words()[row.health.claimed] if row.health.claimed else "",
        filter_value=lambda row: row.health.claimed.value if row.health.claimed else UNCLAIMED,
        choices=lambda: [*health_charts.colour_words().items(), (UNCLAIMED, _("Nothing"))],
        visible=False,
    ),
    Column(
        "schedule",
        "Schedule",
        Kind.CHOICE,
        value=lambda row: health_words()[row.standing.health],
        filter_value=lambda row: row.standing.health.value,
        choices=lambda: list(health_words().items()),
        visible=False,
    ),
    Column(
        "readiness",
        "Readiness",
        Kind.CHOICE,
        value=lambda row: verdict_charts.decision_words()[row.readiness.point.decision] if row.readiness else "",
        filter_value=lambda row: row.readiness.point.decision.value if row.readiness else UNCLAIMED,
        choices=lambda: [*verdict_charts.decision_words().items(), (UNCLAIMED, _("Not computed yet"))],
    ),
    Column(
        "score",
        "Readiness score",
        Kind.NUMBER,
        value=lambda row: _round(row.readiness.point.score) if row.readiness else None,
        numeric=True,
        visible=False,
    ),
    Column("done", "Done", Kind.NUMBER, value=lambda row: _round(row.standing.done), numeric=True),
    Column("plan", "Plan", value=lambda row: _round(row.standing.plan), numeric=True, visible=False),
    Column("progress", "Progress", value=lambda row: _round(row.standing.done), sortable=False),
    Column("go_live", "Go-live", Kind.DATE, value=lambda row: row.standing.go_live, format=Format.DAY, numeric=True),
    Column(
        "p80",
        "P80",
        Kind.DATE,
        value=lambda row: row.health.forecast.p80.date() if row.health.forecast else None,
        format=Format.DAY,
        numeric=True,
        visible=False,
    ),
    Column("target", "Target", value=lambda row: row.standing.target, format=Format.DAY, visible=False),
    Column("slip", "Days late", Kind.NUMBER, value=lambda row: row.standing.slip, numeric=True, visible=False),
    Column(
        "checklists",
        "Checklists",
        value=lambda row: f"{row.checklists.done} / {row.checklists.total}",
        numeric=True,
        visible=False,
    ),
    Column("milestone", "Next milestone", value=lambda row: row.standing.next.name if row.standing.next else ""),
    Column("risk", "Top risk", value=lambda row: f"{row.risk.code} {row.risk.title}" if row.risk else ""),
    Column("exposure", "Exposure", Kind.NUMBER, value=lambda row: _round(row.exposure), numeric=True, visible=False),
    Column("budget", "Budget used", Kind.NUMBER, value=lambda row: _round(row.used), numeric=True, visible=False),
    Column("late", "Late", Kind.NUMBER, value=lambda row: row.standing.late + row.checklists.late, numeric=True),
    Column(
        "state",
        "State",
        Kind.CHOICE,
        value=lambda row: state_words()[row.project.state],
        filter_value=lambda row: row.project.state,
        choices=lambda: list(state_words().items()),
        visible=False,
    ),
)
SPEC = ListSpec("portfolio", "Roll-outs", COLUMNS)


@bp.get("/")
@requires("portfolio.see")
def page() -> ResponseReturnValue:
    """Every roll-out in a line. Archived ones come when the filter asks for them."""
    everything = rules.ordered(queries.rollouts(g.actor, g.today))
    shown = [row for row in everything if row.project.state != ARCHIVED]
    view = open_view(SPEC, shown)
    if view.wish.of("state"):
        view = open_view(SPEC, everything)
    kind = request.args.get("format", "")
    if kind in FILES:
        return view.exported(kind)
    ahead = charts.ahead(shown)
    managed = [row.id for row in shown if may("project.edit", row.id)]
    return render_template(
        "desk/portfolio.html",
        view=view,
        summary=rules.summary(shown, g.today),
        shown=shown,
        archived=len(everything) - len(shown),
        go_lives=charts.go_lives(ahead, g.today),
        pressing=my_work.pressing(my_work.duties(g.actor), g.today),
        held=queries.held(managed, g.today) if managed else [],
        spark=charts.spark,
        health_charts=health_charts,
        verdict_charts=verdict_charts,
        most=MOST_WAITING,
    )


def _round(value: float | None) -> int | None:
    return None if value is None else round(value)
