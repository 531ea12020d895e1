"""The page one starts the day with."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.access.queries import access_of
from crm.activities import queries as activities
from crm.home import queries, rules
from crm.recent import queries as recent
from crm.records import charts
from infra.http import requires

bp = Blueprint("crm_home", __name__)
SHOWN_RECENT = 8


@bp.get("/crm")
@requires("crm.use")
def page() -> ResponseReturnValue:
    """My day, or with ``who=team`` that of the team."""
    access = access_of(g.actor)
    team = queries.team_of(access)
    others = [number for number, _name in team if number != g.actor.id]
    of_team = bool(others) and request.args.get("who") == "team"
    owners = [number for number, _name in team] if of_team else [g.actor.id or 0]
    tomorrow = datetime.combine(g.today + timedelta(days=1), time(), g.zone).astimezone(UTC)
    planned = activities.planned(access, owners, g.now, tomorrow)
    steps = queries.steps(access, owners, g.today)
    leads, waiting = queries.waiting_leads(access, owners)
    places = recent.places(access, SHOWN_RECENT)
    return render_template(
        "crm/home/page.html",
        due=rules.in_order(planned.late, steps.rows, g.zone),
        due_total=planned.late_total + steps.total,
        overdue=planned.late_total + steps.late,
        today_items=planned.ahead,
        today_total=planned.ahead_total,
        stages=queries.open_deals(access, owners),
        leads=leads,
        waiting=waiting,
        recent=places.recent,
        starred=places.starred,
        of_team=of_team,
        has_team=bool(others),
        names=dict(team),
        money=charts.money,
        next_day=g.today + timedelta(days=1),
    )
