"""What a source of evidence is asked, and what it has to be able to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from readiness.gates.rules.definitions import PERCENT, YES_NO, Criterion
from readiness.gates.rules.results import Evidence, Offender

MOST_OFFENDERS = 20
"""So many of what stands against a criterion are named; all of them are counted."""
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one project: its number, the moment, and the day of its zone."""

    project_id: int
    now: datetime
    today: date


class Source(Protocol):
    """Something that can tell how a criterion stands. A new one is a class like this and a line in ``SOURCES``."""

    @property
    def key(self) -> str:
        """Its name in criteria."""
        ...

    @property
    def label(self) -> str:
        """What people call it."""
        ...

    def answers(self, subject: str, /) -> bool:
        """Whether the feature that would be read is there; where it is not, a signed statement may answer."""
        ...

    def read(self, criteria: Sequence[Criterion], look: Look, /) -> Mapping[int, Evidence]:
        """Evidence for several criteria of this source by their numbers, with a bounded number of statements.

        One that is left out is unknown.
        """
        ...

    def subjects(self, look: Look, /) -> Sequence[tuple[str, str]]:
        """What it can be asked about in a project: key and name."""
        ...


def in_unit(share: float, unit: str) -> float:
    """A share of 1 in the unit of a criterion: percent, or yes where nothing is missing.

    >>> in_unit(0.94, "%"), in_unit(0.94, "yes/no"), in_unit(1.0, "yes/no"), in_unit(0.5, "share")
    (94.0, 0.0, 1.0, 0.5)
    """
    if unit == YES_NO:
        return float(share >= 1)
    return share * _WHOLE if unit == PERCENT else share


def part_of(top: int, whole: int, unit: str) -> float:
    """So many of so many in the unit of a criterion, without what a detour over fractions would add.

    >>> part_of(95, 100, "%"), part_of(29, 100, "%"), part_of(3, 4, "yes/no")
    (95.0, 29.0, 0.0)
    """
    return _WHOLE * top / whole if unit == PERCENT else in_unit(top / whole, unit)


def named(found: Iterable[Offender]) -> dict[str, Any]:
    """What stands against a criterion, as Evidence takes it: some by name, all counted."""
    every = tuple(found)
    return {"offenders": every[:MOST_OFFENDERS], "offending": len(every)}
