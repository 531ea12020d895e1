"""Numbers and amounts in the ways people write them: "1.234,56", "1,234.56", "1 234,56", "1'234.56"."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from babel import Locale

from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules.values import Hints, Parsed, wrong

LARGEST = Decimal(10) ** 15
LARGEST_WHOLE = 2_147_483_647
"""What a column of whole numbers holds."""
MONEY_PLACES = 2
PLACES = 6
LARGEST_WITH_PLACES = Decimal(10) ** 9
"""With its places that is as much as a database compares exactly."""
SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "zł": "PLN", "CHF": "CHF"}
"""Signs that belong to one currency; "$" and "kr" belong to several, so that they say nothing."""
_SEVERAL = ("$", "kr.", "kr")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’`´]")
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*|\d{1,2}(?:(?P<other>[.,])\d{2})+(?P=other)\d{3}")
_CURRENCY = re.compile(
    r"^(?P<before>[^\d\s.,+\-−(]{1,4})?\s*(?P<number>.*?)\s*(?P<after>[^\d\s.,)%]{1,4})?$", re.DOTALL
)


def read_number(field: Field, text: str, hints: Hints) -> Parsed:
    """A whole number, a share in percent or an amount with two places."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if field.kind is Kind.PERCENT:
        typed = typed.removesuffix("%").strip()
    if field.kind is Kind.MONEY:
        currency, typed = _without_currency(typed)
        if currency and hints.currency and currency != hints.currency:
            return wrong(
                field,
                "other_currency",
                "“%(typed)s” is in %(theirs)s, and this amount is in %(ours)s. Change the currency, or the amount.",
                typed=text.strip(),
                theirs=currency,
                ours=hints.currency,
            )
    found = {mark: value for mark, value in readings(typed).items() if _fits(field, value)}
    values = set(found.values())
    if len(values) > 1 and hints.decimal in found:
        values = {found[hints.decimal]}
    if len(values) > 1:
        return _question(field, text, found)
    if not values:
        return _no_number(field, text, typed)
    (value,) = values
    return Parsed(value if field.kind in (Kind.MONEY, Kind.DECIMAL) else int(value))


def readings(typed: str) -> dict[str, Decimal]:
    """Every way to read a number, by the decimal mark that it takes.

    >>> readings("1.234,56"), readings("1.234") == {".": Decimal("1.234"), ",": Decimal(1234)}
    ({',': Decimal('1234.56')}, True)
    """
    bare = _SPACES.sub("", typed).replace("−", "-")
    negative = bare.startswith("-") or (bare.startswith("(") and bare.endswith(")"))
    bare = bare.strip("()") if bare.startswith("(") else bare.lstrip("+-")
    found = {}
    for decimal, group in ((".", ","), (",", ".")):
        whole, point, places = bare.partition(decimal)
        plain = _ungrouped(whole, group)
        if plain is not None and (not point or (places.isdecimal() and places.isascii())):
            value = Decimal(f"{plain or 0}.{places or 0}" if point else plain)
            found[decimal] = -value if negative else value
    return found


def _ungrouped(whole: str, group: str) -> str | None:
    """The digits before the decimal mark, or None where they are grouped in no known way."""
    if whole.isdecimal() and whole.isascii():
        return whole
    matched = _GROUPED.fullmatch(whole)
    grouped = matched is not None and group in whole and not whole.startswith("0")
    return whole.replace(group, "") if grouped else None


def _fits(field: Field, value: Decimal) -> bool:
    if field.kind is Kind.MONEY:
        return abs(value) <= LARGEST
    if field.kind is Kind.DECIMAL:
        return abs(value) <= LARGEST_WITH_PLACES
    return value == value.to_integral_value() and abs(value) <= LARGEST_WHOLE


def _without_currency(typed: str) -> tuple[str, str]:
    """The code of the currency that was written beside an amount, and the amount alone."""
    matched = _CURRENCY.match(typed)
    if matched is None:
        return "", typed
    for side in ("before", "after"):
        sign = (matched[side] or "").strip()
        code = SIGNS.get(sign, sign.upper())
        if sign in _SEVERAL:
            return "", matched["number"]
        if code and code in Locale("en").currencies:
            return code, matched["number"]
    return "", typed


def _question(field: Field, text: str, found: dict[str, Decimal]) -> Parsed:
    one, other = sorted({f"{value:f}" for value in found.values()}, key=Decimal)
    return wrong(
        field,
        "number_ambiguous",
        "“%(typed)s” can be read as %(one)s or as %(other)s. Which is meant? Written without groups of thousands it is"
        " clear.",
        asks=tuple(found),
        typed=text.strip(),
        one=one,
        other=other,
    )


def _no_number(field: Field, text: str, typed: str) -> Parsed:
    if any(abs(each) > LARGEST_WHOLE for each in readings(typed).values()):
        return wrong(field, "number_large", "“%(typed)s” is larger than can be kept.", typed=text.strip())
    if field.kind is Kind.MONEY:
        return wrong(
            field, "no_amount", "“%(typed)s” is not an amount; one looks like 1234.56 or 1.234,56.", typed=text.strip()
        )
    if field.kind is Kind.DECIMAL:
        return wrong(
            field, "no_decimal", "“%(typed)s” is not a number; one looks like 12.5 or 12,5.", typed=text.strip()
        )
    return wrong(field, "no_number", "“%(typed)s” is not a whole number; one looks like 250.", typed=text.strip())


def check_range(field: Field, parsed: Parsed) -> Parsed:
    """Amounts have two places, shares lie between 0 and 100, counts are not below zero."""
    value = parsed.value
    if value is None:
        return parsed
    if field.kind is Kind.MONEY and value != round(value, MONEY_PLACES):
        return wrong(field, "places", "Amounts have at most two places; %(value)s has more.", value=f"{value:f}")
    if field.kind is Kind.DECIMAL and value != round(value, PLACES):
        return wrong(
            field, "places", "At most %(most)d places fit; %(value)s has more.", most=PLACES, value=f"{value:f}"
        )
    if field.kind is Kind.PERCENT and not 0 <= value <= 100:
        return wrong(field, "percent", "Say a share between 0 and 100, not %(value)s.", value=value)
    if field.kind is Kind.NUMBER and value < 0 and not field.own:
        return wrong(field, "negative", "%(label)s can't be below zero.", value=value)
    return parsed
