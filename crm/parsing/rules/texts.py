"""Texts as they are kept: composed letters, no control characters, nothing that turns a line around."""

from __future__ import annotations

import re
import unicodedata

from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules.values import Parsed, wrong

_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks that reorder what follows them: a file name or an amount could be shown as another. Right-to-left letters
need none of them."""
_INVISIBLE = dict.fromkeys([0x200B, 0x2060, 0xFEFF, 0x00AD])
_KEPT_BREAKS = "\n\t"


def clean(text: str, *, long: bool = False) -> str:
    r"""The text as it is kept; a long one keeps its lines, another becomes one line with single spaces.

    >>> clean("  Zoe\u0308\x00 \u202eOkafor\n")
    'Zoë Okafor'
    """
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = plain.translate(_TURNING).translate(_INVISIBLE)
    plain = "".join(_letter(each) for each in plain)
    if not long:
        return " ".join(plain.split())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in plain.split("\n"))).strip()


def _letter(each: str) -> str:
    """Control characters become spaces; halves of letters and places that mean nothing go."""
    if each in _KEPT_BREAKS:
        return each
    return {"Cc": " ", "Cs": "", "Cn": ""}.get(unicodedata.category(each), each)


def read_text(field: Field, text: str) -> Parsed:
    """A text of one line or several."""
    value = clean(text, long=field.kind in (Kind.LONG, Kind.ADDRESS))
    return too_long(field, value) or Parsed(value)


def too_long(field: Field, value: str) -> Parsed | None:
    """The sentence about a text that does not fit, or None."""
    if len(value) <= field.longest:
        return None
    return wrong(
        field,
        "too_long",
        "%(label)s has %(length)d characters; at most %(limit)d fit.",
        length=len(value),
        limit=field.longest,
    )
