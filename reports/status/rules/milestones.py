"""Milestones against the day they were first planned for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from reports.status.rules.facts import Work, Working
from roadmap.standing.rules.health import slip_of

WEEK = 7


class Mark(StrEnum):
    """How a milestone stands."""

    DONE = "done"
    LATE = "late"
    AT_RISK = "at_risk"
    ON_PLAN = "on_plan"
    OPEN = "open"


class Basis(StrEnum):
    """What a milestone is measured against while there is no baseline."""

    TARGET = "target"
    DEADLINE = "deadline"
    WINDOW = "window"
    NONE = ""


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone: planned for, now on, how many days apart (positive: later), and in a word.

    ``moved`` is how many days later it is than in the last report; None where that did not have it.
    """

    work: Work
    planned: date | None
    basis: Basis
    now: date
    slip: int | None
    mark: Mark
    moved: int | None = None


def promise(work: Work, target: date | None, window_end: date | None) -> tuple[date | None, Basis]:
    """When a milestone was first planned for: the go-live's target, a deadline, else the end of its phase's weeks."""
    if work.go_live and target is not None:
        return target, Basis.TARGET
    if work.deadline is not None:
        return work.deadline, Basis.DEADLINE
    return (window_end, Basis.WINDOW) if window_end is not None else (None, Basis.NONE)


def window_end(start: date, week_to: int | None, is_working: Working) -> date | None:
    """The last working day of a phase's weeks, which count from the Monday of the project's first week.

    >>> window_end(date(2026, 1, 5), 2, lambda day: day.weekday() < 5)
    datetime.date(2026, 1, 16)
    """
    if week_to is None:
        return None
    last = start - timedelta(days=start.weekday()) + timedelta(days=week_to * WEEK - 1)
    days = (last - timedelta(days=n) for n in range(WEEK))
    return next((day for day in days if is_working(day)), last)


def lines(
    milestones: Iterable[Work], as_of: date, before: Mapping[int, date] | None = None
) -> tuple[MilestoneLine, ...]:
    """The milestones by the day they fall on now; ``before`` says on which day the last report had them."""
    found = [_line(work, as_of, (before or {}).get(work.id)) for work in milestones if work.milestone]
    return tuple(sorted(found, key=lambda line: (line.now, line.work.id)))


def worth_showing(found: Sequence[MilestoneLine], as_of: date, limit: int) -> tuple[MilestoneLine, ...]:
    """The milestones for a short table: the go-live, what is late, what is next, then what was reached last; by day."""

    def rank(line: MilestoneLine) -> tuple[int, int]:
        away = abs((line.now - as_of).days)
        if line.work.go_live:
            return 0, 0
        return {Mark.LATE: 1, Mark.DONE: 3}.get(line.mark, 2), away

    kept = sorted(found, key=rank)[:limit]
    return tuple(line for line in found if line in kept)


def _line(work: Work, as_of: date, before: date | None) -> MilestoneLine:
    now = work.done_on if work.done and work.done_on else work.finish
    days = slip_of(now, work.promised)
    moved = (now - before).days if before else None
    return MilestoneLine(work, work.promised, Basis(work.basis), now, days, _mark(work, as_of, days), moved)


def _mark(work: Work, as_of: date, slip: int | None) -> Mark:
    if work.done:
        return Mark.DONE
    if work.late or (work.promised is not None and work.promised < as_of):
        return Mark.LATE
    if slip is None:
        return Mark.OPEN
    return Mark.AT_RISK if slip > 0 else Mark.ON_PLAN
