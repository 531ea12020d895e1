"""What merging does by itself, once somebody switched it on."""

from __future__ import annotations

from datetime import datetime

from crm.merging import service
from kernel.actor import Actor


def merge_sure(actor: Actor, now: datetime) -> str | None:
    """Merge sure pairs; says how many, or nothing."""
    done = service.merge_sure(actor, now)
    return f"{done} pairs merged" if done else None
