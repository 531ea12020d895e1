"""Where the parts of a line by stretches of time lie, for both widths of a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

WIDE, NARROW = (560, 210), (330, 200)
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 14, 26
LINES = 4
_MOST_LABELS = {WIDE[0]: 6, NARROW[0]: 3}
Points = Sequence[tuple[str, Decimal | None]]
"""What each stretch is called, and its value; None is unknown and breaks the line."""
Values = Sequence[Decimal | None]


def lines(label: str, points: Points, said: Callable[[Decimal], str]) -> tuple[dict[str, Any], ...]:
    """The line for a wide and a narrow page; none where nothing is known. ``said`` writes a value on the scale."""
    return several(label, [name for name, _value in points], {"s1": [value for _name, value in points]}, said)


def several(
    label: str, names: Sequence[str], series: Mapping[str, Values], said: Callable[[Decimal], str]
) -> tuple[dict[str, Any], ...]:
    """Several lines over the same stretches, each by its kind: s1, s2 and so on. None where nothing is known."""
    if all(value is None for values in series.values() for value in values):
        return ()
    return tuple(_drawn(label, names, series, said, size) for size in (WIDE, NARROW))


def _drawn(
    label: str,
    names: Sequence[str],
    series: Mapping[str, Values],
    said: Callable[[Decimal], str],
    size: tuple[int, int],
) -> dict[str, Any]:
    width, height = size
    known = [value for values in series.values() for value in values if value is not None]
    top = _top(max(known))
    base, right = height - BOTTOM, width - RIGHT
    step = (right - LEFT) / max(1, len(names) - 1)

    def place(number: int, value: Decimal) -> tuple[float, float]:
        return round(LEFT + number * step, 1), round(base - float(max(value, Decimal(0)) / top) * (base - TOP), 1)

    placed = {
        kind: [None if value is None else place(number, value) for number, value in enumerate(values)]
        for kind, values in series.items()
    }
    grid = [(round(base - part / LINES * (base - TOP), 1), part) for part in range(LINES, -1, -1)]
    every = max(1, -(-len(names) // _MOST_LABELS[width]))
    ends = {kind: next((each for each in reversed(found) if each is not None), None) for kind, found in placed.items()}
    return {
        "width": width,
        "height": height,
        "label": label,
        "left": LEFT,
        "right": right,
        "grid": [(y, said(top * part / LINES)) for y, part in grid],
        "axis": [(round(LEFT + number * step, 1), name) for number, name in enumerate(names) if number % every == 0],
        "lines": [(kind, part) for kind, found in placed.items() for part in _unbroken(found)],
        "marks": [("pt--end" if kind == "s1" else f"pt--end {kind}", *end) for kind, end in ends.items() if end],
        "cls": "only-wide" if size is WIDE else "only-narrow",
    }


def _unbroken(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    parts: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            parts.append([])
        else:
            parts[-1].append(point)
    return [part for part in parts if part]


def _top(highest: Decimal) -> Decimal:
    """A round end of the scale that holds a value.

    >>> _top(Decimal("0.31")), _top(Decimal(4200))
    (Decimal('0.4'), Decimal('6E+3'))
    """
    if highest <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(highest.adjusted())
    return next(power * size for size in (1, 2, 4, 6, 8, 10) if power * size >= highest)
