"""The timetable's part: who is told while time runs out."""

from __future__ import annotations

from datetime import datetime

from crm.ladder import service
from kernel.actor import Actor


def watch_clocks(actor: Actor, now: datetime) -> str:
    """Tell whom the ladders name of every rung that was reached; says how many."""
    told = service.climb(actor, now)
    return f"{told} rungs" if told else ""
