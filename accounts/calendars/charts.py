"""A year of a calendar as a small picture: a row a month, a square a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.calendars.rules import DayOut, DayState

SQUARE, GAP = 14, 2
LEFT, TOP = 36, 16
STEP = SQUARE + GAP
FILLS = {
    DayState.WORKING: "var(--line-soft)",
    DayState.WEEKEND: "var(--line-strong)",
    DayState.HOLIDAY: "var(--accent)",
    DayState.EXCEPTION: "var(--warn)",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A square: its place in pixels, its day."""

    x: int
    y: int
    day: DayOut

    @property
    def fill(self) -> str:
        """The colour; the list beside the picture says the same in words."""
        return FILLS[self.day.state]


WIDTH = LEFT + 31 * STEP
HEIGHT = TOP + 12 * STEP


def year_cells(days: Sequence[DayOut]) -> list[Cell]:
    """Where each day of a year stands."""
    return [Cell(LEFT + (out.day.day - 1) * STEP, TOP + (out.day.month - 1) * STEP, out) for out in days]
