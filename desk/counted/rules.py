"""How far a task is by its checklist."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ticks:
    """The items that count for a task (the required ones, or all where none is required), and how many are ticked."""

    done: int
    total: int

    @property
    def percent(self) -> int | None:
        """The share that is ticked, rounded down so that only all of them are 100; None without items.

        >>> Ticks(2, 3).percent, Ticks(3, 3).percent, Ticks(0, 0).percent
        (66, 100, None)
        """
        return 100 * self.done // self.total if self.total else None
