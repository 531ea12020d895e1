"""Where the readiness of some roll-outs lies in a drawing, week by week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

WIDTH, HEIGHT = 560, 190
LEFT, RIGHT = 36, 400
NAMES = 408.0
"""Where the names begin, right of the lines."""
_FIRST, _SPAN = 44.0, 348.0
_FLOOR, _SCALE = 160.0, 1.45
_APART = 16.0
_SPARK_WIDTH, _SPARK_FLOOR, _SPARK_HEIGHT = 92.0, 22.0, 20.0
Place = tuple[float, float]


def across(day: date, mondays: Sequence[date]) -> float:
    """Where a Monday lies on the axis."""
    return round(_FIRST + _SPAN * (day - mondays[0]).days / (mondays[-1] - mondays[0]).days, 1)


def height(score: float) -> float:
    """Where a score lies; 100 is on top.

    >>> height(0), height(100)
    (160.0, 15.0)
    """
    return round(_FLOOR - _SCALE * score, 1)


def line(scores: Sequence[float | None], mondays: Sequence[date]) -> list[Place]:
    """The places of the weeks that have a score."""
    known = zip(mondays, scores, strict=True)
    return [(across(day, mondays), height(score)) for day, score in known if score is not None]


def spark(scores: Sequence[float | None]) -> list[Place]:
    """A line as small as a word, inside 96 x 24, a full height is 100; none before there are two scores.

    >>> spark([None, 0, 100]), spark([None, 50])
    ([(46.0, 22.0), (92.0, 2.0)], [])
    """
    step = _SPARK_WIDTH / max(1, len(scores) - 1)
    places = [
        (round(step * at, 1), round(_SPARK_FLOOR - _SPARK_HEIGHT * score / 100, 1))
        for at, score in enumerate(scores)
        if score is not None
    ]
    return places if places[1:] else []


def names(ends: Iterable[float]) -> list[float]:
    """The heights of names beside the ends of lines, from the top, pushed apart where they would meet.

    >>> names([50.0, 20.0, 55.0])
    [24.0, 54.0, 70.0]
    """
    found, floor = [], -_APART
    for end in sorted(ends):
        floor = max(end + 4, floor + _APART)
        found.append(round(floor, 1))
    return found


def last(scores: Iterable[float | None]) -> float | None:
    """The newest score that is known."""
    known = [score for score in scores if score is not None]
    return known[-1] if known else None
