"""Which week speaks for a roll-out that is live, and what a glance at it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from adoption.policy.rules import SMALLEST_GROUP
from crm.kpis.rules.measures import Measure

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Glance:
    """Weekly use of a roll-out's people in its last whole week; ``use`` is None before a whole week of live use."""

    project_id: int
    live_since: date | None
    people: int
    monday: date
    use: Measure | None

    @property
    def shown(self) -> bool:
        """Whether its people are enough to say anything of them: a figure of fewer would be one of each."""
        return self.people >= SMALLEST_GROUP


def last_week(today: date) -> date:
    """The Monday of the last ISO week that is over.

    >>> last_week(date(2026, 2, 18)), last_week(date(2026, 2, 16)), last_week(date(2026, 2, 15))
    (datetime.date(2026, 2, 9), datetime.date(2026, 2, 9), datetime.date(2026, 2, 2))
    """
    return today - timedelta(days=today.weekday()) - _WEEK


def counts(live_since: date | None, monday: date) -> bool:
    """Whether a roll-out was live for all of a week: one that began on its Monday was."""
    return live_since is not None and live_since <= monday
