"""Which gate of a roll-out decides, what stood in its way on a day, and how its score went week by week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from readiness.gates.rules.definitions import GO_LIVE
from readiness.gates.rules.results import Result

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class GateStop:
    """A gate and the milestone at which it is asked: its day by the plan as it stands, and whether that is behind."""

    id: int
    project_id: int
    key: str
    name: str
    position: int
    minimum_score: float
    milestone_id: int | None = None
    milestone: str = ""
    day: date | None = None
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Blocking:
    """The must-haves that stood in the way of a gate on a kept day, by their statements."""

    fails: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """What fails, then what nobody knows."""
        return self.fails + self.unknowns


def main_gate(gates: Iterable[GateStop]) -> GateStop | None:
    """The gate that pages ask first: the one for go-live, else the last.

    >>> rows = [GateStop(1, 1, "go-live", "Go-live", 0, 85), GateStop(2, 1, "close", "Close", 3, 85)]
    >>> main_gate(rows).key, main_gate(rows[1:]).key, main_gate([])
    ('go-live', 'close', None)
    """
    return min(gates, key=lambda each: (each.key != GO_LIVE, -each.position, -each.id), default=None)


def blocking(lines: Sequence[Mapping[str, Any]], must_haves: frozenset[str]) -> Blocking:
    """The must-haves among the lines that a day kept which fail or are unknown."""
    found = [line for line in lines if line["key"] in must_haves]
    return Blocking(_with(found, Result.FAIL), _with(found, Result.UNKNOWN))


def _with(lines: Iterable[Mapping[str, Any]], result: Result) -> tuple[str, ...]:
    return tuple(line["statement"] for line in lines if line["result"] == result)


def by_week(days: Mapping[date, float | None], mondays: Sequence[date]) -> tuple[float | None, ...]:
    """The score that was kept last in each of some ISO weeks; None where nothing was kept or nothing was known.

    >>> by_week({date(2026, 2, 9): 61.0, date(2026, 2, 13): 64.5}, [date(2026, 2, 2), date(2026, 2, 9)])
    (None, 64.5)
    """
    last = [max((day for day in days if monday <= day < monday + _WEEK), default=None) for monday in mondays]
    return tuple(None if day is None else days[day] for day in last)
