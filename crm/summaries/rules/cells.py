"""What was counted in one group, and groups added up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from crm.reporting.rules.definition import Measure

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cell:
    """``n`` records; ``known`` of them have the value that is measured, ``lacking`` have an amount without a rate."""

    n: int = 0
    known: int = 0
    total: Decimal = Decimal(0)
    least: Decimal | None = None
    most: Decimal | None = None
    lacking: int = 0

    def __add__(self, other: Cell) -> Cell:
        """Both together."""
        return Cell(
            self.n + other.n,
            self.known + other.known,
            self.total + other.total,
            min((each for each in (self.least, other.least) if each is not None), default=None),
            max((each for each in (self.most, other.most) if each is not None), default=None),
            self.lacking + other.lacking,
        )

    def value(self, measure: Measure) -> Decimal | None:
        """What the measure says of the group; None is unknown: a rate is missing, or no record has the value.

        >>> Cell(3, 2, Decimal(9), Decimal(4), Decimal(5)).value(Measure.MEAN)
        Decimal('4.50')
        >>> Cell(3, 2, Decimal(9), Decimal(4), Decimal(5), lacking=1).value(Measure.SUM) is None
        True
        """
        if measure is Measure.COUNT:
            return Decimal(self.n)
        if self.lacking or (not self.known and (measure is not Measure.SUM or self.n)):
            return None
        return self._of(measure)

    def _of(self, measure: Measure) -> Decimal | None:
        if measure is Measure.SUM:
            return self.total
        if measure is Measure.MEAN:
            return (self.total / self.known).quantize(_CENT, ROUND_HALF_EVEN)
        return self.least if measure is Measure.LEAST else self.most
