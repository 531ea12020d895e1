"""What fits on the first page: names cut to their lines, lists cut to theirs, so that it is always one page."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar

from roadmap.gantt.rules.paper import breadth

Row = TypeVar("Row")


def clipped(text: str, room: int) -> str:
    """A text of at most ``room`` columns (those of East Asia count double), its end shown as cut.

    >>> clipped("Validate and reconcile", 12)
    'Validate an…'
    """
    text = " ".join(text.split())
    if breadth(text) <= room:
        return text
    end = len(text)
    while end and breadth(text[:end]) >= room:
        end -= 1
    return text[:end].rstrip() + "…"


def fitting(rows: Sequence[Row], name: Callable[[Row], str], most: int, lines: int, room: int) -> tuple[Row, ...]:
    """The first rows that fit: at most ``most``, and ``lines`` lines in all with ``room`` columns a line.

    >>> fitting(["Map", "Validate and reconcile", "Load"], str, most=3, lines=3, room=12)
    ('Map', 'Validate and reconcile')
    """
    shown: list[Row] = []
    left = lines
    for row in rows[:most]:
        left -= max(1, ceil(breadth(name(row)) / room))
        if left < 0:
            break
        shown.append(row)
    return tuple(shown)
