"""What retention does each night."""

from __future__ import annotations

from datetime import datetime

from crm.retention import service
from kernel.actor import Actor


def keep_to_retention(actor: Actor, now: datetime) -> int:
    """Carry out the rules that are on; how many records."""
    return service.run_all(actor, now)
