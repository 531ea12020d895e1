"""When a look at a roll-out is a new visit, and which visit it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

GAP = timedelta(minutes=30)
"""Whoever comes back within this time is still on the same visit."""
FIRST = timedelta(days=7)
"""How far back a first look is told what happened."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A moment at which somebody looked, the newest entry of the trail then, and the days of milestones then."""

    at: datetime
    entry: int
    milestones: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """The visit that is written down, and the one before it."""

    now: Seen
    before: Seen | None


def is_new(visit: Visit | None, now: datetime) -> bool:
    """Whether somebody comes anew."""
    return visit is None or now - visit.now.at >= GAP


def compared_with(visit: Visit | None, now: datetime) -> Seen | None:
    """What a look is compared with: the last visit, or during a visit the one before it; None the first time."""
    if visit is None:
        return None
    return visit.now if is_new(visit, now) else visit.before
