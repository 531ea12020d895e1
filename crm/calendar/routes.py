"""The page of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from accounts.teams import queries as teams
from crm.access.queries import access_of
from crm.activities import queries
from crm.calendar import rules
from crm.calendar.rules import View
from infra.http import requires

bp = Blueprint("crm_calendar", __name__)


@bp.get("/crm/calendar")
@requires("crm.use")
def page() -> ResponseReturnValue:
    """Days with their activities; ``view``, ``day`` and ``who`` (mine, team, or a person's number) say which."""
    view, day = _view(), _day()
    first, after = rules.span(view, day)
    who = request.args.get("who", "mine")
    access = access_of(g.actor)
    days = [first + timedelta(days=number) for number in range((after - first).days)]
    edges = [_midnight(each) for each in (*days, after)]
    found = queries.by_day(access, _owners(who), edges, rules.SHOWN[view])
    return render_template(
        "crm/calendar/page.html",
        view=view,
        day=day,
        who=who,
        days=list(zip(days, found, strict=True)),
        count=sum(each.total for each in found),
        earlier=rules.step(view, day, -1),
        later=rules.step(view, day, 1),
        people=[(each.person_id, each.name) for each in teams.members() if each.active],
    )


def _owners(who: str) -> list[int] | None:
    """Whose activities are asked for; what the reader may not see stays out of them by itself."""
    if who == "team":
        return None
    return [int(who)] if who.isascii() and who.isdigit() and len(who) < 10 else [g.actor.id or 0]  # noqa: PLR2004  # of a row


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), g.zone).astimezone(UTC)


def _view() -> View:
    asked = request.args.get("view", "")
    return View(asked) if asked in set(View) else View.MONTH


def _day() -> date:
    try:
        found = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return date(g.today.year, g.today.month, g.today.day)
    return found if 1900 < found.year < 2200 else date(g.today.year, g.today.month, g.today.day)  # noqa: PLR2004
