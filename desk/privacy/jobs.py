"""What privacy does by itself."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from desk.privacy import service
from infra.wires import wires
from kernel.actor import Actor


def watch_requests(actor: Actor, now: datetime) -> int:
    """Tell what is due within a week and what is late; how many requests."""
    return service.tell_due(actor, now, now.astimezone(ZoneInfo(wires().settings.timezone)).date())
