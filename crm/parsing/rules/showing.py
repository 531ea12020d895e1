"""A value written so that somebody can change it and it can be read back: what a form shows, and a file holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import phonenumbers

from crm.objects.rules.fields import BETWEEN, Field, Kind
from crm.parsing.rules.values import Hints

_WRITTEN = {"YYYY": "%Y", "MMM": "%b", "MM": "%m", "DD": "%d", "D": "%d"}


def show(field: Field, value: Any, hints: Hints | None = None) -> str:
    """A value as text, with the hints' decimal mark, dates and zone; `parse` with the same hints reads it back.

    People, teams and records are shown as their number: whoever shows one looks up its name.

    >>> show(Field("amount", "Amount", Kind.MONEY), Decimal("1234.5"), Hints(decimal=","))
    '1234,50'
    """
    if value is None or value == "":
        return ""
    writer = _WRITERS.get(field.kind)
    return writer(field, value, hints or Hints()) if writer else str(value)


def _amount(_field: Field, value: Decimal, hints: Hints) -> str:
    """Two places and no groups: that reads one way only."""
    return f"{value:.2f}".replace(".", hints.decimal or ".")


def _day(_field: Field, value: date | str, hints: Hints) -> str:
    if isinstance(value, str):
        value = date.fromisoformat(value)
    pattern = hints.dates or "YYYY-MM-DD"
    for part, code in _WRITTEN.items():
        pattern = pattern.replace(part, code, 1)
    return value.strftime(pattern)


def _moment(field: Field, value: datetime, hints: Hints) -> str:
    wall = value.astimezone(hints.zone)
    spec = "%H:%M:%S.%f" if wall.microsecond else "%H:%M:%S" if wall.second else "%H:%M"
    said = f"{_day(field, wall.date(), hints)} {wall.strftime(spec)}"
    alone = wall.replace(fold=0).astimezone(UTC) == value
    return said if alone else said + wall.strftime("%z")


def _phone(_field: Field, value: str, _hints: Hints) -> str:
    """The number with its groups, as its country writes them."""
    try:
        found = phonenumbers.parse(value.replace(";ext=", " ext. "), None)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _choice(field: Field, value: str, _hints: Hints) -> str:
    return field.said(value)


def _several(field: Field, value: str, _hints: Hints) -> str:
    return "; ".join(field.said(each) for each in value.split(BETWEEN))


def _number(_field: Field, value: Decimal, hints: Hints) -> str:
    """All its places and no groups."""
    return f"{value.normalize():f}".replace(".", hints.decimal or ".")


def _flag(_field: Field, value: bool, _hints: Hints) -> str:  # noqa: FBT001  # a value like any other
    return "yes" if value else "no"


_WRITERS: Mapping[Kind, Callable[[Field, Any, Hints], str]] = {
    Kind.MONEY: _amount,
    Kind.DATE: _day,
    Kind.MOMENT: _moment,
    Kind.PHONE: _phone,
    Kind.CHOICE: _choice,
    Kind.MULTI: _several,
    Kind.DECIMAL: _number,
    Kind.FLAG: _flag,
}
