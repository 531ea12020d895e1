"""Three-way merge by field: what was there when somebody began, what they have now, what is stored by now.

Two people who change different fields both win; where they change the same one, nobody is overwritten in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field that both sides changed to different values."""

    name: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The values to store, and the fields on which somebody must choose; there ``values`` holds mine."""

    values: Mapping[str, Any]
    conflicts: tuple[FieldConflict, ...] = ()


def merge(base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Merge field by field. Without a base every difference is a conflict.

    >>> merge({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}).values
    {'a': 2, 'b': 3}
    >>> [c.name for c in merge({"a": 1}, {"a": 2}, {"a": 3}).conflicts]
    ['a']
    """
    values: dict[str, Any] = {}
    conflicts = []
    for name, sent in mine.items():
        there = theirs.get(name)
        if base is not None and name in base and same(sent, base[name]):
            values[name] = there
            continue
        values[name] = sent
        untouched = base is not None and name in base and same(there, base[name])
        if not untouched and not same(sent, there):
            conflicts.append(FieldConflict(name, (base or {}).get(name), sent, there))
    return Merged(values, tuple(conflicts))


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal once both are written as JSON holds them."""
    return bool(as_plain(one) == as_plain(other))


def as_plain(value: Any) -> Any:
    """A value as JSON holds it: dates as ISO text, decimals as text without idle zeros, enums by value.

    >>> as_plain(date(2026, 3, 3))
    '2026-03-03'
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, (set, frozenset)):
        return sorted((as_plain(each) for each in value), key=str)
    if isinstance(value, (list, tuple)):
        return [as_plain(each) for each in value]
    return value
