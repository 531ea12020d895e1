"""The lines of response times over a window, in the coordinates of the line chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from infra.measure.rules import Step

LEFT, TOP, BOTTOM, RIGHT = 44, 12, 24, 8
WIDE, NARROW = (740, 200), (340, 180)
LINES = 4
AXIS_ROOM = 90
"""Pixels that a label of the time axis needs."""
_STEPS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500)


def response_times(steps: Sequence[Step], label: str, when: Callable[[datetime], str]) -> list[dict[str, Any]]:
    """Median and 95th percentile by step, for wide pages and for phones; steps without answers leave no point."""
    return [_drawn(steps, label, when, *size) for size in ((WIDE, "only-wide"), (NARROW, "only-narrow"))]


def _drawn(
    steps: Sequence[Step], label: str, when: Callable[[datetime], str], size: tuple[int, int], cls: str
) -> dict[str, Any]:
    width, height = size
    right, base = width - RIGHT, height - BOTTOM
    gap = scale_of(max((step.tally.quantile(0.95) or 0 for step in steps), default=0))

    def at(place: int) -> float:
        return round(LEFT + (right - LEFT) * place / max(len(steps) - 1, 1), 1)

    def up(milliseconds: float) -> float:
        return round(base - (base - TOP) * min(milliseconds / (gap * LINES), 1), 1)

    def line(share: float) -> list[tuple[float, float]]:
        found = [(at(place), step.tally.quantile(share)) for place, step in enumerate(steps)]
        return [(x, up(value)) for x, value in found if value is not None]

    middle, slow = line(0.5), line(0.95)
    every = max(1, -(-len(steps) * AXIS_ROOM // (right - LEFT)))
    return {
        "width": width,
        "height": height,
        "label": label,
        "grid": [(up(gap * number), f"{gap * number:,} ms") for number in range(LINES, -1, -1)],
        "axis": [(at(place), when(step.at)) for place, step in enumerate(steps) if place % every == 0],
        "lines": [("s2", slow), ("s1", middle)],
        "marks": [("pt--end", *middle[-1])] if middle else [],
        "left": LEFT,
        "right": right,
        "target": None,
        "now": None,
        "cls": cls,
    }


def scale_of(highest: float) -> int:
    """Milliseconds between two lines of a scale that holds a value with four steps.

    >>> scale_of(80), scale_of(0), scale_of(1e9)
    (25, 5, 2500)
    """
    return next((step for step in _STEPS if step * LINES >= highest), _STEPS[-1])
