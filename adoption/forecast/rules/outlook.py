"""The twelfth week from the weeks before: a damped trend, with an interval that owns up to chance and to few weeks.

On the scale of `weeks.Series` (log-odds of a share, logarithm of a rate) a level moves on by a slope that fades
(Gardner and McKenzie 1985); the level wanders and each week is off by itself. How fast it fades and how much is
wandering or noise is not known from a handful of weeks: every combination of a small grid is weighed by how well it
foretold each week from those before, and all of them together make the forecast (a Kalman filter each, Harvey 1989).
What counting so few users adds by chance is known, and is taken into account week by week.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

from adoption.forecast.rules.weeks import HORIZON, Kind, Series

LEAST_WEEKS = 4
COVER = 0.8
"""How often the interval is to hold what then comes."""
FADING = (0.6, 0.8, 0.93)
WANDERING = (0.01, 0.06, 0.16)
SCATTER = (0.02, 0.1, 0.25)
SLOPE = {Kind.SHARE: 0.25, Kind.GROWTH: 0.12}
"""How steep a week's step may begin, as a standard deviation on the scale."""
BEGIN = {Kind.SHARE: 3.0, Kind.GROWTH: 1.5}
STANDARD = NormalDist()
FAR, HALVINGS = 14.0, 30


@dataclass(frozen=True, slots=True)
class Outlook:
    """The twelfth week: what is most in the middle, the interval of 80 %, the chance to have reached the target.

    ``path`` are the middle and the interval of every week from the one after the last to the twelfth.
    """

    middle: float
    low: float
    high: float
    chance: float | None
    path: tuple[tuple[int, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class _Belief:
    """Level and slope with their variances, and how well they foretold so far."""

    level: float
    slope: float
    var: float
    both: float
    steep: float
    fit: float = 0.0

    def on(self, fading: float, wandering: float) -> _Belief:
        """A week later."""
        return _Belief(
            self.level + fading * self.slope,
            fading * self.slope,
            self.var + 2 * fading * self.both + fading**2 * self.steep + wandering**2,
            fading * self.both + fading**2 * self.steep,
            fading**2 * self.steep,
            self.fit,
        )

    def told(self, seen: float, noise: float, *, judged: bool) -> _Belief:
        """After a week was seen; the first one is not judged: nothing foretold it."""
        spread, off = self.var + noise, seen - self.level
        by_level, by_slope = self.var / spread, self.both / spread
        return _Belief(
            self.level + by_level * off,
            self.slope + by_slope * off,
            (1 - by_level) * self.var,
            (1 - by_level) * self.both,
            self.steep - by_slope * self.both,
            self.fit - judged * (math.log(spread) + off * off / spread) / 2,
        )


def outlook(series: Series, target: float | None, horizon: int = HORIZON) -> Outlook | None:
    """The forecast of a week; None from fewer than four weeks with anything to count.

    >>> from adoption.forecast.rules.weeks import WeekCount
    >>> weeks = tuple(WeekCount(number, top, 40) for number, top in enumerate((12, 18, 22, 25, 27), 1))
    >>> found = outlook(Series(Kind.SHARE, weeks), 0.8)
    >>> found.low < found.middle < found.high, 0 < found.chance < 1
    (True, True)
    >>> outlook(Series(Kind.SHARE, weeks[:3]), 0.8) is None
    True
    """
    if len(series.weeks) < LEAST_WEEKS:
        return None
    last, ways = series.weeks[-1].number, _ways(series)
    path = []
    for number in range(last + 1, horizon + 1):
        parts = [_ahead(series, each, number - last) for each in ways]
        low, middle, high = (_quantile(parts, at) for at in ((1 - COVER) / 2, 0.5, (1 + COVER) / 2))
        path.append((number, series.value(middle), series.value(low), series.value(high)))
    if not path:
        return None
    chance = None if target is None else 1 - _below(parts, series.edge(target))
    _number, middle_value, low_value, high_value = path[-1]
    return Outlook(middle_value, low_value, high_value, chance, tuple(path))


@dataclass(frozen=True, slots=True)
class _Way:
    """One combination of the grid, what it came to believe, and its weight among all."""

    fading: float
    wandering: float
    scatter: float
    belief: _Belief
    weight: float


def _ways(series: Series) -> list[_Way]:
    grid = list(product(FADING, WANDERING, SCATTER))
    found = [_filtered(series, *each) for each in grid]
    best = max(each.fit for each in found)
    weights = [math.exp(each.fit - best) for each in found]
    whole = sum(weights)
    return [_Way(*each, belief, weight / whole) for each, belief, weight in zip(grid, found, weights, strict=True)]


def _filtered(series: Series, fading: float, wandering: float, scatter: float) -> _Belief:
    belief = _Belief(0.0, 0.0, BEGIN[series.kind] ** 2, 0.0, SLOPE[series.kind] ** 2)
    at = series.weeks[0].number
    for place, week in enumerate(series.weeks):
        for _step in range(week.number - at):
            belief = belief.on(fading, wandering)
        at = week.number
        seen, noise = series.place(week)
        belief = belief.told(seen, noise + scatter**2, judged=place > 0)
    return belief


def _ahead(series: Series, way: _Way, steps: int) -> tuple[float, float, float]:
    """Weight, middle and standard deviation of what will be seen so many weeks on."""
    belief = way.belief
    for _step in range(steps):
        belief = belief.on(way.fading, way.wandering)
    return way.weight, belief.level, math.sqrt(belief.var + way.scatter**2 + series.noise(belief.level))


def _below(parts: Sequence[tuple[float, float, float]], at: float) -> float:
    return sum(weight * STANDARD.cdf((at - middle) / spread) for weight, middle, spread in parts)


def _quantile(parts: Sequence[tuple[float, float, float]], share: float) -> float:
    low, high = -FAR, FAR
    for _step in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(parts, middle) < share else (low, middle)
    return (low + high) / 2
