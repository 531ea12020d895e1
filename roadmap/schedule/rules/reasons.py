"""Why a task stands where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kernel.worktime import Axis, minute_of

from .network import lagged
from .plan import Activity, ConstraintType, Link, LinkType, Plan, Schedule


class Hold(StrEnum):
    """The kinds of things that hold a task in its place."""

    PROJECT_START = "project_start"
    PREDECESSOR = "predecessor"
    CONSTRAINT = "constraint"
    STATUS_DATE = "status_date"
    ACTUAL_START = "actual_start"
    ACTUAL_FINISH = "actual_finish"
    AS_LATE_AS_POSSIBLE = "as_late_as_possible"
    CHILD = "child"


@dataclass(frozen=True, slots=True)
class Held:
    """What holds a task: `by` is the predecessor, the child, or the task or summary whose constraint it is."""

    hold: Hold
    by: int | None = None
    link: Link | None = None
    constraint: ConstraintType | None = None
    date: datetime | None = None


_PINS = (ConstraintType.MSO, ConstraintType.MFO)
_CEILINGS = (ConstraintType.SNLT, ConstraintType.FNLT)


def why(plan: Plan, schedule: Schedule, task: int) -> Held:
    """What holds a task where the schedule puts it; of several links the one from the lowest id."""
    rows = {row.id: row for row in plan.activities}
    row = rows[task]
    children = [each.id for each in plan.activities if each.parent == task]
    if children:
        return Held(Hold.CHILD, by=min(children, key=lambda child: (schedule.dates[child].start, child)))
    return _done(row) or _pinned(row) or _waiting(plan, schedule, row, _line(rows, row))


def _line(rows: dict[int, Activity], row: Activity) -> list[Activity]:
    """The row and its summaries, upwards."""
    line = [row]
    while line[-1].parent is not None:
        line.append(rows[line[-1].parent])
    return line


def _done(row: Activity) -> Held | None:
    if row.actual_finish is not None:
        return Held(Hold.ACTUAL_FINISH, date=row.actual_finish)
    if row.actual_start is not None:
        return Held(Hold.ACTUAL_START, date=row.actual_start)
    return None


def _pinned(row: Activity) -> Held | None:
    return _constraint(row) if row.constraint in _PINS else None


def _constraint(row: Activity) -> Held:
    return Held(Hold.CONSTRAINT, by=row.id, constraint=row.constraint, date=row.constraint_date)


def _waiting(plan: Plan, schedule: Schedule, row: Activity, line: list[Activity]) -> Held:
    calendar = plan.calendar if row.calendar is None else plan.calendars[row.calendar]
    dates, axis = schedule.dates[row.id], calendar.axis
    place = axis.index(minute_of(dates.start))
    pulls = [(_pull(plan, schedule, link, axis, row.duration_minutes), link) for link in _links(plan, line)]
    if row.constraint in _CEILINGS and any(pull > place for pull, _ in pulls):
        return _constraint(row)
    holding = [link for pull, link in pulls if pull == place]
    if holding:
        link = min(holding, key=lambda each: each.predecessor)
        return Held(Hold.PREDECESSOR, by=link.predecessor, link=link)
    return _by_date(plan, row, line, axis, place)


def _by_date(plan: Plan, row: Activity, line: list[Activity], axis: Axis, place: int) -> Held:
    for each in line:
        if _floor(each, axis, row.duration_minutes) == place:
            return _constraint(each)
    if plan.status_date is not None and axis.index(minute_of(plan.status_date)) == place:
        return Held(Hold.STATUS_DATE, date=plan.status_date)
    if row.constraint is ConstraintType.ALAP and place > axis.index(minute_of(plan.start)):
        return Held(Hold.AS_LATE_AS_POSSIBLE)
    if row.constraint in _CEILINGS and place < axis.index(minute_of(plan.start)):
        return _constraint(row)
    return Held(Hold.PROJECT_START, date=plan.start)


def _floor(row: Activity, axis: Axis, minutes: int) -> int | None:
    if row.constraint_date is None:
        return None
    date = axis.index(minute_of(row.constraint_date))
    if row.constraint is ConstraintType.SNET:
        return date
    return date - minutes if row.constraint is ConstraintType.FNET else None


def _links(plan: Plan, line: list[Activity]) -> Iterable[Link]:
    ids = {row.id for row in line}
    return (link for link in plan.links if link.successor in ids)


def _pull(plan: Plan, schedule: Schedule, link: Link, axis: Axis, minutes: int) -> int:
    """The place to which a link pulls the start of its successor."""
    source = schedule.dates[link.predecessor]
    moment = source.finish if link.type in (LinkType.FS, LinkType.FF) else source.start
    place = axis.index(lagged(plan.calendar.axis, minute_of(moment), link.lag_minutes, elapsed=link.elapsed))
    return place if link.type in (LinkType.FS, LinkType.SS) else place - minutes
