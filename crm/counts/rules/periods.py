"""The periods that one can choose, as days, and how an address says them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.errors import RuleBroken

DAY = timedelta(days=1)
USUAL = "90-days"
CHOSEN = "chosen"
LONGEST = 5 * 366
"""So many days at most: a dashboard is no archive."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``since`` to ``until``, both included, and the name that they were chosen by."""

    key: str
    since: date
    until: date


def _last(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=days - 1), today)


def _month(today: date) -> tuple[date, date]:
    return today.replace(day=1), today


def _last_month(today: date) -> tuple[date, date]:
    end = today.replace(day=1) - DAY
    return end.replace(day=1), end


def _quarter(today: date) -> tuple[date, date]:
    return date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), today


def _last_quarter(today: date) -> tuple[date, date]:
    end = _quarter(today)[0] - DAY
    return _quarter(end)[0], end


def _year(today: date) -> tuple[date, date]:
    return date(today.year, 1, 1), today


PERIODS: Mapping[str, tuple[str, Callable[[date], tuple[date, date]]]] = {
    "7-days": ("Last 7 days", _last(7)),
    "30-days": ("Last 30 days", _last(30)),
    USUAL: ("Last 90 days", _last(90)),
    "month": ("This month", _month),
    "last-month": ("Last month", _last_month),
    "quarter": ("This quarter", _quarter),
    "last-quarter": ("Last quarter", _last_quarter),
    "year": ("This year", _year),
    "12-months": ("Last 365 days", _last(365)),
}
"""Each period by its key: its name, and its days as seen from today."""


def period(key: str, today: date, since: date | None = None, until: date | None = None) -> Period:
    """The days of a period; with two days chosen, those. Raises RuleBroken for days that make no period.

    >>> period("last-quarter", date(2026, 2, 18)).since
    datetime.date(2025, 10, 1)
    """
    if since is not None and until is not None:
        if until < since:
            raise RuleBroken("dashboards.days", "The last day lies before the first one.", field="until")
        if (until - since).days >= LONGEST:
            raise RuleBroken("dashboards.long", "Choose five years at most.", field="since")
        return Period(CHOSEN, since, until)
    known = key if key in PERIODS else USUAL
    first, last = PERIODS[known][1](today)
    return Period(known, first, last)


def read_period(sent: Mapping[str, str], today: date) -> Period:
    """The period that an address says, by name or by two days. Raises RuleBroken for days that make none.

    >>> read_period({"since": "2026-01-01", "until": "2026-01-31"}, date(2026, 2, 18)).key
    'chosen'
    """
    since, until = _day(sent.get("since", ""), "since"), _day(sent.get("until", ""), "until")
    return period(sent.get("period", ""), today, since, until)


def as_query(chosen: Period) -> dict[str, str]:
    """A period as an address says it, so that every page understands it alike.

    >>> as_query(period("month", date(2026, 2, 18)))
    {'period': 'month'}
    """
    if chosen.key in PERIODS:
        return {"period": chosen.key}
    return {"since": chosen.since.isoformat(), "until": chosen.until.isoformat()}


def _day(text: str, field: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise RuleBroken("dashboards.day", "Write the day as 2026-03-03.", field=field) from error
