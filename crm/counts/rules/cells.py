"""What was counted of one segment, and segments added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm.counts.rules.windows import Window


@dataclass(frozen=True, slots=True)
class Ask:
    """A figure that is asked for: of a stretch, told apart ``by`` a segment or by ISO ``weeks`` (their Mondays).

    Several are asked for together, and answered from few statements.
    """

    key: str
    window: Window
    by: str = ""
    weeks: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What was counted of one segment. ``lacking`` are records whose amount has no rate; ``values`` and ``apart`` are
    single days, ``beside`` figures that go with it.
    """

    segment: object = None
    top: Decimal = Decimal(0)
    bottom: Decimal = Decimal(0)
    n: int = 0
    lacking: int = 0
    values: tuple[Decimal, ...] = ()
    apart: tuple[Decimal, ...] = ()
    beside: tuple[tuple[str, Decimal | None], ...] = ()

    def __add__(self, other: Cell) -> Cell:
        """Both together."""
        return Cell(
            None,
            self.top + other.top,
            self.bottom + other.bottom,
            self.n + other.n,
            self.lacking + other.lacking,
            self.values + other.values,
            self.apart + other.apart,
            self.beside + other.beside,
        )


def total(cells: Iterable[Cell]) -> Cell:
    """All segments together."""
    found = Cell()
    for each in cells:
        found = found + each
    return found
