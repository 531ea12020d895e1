"""From plans and what everybody has left to a problem: who may move, from when, until when, and what holds fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from kernel.worktime import Calendar, around_the_clock, minute_of
from roadmap.schedule.rules import Activity, ConstraintType, Dates, Link, LinkType, Plan, TaskType

from .pools import Asking
from .problem import FF, FS, NEVER, SF, SS, Job, Part, Pool, Problem, Tie, Use
from .turned import turned

NOT_LEVELLED = 1000
"""The priority of tasks that levelling leaves alone, as in MS Project."""
_KINDS = {LinkType.FS: FS, LinkType.SS: SS, LinkType.FF: FF, LinkType.SF: SF}
_HELD = (ConstraintType.MSO, ConstraintType.MFO, ConstraintType.ALAP)
_FREE = (ConstraintType.ASAP, ConstraintType.ALAP)
_CLOCK = around_the_clock()


@dataclass(frozen=True)
class Given:
    """A project: its plan without the delays of what may move, its dates as they stand, and what may move.

    A plan that is laid back from its finish has ``bare`` dates: its own without those delays.
    """

    id: int
    plan: Plan
    dates: Mapping[int, Dates]
    movable: frozenset[int]
    priorities: Mapping[int, int] = field(default_factory=dict)
    within_slack: bool = False
    go_live: int | None = None
    bare: Mapping[int, Dates] | None = None


def movable(row: Activity, *, back: bool = False) -> bool:
    """Whether levelling may move a row at all: work that has not begun and stands on no date of its own.

    In a plan that is laid ``back`` from its finish what stands as late as possible may be done sooner.
    """
    return row.active and not _is_held(row, back=back) and _is_work(row)


def _is_held(row: Activity, *, back: bool) -> bool:
    pinned = row.constraint not in _FREE if back else row.constraint in _HELD
    return pinned or row.started or row.manual_start is not None


def _is_work(row: Activity) -> bool:
    return row.type is TaskType.TASK and (row.duration_minutes > 0 or bool(row.shares))


def problem_of(
    projects: Sequence[Given],
    pools: Sequence[Pool],
    uses: Mapping[int, Sequence[Asking]],
    first: int,
    last: int,
    since: datetime,
) -> Problem:
    """The rows of all projects in an order in which each comes after what it waits for.

    ``uses`` says who works on a task; ``first`` and ``last`` are day numbers. A plan that is laid back from its finish,
    which is the only one then, comes turned around: nothing in it is done later than now, nor before ``since``.
    """
    book = _Book(uses)
    for given in projects:
        book.add(given)
    jobs = book.in_order()
    problem = Problem(tuple(jobs), tuple(pools), tuple(book.calendars), first, last, minute_of(since))
    if projects[0].bare is not None:
        return _back(problem, projects[0], projects[0].bare)
    return replace(problem, jobs=tuple(_bounded(problem, book.ends)))


def _back(problem: Problem, given: Given, bare: Mapping[int, Dates]) -> Problem:
    there = turned(problem, {id: minute_of(dates.finish) for id, dates in bare.items()})
    earliest = problem.since
    if given.within_slack:
        earliest = max(earliest, min(minute_of(given.dates[job.id].start) for job in problem.jobs))
    ends = {job.id: (there.mirror or 0) - earliest for job in there.jobs if not job.fixed}
    return replace(there, jobs=tuple(_bounded(there, ends)))


class _Book:
    """The rows of several plans, their links on the tasks themselves and not on summaries."""

    def __init__(self, uses: Mapping[int, Sequence[Asking]]) -> None:
        self.uses = uses
        self.calendars: list[Calendar] = []
        self.rows: dict[int, Job] = {}
        self.ties: dict[int, list[tuple[int, int, int, bool, bool]]] = {}
        self.members: dict[int, list[int]] = {}
        self.ends: dict[int, int] = {}

    def add(self, given: Given) -> None:
        """Take in a project."""
        plan = given.plan
        home = self._calendar(plan.calendar)
        below = _leaves(plan)
        rows = {row.id: row for row in plan.activities}
        base = max(plan.start, plan.status_date or plan.start)
        linked = {target for link in plan.links for target in below.get(link.successor, [link.successor])}
        for row in plan.activities:
            if row.active and row.id not in below:
                floor = _floor(rows, row, base)
                if row.constraint is ConstraintType.SNET:
                    free = row.id not in linked and floor == minute_of(plan.start)
                    floor = _moment(row) if free else max(floor, _moment(row))
                self.rows[row.id] = self._job(given, row, floor, home)
        finish = max((dates.finish for id, dates in given.dates.items() if id in self.rows), default=base)
        for row in plan.activities:
            if given.within_slack and row.id in self.rows:
                mark = given.dates[row.id].finish if row.id == given.go_live else finish
                self.ends[row.id] = minute_of(mark)
        for link in plan.links:
            self._link(link, below, home, given)

    def _calendar(self, calendar: Calendar) -> int:
        for place, each in enumerate(self.calendars):
            if each is calendar or each == calendar:
                return place
        self.calendars.append(calendar)
        return len(self.calendars) - 1

    def _job(self, given: Given, row: Activity, floor: int, home: int) -> Job:
        plan, dates = given.plan, given.dates[row.id]
        held = _is_held(row, back=given.bare is not None)
        held |= bool(self.uses.get(row.id)) and row.id not in given.movable
        axis = self._calendar(_CLOCK) if row.elapsed else self._axis(plan, row.calendar, home)
        parts = [Part(each.minutes, self._axis(plan, each.calendar, axis), each.delay_minutes) for each in row.shares]
        minutes, axis, parts = _plain(row.duration_minutes, axis, parts)
        kept = plan.honours_constraints and row.constraint_date is not None
        return Job(
            id=row.id,
            minutes=minutes,
            now=minute_of(dates.start),
            now_end=minute_of(dates.finish),
            floor=floor,
            finish_floor=_moment(row) if row.constraint is ConstraintType.FNET else 0,
            ceiling=_moment(row) if kept and row.constraint is ConstraintType.SNLT else NEVER,
            finish_ceiling=_moment(row) if kept and row.constraint is ConstraintType.FNLT else NEVER,
            priority=given.priorities.get(row.id, 500),
            fixed=held or not given.movable,
            held=given.priorities.get(row.id, 500) >= NOT_LEVELLED,
            axis=axis,
            gauge=self._axis(plan, row.slack_calendar or row.calendar, home),
            home=home,
            project=given.id,
            uses=tuple(self._uses(row.id, home)) if row.id in given.movable else (),
            parts=tuple(parts),
        )

    def _uses(self, id: int, home: int) -> Iterator[Use]:
        for pool, minutes, calendar in self.uses.get(id, ()):
            yield Use(pool, minutes, home if calendar is None else self._calendar(calendar))

    def _axis(self, plan: Plan, name: str | None, usual: int) -> int:
        return usual if name is None else self._calendar(plan.calendars[name])

    def _link(self, link: Link, below: Mapping[int, list[int]], home: int, given: Given) -> None:
        source = link.predecessor
        if source in below:
            self._summary(source, below[source], given, home)
        targets = below.get(link.successor, [link.successor])
        lag, far = _lag(link, given)
        if source not in self.rows:
            return
        for target in targets:
            if target in self.rows:
                tie = (source, _KINDS[link.type], lag, far, target != link.successor)
                self.ties.setdefault(target, []).append(tie)

    def _summary(self, id: int, leaves: list[int], given: Given, home: int) -> None:
        """A summary from which a link leads is a row that lasts as long as what is below it."""
        there = [each for each in leaves if each in self.rows]
        if id in self.rows or not there:
            return
        dates = given.dates[id]
        start, finish = minute_of(dates.start), minute_of(dates.finish)
        self.rows[id] = Job(id, 0, start, finish, start, axis=home, home=home, project=given.id)
        self.members[id] = there

    def in_order(self) -> list[Job]:
        """The rows with their ties by place, sources first; the scheduler has refused cycles before."""
        waiting = {id: len(self._sources(id)) for id in self.rows}
        after: dict[int, list[int]] = {}
        for id in self.rows:
            for source in self._sources(id):
                after.setdefault(source, []).append(id)
        order = [id for id, count in waiting.items() if not count]
        for id in order:
            for each in after.get(id, ()):
                waiting[each] -= 1
                if not waiting[each]:
                    order.append(each)
        place = {id: number for number, id in enumerate(order)}
        return [
            replace(
                self.rows[id],
                ties=tuple(Tie(place[tie[0]], *tie[1:]) for tie in self.ties.get(id, ())),
                members=tuple(place[each] for each in self.members.get(id, ())),
            )
            for id in order
        ]

    def _sources(self, id: int) -> set[int]:
        return {tie[0] for tie in self.ties.get(id, ())}.union(self.members.get(id, ()))


def _leaves(plan: Plan) -> dict[int, list[int]]:
    """The tasks below each summary."""
    children: dict[int, list[int]] = {}
    for row in plan.activities:
        if row.parent is not None:
            children.setdefault(row.parent, []).append(row.id)

    def under(id: int) -> list[int]:
        return [leaf for child in children[id] for leaf in (under(child) if child in children else [child])]

    return {id: under(id) for id in children}


def _plain(minutes: int, axis: int, parts: list[Part]) -> tuple[int, int, list[Part]]:
    """Several who begin together in one calendar are like one who does what the longest of them does."""
    axes = {part.axis for part in parts}
    if len(axes) != 1 or any(part.delay for part in parts):
        return minutes, axis, parts
    return max(part.minutes for part in parts), axes.pop(), []


def _moment(row: Activity) -> int:
    return 0 if row.constraint_date is None else minute_of(row.constraint_date)


def _floor(rows: Mapping[int, Activity], row: Activity, base: datetime) -> int:
    floor = minute_of(base)
    above = row.parent
    while above is not None:
        summary = rows[above]
        if summary.constraint is ConstraintType.SNET:
            floor = max(floor, _moment(summary))
        above = summary.parent
    return floor


def _lag(link: Link, given: Given) -> tuple[int, bool]:
    """A lag in minutes, and whether they are of the clock; a share of a summary's is that of its span as it stands."""
    if not link.lag_percent:
        return link.lag_minutes, link.elapsed
    row = next(row for row in given.plan.activities if row.id == link.predecessor)
    minutes, dates = row.duration_minutes, given.dates[row.id]
    if row.type is TaskType.SUMMARY:
        minutes = given.plan.calendar.between(dates.start, dates.finish)
    return round(minutes * link.lag_percent / 100), link.elapsed or row.elapsed


def _bounded(problem: Problem, ends: Mapping[int, int]) -> list[Job]:
    """The same rows with the last starts that leave what holds fast, and what must not end later, where it is."""
    jobs = problem.jobs
    last_end = [ends.get(job.id, NEVER) for job in jobs]
    last_start = [NEVER] * len(jobs)
    found = list(jobs)
    for place in reversed(range(len(jobs))):
        job, start = jobs[place], last_start[place]
        if job.members:
            for each in job.members:
                last_end[each] = min(last_end[each], last_end[place])
            continue
        if job.fixed:
            start = job.now
        elif last_end[place] < NEVER:
            start = min(start, problem.paces[place].back(last_end[place]) if job.takes_time else last_end[place])
        if start < NEVER:
            start = max(start, job.now)
            found[place] = replace(job, latest=NEVER if job.fixed else start)
            _hand_on(problem, place, start, last_start, last_end)
    return found


def _hand_on(problem: Problem, place: int, start: int, last_start: list[int], last_end: list[int]) -> None:
    """What the last start of a row means for those that it waits for."""
    job, pace = problem.jobs[place], problem.paces[place]
    for source, kind, lag, elapsed, whole in job.ties:
        moment, line = start, problem.lines[job.home if whole else job.gauge]
        ends = kind in (FF, SF) and job.takes_time
        if ends and whole:
            moment = pace.after(moment)
        moment = line.lagged(moment, -lag, elapsed=elapsed)
        if ends and not whole:
            moment = pace.after(moment)
        if kind in (FS, FF):
            last_end[source] = min(last_end[source], moment)
        else:
            last_start[source] = min(last_start[source], moment)


def with_delays(plan: Plan, added: Mapping[int, int]) -> Plan:
    """A plan in which these tasks are delayed by so many minutes of the clock."""
    rows = [replace(row, delay_minutes=added[row.id]) if row.id in added else row for row in plan.activities]
    return replace(plan, activities=tuple(rows))
