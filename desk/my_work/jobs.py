"""What the timetable does about people's work."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from desk.my_work import rules, service
from infra.wires import wires
from kernel.actor import Actor


def tell_due(_actor: Actor, now: datetime) -> int:
    """In the morning of the instance's zone tell what is due and what is late; said once a day, however often asked."""
    local = now.astimezone(ZoneInfo(wires().settings.timezone))
    return service.tell_due(now) if rules.is_morning(local) else 0
