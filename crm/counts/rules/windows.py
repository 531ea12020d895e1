"""Stretches of days in the zone of the instance, and the ISO weeks in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from ``since`` to ``until``, both included, as they are in ``zone``; ``now`` is when somebody looks."""

    since: date
    until: date
    now: datetime
    zone: tzinfo = UTC

    @property
    def start(self) -> datetime:
        """The instant with which the first day begins."""
        return start_of(self.since, self.zone)

    @property
    def end(self) -> datetime:
        """The instant at which the day after the last one begins."""
        return start_of(self.until + DAY, self.zone)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    @property
    def today(self) -> date:
        """The day on which somebody looks."""
        return self.now.astimezone(self.zone).date()

    def before(self) -> Window:
        """The stretch of the same length right before."""
        return Window(self.since - timedelta(days=self.days), self.since - DAY, self.now, self.zone)

    def between(self, since: date, until: date) -> Window:
        """Other days, looked at from the same moment."""
        return Window(since, until, self.now, self.zone)


def start_of(day: date, zone: tzinfo) -> datetime:
    """The instant with which a day begins in a zone."""
    return datetime.combine(day, time(), zone)


def monday(day: date) -> date:
    """The Monday of a day's ISO week.

    >>> monday(date(2026, 2, 18))
    datetime.date(2026, 2, 16)
    """
    return day - timedelta(days=day.weekday())


def weeks_in(window: Window) -> tuple[date, ...]:
    """The Mondays of the ISO weeks that lie wholly inside and are over; none: the week of the last day, as it stands.

    >>> at = datetime(2026, 2, 18, tzinfo=UTC)
    >>> weeks_in(Window(date(2026, 1, 30), date(2026, 2, 15), at))
    (datetime.date(2026, 2, 2), datetime.date(2026, 2, 9))
    >>> weeks_in(Window(date(2026, 2, 16), date(2026, 2, 18), at))
    (datetime.date(2026, 2, 16),)
    """
    first = monday(window.since + timedelta(days=6))
    found = []
    while first + timedelta(days=6) <= window.until and first + WEEK <= window.today:
        found.append(first)
        first += WEEK
    return tuple(found) or (monday(window.until),)


def last_weeks(today: date, count: int) -> tuple[date, ...]:
    """The Mondays of so many ISO weeks up to the one of today, the oldest first."""
    last = monday(today)
    return tuple(last - WEEK * back for back in range(count - 1, -1, -1))


def week_name(first: date) -> str:
    """A week as people and addresses write it.

    >>> week_name(date(2026, 2, 16))
    '2026-W08'
    """
    year, week, _day = first.isocalendar()
    return f"{year}-W{week:02}"
