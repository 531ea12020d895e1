"""The dates that a plan from a file would have, beside those that the other program gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it would stand in the plan; ``said`` are the dates that the file has for it."""

    wbs: str
    level: int
    name: str
    type: str
    start: datetime
    finish: datetime
    said: tuple[datetime, datetime] | None = None

    @property
    def moves(self) -> bool:
        """Whether it would stand elsewhere than in the other program."""
        return self.said is not None and self.said != (self.start, self.finish)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many dates of the other program come out the same here, and the rows that move."""

    same: int
    compared: int
    moved: tuple[PreviewRow, ...]


def agreement(rows: Sequence[PreviewRow]) -> Agreement | None:
    """The comparison; None for a file without dates of its own."""
    compared = [row for row in rows if row.said is not None]
    moved = tuple(row for row in compared if row.moves)
    return Agreement(len(compared) - len(moved), len(compared), moved) if compared else None
