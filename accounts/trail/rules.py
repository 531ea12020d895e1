"""An entry of the trail in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LONGEST_VALUE = 160


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it."""

    id: int
    sequence: int | None
    at: datetime
    actor_id: int | None
    who: str
    action: str
    kind: str
    subject: str
    label: str
    scope: str
    changes: tuple[str, ...]


def change_lines(changes: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """Each changed field in words, by name of the field.

    >>> change_lines({"title": ["Clerk", "Lead"], "name": [None, "Ann"], "note": ["x", None]})
    ('name: Ann', 'note: x → (empty)', 'title: Clerk → Lead')
    """
    return tuple(f"{name.replace('_', ' ')}: {_change(*pair)}" for name, pair in sorted(changes.items()))


def _change(old: Any, new: Any) -> str:
    return _value(new) if old is None else f"{_value(old)} → {_value(new)}"


def _value(value: Any) -> str:
    if value is None or value == "":
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
