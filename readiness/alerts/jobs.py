"""The timetable's part: a look at every running roll-out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kernel.actor import Actor
from readiness.alerts import service
from readiness.gates.rules.sources import Look
from readiness.health import queries as health


def watch_readiness(actor: Actor, now: datetime) -> str:
    """Tell owners what has begun in their roll-outs since the last look; says how many were told."""
    told = 0
    for project_id, timezone in health.running():
        told += service.watch(Look(project_id, now, now.astimezone(ZoneInfo(timezone)).date()), actor=actor)
    return f"{told} alerts" if told else ""
