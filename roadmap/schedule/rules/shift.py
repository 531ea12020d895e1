"""What a new start date moves, and what it leaves behind."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from .critical_path import schedule
from .plan import Activity, ConstraintType, Plan, Schedule
from .reasons import Hold, why


class Reason(StrEnum):
    """Why a task does not follow the start date by the same number of working days."""

    FINISHED = "finished"
    IN_PROGRESS = "in_progress"
    CONSTRAINT = "constraint"
    STATUS_DATE = "status_date"
    ELAPSED_LAG = "elapsed_lag"
    OWN_CALENDAR = "own_calendar"
    OTHER_TASK = "other_task"


@dataclass(frozen=True, slots=True)
class Moved:
    """A task that starts or finishes on other dates; `working_days` is by how many its start moved."""

    id: int
    before: datetime
    after: datetime
    working_days: int


@dataclass(frozen=True, slots=True)
class Stayed:
    """A task that does not follow, how far it went instead, and why; `by` is the other task that holds it."""

    id: int
    reason: Reason
    working_days: int
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """The effect of a new start: how many working days it is, what moves, what does not follow, both schedules."""

    working_days: int
    moved: tuple[Moved, ...]
    stayed: tuple[Stayed, ...]
    before: Schedule
    after: Schedule


def shift_start(plan: Plan, start: date) -> Shift:
    """Preview a plan at another start day, same time of day. Summaries are left out: they follow their children."""
    moved_plan = replace(plan, start=datetime.combine(start, plan.start.time()))
    return compare(plan, schedule(plan), moved_plan, schedule(moved_plan))


def compare(plan: Plan, before: Schedule, after_plan: Plan, after: Schedule) -> Shift:
    """The same for two schedules that are already there."""
    days = plan.calendar.days_between(plan.start.date(), after_plan.start.date())
    summaries = {row.parent for row in plan.activities}
    moved, stayed = [], []
    for row in plan.activities:
        if row.id in summaries:
            continue
        old, new = before.dates[row.id], after.dates[row.id]
        went = plan.calendar.days_between(old.start.date(), new.start.date())
        if (old.start, old.finish) != (new.start, new.finish):
            moved.append(Moved(row.id, old.start, new.start, went))
        if went != days:
            stayed.append(_stayed(after_plan, after, row, went))
    return Shift(days, tuple(moved), tuple(stayed), before, after)


def _stayed(plan: Plan, after: Schedule, row: Activity, went: int) -> Stayed:
    if row.finished:
        return Stayed(row.id, Reason.FINISHED, went)
    if row.started:
        return Stayed(row.id, Reason.IN_PROGRESS, went)
    held = why(plan, after, row.id)
    if held.hold is Hold.CONSTRAINT or row.constraint not in (ConstraintType.ASAP, ConstraintType.ALAP):
        return Stayed(row.id, Reason.CONSTRAINT, went, held.by if held.by != row.id else None)
    if held.hold is Hold.STATUS_DATE:
        return Stayed(row.id, Reason.STATUS_DATE, went)
    if held.link is not None and held.link.elapsed:
        return Stayed(row.id, Reason.ELAPSED_LAG, went, held.by)
    return Stayed(row.id, Reason.OWN_CALENDAR if row.calendar else Reason.OTHER_TASK, went, held.by)
