"""Earned value: what the work that is done was planned to cost, beside what was planned by now and what was spent.

Formulas as in the PMBOK Guide and ISO 21508: SV = EV - PV, CV = EV - AC, SPI = EV / PV, CPI = EV / AC, EAC = BAC / CPI,
ETC = EAC - AC, VAC = BAC - EAC, TCPI = (BAC - EV) / (BAC - AC). A zero denominator has no answer (None, "n/a").
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Earned:
    """Budget at completion, planned and earned value, actual cost: cents, or minutes where work is counted.

    >>> found = Earned(bac=100_000, pv=50_000, ev=40_000, ac=48_000)
    >>> found.spi, round(found.cpi, 4), round(found.eac), round(found.etc), round(found.vac), round(found.tcpi, 3)
    (0.8, 0.8333, 120000, 72000, -20000, 1.154)
    """

    bac: float
    pv: float
    ev: float
    ac: float

    @property
    def sv(self) -> float:
        """Schedule variance: below 0 less is done than planned."""
        return self.ev - self.pv

    @property
    def cv(self) -> float:
        """Cost variance: below 0 the work that is done cost more than planned."""
        return self.ev - self.ac

    @property
    def spi(self) -> float | None:
        """Schedule performance index."""
        return ratio(self.ev, self.pv)

    @property
    def cpi(self) -> float | None:
        """Cost performance index."""
        return ratio(self.ev, self.ac)

    @property
    def eac(self) -> float | None:
        """Estimate at completion, if the rest costs as the work so far did (BAC / CPI)."""
        return ratio(self.bac * self.ac, self.ev) if self.ac else None

    @property
    def etc(self) -> float | None:
        """What is still to come of that estimate."""
        return None if self.eac is None else self.eac - self.ac

    @property
    def vac(self) -> float | None:
        """Variance at completion: below 0 it costs more than planned."""
        return None if self.eac is None else self.bac - self.eac

    @property
    def tcpi(self) -> float | None:
        """The cost performance that the rest of the work needs to end on the budget."""
        return ratio(self.bac - self.ev, self.bac - self.ac)


def ratio(above: float, below: float) -> float | None:
    """A quotient; None where the denominator is zero."""
    return above / below if below else None
