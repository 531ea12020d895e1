"""How texts are compared in a search: letters regardless of case and accents."""

from __future__ import annotations

import unicodedata


def folded(text: str | None) -> str:
    """A text as it is compared: without accents, in small letters.

    >>> folded("Zoë STRAßE Ångström")
    'zoe strasse angstrom'
    """
    if not text or text.isascii():
        return (text or "").lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    parts = unicodedata.normalize("NFKD", plain)
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
