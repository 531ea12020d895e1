"""How much a project tolerates before an indicator changes its colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kernel.errors import RuleBroken
from roadmap.standing.rules.health import Health as Colour


@dataclass(frozen=True, slots=True)
class Tolerances:
    """An indicator is amber above its first limit and red above its second.

    ``slip`` is in calendar days, ``cost`` in percent above what the work done was budgeted at, ``exposure`` in percent
    of the appetite, ``critical`` counts critical risks, ``load`` is in percent of a person's capacity, ``scope`` in
    percent of the lines agreed.
    """

    slip_amber: int = 0
    slip_red: int = 5
    cost_amber: int = 5
    cost_red: int = 15
    exposure_amber: int = 100
    exposure_red: int = 150
    critical_amber: int = 0
    critical_red: int = 2
    load_amber: int = 100
    load_red: int = 120
    scope_amber: int = 10
    scope_red: int = 25


USUAL = Tolerances()
"""What holds until a project says otherwise."""
SUBJECTS = ("slip", "cost", "exposure", "critical", "load", "scope")
MOST = {"slip": 90, "cost": 500, "exposure": 1000, "critical": 100, "load": 500, "scope": 500}
"""The largest limit that makes sense for each."""
FIELDS = tuple(f"{subject}_{end}" for subject in SUBJECTS for end in ("amber", "red"))


def colour(value: float, amber: float, red: float) -> Colour:
    """The colour of a value that gets worse as it grows: a limit itself is still tolerated.

    >>> [colour(value, 100, 120).value for value in (100, 101, 120, 121)]
    ['green', 'amber', 'amber', 'red']
    """
    if value > red:
        return Colour.OFF_TRACK
    return Colour.AT_RISK if value > amber else Colour.ON_TRACK


def check(values: dict[str, Any]) -> Tolerances:
    """The tolerances that somebody typed. Raises RuleBroken for one out of range or a pair the wrong way round."""
    for subject in SUBJECTS:
        for end in ("amber", "red"):
            _check_range(f"{subject}_{end}", values[f"{subject}_{end}"], MOST[subject])
        if values[f"{subject}_red"] < values[f"{subject}_amber"]:
            raise RuleBroken(
                "health.order",
                "Red begins above amber: give %(amber)s or more here, or a smaller limit for amber.",
                field=f"{subject}_red",
                amber=values[f"{subject}_amber"],
            )
    return Tolerances(**{name: values[name] for name in FIELDS})


def _check_range(field: str, value: object, most: int) -> None:
    if not isinstance(value, int) or not 0 <= value <= most:
        raise RuleBroken("health.range", "Give a whole number from 0 to %(most)s.", field=field, most=most)
