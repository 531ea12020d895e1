"""What benefits do by themselves: each day is kept, so that whoever decides sees what was realised without counting."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kernel.actor import Actor
from readiness.benefits import queries, service
from readiness.gates.rules.sources import Look


def keep_benefits(actor: Actor, now: datetime) -> str:
    """Keep how the objectives of every roll-out stand today, by the day in its zone; says how many."""
    kept = [
        service.keep_day(Look(project_id, now, now.astimezone(ZoneInfo(timezone)).date()), actor=actor)
        for project_id, timezone in queries.followed()
    ]
    return f"{sum(kept)} objectives of {len(kept)} roll-outs"
