"""The clock of a promise: it runs in the policy's hours, keeps what it used, and says when its time is up.

After the service level agreements of ITIL: a pause takes no time, a new priority keeps the time used, and a reopened
ticket goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from kernel.worktime import Calendar

_MINUTE = timedelta(minutes=1)


class Measure(StrEnum):
    """What is promised: a first answer of a person, and a solution."""

    RESPONSE = "response"
    RESOLUTION = "resolution"


class Stand(StrEnum):
    """How a clock stands. One that runs past its due moment counts as breached; none: nothing was promised."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    NONE = "none"


@dataclass(frozen=True)
class Hours:
    """When a clock runs: in a calendar's working time as it is on the wall in a zone, or, without one, always.

    Around the clock an hour is an hour, also in the night in which the clocks are changed; a shift through that night
    lasts as long as any other. Whole minutes count.
    """

    calendar: Calendar | None
    zone: tzinfo = UTC

    def add(self, at: datetime, minutes: int) -> datetime:
        """The moment so many minutes of these hours later, or earlier when negative; working time stops at its end."""
        if self.calendar is None:
            return at + minutes * _MINUTE
        if minutes == 0:
            return at
        return self.calendar.add(self._wall(at), minutes).replace(tzinfo=self.zone).astimezone(UTC)

    def ended(self, at: datetime, minutes: int) -> datetime:
        """The moment so many minutes of these hours ago, at the end of working time as `add` has it."""
        if self.calendar is None:
            return at - minutes * _MINUTE
        wall = self.calendar.previous_end(self.calendar.add(self._wall(at), -minutes))
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def between(self, start: datetime, end: datetime) -> int:
        """The minutes of these hours from one moment to another; none where they are the other way round."""
        if self.calendar is None:
            return max((end - start) // _MINUTE, 0)
        return max(self.calendar.between(self._wall(start), self._wall(end)), 0)

    def _wall(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Target:
    """What holds for a priority: a limit in minutes of some hours; no limit is no promise."""

    limit: int | None
    hours: Hours


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes used up to ``since``, from when it runs on; without ``since`` it stands still."""

    used: int = 0
    since: datetime | None = None


def settled(clock: Clock, hours: Hours, at: datetime) -> int:
    """The minutes used by a moment.

    >>> settled(Clock(30, datetime(2026, 2, 18, 9, tzinfo=UTC)), Hours(None), datetime(2026, 2, 18, 10, tzinfo=UTC))
    90
    """
    return clock.used + (hours.between(clock.since, at) if clock.since is not None else 0)


def turned(clock: Clock, hours: Hours, at: datetime, *, running: bool) -> Clock:
    """The clock after something changed: the time that was used by the hours so far is kept."""
    return Clock(settled(clock, hours, at), at if running else None)


def due(clock: Clock, target: Target) -> datetime | None:
    """When the time is up; unknown while the clock stands still or nothing is promised.

    A clock that used more than its limit was due when it had used just that.
    """
    return reached_at(clock, target, 100)


def reached_at(clock: Clock, target: Target, percent: int) -> datetime | None:
    """When so much of the limit is used; unknown while the clock stands still or nothing is promised."""
    if clock.since is None or target.limit is None:
        return None
    left = target.limit * percent // 100 - clock.used
    if left > 0 or not clock.used:
        return target.hours.add(clock.since, left)
    return target.hours.ended(clock.since, -left)


def ended(used: int, limit: int | None) -> Stand:
    """How a promise ended for what was used of it; nothing where nothing was promised.

    >>> ended(120, 120).value, ended(121, 120).value, ended(5, None).value
    ('met', 'breached', 'none')
    """
    if limit is None:
        return Stand.NONE
    return Stand.MET if used <= limit else Stand.BREACHED
