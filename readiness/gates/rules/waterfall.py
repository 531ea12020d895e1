"""What moved a score between two moments: one step a criterion; the steps add up to the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_MOST = 7
_LEAST = 0.05
"""A step that would be shown as 0.0 is not worth a line of its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """By how many points of the score a criterion moved it; without ``key``: all the small ones together."""

    key: str
    points: float


def steps(before: Mapping[str, float], after: Mapping[str, float], most: int = _MOST) -> list[Step]:
    """The differences of the criteria's contributions, gains first and the largest first; small ones in one.

    >>> [(step.key, step.points) for step in steps({"a": 10.0, "b": 5.0}, {"a": 12.0, "b": 1.0, "c": 3.0})]
    [('c', 3.0), ('a', 2.0), ('b', -4.0)]
    """
    moved = {key: after.get(key, 0.0) - before.get(key, 0.0) for key in {*before, *after}}
    ranked = sorted(moved.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    large = [Step(key, points) for key, points in ranked[:most] if abs(points) >= _LEAST]
    small = sum(moved.values()) - sum(step.points for step in large)
    shown = sorted(large, key=lambda step: (-step.points, step.key))
    return [*shown, *([Step("", small)] if abs(small) >= _LEAST else [])]
