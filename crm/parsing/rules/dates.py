"""Dates in formats that are named, and moments. What two formats read differently is asked about, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from crm.objects.rules.fields import Field
from crm.parsing.rules.values import Hints, Parsed, wrong

FORMATS: Mapping[str, str] = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
    "YYYY.MM.DD": r"(?P<y>\d{4})\.\s?(?P<m>\d{1,2})\.\s?(?P<d>\d{1,2})\.?",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "DD.MM.YYYY": r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4}|\d{2})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})",
    "DD-MM-YYYY": r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4}|\d{2})",
    "MM-DD-YYYY": r"(?P<m>\d{1,2})-(?P<d>\d{1,2})-(?P<y>\d{4}|\d{2})",
    "D MMM YYYY": r"(?:[a-z]{3,9},?\s+)?(?P<d>\d{1,2})\.?[\s-](?P<word>[a-z]{3,9})\.?,?[\s-](?P<y>\d{4})",
    "MMM D, YYYY": r"(?:[a-z]{3,9},?\s+)?(?P<word>[a-z]{3,9})\.?\s(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<y>\d{4})",
}
"""The formats by the name that people choose them by. With dots and the year last the day is always first."""
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in FORMATS.items()}
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORTEST_MONTH = 3
_TURN_OF_CENTURY = 70
"""A year of two digits from here on lies in the last century, as in spreadsheets."""
EARLIEST, LATEST = 1800, 2200
"""Years outside are a slip of the hand."""
_TIME = re.compile(
    r"(?P<day>.+?)(?:T|,?\s+(?:at\s+)?)(?P<h>\d{1,2})[:.h](?P<min>\d{2})(?:[:.](?P<s>\d{2})(?:[.,](?P<f>\d{1,6})\d*)?)?"
    r"\s*(?P<half>am|pm)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_NOON = 12


class Day(NamedTuple):
    """A date with the name of the format that it was read in."""

    format: str
    value: date


def read_date(field: Field, text: str, hints: Hints) -> Parsed:
    """A day. Where formats disagree the answer asks for one of them."""
    typed = _plain(text)
    found = _agreed(days(typed), hints)
    if len({each.value for each in found}) > 1:
        return _question(field, text, found)
    if found:
        return Parsed(found[0].value)
    return _no_date(field, text, hints)


def days(text: str) -> list[Day]:
    """Every date that a text may mean.

    >>> [f"{each.value:%d %b}" for each in days("03/04/2026")]
    ['03 Apr', '04 Mar']
    """
    found = []
    for name, pattern in _PATTERNS.items():
        value = _date(pattern.fullmatch(text))
        if value is not None:
            found.append(Day(name, value))
    return found


def profile_dates(texts: Iterable[str]) -> tuple[str, ...]:
    """The formats that read every text of a column; none: it is no column of dates; several: somebody must choose.

    >>> profile_dates(["03/04/2026", "13/04/2026", ""])
    ('DD/MM/YYYY',)
    """
    fitting: dict[str, None] = dict.fromkeys(FORMATS)
    seen = False
    for text in texts:
        typed = _plain(text)
        if not typed:
            continue
        seen = True
        timed = _TIME.fullmatch(typed)
        here = {each.format for each in days(timed["day"] if timed else typed)}
        fitting = {name: None for name in fitting if name in here}
        if not fitting:
            return ()
    return tuple(fitting) if seen else ()


def read_moment(field: Field, text: str, hints: Hints) -> Parsed:
    """A day with a time; without one it is the start of the day. Wall times hold in the zone of the hints."""
    typed = _plain(text)
    timed = _TIME.fullmatch(typed)
    day = read_date(field, timed["day"] if timed else typed, hints)
    if not day.ok:
        return day
    clock = _clock(timed) if timed else time()
    if clock is None:
        return wrong(field, "no_time", "“%(typed)s” has no time of a day; one looks like 14:30.", typed=text.strip())
    named = timed["zone"] if timed else None
    return Parsed(_instant(datetime.combine(day.value, clock), named, hints.zone))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _date(found: re.Match[str] | None) -> date | None:
    if found is None:
        return None
    parts = found.groupdict()
    year, day = int(parts["y"]), int(parts["d"])
    month = _month(parts["word"]) if "word" in parts else int(parts["m"])
    if len(parts["y"]) == 2:
        year += 1900 if year >= _TURN_OF_CENTURY else 2000
    try:
        return date(year, month, day) if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


def _month(word: str) -> int:
    """The number of a month; 0 for a word that is none."""
    typed = word.lower()
    fits = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(typed)]
    if typed == "sept":
        return 9
    return fits[0] if len(fits) == 1 and len(typed) >= _SHORTEST_MONTH else 0


def _agreed(found: list[Day], hints: Hints) -> list[Day]:
    """With a format chosen, a text that only other formats with the same marks read is wrong: 13/04 is no US date."""
    if not hints.dates:
        return found
    chosen = [each for each in found if each.format == hints.dates]
    rivals = {name for name in FORMATS if _marks(name) == _marks(hints.dates)}
    return chosen or [each for each in found if each.format not in rivals]


def _marks(name: str) -> tuple[str, bool]:
    return re.sub(r"[A-Z]", "", name), name.startswith("Y")


def _question(field: Field, text: str, found: list[Day]) -> Parsed:
    one, other = found[0], next(each for each in found if each.value != found[0].value)
    return wrong(
        field,
        "date_ambiguous",
        "“%(typed)s” can be %(one)s (%(first)s) or %(other)s (%(second)s). Which is meant?",
        asks=tuple(each.format for each in found),
        typed=text.strip(),
        one=_said(one.value),
        first=one.format,
        other=_said(other.value),
        second=other.format,
    )


def _said(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1].title()} {day.year}"


def _no_date(field: Field, text: str, hints: Hints) -> Parsed:
    if hints.dates:
        return wrong(
            field,
            "no_date",
            "“%(typed)s” is no date written as %(format)s.",
            typed=text.strip(),
            format=hints.dates,
        )
    return wrong(field, "no_date", "“%(typed)s” is not a date; one looks like 2026-04-03.", typed=text.strip())


def _clock(found: re.Match[str]) -> time | None:
    hour, minute, second = int(found["h"]), int(found["min"]), int(found["s"] or 0)
    if half := (found["half"] or "").lower():
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    try:
        return time(hour, minute, second, int((found["f"] or "").ljust(6, "0")))
    except ValueError:
        return None


def _instant(wall: datetime, named: str | None, zone: tzinfo) -> datetime:
    """The instant in UTC. A wall time that the clock jumps over counts with the offset before the jump."""
    if named is None:
        return wall.replace(tzinfo=zone).astimezone(UTC)
    if named.upper() in ("Z", "UTC"):
        return wall.replace(tzinfo=UTC)
    offset = timedelta(hours=int(named[1:3]), minutes=int(named[-2:]))
    return (wall - offset if named[0] == "+" else wall + offset).replace(tzinfo=UTC)
