"""Values of records as people read them: amounts with their currency, choices by their label, others by their name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal, get_currency_symbol
from flask_babel import gettext as _

from crm.access.rules import Access
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules.places import country_name
from crm.records import queries
from infra import formats

_KEPT = 4096
_NAMED = {Kind.PERSON: queries.PERSON, Kind.TEAM: queries.TEAM}
"""What values of a kind name; those of others name what the field points to, or nothing."""


@dataclass(slots=True)
class Names:
    """What numbers stand for, looked up once a page; a record that is missing here is hidden from the reader."""

    people: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    records: dict[str, dict[int, str]] = field(default_factory=dict)

    def of(self, what: Field, number: int) -> str:
        """The name behind a number; nothing where the reader may not see what it names."""
        if what.kind is Kind.PERSON:
            return self.people.get(number, "")
        if what.kind is Kind.TEAM:
            return self.teams.get(number, "")
        return self.records.get(what.target, {}).get(number, "")


def names_for(access: Access, pairs: Iterable[tuple[Field, Any]]) -> Names:
    """The names behind the numbers of fields and their values: one statement for all but stages and queues."""
    wanted: dict[str, set[int]] = {}
    for what, value in pairs:
        if isinstance(value, int) and not isinstance(value, bool):
            wanted.setdefault(_NAMED.get(what.kind, what.target), set()).add(value)
    few = {target: queries.small(target) for target in sorted(wanted.keys() & queries.SMALL)}
    named = queries.names_of(access, {kind: ids for kind, ids in wanted.items() if kind and kind not in few})
    return Names(named.pop(queries.PERSON, {}), named.pop(queries.TEAM, {}), {**named, **few})


def names_of_rows(access: Access, subject: ObjectType, rows: Iterable[Any]) -> Names:
    """The names behind all numbers in some records of one object."""
    pointing = [each for each in subject.fields if each.kind in (Kind.PERSON, Kind.TEAM, Kind.RECORD)]
    return names_for(access, ((what, getattr(row, what.key)) for row in rows for what in pointing))


@lru_cache(_KEPT)
def _amount(value: Decimal, currency: str, locale: str) -> str:
    pattern = "#,##0" if value == value.to_integral_value() else "#,##0.00"
    number = format_decimal(value, pattern, locale=locale)
    return f"{get_currency_symbol(currency, locale)}\N{NO-BREAK SPACE}{number}" if currency else number


def money(value: Decimal | None, currency: str = "") -> str:
    """An amount as "€ 142,000", with cents where there are any; nothing for none."""
    return "" if value is None else _amount(Decimal(value), currency, formats.language())


def country(code: str) -> str:
    """The name of a country in the reader's language; what is no code stays as it is."""
    return country_name(code, formats.language().replace("-", "_"))


def words(what: Field, value: Any, names: Names, currency: str = "") -> str:
    """A value in words. A record that the reader may not see is told as that, never by its number.

    >>> from crm.objects.rules.fields import Field
    >>> words(Field("city", "City"), "Ghent", Names())
    'Ghent'
    """
    if value is None or value == "":
        return ""
    if what.kind in (Kind.PERSON, Kind.TEAM, Kind.RECORD):
        return names.of(what, int(value)) or _("hidden")
    return _plain(what, value, currency)


def _plain(what: Field, value: Any, currency: str) -> str:  # noqa: PLR0911  # one line a kind
    if what.kind is Kind.MONEY:
        return money(Decimal(str(value)), currency)
    if what.kind is Kind.MOMENT:
        return formats.moment(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    if what.kind is Kind.DATE:
        return formats.day(value if isinstance(value, date) else date.fromisoformat(value))
    if what.kind is Kind.PERCENT:
        return formats.percent(float(value))
    if what.kind is Kind.NUMBER:
        return formats.number(float(value))
    if what.kind is Kind.FLAG:
        return _("yes") if value else _("no")
    if what.kind is Kind.DECIMAL:
        return format_decimal(Decimal(str(value)), "#,##0.######", locale=formats.language())
    if what.kind in (Kind.CHOICE, Kind.MULTI):
        return what.said(str(value)) if what.own else _(what.said(str(value)))
    if what.kind is Kind.COUNTRY:
        return country(str(value))
    return str(value)
