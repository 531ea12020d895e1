"""An entry of the trail in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LONGEST_VALUE = 160

WORDS: dict[str, str] = {
    "calendar.added": "added the calendar “%(label)s”",
    "calendar.changed": "changed the calendar “%(label)s”",
    "calendar.exception_added": "let a day differ: %(label)s",
    "calendar.exception_removed": "let a day be like others again: %(label)s",
    "link.used": "set a password by a one-time link",
    "password.changed": "changed the password",
    "password.set": "set a password for %(label)s",
    "person.added": "added %(label)s",
    "person.changed": "changed what is known of %(label)s",
    "person.invited": "made a link to set a password",
    "person.switched_off": "switched %(label)s off",
    "person.switched_on": "switched %(label)s on",
    "role.changed": "changed a role: %(label)s",
    "role.granted": "gave a role: %(label)s",
    "role.revoked": "took a role away: %(label)s",
    "session.refused": "refused a sign-in as %(label)s",
    "session.signed_in": "signed in",
    "session.signed_out": "signed out",
    "session.signed_out_everywhere": "signed %(label)s out everywhere",
}
"""What the acts of this package are called, for histories."""


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
