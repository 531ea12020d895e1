"""A plan that is laid back from its finish: its problem with time running the other way.

What ends latest comes first there, so that whatever delays tasks makes them be done sooner instead, and what is found
to end early begins late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kernel.worktime import DAY

from .problem import FF, FS, NEVER, SF, SS, Job, Pool, Problem, Tie

_TURNED = {FS: FS, SS: FF, FF: SS, SF: SF}
"""Which ends a link ties once both of its rows are turned around."""


def turned(problem: Problem, ends: Mapping[int, int]) -> Problem:
    """The problem turned around; ``ends`` are the latest finishes by row, which only get sooner.

    Summaries dissolve: what waits for the end of one waits for all that is below it. What is turned already is turned
    back.
    """
    at = (problem.first + problem.last + 1) * DAY
    kept = [place for place, job in enumerate(problem.jobs) if not job.members]
    places = {place: number for number, place in enumerate(reversed(kept))}
    ties: dict[int, list[Tie]] = {place: [] for place in kept}
    for place in kept:
        for tie in problem.jobs[place].ties:
            for source in _rows_of(problem, tie):
                ties[source].append(Tie(places[place], _TURNED[tie.kind], tie.lag, tie.elapsed))
    jobs = tuple(_job(problem.jobs[place], at, ends, ties[place]) for place in reversed(kept))
    pools = tuple(_pool(problem, each) for each in problem.pools)
    return replace(problem, jobs=jobs, pools=pools, since=0, mirror=at if problem.mirror is None else None)


def _rows_of(problem: Problem, tie: Tie) -> Iterator[int]:
    """The row that a link comes from; a summary's start has no counterpart, and the scheduler has the last word."""
    members = problem.jobs[tie.source].members
    if not members:
        yield tie.source
    elif tie.kind in (FS, FF):
        yield from members


def _job(job: Job, at: int, ends: Mapping[int, int], ties: list[Tie]) -> Job:
    return replace(
        job,
        now=at - job.now_end,
        now_end=at - job.now,
        floor=at - ends[job.id],
        finish_floor=0,
        latest=NEVER,
        ceiling=NEVER,
        finish_ceiling=NEVER,
        ties=tuple(ties),
    )


def _pool(problem: Problem, pool: Pool) -> Pool:
    away = frozenset(problem.first + problem.last - day for day in pool.away)
    return Pool(pool.key, pool.free[::-1], pool.full[::-1], away)
