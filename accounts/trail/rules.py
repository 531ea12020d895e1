"""An entry of the trail in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LONGEST_VALUE = 160
_KEPT_BACK = "hidden"
"""What the trail keeps in place of a secret."""
_OF_THE_TABLE = frozenset({"created_at", "fs_uniquifier", "version"})
"""Fields that tell a reader nothing: when a row came is when its entry came."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it."""

    id: int
    sequence: int | None
    at: datetime
    actor_id: int | None
    who: str
    action: str
    text: str
    kind: str
    subject: str
    thing: str
    label: str
    scope: str
    place: str
    changes: tuple[str, ...]


def change_lines(
    changes: Mapping[str, Sequence[Any]], said: Callable[[str, Any], str] = lambda _field, value: str(value)
) -> tuple[str, ...]:
    """Each changed field in words, by name of the field; ``said`` writes a value of a field for people.

    >>> change_lines({"title": ["Clerk", "Lead"], "name": [None, "Ann"], "note": ["x", None]})
    ('name: Ann', 'note: x → (empty)', 'title: Clerk → Lead')
    """
    return tuple(
        f"{words_of(name)}: {_change(name, pair[0], pair[1], said)}"
        for name, pair in sorted(changes.items())
        if name not in _OF_THE_TABLE and not _tells_nothing(pair[0], pair[1])
    )


def words_of(name: str) -> str:
    """A field or a table as people call it.

    >>> words_of("owner_id"), words_of("checklist_item")
    ('owner', 'checklist item')
    """
    return name.removesuffix("_id").replace("_", " ")


def _tells_nothing(old: Any, new: Any) -> bool:
    """Whether a field of a new row was left empty, or is a secret that came with it."""
    return old is None and new in (None, "", _KEPT_BACK, [], {})


def _change(name: str, old: Any, new: Any, said: Callable[[str, Any], str]) -> str:
    return _value(name, new, said) if old is None else f"{_value(name, old, said)} → {_value(name, new, said)}"


def _value(name: str, value: Any, said: Callable[[str, Any], str]) -> str:
    if value is None or value == "":
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = said(name, value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
