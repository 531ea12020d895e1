"""Scores: probability times impact, each from 1 to 5, and the four bands they fall into."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kernel.errors import RuleBroken

SMALLEST, LARGEST = 1, 5
PROBABILITIES = {1: "Rare", 2: "Unlikely", 3: "Possible", 4: "Likely", 5: "Near certain"}
IMPACTS = {1: "Trivial", 2: "Minor", 3: "Moderate", 4: "Major", 5: "Severe"}


class Band(StrEnum):
    """How heavy a score is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


BANDS = {Band.LOW: (1, 4), Band.MEDIUM: (5, 9), Band.HIGH: (10, 14), Band.CRITICAL: (15, 25)}
"""The first and the last score of each band."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A probability and an impact, each from 1 (hardly) to 5 (very)."""

    probability: int
    impact: int

    @property
    def score(self) -> int:
        """Probability times impact, 1 to 25."""
        return self.probability * self.impact

    @property
    def band(self) -> Band:
        """The band of the score."""
        return band_of(self.score)

    @property
    def cell(self) -> str:
        """Where it stands on the heat map, as addresses name it."""
        return f"{self.probability}x{self.impact}"


def band_of(score: int) -> Band:
    """The band that a score falls into: 1-4, 5-9, 10-14, 15-25.

    >>> [band_of(score).value for score in (4, 5, 9, 10, 14, 15)]
    ['low', 'medium', 'medium', 'high', 'high', 'critical']
    """
    return next(band for band, (_first, last) in BANDS.items() if score <= last)


def rating(probability: int | None, impact: int | None, field: str = "probability") -> Rating | None:
    """A rating of what was given; None for nothing. Raises RuleBroken for half of one and for what is not 1 to 5."""
    if probability is None and impact is None:
        return None
    if probability is None or impact is None:
        raise RuleBroken("risk.half", "Give both the probability and the impact, or neither.", field=field)
    for value in (probability, impact):
        if not SMALLEST <= value <= LARGEST:
            raise RuleBroken(
                "risk.score", "Probability and impact run from 1 to 5; %(value)s is neither.", field=field, value=value
            )
    return Rating(probability, impact)
