"""Why a task stands where it stands, and which of its dates people gave."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kernel.worktime import instant_of, minute_of

from .early import demand
from .network import Edge, build, coded
from .paper import Paper, lay_out
from .plan import Activity, ConstraintType, Link, Plan, Schedule


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
    MANUAL = "manual"
    DELAY = "delay"


@dataclass(frozen=True, slots=True)
class Held:
    """What holds a task: `by` is the predecessor, the child, or the task or summary whose constraint it is.

    Where that would let it begin earlier than it does, `since` says when, and `calendar` names the calendar of the task
    or of who works on it that has no working time before.
    """

    hold: Hold
    by: int | None = None
    link: Link | None = None
    constraint: ConstraintType | None = None
    date: datetime | None = None
    since: datetime | None = None
    calendar: str | None = None


class Origin(StrEnum):
    """Where a date comes from: people gave it, something above or before it did, or it was worked out."""

    GIVEN = "given"
    INHERITED = "inherited"
    COMPUTED = "computed"


_PINS = (ConstraintType.MSO, ConstraintType.MFO)
_CEILINGS = (ConstraintType.SNLT, ConstraintType.FNLT)
_FINISHES = (ConstraintType.MFO, ConstraintType.FNLT, ConstraintType.FNET)


def why(plan: Plan, schedule: Schedule, task: int) -> Held:
    """What holds a task where the schedule puts it; of several links the one from the lowest id."""
    rows = {row.id: row for row in plan.activities}
    row = rows[task]
    children = [each.id for each in plan.activities if each.parent == task]
    if children:
        return Held(Hold.CHILD, by=min(children, key=lambda child: (schedule.dates[child].start, child)))
    found = _done(row) or _pinned(plan, row)
    return found or _Why(plan, schedule, row, _line(rows, row)).find()


def origins(row: Activity, held: Held) -> tuple[Origin, Origin]:
    """Where the start and the finish of a task come from, given what holds it."""
    start = _start_origin(row, held)
    if row.actual_finish is not None or row.manual_finish is not None:
        return start, Origin.GIVEN
    given = held.hold is Hold.CONSTRAINT and held.by == row.id and held.constraint in _FINISHES
    return start, Origin.GIVEN if given else Origin.COMPUTED


def _start_origin(row: Activity, held: Held) -> Origin:
    if held.hold in (Hold.MANUAL, Hold.ACTUAL_START):
        return Origin.GIVEN
    if held.hold is Hold.ACTUAL_FINISH:
        return Origin.COMPUTED if row.actual_start is None else Origin.GIVEN
    if held.hold is Hold.CONSTRAINT:
        if held.by != row.id:
            return Origin.INHERITED
        return Origin.COMPUTED if held.constraint in _FINISHES else Origin.GIVEN
    if held.hold is Hold.PREDECESSOR and held.link is not None and held.link.successor != row.id:
        return Origin.INHERITED
    return Origin.INHERITED if held.hold in (Hold.PROJECT_START, Hold.STATUS_DATE) else Origin.COMPUTED


def _line(rows: dict[int, Activity], row: Activity) -> list[Activity]:
    """The row and its summaries, upwards."""
    line = [row]
    while line[-1].parent is not None:
        line.append(rows[line[-1].parent])
    return line


def _done(row: Activity) -> Held | None:
    if row.manual_start is not None:
        return Held(Hold.MANUAL, date=row.manual_start)
    if row.actual_finish is not None:
        return Held(Hold.ACTUAL_FINISH, date=row.actual_finish)
    if row.actual_start is not None:
        return Held(Hold.ACTUAL_START, date=row.actual_start)
    return None


def _pinned(plan: Plan, row: Activity) -> Held | None:
    return _constraint(row) if row.constraint in _PINS and plan.honours_constraints else None


def _constraint(row: Activity) -> Held:
    return Held(Hold.CONSTRAINT, by=row.id, constraint=row.constraint, date=row.constraint_date)


class _Why:
    """Asks each thing that can hold a task when it would let it begin, by the rules of the early pass."""

    def __init__(self, plan: Plan, schedule: Schedule, row: Activity, line: list[Activity]) -> None:
        self.plan, self.schedule, self.row, self.line = plan, schedule, row, line
        self.paper = _filled(plan, schedule)
        self.node = self.paper.network.ids.index(row.id)
        self.start = minute_of(schedule.dates[row.id].start)

    def find(self) -> Held:
        pulls = [(self._demand(link), link) for link in self._links()]
        if self.row.constraint in _CEILINGS and any(self._snap(moment) > self.start for moment, _ in pulls):
            return _constraint(self.row)
        moved = self.row.delay_minutes > 0 or (self.row.delay_minutes < 0 and self.plan.finish is not None)
        if moved and self.row.constraint not in _CEILINGS:
            return Held(Hold.DELAY, date=self.schedule.dates[self.row.id].start)
        holding = [(moment, link) for moment, link in pulls if self._snap(moment) == self._snap(self.start)]
        if holding:
            moment, link = min(holding, key=lambda each: each[1].predecessor)
            return self._with_calendar(Held(Hold.PREDECESSOR, by=link.predecessor, link=link), moment)
        return self._by_date()

    def _links(self) -> Iterable[Link]:
        ids = {row.id for row in self.line}
        asleep = {row.id for row in self.plan.activities if not row.active}
        return (link for link in self.plan.links if link.successor in ids and link.predecessor not in asleep)

    def _demand(self, link: Link) -> int:
        """When a link lets the task begin; a link to a summary above counts its lag in the plan's calendar."""
        source = self.paper.network.ids.index(link.predecessor)
        edge: Edge = (source, *coded(link, self.plan.activities[source]))
        return demand(self.paper, self.node, edge, above=link.successor != self.row.id)

    def _snap(self, moment: int) -> int:
        """When work of the task goes on from a moment."""
        team = self.paper.teams.get(self.node)
        return team.next(moment) if team else self.paper.rulers[self.node].next(moment)

    def _with_calendar(self, held: Held, moment: int) -> Held:
        """Names the calendar that makes the task wait longer than the plan's own would."""
        usual = self.paper.main.next(moment)
        if usual >= self.start or self.row.elapsed:
            return held
        shares = [share.calendar for share in self.row.shares if share.calendar is not None]
        return replace(held, since=instant_of(usual), calendar=self.row.calendar or next(iter(shares), None))

    def _by_date(self) -> Held:
        for each in self.line:
            if self._floor(each) == self._snap(self.start):
                return _constraint(each)
        status = self.plan.status_date
        if status is not None and self._snap(minute_of(status)) == self._snap(self.start):
            return self._with_calendar(Held(Hold.STATUS_DATE, date=status), minute_of(status))
        begin = minute_of(self.plan.start if self.plan.finish is None else self.schedule.start)
        if self.row.constraint is ConstraintType.ALAP and self.start > self._snap(begin):
            return Held(Hold.AS_LATE_AS_POSSIBLE)
        if self.row.constraint in _CEILINGS and self.start < self._snap(begin):
            return _constraint(self.row)
        return self._with_calendar(Held(Hold.PROJECT_START, date=instant_of(begin)), begin)

    def _floor(self, row: Activity) -> int | None:
        """When a "no earlier than" date lets the task begin; of a summary's only that of a start goes down."""
        if row.constraint_date is None or row.constraint not in (ConstraintType.SNET, ConstraintType.FNET):
            return None
        date = minute_of(row.constraint_date)
        if row.constraint is ConstraintType.SNET:
            return self._snap(date)
        team = self.paper.teams.get(self.node)
        if row.id != self.row.id:
            return None
        return team.before(date) if team else self.paper.rulers[self.node].before(date, row.duration_minutes)


def _filled(plan: Plan, schedule: Schedule) -> Paper:
    """A working paper with the dates that were found."""
    paper = lay_out(plan, build(plan))
    for node, each in enumerate(paper.network.ids):
        dates = schedule.dates[each]
        paper.start[node], paper.finish[node] = minute_of(dates.start), minute_of(dates.finish)
    return paper
