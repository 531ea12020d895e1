"""Amounts of working time as people type and read them."""

from __future__ import annotations

import re

from kernel.errors import RuleBroken

HOUR, WORKDAY = 60, 480
DAY = 24 * HOUR
USUAL = ((15, "15 m"), (30, "30 m"), (60, "1 h"), (120, "2 h"), (240, "Half a day"), (480, "A day"))
"""The amounts that take one tap: minutes, and how they are called."""
_NUMBER = r"[0-9]{1,6}(?:[.,][0-9]{1,4})?"
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5]?[0-9])\s*h?")
_UNITS = re.compile(
    rf"(?:(?P<d>{_NUMBER})\s*(?:d|days?))?\s*(?:(?P<h>{_NUMBER})\s*(?:h|hrs?|hours?))?\s*"
    rf"(?:(?P<m>{_NUMBER})\s*(?:m|min|mins|minutes?)?)?"
)


def parse(text: str) -> int:
    """Minutes of "1:30", "1.5h", "1,5 h", "90m", "1h 30m", "half a day" or "1d" (8 hours); a bare number is hours.

    Raises RuleBroken for anything else, for nothing, for less than nothing and for more than a day has.

    >>> parse("1:30"), parse("1.5h"), parse("90m"), parse("1h 30"), parse("2"), parse("half day")
    (90, 90, 90, 90, 120, 240)
    """
    wanted = " ".join(text.casefold().split())
    minutes = _minutes(wanted)
    if minutes is None:
        raise RuleBroken(
            "time.amount",
            "“%(typed)s” is no amount of time. Write 1:30, 1.5h or 90m.",
            field="amount",
            typed=text.strip()[:40],
        )
    check(minutes)
    return minutes


def check(minutes: int) -> None:
    """Raise RuleBroken for no time at all, less, or more than a day has."""
    if minutes <= 0:
        raise RuleBroken("time.nothing", "Time is logged from one minute on. Write 1:30, 1.5h or 90m.", field="amount")
    if minutes > DAY:
        raise RuleBroken(
            "time.too_much",
            "%(amount)s are more than a day has. Write at most 24 h.",
            field="amount",
            amount=amount_text(minutes),
        )


def amount_text(minutes: int) -> str:
    """An amount in a few signs, in hours and minutes.

    >>> amount_text(90), amount_text(480), amount_text(45), amount_text(0)
    ('1:30 h', '8 h', '45 m', '0 h')
    """
    hours, rest = divmod(minutes, HOUR)
    if not rest:
        return f"{hours} h"
    return f"{hours}:{rest:02} h" if hours else f"{rest} m"


def cell_text(minutes: int) -> str:
    """An amount as the cells of a time sheet hold it; nothing is empty.

    >>> cell_text(90), cell_text(480), cell_text(0)
    ('1:30', '8:00', '')
    """
    return f"{minutes // HOUR}:{minutes % HOUR:02}" if minutes else ""


def _minutes(wanted: str) -> int | None:
    if wanted.startswith("-"):
        rest = _minutes(wanted[1:].strip())
        return None if rest is None else -rest
    if wanted in _WORDS:
        return _WORDS[wanted]
    clock = _CLOCK.fullmatch(wanted)
    if clock:
        return int(clock[1]) * HOUR + int(clock[2])
    if re.fullmatch(_NUMBER, wanted):
        return round(_float(wanted) * HOUR)
    units = _UNITS.fullmatch(wanted)
    if units is None or not any(units.groupdict().values()):
        return None
    sizes = {"d": WORKDAY, "h": HOUR, "m": 1}
    return round(sum(_float(units[unit]) * size for unit, size in sizes.items() if units[unit]))


_WORDS = {"half day": 240, "half a day": 240, "½ day": 240, "½ d": 240, "day": WORKDAY, "a day": WORKDAY}


def _float(text: str) -> float:
    return float(text.replace(",", "."))
