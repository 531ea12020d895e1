"""What health does by itself: it keeps each day's colours, so that their way can be drawn."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kernel.actor import Actor
from readiness.health import queries, service


def keep_days(actor: Actor, now: datetime) -> str:
    """Keep today's health of every running roll-out, by the day in its zone; says how many."""
    rows = queries.running()
    for project_id, timezone in rows:
        service.keep_day(project_id, now.astimezone(ZoneInfo(timezone)).date(), actor=actor)
    return f"{len(rows)} roll-outs"
