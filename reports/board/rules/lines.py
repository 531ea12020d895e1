"""How a roll-out's readiness is shown among others: a go-live that is far away is open, not red."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from readiness.gates.rules.decision import Decision

NEAR_DAYS = 28
"""A gate that is further away than this is not asked yet: what is open there is no alarm."""
WEEKS = 8
"""How many ISO weeks a trend has."""
_WEEK = timedelta(days=7)


class Ready(StrEnum):
    """Whether a roll-out can go, as its row says it."""

    GO = "go"
    CONDITIONS = "go-with-conditions"
    NO_GO = "no-go"
    OPEN = "open"
    UNKNOWN = "unknown"
    LIVE = "live"
    CLOSED = "closed"


def ready_of(decision: Decision | None, day: date | None, today: date, *, live: bool, running: bool) -> Ready:
    """The word of a row: live before anything else, then open while the gate is far away, then what was computed.

    ``day`` is the day of the gate that decides; without one it is near: nothing says that there is time.

    >>> today = date(2026, 2, 18)
    >>> ready_of(Decision.NO_GO, date(2026, 3, 18), today, live=False, running=True).value
    'no-go'
    >>> ready_of(Decision.NO_GO, date(2026, 3, 19), today, live=False, running=True).value
    'open'
    >>> ready_of(None, None, today, live=False, running=True).value
    'unknown'
    """
    if live:
        return Ready.LIVE
    if not running:
        return Ready.CLOSED
    far = day is not None and (day - today).days > NEAR_DAYS
    if far and decision in (None, Decision.NO_GO):
        return Ready.OPEN
    return Ready.UNKNOWN if decision is None else Ready(decision.value)


def mondays(today: date, weeks: int = WEEKS) -> tuple[date, ...]:
    """The Mondays of the weeks of a trend, this week the last.

    >>> mondays(date(2026, 2, 18), 2)
    (datetime.date(2026, 2, 9), datetime.date(2026, 2, 16))
    """
    this = today - timedelta(days=today.weekday())
    return tuple(this - _WEEK * back for back in reversed(range(weeks)))


def end_of_week(today: date) -> date:
    """The Sunday of a day's ISO week.

    >>> end_of_week(date(2026, 2, 18))
    datetime.date(2026, 2, 22)
    """
    return today + timedelta(days=6 - today.weekday())
