"""When a report issues itself: the rounds of a schedule, in the wall time of the project."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kernel.errors import RuleBroken

WEEK = 7


class WithoutComment(StrEnum):
    """What happens when a round is due and nobody wrote a comment."""

    ISSUE = "issue"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Round:
    """One turn of a schedule: the day it is due, which names it, and the moment."""

    day: date
    at: datetime

    @property
    def period(self) -> str:
        """The name of the round; a report that is issued for it carries it, so that there is one only."""
        return self.day.isoformat()


def read_time(typed: str) -> str:
    """A wall time as hours and minutes. Raises RuleBroken.

    >>> read_time("9:05"), read_time("16:00")
    ('09:05', '16:00')
    """
    found = re.fullmatch(r"\s*(\d{1,2})[:.](\d{2})(?::00)?\s*", typed)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:  # the last hour, the last minute
        raise RuleBroken("report.time", "Write the time like 09:00.", field="at")
    return f"{int(found[1]):02}:{found[2]}"


def last_round(weekday: int, at: str, zone: ZoneInfo, now: datetime) -> Round:
    """The newest round that is due by now."""
    return _round(weekday, at, zone, now, 0)


def next_round(weekday: int, at: str, zone: ZoneInfo, now: datetime) -> Round:
    """The round that comes next."""
    return _round(weekday, at, zone, now, 1)


def _round(weekday: int, at: str, zone: ZoneInfo, now: datetime, ahead: int) -> Round:
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - weekday) % WEEK)
    if _moment(day, at, zone) > now:
        day -= timedelta(days=WEEK)
    day += timedelta(days=WEEK * ahead)
    return Round(day, _moment(day, at, zone))


def _moment(day: date, at: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), zone)
