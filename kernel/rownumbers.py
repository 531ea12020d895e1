"""The numbers of rows, as texts from outside name them."""

from __future__ import annotations

LARGEST = 2**31 - 1
"""The largest number that a row can have in every database that we use."""


def row_number(text: str) -> int:
    """The number that a text names. Raises ValueError for what no row can have as its number.

    >>> row_number("12")
    12
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST)) and int(text) <= LARGEST):
        raise ValueError("not the number of a row")
    return int(text)


def row_number_or_none(text: str) -> int | None:
    """The number that a text names, None where it can't be one."""
    try:
        return row_number(text)
    except ValueError:
        return None
