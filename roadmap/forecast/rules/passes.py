"""All runs of a plan: in blocks that fit the processor's cache, or one by one where the plan asks for it.

The first run takes the plan's own durations without any risk. It has to have the scheduler's dates to the minute: where
it has not (a plan scheduled from its finish, a task as late as possible), every run goes through the scheduler itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kernel.worktime import minute_of
from roadmap.forecast.rules.early import forward
from roadmap.forecast.rules.late import critical
from roadmap.forecast.rules.lines import Lines, Part
from roadmap.forecast.rules.model import Model
from roadmap.forecast.rules.ruler import ClockRuler, Line, VectorRuler, lay_out_rulers, same
from roadmap.forecast.rules.sampling import Draws, Minutes
from roadmap.schedule.rules import Activity, Plan, Schedule, TaskType, schedule
from roadmap.schedule.rules.network import build, coded
from roadmap.schedule.rules.paper import lay_out

BLOCK = 2_500
PLAIN_RUNS = 300
"""How many runs there are where each goes through the scheduler by itself."""
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Clock minutes of the finish of each task asked for, a vector of runs each; the end of the plan stands at None.

    ``critical`` is the share of runs in which a task was critical; empty where nobody asked.
    """

    runs: int
    finish: Mapping[int | None, Minutes]
    critical: Mapping[int, float]


class Passes:
    """A model made ready to be run, as often as there are questions. Raises PlanBroken where the plan is."""

    def __init__(self, model: Model, draws: Draws) -> None:
        self.model, self.plan = model, model.plan
        self.usual = schedule(self.plan)
        self.network = build(self.plan)
        self.paper = lay_out(self.plan, self.network)
        self.rulers = self._lay_out_rulers(draws)
        self.place = {each: node for node, each in enumerate(self.network.ids)}
        self._lay_out_work()
        self.vectorised = self._agrees()

    def run(self, draws: Draws, wanted: Iterable[int], *, drivers: bool = False, told: Told | None = None) -> Outcome:
        """Every run of the draws; of a plan that can't be run as vectors only the first `PLAIN_RUNS`."""
        if not self.vectorised:
            return self._run_plainly(draws, list(wanted), drivers=drivers, told=told)
        nodes = {each: self.place[each] for each in wanted}
        extra = draws.extra()
        found: dict[int | None, list[Line]] = {each: [] for each in (None, *nodes)}
        flags = np.zeros(self.network.size)
        for first in range(0, draws.runs, BLOCK):
            last = min(first + BLOCK, draws.runs)
            lines = self._lines(_cut(draws.minutes, first, last), _cut(extra, first, last))
            found[None].append(np.broadcast_to(forward(lines), last - first))
            for each, node in nodes.items():
                found[each].append(np.broadcast_to(lines.finish[node], last - first))
            if drivers:
                goal = None if self.model.goal is None else self.place[self.model.goal]
                for node, line in enumerate(critical(lines, goal, found[None][-1])):
                    flags[node] += np.count_nonzero(np.broadcast_to(line, last - first))
            if told is not None:
                told(last)
        shares = {each: float(flags[node]) / draws.runs for each, node in self.place.items()} if drivers else {}
        return Outcome(draws.runs, {each: np.concatenate(parts) for each, parts in found.items()}, shares)

    def _lines(self, minutes: Mapping[int, Line], extra: Mapping[int, Line]) -> Lines:
        nodes = self.network.size + len(self.network.gates)
        usual: dict[int, Line] = {node: same(each) for node, each in enumerate(self.paper.minutes) if each}
        drawn = {self.place[each]: line for each, line in minutes.items()}
        return Lines(
            paper=self.paper,
            main=self.rulers[id(self.plan.calendar)],
            rulers=self.workers,
            gauges=self.gauges,
            teams=self.teams,
            percents=self.percents,
            minutes=usual | drawn,
            extra={self.place[each]: line for each, line in extra.items()},
            start=[same(0)] * nodes,
            finish=[same(0)] * nodes,
        )

    def _lay_out_work(self) -> None:
        """Who works on each task by which calendar, and by which its slack and the lags that lead to it count."""
        clock, rows = ClockRuler(), self.plan.activities
        by_name = {name: self.rulers[id(calendar)] for name, calendar in self.plan.calendars.items()}
        main = self.rulers[id(self.plan.calendar)]

        def ruler(name: str | None) -> VectorRuler:
            return main if name is None else by_name[name]

        self.workers = [clock if row.elapsed else ruler(row.calendar) for row in rows]
        self.gauges = [
            ruler(row.slack_calendar or row.calendar) if row.slack_calendar or row.elapsed else worker
            for row, worker in zip(rows, self.workers, strict=True)
        ]
        self.teams = {
            node: tuple(
                Part(
                    self.workers[node] if share.calendar is None else ruler(share.calendar),
                    share.minutes,
                    share.delay_minutes,
                    min(share.done_minutes, share.minutes),
                )
                for share in row.shares
            )
            for node, row in enumerate(rows)
            if row.shares
        }
        by_id = {row.id: row for row in rows}
        self.percents = {}
        for link in self.plan.links:
            if link.lag_percent:
                code, lag = coded(link, by_id[link.predecessor])
                source = self.place[link.predecessor]
                self.percents[source, self._target(link.successor), code, lag] = link.lag_percent

    def _target(self, task: int) -> int:
        """Where a link arrives: a summary is entered by its gate."""
        node = self.place[task]
        return self.network.gates.get(node, node)

    def _lay_out_rulers(self, draws: Draws) -> dict[int, VectorRuler]:
        """Long enough for the shortest and the longest run that there could be."""
        before = max((abs(link.lag_minutes) for link in self.plan.links), default=0)
        before += max((row.delay_minutes for row in self.plan.activities), default=0)
        before += max((share.delay_minutes for row in self.plan.activities for share in row.shares), default=0)
        longest = schedule(with_minutes(self.plan, _worst(self.plan, draws)))
        ends = [each for found in (self.usual, longest) for each in _span(found)]
        ends += [moment for row in self.plan.activities for moment in _dates(row)]
        ends += [minute_of(self.plan.start), *([minute_of(self.plan.status_date)] if self.plan.status_date else [])]
        return lay_out_rulers([self.plan.calendar, *self.plan.calendars.values()], min(ends), max(ends), before)

    def _agrees(self) -> bool:
        """Whether a run with the plan's own durations has the scheduler's dates."""
        lines = self._lines({}, {})
        end = forward(lines)
        return int(end) == minute_of(self.usual.finish) and all(
            (int(lines.start[node]), int(lines.finish[node])) == (minute_of(dates.start), minute_of(dates.finish))
            for each, node in self.place.items()
            for dates in (self.usual.dates[each],)
        )

    def _run_plainly(self, draws: Draws, wanted: Sequence[int], *, drivers: bool, told: Told | None) -> Outcome:
        runs = min(draws.runs, PLAIN_RUNS)
        found: dict[int | None, list[int]] = {each: [] for each in (None, *wanted)}
        flags = dict.fromkeys(self.place, 0)
        extra = draws.extra()
        for number in range(runs):
            each_run = plain_run(self.plan, draws.minutes, extra, number, self.model.goal)
            found[None].append(minute_of(each_run.finish))
            for each in wanted:
                found[each].append(minute_of(each_run.dates[each].finish))
            for each in flags if drivers else ():
                flags[each] += each_run.dates[each].critical
            if told is not None:
                told(number + 1)
        shares = {each: count / runs for each, count in flags.items()} if drivers else {}
        return Outcome(runs, {each: np.array(line, dtype=np.int64) for each, line in found.items()}, shares)


def plain_run(
    plan: Plan, minutes: Mapping[int, Minutes], extra: Mapping[int, Minutes], number: int, goal: int | None
) -> Schedule:
    """One run by the scheduler itself."""
    taken = {each: int(line[number]) for each, line in minutes.items()}
    for each, line in extra.items():
        taken[each] = taken.get(each, _minutes_of(plan, each)) + int(line[number])
    return schedule(replace(with_minutes(plan, taken), target=goal))


def with_minutes(plan: Plan, minutes: Mapping[int, int]) -> Plan:
    """The plan with other durations of some tasks; a milestone that is given one becomes a task."""
    rows = tuple(_taking(row, minutes[row.id]) if minutes.get(row.id) else row for row in plan.activities)
    return replace(plan, activities=rows)


def _taking(row: Activity, minutes: int) -> Activity:
    """A task that takes so long; who shares it does so in the same parts."""
    times = minutes / (row.duration_minutes or minutes)
    shares = tuple(replace(share, minutes=round(share.minutes * times)) for share in row.shares)
    return replace(row, duration_minutes=minutes, type=TaskType.TASK, shares=shares)


def _worst(plan: Plan, draws: Draws) -> dict[int, int]:
    extra = {each: int(line.max()) for each, line in draws.extra().items()}
    drawn = {each: int(line.max()) for each, line in draws.minutes.items()}
    return {
        row.id: max(drawn.get(row.id, 0), row.duration_minutes) + extra.get(row.id, 0)
        for row in plan.activities
        if row.id in drawn or row.id in extra
    }


def _minutes_of(plan: Plan, task: int) -> int:
    return next(row.duration_minutes for row in plan.activities if row.id == task)


def _span(found: Schedule) -> tuple[int, int]:
    """The first start and the last finish, of switched-off tasks too."""
    ends = found.dates.values()
    first = min((minute_of(dates.start) for dates in ends), default=minute_of(found.start))
    return first, max((minute_of(dates.finish) for dates in ends), default=minute_of(found.finish))


def _dates(row: Activity) -> Iterable[int]:
    moments = (
        row.actual_start,
        row.actual_finish,
        row.constraint_date,
        row.manual_start,
        row.manual_finish,
        row.resume,
    )
    return (minute_of(moment) for moment in moments if moment is not None)


def _cut(lines: Mapping[int, Minutes], first: int, last: int) -> dict[int, Line]:
    return {each: line[first:last] for each, line in lines.items()}
