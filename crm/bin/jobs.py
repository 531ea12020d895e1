"""What the recycle bin does by itself."""

from __future__ import annotations

from datetime import datetime

from crm.bin import service
from kernel.actor import Actor


def purge_bin(actor: Actor, now: datetime) -> int:
    """Remove for good what was deleted a month ago; how many records went."""
    return service.purge(actor, now)
