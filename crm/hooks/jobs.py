"""What the timetable does for webhooks."""

from __future__ import annotations

from datetime import datetime

from crm.hooks import service
from kernel.actor import Actor


def send(_actor: Actor, now: datetime) -> int:
    """Send the messages that are due; how many were delivered."""
    return service.send_due(now)


def prune(_actor: Actor, now: datetime) -> int:
    """Forget messages that ended a month ago; how many."""
    return service.prune(now)
