"""How dates, numbers and durations are written for people: on pages, in reports, in messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import g
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from infra.audit.words import Said
from kernel.actor import initials

MINUTES_A_DAY = 480
NEAR = 6
_KEPT = 8192
"""How many dates and numbers are kept as they were written: pages show the same few again and again."""


def language() -> str:
    """The language of the page being made; it has one, and a name is told apart faster than a locale."""
    found: str | None = g.get("language")
    if found is None:
        found = g.language = str(get_locale() or "en")
    return found


@lru_cache(_KEPT)
def _written(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale)


@lru_cache(_KEPT, typed=True)
def _number(value: float, locale: str) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(_KEPT)
def _written_moment(value: datetime, pattern: str, locale: str) -> str:
    return format_datetime(value, pattern, locale=locale)


def day(value: date | datetime | None) -> str:
    """A day as "Tue 3 Mar"; the year is added when it is not this year's."""
    if value is None:
        return ""
    same_year = "today" not in g or value.year == g.today.year
    return _written(value, "EEE d MMM" if same_year else "EEE d MMM y", language())


def near(value: date | datetime | None) -> str:
    """A day in relation to today while it is near ("in 4 days"), else the day itself."""
    if value is None:
        return ""
    distance = ((value.date() if isinstance(value, datetime) else value) - g.today).days
    words = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if distance in words:
        return words[distance]
    if abs(distance) > NEAR:
        return day(value)
    if distance > 0:
        return ngettext("in %(num)d day", "in %(num)d days", distance)
    return ngettext("%(num)d day ago", "%(num)d days ago", -distance)


def short_day(value: date | datetime) -> str:
    """A day without its weekday: "3 Mar"."""
    return _written(value, "d MMM", language())


def month(value: date) -> str:
    """A month: "March", with its year when it is not this year's."""
    same_year = "today" not in g or value.year == g.today.year
    return _written(value, "LLLL" if same_year else "LLL y", language())


def full_date(value: date | datetime | None) -> str:
    """A day in full, for the tooltip."""
    return "" if value is None else _written(value, "EEEE d MMMM y", language())


def moment(value: datetime | None) -> str:
    """An instant in the reader's zone: "Tue 3 Mar, 14:05"; the year is added when it is not this year's."""
    if value is None:
        return ""
    local = value.astimezone(g.zone) if value.tzinfo else value
    same_year = "today" not in g or local.year == g.today.year
    pattern = "EEE d MMM, HH:mm" if same_year else "EEE d MMM y, HH:mm"
    return _written_moment(local.replace(tzinfo=None, second=0, microsecond=0), pattern, language())


def percent(value: float | None, digits: int = 0) -> str:
    """A share of 100 with its unit; unknown is said, never 0."""
    return _("unknown") if value is None else f"{_number(round(value, digits), language())} %"


def number(value: float | None) -> str:
    """A number with the reader's separators; unknown is said."""
    return _("unknown") if value is None else _number(value, language())


def days(minutes: int | None, *, elapsed: bool = False) -> str:
    """Minutes of working time as days of eight hours: "2.5 d"; of the clock as days of twenty-four: "2.5 elapsed d"."""
    if minutes is None:
        return _("unknown")
    if elapsed:
        return _("%(days)s elapsed d", days=_number(round(minutes / (24 * 60), 1), language()))
    return f"{_number(round(minutes / MINUTES_A_DAY, 1), language())} d"


def as_timeline(said: Iterable[Said]) -> list[dict[str, object]]:
    """Actions in words, as the timeline component takes them."""
    return [
        {
            "person": (each.actor_id, initials(each.actor_name), ""),
            "text": f"{each.actor_name} {each.text}",
            "when": moment(each.at),
        }
        for each in said
    ]


FILTERS = {
    "day": day,
    "short_day": short_day,
    "near": near,
    "moment": moment,
    "full_date": full_date,
    "percent": percent,
    "days": days,
    "number": number,
    "initials": initials,
    "as_timeline": as_timeline,
}
"""The same under the names that templates use."""
