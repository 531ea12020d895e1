"""Three-way merge by field: what the form showed, what I send, what is stored now.

Two people who change different fields both win; where they change the same one, nobody is overwritten in silence.
The base travels with the form in a signed field, so that it can't be made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

BASE_FIELD = "base"
"""The name of the hidden field that carries the base."""


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


@dataclass(frozen=True, slots=True)
class Choice:
    """A conflict as a page shows it: the field's name for people, both values in words."""

    name: str
    label: str
    mine: str
    theirs: str


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


def sign_base(subject: str, values: Mapping[str, Any]) -> str:
    """The text for the hidden field of a form on a subject such as ``task:12``: what the form showed, signed."""
    return str(_serializer(subject).dumps({name: as_plain(value) for name, value in values.items()}))


def read_base(subject: str, token: str | None) -> dict[str, Any] | None:
    """What the form showed; None when the field is missing, made up, or belongs to another subject."""
    try:
        found = _serializer(subject).loads(token or "")
    except BadSignature:
        return None
    return found if isinstance(found, dict) else None


def choices(
    merged: Merged, labels: Mapping[str, str], show: Callable[[str, Any], str] = lambda _name, value: str(value or "")
) -> tuple[Choice, ...]:
    """The conflicts for a page; ``show`` puts a field's value into words."""
    return tuple(
        Choice(each.name, labels.get(each.name, each.name), show(each.name, each.mine), show(each.name, each.theirs))
        for each in merged.conflicts
    )


def _serializer(subject: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"form-base|{subject}")
