"""Values of one's own fields as they are kept: plain, as JSON and the trail hold them, and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from crm.objects.rules.fields import Field, Kind

_EMPTY_IS_NONE = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.DECIMAL, Kind.MONEY, Kind.DATE})


def empty(field: Field) -> Any:
    """What a field holds in which there is nothing.

    >>> empty(Field("x_a", "A")), empty(Field("x_b", "B", Kind.DATE)), empty(Field("x_c", "C", Kind.FLAG))
    ('', None, False)
    """
    return False if field.kind is Kind.FLAG else None if field.kind in _EMPTY_IS_NONE else ""


def stored(field: Field, value: Any) -> Any:
    """A value as it is kept; None for nothing, which is not kept at all.

    >>> stored(Field("x_price", "Price", Kind.MONEY), Decimal("12.50")), stored(Field("x_a", "A"), "")
    ('12.5', None)
    """
    if value is None or value == empty(field):
        return None
    if isinstance(value, Decimal):  # 1.50 and 1.5 are one amount, as in the trail
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def loaded(field: Field, plain: Any) -> Any:
    """The value that was kept; a sealed day stays a text, as in every sealed field.

    >>> loaded(Field("x_day", "Day", Kind.DATE), "2026-02-18")
    datetime.date(2026, 2, 18)
    """
    if plain is None:
        return empty(field)
    if field.kind is Kind.DATE and not field.sealed:
        return date.fromisoformat(plain)
    return Decimal(str(plain)) if field.kind in (Kind.MONEY, Kind.DECIMAL) else plain
