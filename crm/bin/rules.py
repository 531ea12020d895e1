"""How long what was deleted can come back."""

from __future__ import annotations

from datetime import datetime, timedelta

KEPT = timedelta(days=30)
"""After this a deleted record is gone for good."""


def days_left(deleted_at: datetime, now: datetime) -> int:
    """How many days are left to bring a record back, rounded up.

    >>> days_left(datetime(2026, 2, 1), datetime(2026, 2, 18, 12))
    13
    """
    return max(0, -((now - deleted_at - KEPT) // timedelta(days=1)))
