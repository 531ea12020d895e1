"""Where a roll-out stands on a day, from what its plan says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kernel.worktime import Calendar
from roadmap.standing.rules import curve
from roadmap.standing.rules.health import USUAL, Health, Limits, health, slip_of
from roadmap.tasks.rules.states import FINISHED, is_late


class Row(curve.Row, Protocol):
    """What is read of a row of the plan beyond its work."""

    @property
    def id(self) -> int: ...  # noqa: D102  # named in the table of tasks
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def critical(self) -> bool: ...  # noqa: D102
    @property
    def is_go_live(self) -> bool: ...  # noqa: D102
    @property
    def deadline(self) -> date | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Stop:
    """A milestone ahead."""

    id: int
    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Standing:
    """A roll-out on a day. ``slip`` is in calendar days, positive when go-live is after its target.

    ``done`` and ``plan`` are percent of all work, None where there is no work to measure; ``critical_days`` is how late
    the latest critical task is.
    """

    state: str
    tasks: int
    go_live: date | None
    go_live_id: int | None
    live: bool
    target: date | None
    slip: int | None
    finish: date | None
    late: int
    critical_days: int
    done: float | None
    plan: float | None
    next: Stop | None
    health: Health


def standing(
    rows: Sequence[Row], calendar: Calendar, target: date | None, state: str, today: date, limits: Limits = USUAL
) -> Standing:
    """Read a plan as it stands; ``limits`` are the days that its project tolerates."""
    return standing_of(rows, curve.work_of(rows, calendar), target, state, today, limits)


def standing_of(
    rows: Sequence[Row], work: Sequence[curve.Work], target: date | None, state: str, today: date, limits: Limits
) -> Standing:
    """The same for whoever has read the work of the plan already."""
    leaves = [row for row in rows if row.type != "summary"]
    go_live = max((row for row in leaves if row.is_go_live), key=lambda row: row.finish, default=None)
    day = _day_of(go_live) if go_live else None
    late = [row for row in leaves if is_late(row.percent, row.finish, row.deadline, today)]
    worst = max((days_late(row, today) for row in late if row.critical), default=0)
    slip = slip_of(day, target)
    return Standing(
        state=state,
        tasks=len(leaves),
        go_live=day,
        go_live_id=go_live.id if go_live else None,
        live=go_live is not None and go_live.percent >= FINISHED,
        target=target,
        slip=slip,
        finish=max((row.finish.date() for row in leaves), default=None),
        late=len(late),
        critical_days=worst,
        done=curve.percent_done(work, today),
        plan=curve.percent_planned(work, today),
        next=next_stop(leaves),
        health=health(slip, worst, limits) if state == "active" else Health.CLOSED,
    )


def _day_of(row: Row) -> date:
    return (row.actual_finish or row.finish).date() if row.percent >= FINISHED else row.finish.date()


def due_of(row: Row) -> date:
    """The day that a task should be done by: its finish by the plan, or its deadline where that comes first."""
    return min(row.finish.date(), row.deadline or date.max)


def days_late(row: Row, today: date) -> int:
    """How many days past its day an unfinished task is."""
    return max((today - due_of(row)).days, 0)


def next_stop(rows: Iterable[Row]) -> Stop | None:
    """The earliest milestone that is not reached."""
    ahead = [row for row in rows if row.type == "milestone" and row.percent < FINISHED]
    first = min(ahead, key=lambda row: (row.finish, row.id), default=None)
    return Stop(first.id, first.name, first.finish.date()) if first else None
