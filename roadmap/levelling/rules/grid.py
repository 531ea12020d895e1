"""The problem in steps of one length on one line of working time, as a solver of whole numbers wants it.

Calendars that differ from the line's are tables: for each step of the line, where a row would end. What the grid rounds
it rounds against itself, and what comes back is placed anew on the true calendars, so that no answer breaks them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from math import ceil, gcd
from typing import Any

from kernel.worktime import DAY

from .problem import NEVER, Job, Problem
from .serial import SLACK, Answer, tails

FINEST, MOST_STEPS = 15, 6_000
"""The shortest step in minutes, and how many a line may have."""
SCALE = 10
"""Parts of a percent in which use is counted."""


@dataclass
class Grid:
    """Whole numbers only, so that it can be sent to another process. `exact` says that its best is the plan's best."""

    size: int
    exact: bool
    jobs: list[dict[str, Any]] = field(default_factory=list)
    ties: list[tuple[int, int, int, int]] = field(default_factory=list)
    lagged: list[tuple[int, int, int, list[int]]] = field(default_factory=list)
    pools: list[dict[str, Any]] = field(default_factory=list)
    closed: dict[int, list[int]] = field(default_factory=dict)


class Steps:
    """The line: the most used calendar's working minutes from the earliest floor on, in steps of `unit` minutes."""

    def __init__(self, problem: Problem, answer: Answer) -> None:
        """Choose the line and its step, and lay it out to a bit after the end of a known answer."""
        self.problem = problem
        self.axis = Counter(job.axis for job in problem.jobs if not job.fixed and job.minutes).most_common(1)[0][0]
        self.line = problem.lines[self.axis]
        begin = min([job.floor for job in problem.jobs if not job.fixed] or [problem.first * DAY])
        self.origin = self.line.place[begin // DAY * DAY]
        length = self.line.place[max(answer.finishes)] - self.origin
        self.unit = self._unit(length)
        self.size = ceil(length / self.unit) + 1

    def _unit(self, length: int) -> int:
        """The greatest length that fits durations, days and lags, but never so short that there are too many."""
        jobs = self.problem.jobs
        lengths = {b - a for a, b in pairwise(self.line.nights)}
        lengths |= {job.minutes for job in jobs if not job.fixed and job.axis == self.axis}
        lengths |= {abs(tie.lag) for job in jobs for tie in job.ties if not tie.elapsed}
        lengths |= {
            self.line.place[moment] - self.origin
            for job in jobs
            for moment in (job.floor, job.finish_floor)
            if moment and not job.fixed
        }
        return max(reduce(gcd, lengths, 0) or DAY, FINEST, ceil(length / MOST_STEPS))

    def up(self, moment: int) -> int:
        """The first step that begins no earlier."""
        return max(0, ceil((self.line.place[moment] - self.origin) / self.unit))

    def down(self, moment: int) -> int:
        """The last step that begins no later."""
        return (self.line.place[moment] - self.origin) // self.unit

    def start(self, step: int) -> int:
        """When a step begins."""
        return self.line.starts[self.origin + step * self.unit]

    def end(self, step: int) -> int:
        """When the step before it ends."""
        return self.line.ends[self.origin + step * self.unit]


def lay_out(problem: Problem, answer: Answer) -> tuple[Grid, Steps]:
    """The grid of a problem, with a known answer as the first to be better than."""
    steps = Steps(problem, answer)
    grid = Grid(steps.size, exact=_is_exact(problem, steps))
    tail = tails(problem)
    for place, job in enumerate(problem.jobs):
        grid.jobs.append(_job(problem, steps, answer, place, tail[place]))
        for tie in job.ties:
            _tie(grid, steps, place, job, tie)
    _pools(grid, problem, steps)
    return grid, steps


def _is_exact(problem: Problem, steps: Steps) -> bool:
    """Whether every row lies on whole days of the one calendar, so that the grid and the days say the same."""
    lengths = {b - a for a, b in pairwise(steps.line.nights)} - {0}
    rows = [job for job in problem.jobs if not job.fixed and not job.members]
    whole = len(lengths) == 1 and all(job.minutes % max(lengths) == 0 for job in rows)
    alike = all(job.axis == job.gauge == steps.axis and not job.parts for job in rows)
    plain = not any(tie.elapsed for job in problem.jobs for tie in job.ties)
    alike &= all(job.floor >= problem.since and min(job.ceiling, job.finish_ceiling) >= NEVER for job in rows)
    alike &= all(use.axis == steps.axis for job in problem.jobs for use in job.uses)
    away = any(not pool.away.isdisjoint(steps.line.working) for pool in problem.pools)
    return whole and alike and plain and not away and steps.unit in lengths


def _job(problem: Problem, steps: Steps, answer: Answer, place: int, tail: int) -> dict[str, Any]:
    job = problem.jobs[place]
    row: dict[str, Any] = {
        "now": steps.up(job.now),
        "hint": steps.up(answer.starts[place]),
        "rank": problem.ranks[place],
        "weight": max(1, job.priority),
        "project": job.project,
        "tail": max(0, tail - job.minutes) // steps.unit,
    }
    if job.members:
        return row | {"members": list(job.members)}
    if job.fixed:
        return row | {"low": steps.down(job.now), "high": steps.down(job.now), "end": steps.up(job.now_end)}
    low, high = steps.up(max(job.floor, problem.since)), steps.size
    last = min(job.latest, job.ceiling)
    if job.finish_ceiling < NEVER:
        last = min(last, problem.paces[place].back(job.finish_ceiling))
    if last < NEVER:
        high = max(row["hint"], steps.down(last))
    if answer.starts[place] < problem.since:
        low = high = row["hint"]
    row |= {"low": low, "high": high, "size": ceil(job.minutes / steps.unit)}
    row["end_low"] = steps.up(job.finish_floor) if job.finish_floor else 0
    row["soft"] = last < NEVER
    row["uses"] = [[use.pool, _rate(job, use.minutes)] for use in job.uses] if job.minutes else []
    if job.parts or (job.axis != steps.axis and job.minutes):
        pace = problem.paces[place]
        row["ends"] = [steps.up(pace.after(pace.next(steps.start(step)))) for step in range(steps.size + 1)]
    return row


def _rate(job: Job, minutes: float) -> int:
    return ceil(minutes * 100 * SCALE / job.minutes - 0.01)


def _tie(grid: Grid, steps: Steps, place: int, job: Job, tie: Any) -> None:
    source, kind, lag, elapsed, whole = tie
    axis = job.home if whole else job.gauge
    home = steps.problem.lines[axis]
    if not lag or (not elapsed and axis == steps.axis):
        grid.ties.append((source, place, kind, ceil(lag / steps.unit)))
        return
    table = [
        min(steps.up(home.lagged(steps.end(step) if step else steps.start(0), lag, elapsed=elapsed)), steps.size)
        for step in range(steps.size + 1)
    ]
    grid.lagged.append((source, place, kind, table))


def _pools(grid: Grid, problem: Problem, steps: Steps) -> None:
    days = [steps.start(step) // DAY - problem.first for step in range(steps.size)]
    lengths = [max(1, b - a) for a, b in pairwise(steps.line.nights)]
    for number, pool in enumerate(problem.pools):
        free = [_share(pool.free, pool.full, day, lengths) for day in days]
        most = max(free, default=0)
        shut = [step for step, day in enumerate(days) if day + problem.first in pool.away]
        if shut:
            grid.closed[number] = _open_before(shut, steps.size)
        blocks = _blocks(free, most, set(shut))
        grid.pools.append({"most": most, "taken": blocks})


def _share(free: Sequence[float], full: Sequence[float], day: int, lengths: Sequence[int]) -> int:
    if not 0 <= day < len(free):
        return max(round(each * 100 * SCALE / DAY) for each in (*full, DAY)) if full else 100 * SCALE
    return max(0, int((free[day] + full[day] * SLACK) * 100 * SCALE / lengths[day]))


def _open_before(shut: Sequence[int], size: int) -> list[int]:
    """For each step how many before it are open."""
    return [step - bisect_left(shut, step) for step in range(size + 1)]


def _blocks(free: Sequence[int], most: int, shut: set[int]) -> list[tuple[int, int, int]]:
    """What is not there, as (step, how many, how much); closed steps are no part of somebody's line."""
    found: list[tuple[int, int, int]] = []
    for step, each in enumerate(free):
        if step in shut or each >= most:
            continue
        last = found[-1] if found else (0, 0, 0)
        if found and sum(last[:2]) == step and last[2] == most - each:
            found[-1] = (last[0], last[1] + 1, last[2])
        else:
            found.append((step, 1, most - each))
    return found


def moments(steps: Steps, starts: Sequence[int]) -> list[int]:
    """The starts that a solver found, as clock minutes that rows do not go below."""
    return [steps.start(max(step, 0)) for step in starts]
