"""What quality does by itself: it judges what nobody told it of, and keeps how each day ended."""

from __future__ import annotations

from datetime import datetime

from crm.quality import service
from kernel.actor import Actor


def measure_missing(actor: Actor, _now: datetime) -> str | None:
    """Judge records that came in in bulk; says how many, or nothing."""
    done = service.measure_missing(actor)
    return f"{done} records" if done else None


def keep_day(actor: Actor, now: datetime) -> str:
    """Keep the figures of the day; says of how many objects."""
    return f"{service.keep_day(actor, now)} objects"
