"""The window of weeks that a heat map shows, and the word and tone of a figure in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accounts.absences.rules import FULL
from roadmap.projects.rules import monday_of

WEEK = timedelta(days=7)
QUARTER, HALF = 13, 26
EARLIEST, LATEST = date(2000, 1, 3), date(2099, 12, 28)


class Show(StrEnum):
    """Whose rows are shown."""

    ALL = "all"
    OVER = "over"
    OUTSIDE = "outside"
    OPEN = "open"


BANDS = ((0, "none"), (50, "light"), (80, "steady"), (FULL, "full"))
"""The upper bounds of the tones in percent, and their names; above the last is "over"."""
TONES = (*(name for _bound, name in BANDS), "over")


def tone(percent: int, *, over: bool = False) -> str:
    """The tone of a figure.

    >>> tone(0), tone(50), tone(81), tone(101), tone(40, over=True)
    ('none', 'light', 'full', 'over', 'over')
    """
    if over:
        return "over"
    return next((name for bound, name in BANDS if percent <= bound), "over")


@dataclass(frozen=True, slots=True)
class Window:
    """Whole weeks from a Monday on."""

    monday: date
    weeks: int = QUARTER

    @property
    def first(self) -> date:
        """The first day."""
        return self.monday

    @property
    def last(self) -> date:
        """The last day, a Sunday."""
        return self.monday + self.weeks * WEEK - timedelta(days=1)

    @property
    def mondays(self) -> list[date]:
        """The Monday of each week."""
        return [self.monday + number * WEEK for number in range(self.weeks)]

    def moved(self, quarters: int) -> Window:
        """As many quarters later or earlier, as far as calendars reach."""
        monday = self.monday + quarters * QUARTER * WEEK
        return Window(min(max(monday, EARLIEST), LATEST - self.weeks * WEEK), self.weeks)


def window_of(text: str, weeks: str, today: date) -> Window:
    """The window that an address asks for; what makes no sense in it is this week and a quarter.

    >>> window_of("2026-05-13", "26", date(2026, 2, 18))
    Window(monday=datetime.date(2026, 5, 11), weeks=26)
    >>> window_of("soon", "9999", date(2026, 2, 18))
    Window(monday=datetime.date(2026, 2, 16), weeks=13)
    """
    count = int(weeks) if weeks in (str(QUARTER), str(HALF)) else QUARTER
    return Window(monday_of(day_of(text) or today), count).moved(0)


def day_of(text: str) -> date | None:
    """A day of an address; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
