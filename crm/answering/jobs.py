"""What surveys do by themselves: they remind and they close."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from crm.answering import service
from infra.wires import wires
from kernel.actor import Actor


def look_after_surveys(_actor: Actor, now: datetime) -> str:
    """Close what had its last day, and remind whoever did not answer yet; says how many."""
    today = now.astimezone(ZoneInfo(wires().settings.timezone)).date()
    closed, reminded = service.close_due(now, today), service.remind_due(now, today)
    return f"{closed} closed, {reminded} reminded" if closed or reminded else ""
