"""What the slides hold, and how much of it fits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

ROWS = 6
"""So many rows of a table fit on a slide; what is more is counted below it."""
COLUMNS = 8
"""So many roll-outs can be told apart in a chart."""
LETTER, LINE = 0.56, 1.2
"""How wide a letter is on average, and how high a line, of the size of its font: rather too much than too little."""
POINTS = 72
"""Points of an inch."""


HEAD, HIGHEST = 0.5, 0.9
"""How high the head of a table is, and a row at most, in inches."""
SIZES = ((16, 12), (14, 11), (12, 10))


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a slide: heads, rows of text with the tone of each cell, and the widths of its columns in inches."""

    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a slide: ``kind`` is line or column; each series has a value a category, None where unknown.

    ``span`` is what the axis shows, None what the values need.
    """

    kind: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    unit: str = ""
    span: tuple[float, float] | None = (0, 100)


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its message as the title, a table or a chart or words, and where the figures come from."""

    title: str
    source: str
    grid: Grid | None = None
    chart: Chart | None = None
    words: str = ""
    more: str = ""


def lines_of(text: str, size: float, width: float) -> int:
    """How many lines a text takes in a width in inches, judged by the average width of letters.

    >>> lines_of("Ten letters here", 12, 1), lines_of("Ten letters here", 12, 9)
    (2, 1)
    """
    a_line = max(1, int(width * POINTS / (size * LETTER)))
    return sum(max(1, -(-len(each) // a_line)) for each in text.split("\n"))


def fitted(text: str, sizes: Sequence[int], width: float, height: float) -> tuple[str, int]:
    """A text with the first of some sizes in which it fits into a box; cut off in the last where none is small enough.

    >>> fitted("Short", (24, 12), 4, 1), fitted("x" * 99, (24, 12), 2, 0.5)[1]
    (('Short', 24), 12)
    """
    for size in sizes:
        if lines_of(text, size, width) * size * LINE <= height * POINTS:
            return text, size
    most = max(1, int(height * POINTS / (sizes[-1] * LINE)))
    return clipped(text, sizes[-1], width, most), sizes[-1]


def clipped(text: str, size: float, width: float, most: int) -> str:
    """A text of one paragraph in so many lines at most.

    >>> clipped("x" * 99, 12, 1, 2)
    'xxxxxxxxxxxxxxxxxxx…'
    """
    room = most * max(1, int(width * POINTS / (size * LETTER)))
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def packed(title: str, slides: Sequence[Slide]) -> str:
    """Slides as the text that is kept of them; `unpacked` gives the same slides again."""
    content = {"title": title, "slides": [asdict(each) for each in slides]}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)


def unpacked(document: str) -> tuple[str, list[Slide]]:
    """The title and the slides of a text that was kept."""
    content = json.loads(document)
    return content["title"], [_slide(each) for each in content["slides"]]


def _slide(found: Mapping[str, Any]) -> Slide:
    grid, chart = found["grid"], found["chart"]
    return Slide(
        found["title"],
        found["source"],
        grid=None if grid is None else Grid(**{key: _tuples(value) for key, value in grid.items()}),
        chart=None if chart is None else Chart(**{key: _tuples(value) for key, value in chart.items()}),
        words=found["words"],
        more=found["more"],
    )


def _tuples(value: Any) -> Any:
    """JSON knows lists only."""
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def file_name(day: date) -> str:
    """What the slides are called where they are saved.

    >>> file_name(date(2026, 2, 18))
    'portfolio-2026-02-18.pptx'
    """
    return f"portfolio-{day.isoformat()}.pptx"


def heights(rows: int, room: float) -> tuple[float, ...]:
    """How high, in inches, the head of a table and each of its rows are: few rows are higher, many fill the room.

    >>> heights(2, 4.5), heights(6, 4.5)
    ((0.5, 0.9, 0.9), (0.5, 0.66, 0.66, 0.66, 0.66, 0.66, 0.66))
    """
    each = min(HIGHEST, int(100 * (room - HEAD) / max(1, rows)) / 100)
    return (HEAD, *([each] * rows))


def sizes(height: float) -> tuple[int, int]:
    """The sizes of a word and of what stands below it, where three lines of the word fit into a row of so many inches.

    >>> sizes(0.9), sizes(0.66)
    ((16, 12), (12, 10))
    """
    return next((pair for pair in SIZES if 3 * pair[0] * LINE + 6 <= height * POINTS), SIZES[-1])


def scaled(widths: Sequence[float], room: float) -> tuple[float, ...]:
    """Widths that together take all the room.

    >>> scaled([1, 3], 12)
    (3.0, 9.0)
    """
    return tuple(room * each / sum(widths) for each in widths)
