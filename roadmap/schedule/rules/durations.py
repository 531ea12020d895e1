"""Durations as people write them: "5d", "1.5d", "3d 4h", "30m", "1w"."""

import re
from decimal import Decimal

from kernel.errors import RuleBroken

DAY_MINUTES = 480
WEEK_DAYS = 5
_PART = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([a-z]*)", re.IGNORECASE)
_UNITS = {
    "minute": ("m", "min", "mins", "minute", "minutes"),
    "hour": ("h", "hr", "hrs", "hour", "hours"),
    "day": ("", "d", "day", "days"),
    "week": ("w", "wk", "wks", "week", "weeks"),
}
_UNIT_OF = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings}
_LONGEST = 9_999 * DAY_MINUTES * WEEK_DAYS


def parse_duration(text: str, day_minutes: int = DAY_MINUTES, week_days: int = WEEK_DAYS) -> int:
    """Working minutes of a duration; a bare number is days. Raises `RuleBroken` with what would be right."""
    sizes = {"minute": 1, "hour": 60, "day": day_minutes, "week": day_minutes * week_days}
    total, place, written = Decimal(0), 0, text.strip()
    while place < len(written):
        part = _PART.match(written, place)
        unit = _UNIT_OF.get(part.group(2).lower()) if part else None
        if part is None or unit is None:
            raise _not_understood(text)
        total += Decimal(part.group(1).replace(",", ".")) * sizes[unit]
        place = part.end()
    if not written or total > _LONGEST:
        raise _not_understood(text)
    return round(total)


def _not_understood(text: str) -> RuleBroken:
    return RuleBroken(
        "plan.duration",
        "“%(written)s” is not a duration. Write days, hours or weeks, such as 5d, 3d 4h or 1w.",
        written=text[:60],
    )
