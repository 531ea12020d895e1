"""Three-way merge (`kernel.merge`) in forms: what the form showed, what I send, what is stored now.

The base travels with the form in a signed field, so that it can't be made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from kernel.merge import FieldConflict, Merged, as_plain, merge, same

__all__ = [
    "BASE_FIELD",
    "Choice",
    "FieldConflict",
    "Merged",
    "as_plain",
    "choices",
    "merge",
    "read_base",
    "same",
    "sign_base",
]

BASE_FIELD = "base"
"""The name of the hidden field that carries the base."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A conflict as a page shows it: the field's name for people, both values in words."""

    name: str
    label: str
    mine: str
    theirs: str


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
