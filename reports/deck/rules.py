"""What the slides hold, and how much of it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ROWS = 8
"""So many rows of a table fit on a slide; what is more is counted below it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a slide: heads, rows of text with the tone of each cell, and the widths of its columns in inches."""

    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a slide: ``kind`` is line or column; each series has a value a category, None where unknown."""

    kind: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its message as the title, a table or a chart or words, and where the figures come from."""

    title: str
    source: str
    grid: Grid | None = None
    chart: Chart | None = None
    words: str = ""
    more: str = ""


def file_name(day: date) -> str:
    """What the slides are called where they are saved.

    >>> file_name(date(2026, 2, 18))
    'portfolio-2026-02-18.pptx'
    """
    return f"portfolio-{day.isoformat()}.pptx"


def scaled(widths: Sequence[float], room: float) -> tuple[float, ...]:
    """Widths that together take all the room.

    >>> scaled([1, 3], 12)
    (3.0, 9.0)
    """
    return tuple(room * each / sum(widths) for each in widths)
