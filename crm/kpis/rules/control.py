"""Control charts of single values (XmR), what leaves their limits, and which segment moved most.

Wheeler: limits are the mean +- 2.66 times the mean moving range, over periods that do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

LEAST_WEEKS = 8
"""So many weeks with a value before there are limits."""
SCALE = 2.66
HAIR = 1e-9
"""What arithmetic of floats may be off by."""
RUN = 8
"""So many in a row on one side of the mean are no accident."""


class Sign(StrEnum):
    """Why a week stands out."""

    OUTSIDE = "outside"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of one ISO week; None where it may not be said."""

    week: date
    value: float | None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that hold: made of the weeks from ``first`` to ``last`` and frozen since."""

    mean: float
    spread: float
    first: date
    last: date
    reason: str = ""

    @property
    def upper(self) -> float:
        """Above it a value is no accident."""
        return self.mean + SCALE * self.spread

    @property
    def lower(self) -> float:
        """Below it a value is no accident."""
        return self.mean - SCALE * self.spread


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A week that stands out, with its value and that of the week before."""

    week: date
    sign: Sign
    value: float
    before: float | None


def limits_of(points: Sequence[Point], reason: str = "") -> Limits | None:
    """The limits from the first weeks that have a value; None where there are not enough.

    >>> weeks = [date.fromordinal(737425 + 7 * number) for number in range(8)]
    >>> found = limits_of([Point(week, value) for week, value in zip(weeks, (10, 12, 10, 12, 10, 12, 10, 12))])
    >>> (found.mean, found.spread, round(found.upper, 2), round(found.lower, 2)) if found else None
    (11.0, 2.0, 16.32, 5.68)
    """
    known = [(each.week, each.value) for each in points if each.value is not None]
    if len(known) < LEAST_WEEKS:
        return None
    known = known[:LEAST_WEEKS] if not reason else known[-LEAST_WEEKS:]
    values = [value for _week, value in known]
    moving = [abs(later - earlier) for earlier, later in pairwise(values)]
    return Limits(sum(values) / len(values), sum(moving) / len(moving), known[0][0], known[-1][0], reason)


def anomalies(points: Sequence[Point], limits: Limits) -> list[Anomaly]:
    """The weeks outside the limits, and those that complete eight in a row on one side of the mean, in their order.

    Only weeks after the first one of the limits count: what came before was another process.
    """
    found, run, side, before = [], 0, 0, None
    for each in points:
        if each.value is None or each.week < limits.first:
            continue
        now = (each.value > limits.mean + HAIR) - (each.value < limits.mean - HAIR)
        run = run + 1 if now and now == side else 1 if now else 0
        side = now
        if not limits.lower - HAIR <= each.value <= limits.upper + HAIR:
            found.append(Anomaly(each.week, Sign.OUTSIDE, each.value, before))
        elif run == RUN:
            found.append(Anomaly(each.week, Sign.RUN, each.value, before))
        before = each.value
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """A segment's numerator and denominator in one week."""

    top: float
    bottom: float


def moved_most(
    before: Mapping[object, Part], after: Mapping[object, Part], *, share: bool
) -> tuple[object, float] | None:
    """The segment to which most of a change is owed, and the part of the change that it explains.

    Of an amount: the difference of the amounts. Of a share: what the whole would have changed by, had this segment
    alone changed. None where nothing moved in the direction of the whole.

    >>> before = {"web": Part(20, 80), "event": Part(2, 20)}
    >>> after = {"web": Part(8, 80), "event": Part(2, 20)}
    >>> moved_most(before, after, share=True)
    ('web', 1.0)
    """
    whole = _value(after.values(), share=share) - _value(before.values(), share=share)
    if not whole:
        return None
    owed: dict[object, float] = {}
    for each in {*before, *after}:
        alone = {**before, each: after.get(each, Part(0, 0))}
        owed[each] = (_value(alone.values(), share=share) - _value(before.values(), share=share)) / whole
    best = max(owed, key=lambda each: (owed[each], str(each)))
    return (best, owed[best]) if owed[best] > 0 else None


def size_of(segment: object, before: Mapping[object, Part], after: Mapping[object, Part], *, share: bool) -> float:
    """The part of the whole that a segment is, over both: of a share by its denominator, else by its amount.

    >>> before = {"web": Part(20, 60), "event": Part(2, 40)}
    >>> size_of("web", before, {"web": Part(8, 60), "event": Part(2, 40)}, share=True)
    0.6
    """
    both = [each.get(segment, Part(0, 0)) for each in (before, after)]
    whole = [*before.values(), *after.values()]
    mine, all_of = (sum(each.bottom if share else abs(each.top) for each in parts) for parts in (both, whole))
    return mine / all_of if all_of else 0.0


def _value(parts: Iterable[Part], *, share: bool) -> float:
    known = list(parts)
    top, bottom = sum(each.top for each in known), sum(each.bottom for each in known)
    return top if not share else top / bottom if bottom else 0.0
