"""What usage does by itself: it forgets."""

from __future__ import annotations

from datetime import datetime

from crm.usage import service
from kernel.actor import Actor


def forget_old_use(actor: Actor, now: datetime) -> str:
    """Forget what is older than the policy keeps; says how much."""
    gone = service.prune(actor, now)
    return f"{gone} visits" if gone else ""
