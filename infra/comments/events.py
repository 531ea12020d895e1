"""Facts about comments."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class CommentAdded(Event):
    """Somebody said something about a subject."""

    comment_id: int
    subject: str
    scope: str


@dataclass(frozen=True, slots=True)
class CommentChanged(Event):
    """Somebody reworded what they had said."""

    comment_id: int
    subject: str
    scope: str
