"""What the timetable does with forecasts: keeps them, and makes those that somebody waits for."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from kernel.actor import Actor
from kernel.errors import RuleBroken
from roadmap.forecast import queries, service


def keep_forecasts(actor: Actor, now: datetime) -> str:
    """Keep a forecast of every running roll-out whose plan, estimates or risks changed, else once a week."""
    kept = broken = 0
    for project_id, timezone in queries.running():
        try:
            kept += service.keep_one(project_id, _day(now, timezone), actor=actor, now=now)
        except RuleBroken:
            broken += 1
    return f"{kept} forecasts" + (f", {broken} plans can't be forecast" if broken else "")


def make_asked(actor: Actor, now: datetime) -> int:
    """Make the forecasts that somebody waits for; returns how many there were."""
    found = queries.waiting()
    for wish_id, _project_id, timezone in found:
        service.fulfil(wish_id, _day(now, timezone), actor=actor, now=now)
    return len(found)


def _day(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()
