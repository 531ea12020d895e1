"""What happens to deleted fields at night."""

from __future__ import annotations

from datetime import datetime

from crm.fields import service
from kernel.actor import Actor


def forget_deleted(actor: Actor, now: datetime) -> str:
    """Forget the values of fields that were deleted a month ago."""
    return f"{service.prune(actor, now)} fields forgotten"
