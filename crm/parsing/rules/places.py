"""Countries by code or by name in any of the languages that people write them in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale
from babel.core import get_global

from crm.objects.rules.fields import Field
from crm.parsing.rules.texts import clean
from crm.parsing.rules.values import Parsed, wrong

LANGUAGES = (
    *("en", "de", "fr", "nl", "es", "it", "pt", "da", "sv", "nb", "fi", "is", "pl", "cs", "sk", "sl", "hr", "hu", "ro"),
    *("bg", "el", "et", "lv", "lt", "uk", "ru", "tr", "ga", "mt", "sq", "mk", "sr", "ar", "he", "hi", "ja", "ko", "zh"),
    *("th", "vi", "id"),
)
_ALSO = {
    "america": "US",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "u s": "US",
    "u s a": "US",
    "united states of america": "US",
}
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"})


def read_country(field: Field, text: str) -> Parsed:
    """The code of two letters."""
    code = country_code(text)
    if code is None:
        return wrong(
            field,
            "no_country",
            "“%(typed)s” is no country we know; write its name or its code of two letters, such as BE.",
            typed=clean(text),
        )
    return Parsed(code)


def country_code(text: str) -> str | None:
    """The code of a country from its code, or its name in one of 41 languages; None for anything else.

    >>> country_code("Deutschland"), country_code("usa"), country_code("Atlantis")
    ('DE', 'US', None)
    """
    typed = clean(text)
    if typed.upper() in _codes():
        return typed.upper()
    aliases = get_global("territory_aliases").get(typed.upper(), [])
    if len(aliases) == 1 and aliases[0] in _codes():
        return str(aliases[0])
    plain = _plain(typed)
    if plain in _ALSO:
        return _ALSO[plain]
    return next((found for language in LANGUAGES if (found := _names(language).get(plain))), None)


def country_name(code: str, language: str = "en") -> str:
    """The name of a country in a language; the code itself where there is none."""
    return str(Locale.parse(language).territories.get(code, code))


@cache
def _codes() -> frozenset[str]:
    return frozenset(each for each in map(str, Locale("en").territories) if len(each) == 2) - _NO_COUNTRIES


@cache
def _names(language: str) -> dict[str, str]:
    return dict(_spellings(language))


def _spellings(language: str) -> Iterator[tuple[str, str]]:
    """A name as it stands, and without what stands in brackets: "Myanmar (Burma)"."""
    for code, name in Locale(language).territories.items():
        if code in _codes():
            yield _plain(re.sub(r"\(.*\)", "", name)), code
            yield _plain(name), code


def _plain(text: str) -> str:
    """Small letters without accents and marks."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(each if each.isalnum() else " " for each in parts if not unicodedata.combining(each))
    return " ".join(bare.replace(" and ", " ").replace("&", " ").split())
