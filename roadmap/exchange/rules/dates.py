"""Dates as sheets have them: typed, ISO, or with the day or the month first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from kernel.errors import RuleBroken

_PARTS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{2}|\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::\d{2})?)?")
MONTHS = 12


class Order(StrEnum):
    """Which comes first in 03/04/2026."""

    DAY = "day"
    MONTH = "month"


def order_of(values: Iterable[Any]) -> Order | None:
    """The order that the values show; None where every one of them could be read both ways.

    >>> order_of(["03/04/2026", "25/04/2026"]).value
    'day'
    >>> order_of(["03/04/2026"]) is None
    True
    """
    found = [match for value in values if isinstance(value, str) and (match := _PARTS.match(value.strip()))]
    if not found or any(match[2] == "." or int(match[1]) > MONTHS for match in found):
        return Order.DAY
    return Order.MONTH if any(int(match[3]) > MONTHS for match in found) else None


def read(value: Any, order: Order) -> datetime | None:
    """A cell as a wall time; a day alone is its midnight, an empty cell None. Raises RuleBroken."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, second=0, microsecond=0)
    if isinstance(value, date):
        return datetime.combine(value, time())
    return _from_text(str(value).strip(), order)


def _from_text(text: str, order: Order) -> datetime:
    parts = _PARTS.fullmatch(text)
    try:
        if parts is None:
            return datetime.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
        first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
        day, month = (first, second) if order is Order.DAY else (second, first)
        hour, minute = int(parts[5] or 0), int(parts[6] or 0)
        return datetime(year + 2000 * (year < 100), month, day, hour, minute)
    except ValueError as error:
        raise RuleBroken("import.date", "“%(value)s” is no date. Write it as 2026-03-03.", value=text[:40]) from error
