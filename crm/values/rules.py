"""How a value is found: by a text in small letters, a number, or a digest where it is sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from crm.objects.rules.fields import BETWEEN, Field, Kind

FOUND = 120
"""So many letters of a text are found."""
NUMBERS = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.DECIMAL, Kind.MONEY})
UNFOUND = frozenset({Kind.LONG, Kind.ADDRESS})
"""Texts of many lines are read where they lie: nobody looks for one by its beginning."""


def found_by(field: Field, value: Any, digest: Callable[[str], str]) -> list[tuple[str | None, float | None]]:
    """What a value is found by, a pair each: a text, a number. Nothing is found by nothing.

    >>> found_by(Field("x_rooms", "Rooms", Kind.MULTI), "hall;attic", str)
    [('hall', None), ('attic', None)]
    >>> found_by(Field("x_floor", "Floor", Kind.NUMBER), 3, str)
    [(None, 3.0)]
    """
    if value is None or value == "" or value is False:
        return []
    if field.sealed:
        return [(digest(f"{field.own}:{_text(value)}"), None)]
    if field.kind in UNFOUND:
        return []
    if field.kind in NUMBERS:
        return [(None, float(value))]
    parts = value.split(BETWEEN) if field.kind is Kind.MULTI else [value]
    return [(_text(each)[:FOUND], None) for each in parts]


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value.normalize() if isinstance(value, Decimal) else value).strip().casefold()
