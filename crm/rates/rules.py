"""Rates of currencies: reading them, and adding up amounts of several currencies without leaving any out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules.reading import parse
from kernel.errors import RuleBroken

DEFAULT = "EUR"
"""The currency that sums are in until another one is chosen."""
PLACES = 9
"""Digits that a rate keeps behind the point: enough for a dong in dinars."""
LARGEST = Decimal(10**6)
CENT = Decimal("0.01")

Quotes = Sequence[tuple[date, Decimal]]
"""Since which day a currency is worth how much of the base currency, in the order of the days."""


@dataclass(frozen=True, slots=True)
class Book:
    """What currencies are worth in the base currency, by day; a rate holds until the next one.

    >>> book = Book("EUR", {"USD": [(date(2026, 1, 1), Decimal("0.9")), (date(2026, 2, 1), Decimal("0.8"))]})
    >>> book.rate("USD", date(2026, 1, 31)), book.rate("USD", date(2025, 12, 31)), book.rate("EUR", date(2026, 1, 1))
    (Decimal('0.9'), None, Decimal('1'))
    """

    base: str
    quotes: Mapping[str, Quotes] = field(default_factory=dict)

    def rate(self, currency: str, day: date) -> Decimal | None:
        """What one unit is worth in the base currency on a day; None is unknown."""
        if currency == self.base:
            return Decimal(1)
        quotes = self.quotes.get(currency, ())
        place = bisect_right(quotes, day, key=lambda quote: quote[0])
        return quotes[place - 1][1] if place else None

    def in_base(self, amount: Decimal | None, currency: str, day: date) -> Decimal | None:
        """An amount in the base currency; None when it or the rate is unknown. Half a cent goes away from zero.

        >>> book = Book("EUR", {"SEK": [(date(2026, 1, 1), Decimal("0.5"))]})
        >>> book.in_base(Decimal("0.05"), "SEK", date(2026, 1, 1))
        Decimal('0.03')
        """
        rate = self.rate(currency, day)
        if amount is None or rate is None:
            return None
        return (amount * rate).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Group:
    """Amounts of one currency that count by the rate of one day; ``unknown`` of them have no amount at all."""

    currency: str
    day: date
    amount: Decimal
    count: int
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """A sum in the base currency; beside it what could not be added: amounts without a rate, records without one."""

    amount: Decimal = Decimal(0)
    count: int = 0
    unrated: tuple[tuple[str, Decimal], ...] = ()
    unknown: int = 0

    @property
    def whole(self) -> bool:
        """Whether every amount that is known is in the sum."""
        return not self.unrated


def total(groups: Iterable[Group], book: Book) -> Total:
    """Add up in the base currency; what has no rate is kept beside the sum in its own currency.

    >>> day = date(2026, 1, 1)
    >>> total([Group("EUR", day, Decimal(10), 2), Group("SEK", day, Decimal(5), 1)], Book("EUR"))
    Total(amount=Decimal('10.00'), count=3, unrated=(('SEK', Decimal('5')),), unknown=0)
    """
    amount, count, unknown = Decimal(0), 0, 0
    unrated: dict[str, Decimal] = {}
    for group in groups:
        count, unknown = count + group.count, unknown + group.unknown
        known = book.in_base(group.amount, group.currency, group.day)
        if known is not None:
            amount += known
        elif group.amount:
            unrated[group.currency] = unrated.get(group.currency, Decimal(0)) + group.amount
    return Total(amount, count, tuple(sorted(unrated.items())), unknown)


@lru_cache(1)
def currencies() -> dict[str, str]:
    """The currencies that can be chosen: code (ISO 4217) and English name; what pays somewhere today, by code."""
    territories = get_global("territory_currencies").values()
    current = {code for known in territories for code, _first, last, tender in known if tender and last is None}
    names = Locale("en").currencies
    return {code: names[code] for code in sorted(current & set(names))}


def check_currency(code: str, key: str = "currency") -> str:
    """A currency's code in capitals. Raises RuleBroken for an unknown one.

    >>> check_currency(" dkk")
    'DKK'
    """
    wanted = code.strip().upper()
    if wanted not in currencies():
        raise RuleBroken(
            "crm.currency",
            "“%(typed)s” is no currency. Use a code of three letters such as EUR, DKK or USD.",
            field=key,
            typed=code.strip()[:20],
        )
    return wanted


def read_rate(text: str, key: str = "rate") -> Decimal:
    """A rate as it was typed. Raises RuleBroken.

    >>> read_rate("0,0874")
    Decimal('0.087400000')
    """
    typed = text.strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,12})?", typed):
        raise RuleBroken(
            "crm.rate", "“%(typed)s” is no rate. Write it like 0.0874.", field=key, typed=text.strip()[:40]
        )
    rate = round(Decimal(typed), PLACES)
    if not 0 < rate <= LARGEST:
        raise RuleBroken("crm.rate_size", "A rate is more than 0 and at most a million.", field=key)
    return rate


def read_day(value: object, key: str = "day") -> date:
    """A day as somebody typed it or a file holds it; what could be read in two ways is refused. Raises RuleBroken."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = parse(Field(key, "Day", Kind.DATE), str(value))
    if found.problem:
        raise found.problem
    if found.value is None:
        raise RuleBroken("crm.day", "Write the day as 2026-03-03.", field=key)
    day: date = found.value
    return day


def read_amount(text: str, key: str = "amount", label: str = "Amount") -> Decimal | None:
    """An amount from 1234.56, 1.234,56, 1,234.56 or 1 234; nothing typed is None. Raises RuleBroken.

    What could be read in two ways, such as 1.234, is asked about and never guessed.

    >>> read_amount("1.234,56"), read_amount(" ")
    (Decimal('1234.56'), None)
    """
    found = parse(Field(key, label, Kind.MONEY), text)
    if found.problem:
        raise found.problem
    if found.value is not None and found.value < 0:
        raise RuleBroken("crm.amount_negative", "An amount is not less than nothing.", field=key)
    amount: Decimal | None = found.value
    return amount
