"""Facts about checklists that upper floors may hear."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class ItemTicked(Event):
    """An item was ticked."""

    project_id: int
    item_id: int


@dataclass(frozen=True, slots=True)
class ItemUnticked(Event):
    """A tick was taken away."""

    project_id: int
    item_id: int
