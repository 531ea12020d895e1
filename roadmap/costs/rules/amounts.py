"""Currencies, and amounts of money as people type them, kept in the currency's smallest unit."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_precision, get_currency_symbol

from kernel.errors import RuleBroken

LARGEST = 10**12
"""No amount has more than so many whole units."""
DEFAULT = "EUR"
_GROUP = 3


@lru_cache(1)
def currencies() -> dict[str, str]:
    """The currencies that can be chosen: code (ISO 4217) and English name; what pays somewhere today, by code."""
    territories = get_global("territory_currencies").values()
    current = {code for known in territories for code, _first, last, tender in known if tender and last is None}
    names = Locale("en").currencies
    return {code: names[code] for code in sorted(current & set(names))}


def check_currency(code: str) -> str:
    """A currency's code in capitals. Raises RuleBroken for an unknown one.

    >>> check_currency("dkk")
    'DKK'
    """
    wanted = code.strip().upper()
    if wanted not in currencies():
        raise RuleBroken(
            "cost.currency",
            "“%(typed)s” is no currency. Use a code of three letters such as EUR, DKK or USD.",
            field="currency",
            typed=code.strip()[:20],
        )
    return wanted


def digits_of(code: str) -> int:
    """How many digits a currency has behind the point.

    >>> digits_of("EUR"), digits_of("JPY"), digits_of("KWD")
    (2, 0, 3)
    """
    return int(get_currency_precision(code))


def parse(text: str, currency: str, field: str = "amount") -> int:
    """An amount in the smallest unit, from 1234.56, 1.234,56, 1,234.56, 1 234 or 1200 EUR. Raises RuleBroken.

    What could be read in two ways, such as 1.234, is asked about and never guessed.

    >>> parse("1.234,56", "EUR"), parse("1,234.56", "EUR"), parse("12,5", "EUR")
    (123456, 123456, 1250)
    """
    typed = text.strip()
    bare = _bare(typed, currency)
    if re.fullmatch(r"-\s*[0-9].*", bare):
        raise RuleBroken("cost.negative", "An amount is not less than nothing. Write it without a sign.", field=field)
    if not re.fullmatch(r"[0-9]+(?:[.,][0-9]+)*", bare):
        raise RuleBroken(
            "cost.amount", "“%(typed)s” is no amount. Write it like 1234.56.", field=field, typed=typed[:40]
        )
    whole, part = _split(bare, typed, field)
    digits = digits_of(currency)
    if len(part.rstrip("0")) > digits:
        raise RuleBroken(
            "cost.digits",
            "%(currency)s has %(digits)s digits behind the point, and “%(typed)s” has more.",
            field=field,
            currency=currency,
            digits=digits,
            typed=typed[:40],
        )
    if int(whole) > LARGEST:
        raise RuleBroken("cost.large", "“%(typed)s” is more than can be kept.", field=field, typed=typed[:40])
    return int(whole + part[:digits].ljust(digits, "0"))


def plain(cents: int | None, currency: str) -> str:
    """An amount as a field shows it and `parse` reads it back; None is empty.

    >>> plain(123456, "EUR"), plain(9600000, "EUR"), plain(1234, "JPY")
    ('1234.56', '96000', '1234')
    """
    if cents is None:
        return ""
    digits = digits_of(currency)
    whole, rest = divmod(cents, 10**digits)
    clear = "0" if digits == _GROUP else ""  # 1.234 could be read in two ways
    return f"{whole}.{rest:0{digits}}{clear}" if rest else str(whole)


def _bare(typed: str, currency: str) -> str:
    """The amount without its currency and without what only parts thousands."""
    names = "|".join(re.escape(each) for each in (currency, get_currency_symbol(currency, "en")))
    without = re.sub(rf"^(?:{names})|(?:{names})$", "", typed.upper()).strip(" \N{NO-BREAK SPACE}")
    return re.sub(r"(?<=[0-9])[ '’\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}](?=[0-9]{3}(?![0-9]))", "", without)


def _split(bare: str, typed: str, field: str) -> tuple[str, str]:
    """Whole units and the digits behind the point."""
    marks = re.findall("[.,]", bare)
    if not marks:
        return bare, ""
    groups = re.split("[.,]", bare)
    kinds = set(marks)
    if len(kinds) == 1 and len(marks) == 1:
        return _one_mark(groups, typed, field)
    decimal = len(kinds) > 1
    thousands = groups[1:-1] if decimal else groups[1:]
    even = all(len(group) == _GROUP for group in thousands) and len(groups[0]) <= _GROUP
    if not even or (decimal and marks.index(marks[-1]) != len(marks) - 1):
        raise RuleBroken(
            "cost.amount", "“%(typed)s” is no amount. Write it like 1234.56.", field=field, typed=typed[:40]
        )
    return ("".join(groups[:-1]), groups[-1]) if decimal else ("".join(groups), "")


def _one_mark(groups: list[str], typed: str, field: str) -> tuple[str, str]:
    whole, part = groups
    if len(part) == _GROUP and len(whole) <= _GROUP and not whole.startswith("0"):
        raise RuleBroken(
            "cost.ambiguous",
            "“%(typed)s” can be read as %(large)s or as %(whole)s and a part. Write %(large)s or %(small)s.",
            field=field,
            typed=typed[:40],
            whole=whole,
            large=whole + part,
            small=f"{whole}.{part[:2]}",
        )
    return whole, part
