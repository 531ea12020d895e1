"""What readiness does by itself: each day's judgement is kept, so that it can be compared with later ones."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kernel.actor import Actor
from readiness.evidence.rules import Look
from readiness.health import queries as health
from readiness.verdict import service


def keep_readiness(actor: Actor, now: datetime) -> str:
    """Keep today's readiness of every running roll-out, by the day in its zone; says how many."""
    rows = health.running()
    for project_id, timezone in rows:
        service.keep_day(Look(project_id, now, now.astimezone(ZoneInfo(timezone)).date()), actor=actor)
    return f"{len(rows)} roll-outs"
