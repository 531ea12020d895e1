"""What duplicates do by themselves: records that came in in bulk are compared."""

from __future__ import annotations

from datetime import datetime

from crm.duplicates import service
from kernel.actor import Actor


def compare_missing(actor: Actor, _now: datetime) -> str | None:
    """Compare what was not compared yet; says how many, or nothing."""
    done = service.compare_missing(actor)
    return f"{done} records" if done else None
