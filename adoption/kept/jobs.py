"""What kept days do by themselves: each day is kept of every running roll-out for which people are named."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from adoption.kept import service
from crm.counts.rules.windows import DAY
from infra.wires import wires
from kernel.actor import Actor
from roadmap.audience import queries as audience


def keep_audiences(actor: Actor, now: datetime) -> str:
    """Keep the day that has ended of every running roll-out with people named besides its teams; says how much."""
    zone = ZoneInfo(wires().settings.timezone)
    day = now.astimezone(zone).date() - DAY
    kept = [service.keep_day(each, day, actor=actor, now=now, zone=zone) for each in audience.with_people()]
    return f"{sum(kept)} figures of {len(kept)} roll-outs"
