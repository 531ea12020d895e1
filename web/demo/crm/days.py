"""When people work: no weekends, no holidays of their country, a quiet December, office hours."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import holidays

WEEKS = 39
"""Nine months."""
SATURDAY, FRIDAY = 5, 4
OPENS, MINUTES = time(7, 0), 8 * 60
"""Office hours in UTC: from eight or nine in the morning where these people live."""
DECEMBER = 12
QUIET_FROM, QUIET = 10, 45
"""From this day of December on, of 100 days so many are as busy as others."""


class Days:
    """The working days of nine months, as many as are behind today, with how busy they are."""

    def __init__(self, today: date) -> None:
        """Lay the days out up to the eve of today."""
        self.today = today
        self.monday = today - timedelta(days=today.weekday())
        self.first = self.monday - timedelta(weeks=WEEKS)
        off = holidays.country_holidays("DK", years=range(self.first.year, today.year + 1))
        every = [self.first + timedelta(days=number) for number in range((today - self.first).days)]
        self.all = [each for each in every if each.weekday() < SATURDAY and each not in off]
        self.busy = [QUIET if each.month == DECEMBER and each.day >= QUIET_FROM else 100 for each in self.all]

    def week(self, weeks_ago: int) -> list[date]:
        """The working days of the week so many weeks ago, as far as they are behind us."""
        begin = self.monday - timedelta(weeks=weeks_ago)
        return [each for each in self.all if begin <= each < begin + timedelta(days=7)]

    def some(self, chance: Random, begin: date, end: date) -> date | None:
        """A working day from the first to the last, busy ones more often; None where there is none."""
        low, high = bisect_left(self.all, begin), bisect_left(self.all, end + timedelta(days=1))
        return chance.choices(self.all[low:high], self.busy[low:high])[0] if low < high else None

    def after(self, day: date, count: int) -> date | None:
        """The working day so many working days later; None when it is not behind us."""
        place = bisect_left(self.all, day) + count
        return self.all[place] if place < len(self.all) else None


def moment(chance: Random, day: date) -> datetime:
    """A moment in office hours, rarely at noon."""
    minute = chance.randrange(MINUTES)
    if 285 <= minute < 330:  # noqa: PLR2004  # a quarter to twelve to half past twelve
        minute -= 90
    return datetime.combine(day, OPENS, UTC) + timedelta(minutes=minute)


def evening(day: date, minute: int = 0) -> datetime:
    """After the day's work."""
    return datetime.combine(day, time(16, 5), UTC) + timedelta(minutes=minute)
