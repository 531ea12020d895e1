"""The decision at a gate: the score, how much of it is known, and go or no-go with what stands against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from readiness.gates.rules.definitions import Gate
from readiness.gates.rules.results import Line, Result

_HAIR = 1e-9
"""Sums of fractions miss a round limit by a hair."""


class Decision(StrEnum):
    """What the figures say; people decide, and sign."""

    GO = "go"
    CONDITIONS = "go-with-conditions"
    NO_GO = "no-go"


@dataclass(frozen=True, slots=True)
class Standing:
    """A gate as a whole. ``score`` is of 100 (None: nothing is known), ``confidence`` 0 to 1.

    ``contributions`` are the lines' shares of the score in their order; they add up to it.
    """

    gate: Gate
    lines: tuple[Line, ...]
    score: float | None
    confidence: float
    contributions: tuple[float, ...]
    decision: Decision

    @property
    def blocking(self) -> tuple[Line, ...]:
        """The must-haves that fail or are unknown: each of them is a no-go by itself."""
        return tuple(line for line in self.lines if _blocks(line))

    @property
    def conditions(self) -> tuple[Line, ...]:
        """What has to become a condition of a go: all that fails, is unknown, warns or is waived."""
        return tuple(line for line in self.lines if line.open)


def stand(gate: Gate, lines: Sequence[Line]) -> Standing:
    """Make the decision of a gate's results."""
    score, confidence = score_of(lines), confidence_of(lines)
    known = sum(line.criterion.weight for line in lines if line.counted)
    shares = tuple(100 * line.criterion.weight * (line.attained or 0.0) / known if known else 0.0 for line in lines)
    return Standing(gate, tuple(lines), score, confidence, shares, _decide(gate, lines, score, confidence))


def score_of(lines: Iterable[Line]) -> float | None:
    """100 x the weighted mean of what is attained, over what is counted; None where nothing is."""
    counted = [(line.criterion.weight, line.attained) for line in lines if line.attained is not None]
    whole = sum(weight for weight, _attained in counted)
    return 100 * sum(weight * attained for weight, attained in counted) / whole if whole else None


def confidence_of(lines: Sequence[Line]) -> float:
    """The share of the weight that is counted; 0 where nothing is asked."""
    whole = sum(line.criterion.weight for line in lines)
    return sum(line.criterion.weight for line in lines if line.counted) / whole if whole else 0.0


def _decide(gate: Gate, lines: Sequence[Line], score: float | None, confidence: float) -> Decision:
    if any(_blocks(line) for line in lines) or score is None or score < gate.minimum_score - _HAIR:
        return Decision.NO_GO
    if 100 * confidence < gate.minimum_confidence - _HAIR:
        return Decision.NO_GO
    return Decision.CONDITIONS if any(line.open for line in lines) else Decision.GO


def _blocks(line: Line) -> bool:
    return line.criterion.must_have and line.result in (Result.FAIL, Result.UNKNOWN)


def in_tenths(shares: Sequence[float]) -> list[float]:
    """Shares as they are shown, in tenths, so that what is shown adds up: the largest remainders are rounded up.

    >>> in_tenths([33.333, 33.333, 33.334])
    [33.3, 33.3, 33.4]
    """
    exact = [share * 10 for share in shares]
    floors = [int(each // 1) for each in exact]
    missing = round(sum(exact)) - sum(floors)
    order = sorted(range(len(exact)), key=lambda place: (floors[place] - exact[place], place))
    for place in order[: max(0, missing)]:
        floors[place] += 1
    return [each / 10 for each in floors]
