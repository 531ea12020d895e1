"""What value does by itself: each day's figures are kept as they were known then."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kernel.actor import Actor
from roadmap.value import queries, service


def keep_values(actor: Actor, now: datetime) -> str:
    """Keep yesterday's value of every running roll-out, by the day in its zone; says how many."""
    rows = queries.running()
    for project_id, timezone in rows:
        service.keep_day(project_id, now.astimezone(ZoneInfo(timezone)).date(), actor=actor, now=now)
    return f"{len(rows)} roll-outs"
