"""The schedule in a word.

Off track: go-live is planned more days after its target than the project tolerates, usually ``TOLERANCE``, or a
critical task is late by more than that. At risk: go-live is late by more than the smaller limit, usually at all, or a
critical task is. Unknown: neither, and there is no planned go-live or no target to hold it against. Days are calendar
days, as people count them on a wall calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TOLERANCE = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """How many days late are tolerated: more than the first is at risk, more than the second off track."""

    amber: int = 0
    red: int = TOLERANCE


USUAL = Limits()


class Health(StrEnum):
    """The schedule's state."""

    OFF_TRACK = "red"
    AT_RISK = "amber"
    ON_TRACK = "green"
    UNKNOWN = "unknown"
    CLOSED = "done"


def slip_of(planned: date | None, target: date | None) -> int | None:
    """How many days after its target a day lies, negative before it; None where either is unknown.

    >>> slip_of(date(2026, 3, 5), date(2026, 3, 3))
    2
    """
    return None if planned is None or target is None else (planned - target).days


def health(slip: int | None, critical_days: int, limits: Limits = USUAL) -> Health:
    """The state from the go-live's slip and from how late the latest critical task is, both in days.

    >>> health(2, 0).value, health(None, 0).value, health(None, 6).value
    ('amber', 'unknown', 'red')
    """
    worst = max(slip or 0, critical_days)
    if worst > limits.red:
        return Health.OFF_TRACK
    if worst > limits.amber:
        return Health.AT_RISK
    return Health.UNKNOWN if slip is None else Health.ON_TRACK
