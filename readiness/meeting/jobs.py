"""What happens by itself with sign-offs: those whose ground got worse are asked for again."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kernel.actor import Actor
from readiness.gates.rules.sources import Look
from readiness.health import queries as health
from readiness.meeting import service


def renew_signoffs(_actor: Actor, now: datetime) -> str:
    """Ask for sign-offs again where what they rest on got worse, in every running roll-out; says how many."""
    asked = 0
    for project_id, zone in health.running():
        asked += service.renew(Look(project_id, now, now.astimezone(ZoneInfo(zone)).date()))
    return f"{asked} sign-offs"
