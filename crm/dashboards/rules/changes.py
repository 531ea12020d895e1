"""How a figure changed against the period before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from crm.kpis.rules.definitions import Kpi, State, Unit
from crm.kpis.rules.measures import Measure


@dataclass(frozen=True, slots=True)
class Moved:
    """A change: in percentage points (as a share of 1) for a share, else as a share of what was.

    ``good`` None is neither good nor bad.
    """

    by: Decimal
    points: bool
    good: bool | None


def moved(kpi: Kpi, now: Measure, before: Measure) -> Moved | None:
    """The change of a figure; None where one of both is unknown, or where there was nothing before."""
    if now.value is None or before.value is None:
        return None
    step = now.value - before.value
    good = None if step == 0 else (step > 0) == kpi.rising
    if kpi.unit is Unit.SCORE:
        return Moved(step / 100, points=True, good=good)
    if kpi.share:
        return Moved(step, points=True, good=good)
    if before.value == 0:
        return None
    return Moved(step / abs(before.value), points=False, good=good)


def off_target(measures: list[Measure]) -> tuple[int, int]:
    """How many figures are off their target, of how many that have a target and are known."""
    judged = [each for each in measures if each.target is not None and each.value is not None]
    return sum(each.state in (State.RED, State.AMBER) for each in judged), len(judged)
