"""How sure a value is: the bootstrap interval of a share or a mean, the same for the same records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS, SEED = 2000, 90
LEAST = 30
"""Fewer records than these say too little of how far chance goes."""
SURE = 95


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the value lies in 95 of 100 draws of as many records, with replacement."""

    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """The same in another unit."""
        return Interval(self.low * factor, self.high * factor)


def of_share(hits: int, n: int) -> Interval | None:
    """The interval of hits among n; None below thirty. To draw n records anew is to draw from a binomial.

    >>> of_share(15, 20) is None, of_share(100, 100)
    (True, Interval(low=1.0, high=1.0))
    """
    if n < LEAST:
        return None
    drawn = np.random.default_rng(SEED).binomial(n, hits / n, DRAWS)
    return _middle(drawn / n)


def of_mean(values: Sequence[float]) -> Interval | None:
    """The interval of the mean of values; None below thirty. Their order does not matter."""
    if len(values) < LEAST:
        return None
    every = np.sort(np.asarray(values, dtype=float))
    random = np.random.default_rng(SEED)
    drawn = np.array([every[random.integers(0, every.size, every.size)].mean() for _draw in range(DRAWS)])
    return _middle(drawn)


def _middle(drawn: NDArray[np.float64]) -> Interval:
    rest = (100 - SURE) / 2
    low, high = np.percentile(drawn, [rest, 100 - rest])
    return Interval(float(low), float(high))
