"""What the figures do by themselves: each day is kept, and weeks that stand out are noted."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from crm.counts.rules.windows import DAY
from crm.trends import service
from infra.wires import wires
from kernel.actor import Actor


def keep_figures(actor: Actor, now: datetime) -> str:
    """Keep the figures of the day that has ended, and look for weeks that stand out; says how many."""
    zone = ZoneInfo(wires().settings.timezone)
    kept = service.keep_day(now.astimezone(zone).date() - DAY, actor=actor, now=now, zone=zone)
    found = service.find_anomalies(actor=actor, now=now, zone=zone)
    return f"{kept} figures, {found} stand out"
