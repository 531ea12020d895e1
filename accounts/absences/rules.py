"""A person's own time: days off, the share of a full day that they work, and the calendar that comes of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from accounts.calendars import rules as calendars
from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow
from kernel.worktime import Calendar, Period, Periods, Week

ALL, OWN = Visibility.ALL, Visibility.OWN
FULL = 100
"""The share of somebody who works whole days."""
LONGEST = timedelta(days=3 * 366)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)

GRANTS = (
    *allow("absence.see", administrator=ALL, person=OWN),
    *allow("absence.edit", administrator=ALL, person=OWN),
)
"""Everybody keeps their own days off. That somebody is away is seen beside their load, never why."""


class Reason(StrEnum):
    """Why somebody is away, as roughly as anybody needs to know it."""

    HOLIDAY = "holiday"
    SICKNESS = "sickness"
    OTHER = "other"


REASONS = {Reason.HOLIDAY: "Holiday", Reason.SICKNESS: "Sickness", Reason.OTHER: "Other"}
"""The reasons in words."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.first <= day <= self.last

    def meets(self, other: Span) -> bool:
        """Whether any day lies in both.

        >>> Span(date(2026, 3, 2), date(2026, 3, 6)).meets(Span(date(2026, 3, 6), date(2026, 3, 9)))
        True
        """
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """From a day on somebody works this percentage of a full day."""

    first: date
    percent: int


@dataclass(frozen=True, slots=True)
class PersonTime:
    """A person's own time: days off and shares, each in their order. Nothing in it is somebody who is always there."""

    off: tuple[Span, ...] = ()
    shares: tuple[Share, ...] = ()

    def is_off(self, day: date) -> bool:
        """Whether the person is away on a day."""
        return any(day in span for span in self.off)

    def share_on(self, day: date) -> int:
        """The percentage of a full day that they work on a day.

        >>> PersonTime(shares=(Share(date(2026, 3, 1), 60),)).share_on(date(2026, 3, 2))
        60
        """
        return next((share.percent for share in reversed(self.shares) if share.first <= day), FULL)

    def working_days(self, calendar: Calendar, first: date, last: date) -> int:
        """How many days of a calendar's working days, both ends included, the person is there."""
        days = _days(calendar, first, last)
        for span in self.off:
            days -= _days(calendar, max(first, span.first), min(last, span.last))
        return days


ALWAYS_THERE = PersonTime()
"""Somebody with no days off who works whole days."""


def _days(calendar: Calendar, first: date, last: date) -> int:
    return calendar.days_between(first, last + timedelta(days=1)) if first <= last else 0


@lru_cache(maxsize=512)
def personal(content: calendars.Content, first_year: int, last_year: int, time: PersonTime) -> Calendar:
    """A calendar less a person's days off, each day cut to their share from its beginning; holidays as in `calendar`.

    Half of 08:00-12:00, 13:00-17:00 is 08:00-12:00. Before the years that are known the latest share counts.
    """
    base = calendars.calendar(content, first_year, last_year)
    if time == ALWAYS_THERE:
        return base
    known = Span(date(first_year, 1, 1), date(last_year, 12, 31))
    latest = time.shares[-1] if time.shares else Share(known.first, FULL)
    days = {day: shortened(periods, time.share_on(day)) for day, periods in base.exceptions.items()}
    for day in _each(known.first, min(known.last, latest.first - timedelta(days=1))):
        days[day] = shortened(base.periods(day), time.share_on(day))
    for span in time.off:
        days |= dict.fromkeys(_each(max(span.first, known.first), min(span.last, known.last)), ())
    week: Week = tuple(shortened(periods, latest.percent) for periods in base.week)  # type: ignore[assignment]  # seven as before
    return Calendar(week, days)


def _each(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def shortened(periods: Periods, percent: int) -> Periods:
    """The first part of a day's work; a day that is worked keeps a minute at least.

    >>> shortened((Period(480, 720), Period(780, 1020)), 75)
    (Period(start=480, end=720), Period(start=780, end=900))
    """
    if percent >= FULL or not periods:
        return periods
    left = max(1, round(sum(each.end - each.start for each in periods) * percent / FULL))
    kept = []
    for each in periods:
        end = min(each.end, each.start + left)
        if end > each.start:
            kept.append(Period(each.start, end))
            left -= end - each.start
    return tuple(kept)


def check_absence(span: Span, reason: str, others: Iterable[Span]) -> None:
    """Raise RuleBroken for days in the wrong order, out of range or too many, or days that are off already."""
    check_day(span.first, "first")
    check_day(span.last, "last")
    if reason not in set(Reason):
        raise RuleBroken("absence.reason", "Choose holiday, sickness or other.", field="reason")
    if span.last < span.first:
        raise RuleBroken(
            "absence.order",
            "The last day off, %(last)s, lies before the first, %(first)s.",
            field="last",
            first=span.first.isoformat(),
            last=span.last.isoformat(),
        )
    if span.last - span.first > LONGEST:
        raise RuleBroken(
            "absence.long", "Days off last three years at most. Enter the rest when it is near.", field="last"
        )
    clash = next((other for other in others if span.meets(other)), None)
    if clash is not None:
        raise RuleBroken(
            "absence.overlap",
            "%(first)s to %(last)s is entered as days off already. Change that entry, or choose other days.",
            field="first",
            first=clash.first.isoformat(),
            last=clash.last.isoformat(),
        )


def check_share(share: Share) -> None:
    """Raise RuleBroken for a share that nobody works or a day out of range."""
    check_day(share.first, "first")
    if not 1 <= share.percent <= FULL:
        raise RuleBroken(
            "absence.percent",
            "%(percent)s %% of a full day is not possible. Give 1 to 100 %%; 100 %% is whole days.",
            field="percent",
            percent=share.percent,
        )


def check_day(day: date, field: str) -> None:
    """Raise RuleBroken for a day in another century."""
    if not EARLIEST <= day <= LATEST:
        raise RuleBroken(
            "absence.range",
            "%(day)s is out of range. Days lie between 2000 and 2100.",
            field=field,
            day=day.isoformat(),
        )
