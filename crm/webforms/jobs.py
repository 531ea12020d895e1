"""The timetable's part."""

from __future__ import annotations

from datetime import datetime

from crm.webforms import service
from kernel.actor import Actor


def prune_entries(_actor: Actor, now: datetime) -> str:
    """Forget what was sent to forms long ago."""
    gone = service.prune(now)
    return f"{gone} entries" if gone else ""
