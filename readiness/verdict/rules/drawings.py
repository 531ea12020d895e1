"""Where the lines of a readiness page's drawings lie: the dial, the waterfall and the way of the score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from readiness.gates.rules.waterfall import Step

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dial:
    """A quarter circle from 0 to 100: the score as a band, around it how much is known; a needle at the least score.

    Paths are SVG's; empty where there is nothing to draw. ``ticks`` end in whether the score reaches them.
    """

    back: str
    score: str
    known: str
    unknown: str
    ticks: tuple[tuple[float, float, float, float, bool], ...]
    labels: tuple[tuple[float, float, int], ...]
    needle: tuple[float, float, float, float]


_CX, _CY, _BAND, _RIM = 226.0, 214.0, 172.0, 194.0
_GAP = 1.2
"""What is left free between what is known and what is not, in percent."""


def dial(score: float | None, confidence: float, least: float) -> Dial:
    """Draw a score (of 100, None: unknown), a confidence (0 to 1) and the least score for a go."""
    known, at = 100 * confidence, score or 0.0
    return Dial(
        _arc(0, 100, _BAND),
        _arc(0, at, _BAND) if at > 0 else "",
        _arc(0, known, _RIM) if known > 0 else "",
        _arc(known + (_GAP if known else 0), 100, _RIM) if known < 100 - _GAP else "",
        tuple((*_ray(each, 147 if each % 25 == 0 else 151, 155), each <= at and at > 0) for each in range(0, 101, 5)),
        tuple((*_point(each, 131), each) for each in (0, 25, 50, 75, 100)),
        _ray(least, 158, 188),
    )


def _point(share: float, radius: float) -> Place:
    angle = math.pi * (1 - share / 200)
    return round(_CX + radius * math.cos(angle), 1), round(_CY - radius * math.sin(angle), 1)


def _ray(share: float, inner: float, outer: float) -> tuple[float, float, float, float]:
    return (*_point(share, inner), *_point(share, outer))


def _arc(first: float, last: float, radius: float) -> str:
    (x, y), (to_x, to_y) = _point(first, radius), _point(last, radius)
    return f"M{x} {y}A{radius:g} {radius:g} 0 0 1 {to_x} {to_y}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the waterfall: its row, from where to where it runs, where its figure stands."""

    y: int
    x: float
    width: float
    end: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Bars of the score before, of each step, and of the score after; ``grid`` are the marks of the axis."""

    bars: tuple[Bar, ...]
    grid: tuple[tuple[float, int], ...]
    low: float
    height: int


_WIDE, _ROW, _AXIS = 300.0, 36, 18
_AXIS_STEPS = (1, 2, 5, 10, 20, 25)
_MOST_MARKS = 5
_THIN = 1.5
"""The least width of a bar, so that it can be seen."""


def waterfall(before: float, after: float, steps: Sequence[Step]) -> Waterfall:
    """Draw the steps from one score to another; the axis starts where the drawing needs it to."""
    levels = [before]
    for step in steps:
        levels.append(levels[-1] + step.points)
    low, high = _span([*levels, after])
    pairs = [(low, before), *pairwise(levels), (low, after)]
    bars = tuple(
        _bar(place, first - low, last - low, _WIDE / (high - low)) for place, (first, last) in enumerate(pairs)
    )
    grid = tuple((round(_WIDE / (high - low) * (mark - low), 1), mark) for mark in _marks(low, high))
    return Waterfall(bars, grid, low, _ROW * len(bars) + _AXIS)


def _bar(place: int, first: float, last: float, scale: float) -> Bar:
    x, end = scale * min(first, last), scale * max(first, last)
    width = max(end - x, _THIN)
    return Bar(_ROW * place, round(x, 1), round(width, 1), round(x + width + 6, 1))


def _span(levels: Sequence[float]) -> tuple[float, float]:
    """From where to where the axis runs: even numbers with air below, at least four points wide."""
    least, most = min(levels), max(levels)
    low = max(0.0, 2.0 * math.floor((least - max(2.0, (most - least) / 4)) / 2))
    return low, max(low + 4, math.ceil(most))


def _marks(low: float, high: float) -> list[int]:
    step = next((each for each in _AXIS_STEPS if (high - low) / each <= _MOST_MARKS), _AXIS_STEPS[-1])
    return list(range(math.ceil(low / step) * step, math.floor(high) + 1, step))


LEFT, RIGHT, TOP, BOTTOM = 28.0, 330.0, 10.0, 128.0
"""Where the grid of the history lies in its drawing of 360 by 150."""


def height_of(score: float) -> float:
    """Where a score lies in the history."""
    return round(BOTTOM - (BOTTOM - TOP) * score / 100, 1)


def day_at(day: date, first: date, last: date) -> float:
    """Where a day lies in the history."""
    return round(LEFT + (RIGHT - LEFT) * (day - first).days / max(1, (last - first).days), 1)


def stretches(scores: Sequence[tuple[date, float | None]]) -> list[list[Place]]:
    """The score over days as lines, broken where it was unknown.

    >>> days = [date(2026, 1, each) for each in (5, 6, 7)]
    >>> [len(line) for line in stretches([(days[0], 10.0), (days[1], None), (days[2], 20.0)])]
    [1, 1]
    """
    lines: list[list[Place]] = [[]]
    for day, score in scores:
        if score is None:
            lines.append([])
        else:
            lines[-1].append((day_at(day, scores[0][0], scores[-1][0]), height_of(score)))
    return [line for line in lines if line]
