"""What happens to tickets by itself."""

from __future__ import annotations

from datetime import datetime

from crm.tickets import service
from kernel.actor import Actor


def close_settled(actor: Actor, now: datetime) -> str | None:
    """Close what was resolved or verified long enough ago; says how many, or nothing."""
    done = service.close_settled(actor, now)
    return f"{done} tickets closed" if done else None
