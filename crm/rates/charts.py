"""Amounts of money in words."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_symbol
from flask_babel import gettext as _

from crm.rates.rules import Total
from infra import formats

_SHORT = ((Decimal(10**9), "bn"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))
_ENOUGH = 100


@lru_cache(64)
def _sign(currency: str, language: str) -> str:
    return get_currency_symbol(currency, language)


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency, cents only where there are any: "€ 46,000"; unknown is said, never 0."""
    if amount is None:
        return _("unknown")
    language = formats.language()
    pattern = "#,##0" if amount == amount.to_integral_value() else "#,##0.00"
    return f"{_sign(currency, language)}\N{NO-BREAK SPACE}{format_decimal(amount, pattern, locale=language)}"


def short_money(amount: Decimal | None, currency: str) -> str:
    """A large amount in three digits or so: "€ 1.39 M", "€ 620 k"."""
    if amount is None:
        return _("unknown")
    for size, name in _SHORT:
        if abs(amount) >= size:
            scaled = amount / size
            digits = 0 if abs(scaled) >= _ENOUGH or size == _SHORT[-1][0] else 2
            return money(round(scaled, digits).normalize() + Decimal(0), currency) + f"\N{NO-BREAK SPACE}{name}"
    return money(round(amount, 0), currency)


def missing_words(total: Total) -> str:
    """What a sum leaves out, in words; empty when nothing."""
    said = [money(amount, currency) for currency, amount in total.unrated]
    return ", ".join(said)
