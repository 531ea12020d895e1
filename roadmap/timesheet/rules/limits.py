"""How much time fits a day and a week, which days take time, and what only a second look lets pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import RuleBroken
from roadmap.timesheet.rules.amounts import DAY, HOUR, amount_text

LONG_DAY, LONG_WEEK = 12 * HOUR, 60 * HOUR
"""More than this on one day, or in one week, is kept only after the person says that it is so."""
BEFORE_START = timedelta(days=30)
NOTE_LIMIT, TEXT_LIMIT = 500, 2000
WEEK = 7


@dataclass(frozen=True, slots=True)
class Doubt:
    """An amount that is possible and unlikely: what the day or, with ``week``, the week from that day would come to."""

    day: date
    minutes: int
    week: bool = False


class NeedsConfirmation(RuleBroken):
    """Nothing was kept yet: the person is asked whether it is really so."""

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        """Name the first of the doubts; a page says all of them in the reader's words."""
        self.doubts = tuple(doubts)
        first = self.doubts[0]
        text = "That would be %(amount)s in the week from %(day)s. Really?"
        text = text if first.week else "That would be %(amount)s on %(day)s. Really?"
        super().__init__(
            "time.really", text, field="amount", amount=amount_text(first.minutes), day=first.day.isoformat()
        )


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> list[date]:
    """The seven days of a week."""
    return [monday + timedelta(days=number) for number in range(WEEK)]


def check_day(day: date, today: date, start: date) -> None:
    """Raise RuleBroken for a day still to come, and for one long before the project's start."""
    if day > today:
        raise RuleBroken(
            "time.future",
            "%(day)s has not come yet. Time is logged for today or an earlier day.",
            field="day",
            day=day.isoformat(),
        )
    earliest = start - BEFORE_START
    if day < earliest:
        raise RuleBroken(
            "time.before_start",
            "%(day)s is more than 30 days before the project's start. The earliest day is %(earliest)s.",
            field="day",
            day=day.isoformat(),
            earliest=earliest.isoformat(),
        )


def check_sum(day: date, already: int, minutes: int) -> None:
    """Raise RuleBroken when a day would hold more than 24 hours over all projects."""
    if already + minutes > DAY:
        raise RuleBroken(
            "time.full_day",
            "%(already)s are logged on %(day)s already. At most %(left)s more fit.",
            field="amount",
            already=amount_text(already),
            day=day.isoformat(),
            left=amount_text(max(DAY - already, 0)),
        )


def doubts(day: date, on_day: int, in_week: int) -> list[Doubt]:
    """What somebody should look at twice, from the sums that the day and its week would come to.

    >>> [each.minutes for each in doubts(date(2026, 2, 17), 13 * 60, 40 * 60)]
    [780]
    """
    found = [Doubt(day, on_day)] if on_day > LONG_DAY else []
    return found + ([Doubt(monday_of(day), in_week, week=True)] if in_week > LONG_WEEK else [])


def check_confirmed(found: Iterable[Doubt], *, confirmed: bool) -> None:
    """Raise NeedsConfirmation for doubts that nobody has answered."""
    asked = list(dict.fromkeys(found))
    if asked and not confirmed:
        raise NeedsConfirmation(asked)


def check_note(note: str) -> str:
    """A note on one line. Raises RuleBroken when it is too long."""
    note = " ".join(note.split())
    if len(note) > NOTE_LIMIT:
        raise RuleBroken("time.note", "A note has at most %(limit)s characters.", field="note", limit=NOTE_LIMIT)
    return note


def check_text(text: str, field: str = "text") -> str:
    """What blocks, in words. Raises RuleBroken when it is missing or too long."""
    text = text.strip()
    if not text:
        raise RuleBroken("blocker.text", "Say in a sentence what is in the way.", field=field)
    if len(text) > TEXT_LIMIT:
        raise RuleBroken("blocker.long", "At most %(limit)s characters fit.", field=field, limit=TEXT_LIMIT)
    return text


def parse_week(text: str, today: date) -> date:
    """The Monday of a week as 2026-W08; of this week for anything else.

    >>> parse_week("2026-W08", date(2026, 3, 1)), parse_week("soon", date(2026, 3, 1))
    (datetime.date(2026, 2, 16), datetime.date(2026, 2, 23))
    """
    year, _, number = text.partition("-W")
    if all(part.isascii() and part.isdigit() for part in (year, number)) and len(year) == len("2026"):
        try:
            return date.fromisocalendar(int(year), int(number), 1)
        except ValueError:
            return monday_of(today)
    return monday_of(today)


def week_text(day: date) -> str:
    """A day's week as addresses name it.

    >>> week_text(date(2026, 2, 18))
    '2026-W08'
    """
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"
