"""From a calendar's row to working time: weekly periods, public holidays, exceptions; and how they are typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise

import holidays as holiday_library
from babel import Locale
from holidays.registry import EntityLoader

from kernel.errors import RuleBroken
from kernel.worktime import Calendar, Period, Periods, Week

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OFFICE_WEEK: list[list[list[int]]] = [[[480, 720], [780, 1020]]] * 5 + [[], []]
"""Monday to Friday, 08:00 to 12:00 and 13:00 to 17:00."""
MOST_PERIODS = 8
FIRST_YEAR, LAST_YEAR = 2000, 2100
_PERIOD = re.compile(r"(\d{1,2})[:.](\d{2})\s*(?:-|–|to)\s*(\d{1,2})[:.](\d{2})")


class DayState(StrEnum):
    """Why a day is as it is."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class DayOut:
    """A day of the year view: what it is and, for a holiday or an exception, its name."""

    day: date
    state: DayState
    name: str = ""
    is_working: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """All that decides a calendar's working time, by value: two calendars with the same content are one."""

    week: tuple[Periods, ...]
    country: str = ""
    subdivision: str = ""
    exceptions: tuple[tuple[date, str, Periods], ...] = ()


def content(
    week: Sequence[Sequence[Sequence[int]]],
    country: str = "",
    subdivision: str = "",
    exceptions: Iterable[tuple[date, str, Sequence[Sequence[int]]]] = (),
) -> Content:
    """A calendar's row by value. Raises RuleBroken for a week or a day that can't be worked."""
    days = tuple(periods_of(day, WEEKDAYS[number]) for number, day in enumerate(week))
    if len(days) != 7:
        raise RuleBroken("calendars.week", "A week has seven days, not %(days)d.", days=len(days))
    if not any(days):
        raise RuleBroken("calendars.no_work", "Give at least one weekday a period of work, such as 08:00-12:00.")
    check_holidays(country, subdivision)
    special = tuple((day, name, periods_of(pairs, str(day))) for day, name, pairs in exceptions)
    return Content(days, country, subdivision, tuple(sorted(special)))


def periods_of(pairs: Sequence[Sequence[int]], where: str) -> Periods:
    """Periods from [start, end] minutes of the day. Raises RuleBroken when they overlap or run past the day."""
    try:
        periods = tuple(Period(start, end) for start, end in pairs)
    except (ValueError, TypeError):
        raise RuleBroken(
            "calendars.period",
            "%(where)s: a period ends after it starts, between 00:00 and 24:00, such as 08:00-12:00.",
            where=where,
        ) from None
    if len(periods) > MOST_PERIODS:
        raise RuleBroken("calendars.periods", "%(where)s: at most %(most)d periods.", where=where, most=MOST_PERIODS)
    if any(later.start < earlier.end for earlier, later in pairwise(periods)):
        raise RuleBroken("calendars.overlap", "%(where)s: the periods overlap or are not in their order.", where=where)
    return periods


def parse_periods(text: str, where: str) -> list[list[int]]:
    """Periods as people type them; nothing typed is a day off. Raises RuleBroken that names the day.

    >>> parse_periods("8:00-12:00, 13:00-17:00", "Monday")
    [[480, 720], [780, 1020]]
    """
    rest = re.sub(r"[\s,;]+", " ", _PERIOD.sub(" ", text)).strip()
    if rest:
        raise RuleBroken(
            "calendars.typed",
            "%(where)s: “%(rest)s” can't be read; write periods like 08:00-12:00, 13:00-17:00.",
            where=where,
            rest=rest[:40],
        )
    numbers = [[int(part) for part in found] for found in _PERIOD.findall(text)]
    pairs = [[h1 * 60 + m1, h2 * 60 + m2] for h1, m1, h2, m2 in numbers]
    if any(m1 > 59 or m2 > 59 for _h1, m1, _h2, m2 in numbers):
        raise RuleBroken("calendars.minutes", "%(where)s: an hour has 60 minutes.", where=where)
    periods_of(pairs, where)
    return pairs


def write_periods(pairs: Sequence[Sequence[int]]) -> str:
    """Periods as people read and type them.

    >>> write_periods([[480, 720], [780, 1020]])
    '08:00-12:00, 13:00-17:00'
    """
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in pairs)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@lru_cache(maxsize=256)
def calendar(content: Content, first_year: int, last_year: int) -> Calendar:
    """The working time of a calendar, with the holidays of these years (both included).

    The same content gives the same object, with its axis laid out already. Raises NoWorkingTime.
    """
    off: dict[date, Periods] = dict.fromkeys(holidays_between(content, first_year, last_year), ())
    exceptions = {day: periods for day, _name, periods in content.exceptions}
    week: Week = content.week  # type: ignore[assignment]  # content() saw to the seven days
    return Calendar(week, off | exceptions)


def holidays_between(content: Content, first_year: int, last_year: int) -> Mapping[date, str]:
    """The public holidays of the calendar's place in these years, with their names in English where known."""
    if not content.country:
        return {}
    return _holidays(content.country, content.subdivision, first_year, last_year)


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str, first_year: int, last_year: int) -> Mapping[date, str]:
    years = range(max(first_year, FIRST_YEAR), min(last_year, LAST_YEAR) + 1)
    kwargs = {"subdiv": subdivision or None, "years": years}
    try:
        found = holiday_library.country_holidays(country, language="en_US", **kwargs)  # type: ignore[arg-type]  # as documented
    except NotImplementedError as error:  # the library's word for a place that it does not know
        raise RuleBroken("calendars.place", "No holidays are known for %(place)s.", place=country) from error
    return dict(sorted(found.items()))


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Every country whose holidays are known: (code, name), by name."""
    names = Locale("en").territories
    # The registry knows the codes; the library's own list of them loads 250 modules, a second's work.
    codes = EntityLoader.get_country_codes(include_aliases=False)
    return tuple(sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1].casefold()))


@cache
def subdivisions(country: str) -> tuple[str, ...]:
    """The codes of a country's parts that have holidays of their own."""
    known = country in dict(countries())
    return tuple(sorted(holiday_library.country_holidays(country).subdivisions)) if known else ()


def check_holidays(country: str, subdivision: str = "") -> None:
    """Raise RuleBroken for a place whose holidays are not known; an empty country is no holidays at all."""
    if country and country not in dict(countries()):
        raise RuleBroken(
            "calendars.country",
            "No holidays are known for “%(country)s”; give a country code such as BE.",
            field="country",
            country=country,
        )
    if subdivision and subdivision not in subdivisions(country):
        known = ", ".join(subdivisions(country)) or "none"
        raise RuleBroken(
            "calendars.subdivision",
            "“%(subdivision)s” is no part of the country with own holidays; there are: %(known)s.",
            field="subdivision",
            subdivision=subdivision,
            known=known,
        )


def parse_place(text: str) -> tuple[str, str]:
    """A place as commands take it, ``CC`` or ``CC-SUB``, checked. Raises RuleBroken.

    >>> parse_place("de-by")
    ('DE', 'BY')
    """
    country, _, subdivision = text.strip().upper().partition("-")
    check_holidays(country, subdivision)
    return country, subdivision


def year(content: Content, number: int) -> list[DayOut]:
    """Every day of a year and why it is worked or not. Raises NoWorkingTime."""
    worked = calendar(content, number, number)
    named = holidays_between(content, number, number)
    special = {day: name for day, name, _periods in content.exceptions}
    first = date(number, 1, 1)
    days = (first + timedelta(days=offset) for offset in range((date(number + 1, 1, 1) - first).days))
    return [_day_out(day, worked, named, special) for day in days]


def _day_out(day: date, worked: Calendar, named: Mapping[date, str], special: Mapping[date, str]) -> DayOut:
    working = worked.is_working(day)
    if day in special:
        return DayOut(day, DayState.EXCEPTION, special[day], working)
    if day in named:
        return DayOut(day, DayState.HOLIDAY, named[day], working)
    return DayOut(day, DayState.WORKING if working else DayState.WEEKEND, "", working)
