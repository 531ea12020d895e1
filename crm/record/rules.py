"""What follows from the values of a record for whoever reads it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

_NO_VALUES = frozenset({"n/a", "na", "n.a.", "none", "-", "--", "?", "??", "x", "xx", "xxx", "tbd", "tba", "unknown"})
"""What people type to get past a field."""


def is_filled(value: Any) -> bool:
    """Whether a field holds something: what people type to get past a field does not count.

    >>> is_filled("n/a"), is_filled("Biotechnology"), is_filled(0)
    (False, True, True)
    """
    return value is not None and (not isinstance(value, str) or value.strip().lower() not in _NO_VALUES | {""})


def weighted(amount: Decimal, own: int | None, of_stage: int) -> Decimal:
    """What a deal is worth by how likely it is, in whole units: its own likelihood, else that of its stage, in percent.

    >>> weighted(Decimal("142000"), None, 60)
    Decimal('85200')
    """
    return (amount * (of_stage if own is None else own) / 100).quantize(Decimal(1))
