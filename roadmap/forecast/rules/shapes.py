"""Three-point estimates as distributions, read from tables of their quantiles.

PERT-beta: Beta(1 + 4 (m - o) / (p - o), 1 + 4 (p - m) / (p - o)) stretched over o to p, whose mean is (o + 4 m + p) / 6
(Malcolm, Roseboom, Clark and Fazar 1959; Vose 2008). Triangular and uniform have their quantiles in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kernel.errors import RuleBroken

Floats = NDArray[np.float64]
_STEPS = 4096
_PULL = 4.0
"""How much more the likely value weighs than the ends, in PERT."""


class Shape(StrEnum):
    """How an estimate spreads between its best and its worst case."""

    PERT = "pert"
    TRIANGULAR = "triangular"
    UNIFORM = "uniform"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Best, likely and worst case, in working minutes."""

    low: int
    likely: int
    high: int
    shape: Shape = Shape.PERT

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.likely <= self.high:
            text = "Best is at most likely, and likely is at most worst."
            raise RuleBroken("forecast.estimate_order", text, field="estimate_low")

    @property
    def mean(self) -> float:
        """What it comes to on average, in minutes.

        >>> Estimate(4, 6, 14).mean
        7.0
        """
        if self.shape is Shape.UNIFORM:
            return (self.low + self.high) / 2
        pull = _PULL if self.shape is Shape.PERT else 1.0
        return (self.low + pull * self.likely + self.high) / (pull + 2)


def deviation(estimate: Estimate) -> float:
    """The standard deviation that PERT says, (p - o) / 6, in minutes.

    >>> round(deviation(Estimate(4, 6, 14)), 3)
    1.667
    """
    return (estimate.high - estimate.low) / 6


def spread(estimate: Estimate, runs: int) -> NDArray[np.int64]:
    """As many equally likely durations as there are runs, the shortest first, in whole minutes and at least one."""
    width = estimate.high - estimate.low
    if not width:
        return np.full(runs, estimate.low, dtype=np.int64)
    place = (estimate.likely - estimate.low) / width
    minutes = np.rint(estimate.low + width * _quantiles(estimate.shape, place, runs)).astype(np.int64)
    return np.maximum(minutes, 1)


def midpoints(runs: int) -> Floats:
    """The middles of as many equal shares of the chance."""
    middles: Floats = (np.arange(runs) + 0.5) / runs
    return middles


@lru_cache(maxsize=256)
def _quantiles(shape: Shape, place: float, runs: int) -> Floats:
    """Quantiles at the midpoints for a spread from 0 to 1 with its likely value at ``place``."""
    middles = midpoints(runs)
    if shape is Shape.UNIFORM:
        return middles
    return _triangular(middles, place) if shape is Shape.TRIANGULAR else _pert(middles, place)


def _triangular(middles: Floats, place: float) -> Floats:
    left = np.sqrt(middles * place)
    right = 1 - np.sqrt((1 - middles) * (1 - place))
    found: Floats = np.where(middles < place, left, right)
    return found


def _pert(middles: Floats, place: float) -> Floats:
    """The beta's distribution function summed up by Simpson's rule on a fine grid, and turned around."""
    first, second = 1 + _PULL * place, 1 + _PULL * (1 - place)
    grid = np.linspace(0, 1, 2 * _STEPS + 1)
    density = grid ** (first - 1) * (1 - grid) ** (second - 1)
    panels = density[:-2:2] + 4 * density[1:-1:2] + density[2::2]
    summed = np.concatenate(([0.0], np.cumsum(panels)))
    found: Floats = np.interp(middles, summed / summed[-1], grid[::2])
    return found
