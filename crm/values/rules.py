"""How a value is found: by a text in small letters, a number, or a digest where it is sealed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from crm.objects.rules.fields import BETWEEN, Field, Kind
from kernel.folding import folded

FOUND = 120
"""So many letters of a text are found."""
NUMBERS = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.DECIMAL, Kind.MONEY})
SOUGHT = frozenset({Kind.TEXT, Kind.LONG, Kind.EMAIL, Kind.PHONE, Kind.LINK, Kind.ADDRESS})
"""Kinds of fields whose words the search reads."""
UNORDERED = frozenset({Kind.MULTI, Kind.CHOICE, Kind.FLAG})
"""Choices stand in an order of their own, and a record may hold several: by these no index puts records in order."""
_SIGNS = re.compile(r"[\s()./-]")
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


def sought(field: Field, value: Any) -> str | None:
    """What the search reads of a value, folded; None for what is no text, and for what is sealed.

    >>> sought(Field("x_note", "Note", Kind.LONG), "Zoë  asked"), sought(Field("x_floor", "Floor", Kind.NUMBER), 3)
    ('zoe  asked', None)
    """
    if field.sealed or field.kind not in SOUGHT or not value:
        return None
    return _SIGNS.sub("", value) if field.kind is Kind.PHONE else folded(value)


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value.normalize() if isinstance(value, Decimal) else value).strip().casefold()
