"""Days that come again, as calendars of MS Project know them: daily, weekly, monthly, yearly, by date or by place."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

DAILY, YEARLY_BY_DATE, YEARLY_BY_PLACE, MONTHLY_BY_DATE, MONTHLY_BY_PLACE, WEEKLY, EVERY_DAYS = range(1, 8)
ANY_DAY, WORKDAY, WEEKEND_DAY, SUNDAY = range(4)
LAST_PLACE = 4
_SUNDAY_FIRST = 6
"""Python counts weekdays from Monday, Microsoft from Sunday."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How an exception comes again. ``weekdays`` has a bit for each day, Sunday lowest; months count from 0.

    ``item`` is the kind of day of a place in the month (any, workday, weekend day, then Sunday to Saturday), ``place``
    0 to 3 for the first to the fourth and 4 for the last.
    """

    kind: int = DAILY
    every: int = 1
    weekdays: int = 0
    item: int = ANY_DAY
    place: int = 0
    month: int = 0
    month_day: int = 1


def days(
    pattern: Pattern, first: date, last: date, *, count: int | None = None, since: date | None = None
) -> Iterator[date]:
    """The days of a pattern from ``first`` to ``last``, both included, those before ``since`` left out.

    ``count`` ends it earlier; days before ``since`` count.

    >>> christmas = Pattern(YEARLY_BY_DATE, month=11, month_day=25)
    >>> [str(day) for day in days(christmas, date(2026, 1, 1), date(2027, 12, 31))]
    ['2026-12-25', '2027-12-25']
    """
    begin = first if since is None or count is not None else max(first, _skipped(pattern, first, since))
    found = islice(_all(pattern, begin, last), count)
    return found if since is None else (day for day in found if day >= since)


def _skipped(pattern: Pattern, first: date, since: date) -> date:
    """The day from which the pattern gives the same days as from its beginning, near to ``since``."""
    steps = {WEEKLY: 7 * pattern.every, EVERY_DAYS: pattern.every, DAILY: 1}
    step = max(steps.get(pattern.kind, 0), 1)
    if pattern.kind not in steps or since <= first:
        return first
    return first + timedelta(days=(since - first).days // step * step)


def _all(pattern: Pattern, first: date, last: date) -> Iterator[date]:
    every = max(pattern.every, 1)
    if pattern.kind == WEEKLY:
        yield from (day for day in _each(first, last, 1) if _in_week(pattern, first, day, every))
    elif pattern.kind in (YEARLY_BY_DATE, YEARLY_BY_PLACE, MONTHLY_BY_DATE, MONTHLY_BY_PLACE):
        found = (_in_month(pattern, year, month) for year, month in _months(pattern, first, last, every))
        yield from (day for day in found if day is not None and first <= day <= last)
    else:
        yield from _each(first, last, every if pattern.kind == EVERY_DAYS else 1)


def _each(first: date, last: date, step: int) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range(0, (last - first).days + 1, step))


def _in_week(pattern: Pattern, first: date, day: date, every: int) -> bool:
    weeks = (_sunday(day) - _sunday(first)).days // 7
    return weeks % every == 0 and bool(pattern.weekdays >> _from_sunday(day) & 1)


def _months(pattern: Pattern, first: date, last: date, every: int) -> Iterator[tuple[int, int]]:
    if pattern.kind in (YEARLY_BY_DATE, YEARLY_BY_PLACE):
        month = min(max(pattern.month, 0), 11) + 1
        yield from ((year, month) for year in range(first.year, last.year + 1))
        return
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    yield from ((number // 12, number % 12 + 1) for number in range(begin, end + 1, every))


def _in_month(pattern: Pattern, year: int, month: int) -> date | None:
    length = monthrange(year, month)[1]
    if pattern.kind in (YEARLY_BY_DATE, MONTHLY_BY_DATE):
        return date(year, month, pattern.month_day) if 1 <= pattern.month_day <= length else None
    fitting = [day for number in range(1, length + 1) if _fits(pattern.item, day := date(year, month, number))]
    if pattern.place >= LAST_PLACE:
        return fitting[-1]
    return fitting[pattern.place] if 0 <= pattern.place < len(fitting) else None


def _fits(item: int, day: date) -> bool:
    weekend = day.weekday() >= 5
    return {ANY_DAY: True, WORKDAY: not weekend, WEEKEND_DAY: weekend}.get(item, _from_sunday(day) == item - SUNDAY)


def _from_sunday(day: date) -> int:
    return (day.weekday() - _SUNDAY_FIRST) % 7


def _sunday(day: date) -> date:
    return day - timedelta(days=_from_sunday(day))
