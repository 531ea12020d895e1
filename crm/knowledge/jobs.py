"""What the knowledge base does by itself: it reminds."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from crm.knowledge import service
from infra.wires import wires
from kernel.actor import Actor


def remind_of_articles(actor: Actor, now: datetime) -> str:
    """Tell owners which articles are due for a look; says how many."""
    today = now.astimezone(ZoneInfo(wires().settings.timezone)).date()
    count = service.remind(actor, now, today)
    return f"{count} articles are due for a look" if count else ""
