"""What the log of breaches does by itself."""

from __future__ import annotations

from datetime import datetime

from desk.breaches import service
from kernel.actor import Actor


def watch_breaches(actor: Actor, now: datetime) -> int:
    """Watch the clocks of 72 hours; how many run."""
    return service.watch(actor, now)
