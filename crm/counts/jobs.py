"""What counting does by itself: days that changed are tallied anew."""

from __future__ import annotations

from datetime import datetime

from crm.counts import queries, service
from kernel.actor import Actor


def tally_days(actor: Actor, now: datetime) -> str:
    """Tally the days that are marked; says how many, nothing where there was none."""
    if not queries.any_stale():
        return ""
    return f"{service.tally_stale(actor, now)} days"
