"""Serial schedule generation: one row after the other, each where all that it needs is free first.

Kelley (1963); the rules by which rows are ordered are those of Kolisch (1996), the noise is that of a biased random
sampling, and what is found is pushed together from both ends. It answers at once, and turns what a solver found into
dates that hold on every day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heapify, heappop, heappush
from random import Random

from kernel.worktime import DAY

from .problem import FF, FS, NEVER, SF, Job, Pace, Problem
from .turned import turned

EFFORT = 12_000
"""About how many rows all passes together may place."""
PASSES = 60
"""The most passes that are tried."""
SLACK = 0.004
"""The share of a full day by which a day may be over: what rounding makes of an even spread."""


@dataclass(frozen=True)
class Answer:
    """Where each row begins and ends; `excess` are minutes that were asked for and not there, `short` whose."""

    problem: Problem
    starts: tuple[int, ...]
    finishes: tuple[int, ...]
    excess: float = 0.0
    short: tuple[int, ...] = ()

    @cached_property
    def ends(self) -> dict[int, int]:
        """When each project ends."""
        found: dict[int, int] = {}
        for place, job in enumerate(self.problem.jobs):
            found[job.project] = max(found.get(job.project, 0), self.finishes[place])
        return found

    @cached_property
    def cost(self) -> tuple[int, int, int]:
        """What is less is better: what was not there, when the projects end, how far rows moved by their priority."""
        moved = sum(job.priority * abs(self.starts[place] - job.now) for place, job in enumerate(self.problem.jobs))
        return round(self.excess), sum(self.ends.values()), moved

    @cached_property
    def room(self) -> Room:
        """What says why its rows do not stand where their links alone would put them."""
        return Room(self)


def level(problem: Problem, seed: int = 1, effort: int = EFFORT) -> Answer:
    """The best of several passes: one for each rule, then the best rule with noise, each pushed together as long as the
    plan might end earlier. The same seed, the same answer.
    """
    answers = [place_all(problem, rule(problem)) for rule in _RULES]
    best = min(answers, key=_cost)
    if not any(job.free for job in problem.jobs):
        return best
    bound = without_people(problem).ends
    keys, random = _RULES[answers.index(best)](problem), Random(seed)  # noqa: S311  # chance, not a secret
    spread, best = max(keys) - min(keys), min(best, pushed(best), key=_cost)
    left = min(PASSES, effort // max(len(problem.jobs), 1)) - len(_RULES) - 2
    while left > 0:
        noisy = place_all(problem, [key + random.random() * spread / 8 for key in keys])
        best, left = min(best, noisy, key=_cost), left - 1
        if best.excess or best.ends != bound:
            best, left = min(best, pushed(noisy), key=_cost), left - 2
    return best


def pushed(answer: Answer) -> Answer:
    """An answer pushed together: all rows as late as its end allows, then all as early as they can be, in that order.

    Forward-backward improvement, of Tormos and Lova (2001).
    """
    problem, ends = answer.problem, answer.ends
    there = turned(problem, {job.id: ends[job.project] for job in problem.jobs})
    places = {job.id: place for place, job in enumerate(problem.jobs)}
    late = place_all(there, [-float(answer.finishes[places[job.id]]) for job in there.jobs])
    begins = {job.id: -float(finish) for job, finish in zip(there.jobs, late.finishes, strict=True)}
    return place_all(problem, [begins.get(job.id, 0.0) for job in problem.jobs])


def without_people(problem: Problem) -> Answer:
    """The rows where links and dates alone put them: no answer ends before that."""
    jobs = tuple(replace(job, uses=()) for job in problem.jobs)
    return place_all(replace(problem, jobs=jobs, pools=()), [float(job.now) for job in jobs])


def place_all(problem: Problem, keys: Sequence[float], floors: Sequence[int] | None = None) -> Answer:
    """One pass: of the rows whose sources are placed always the one of highest priority, then of least key.

    ``floors`` are starts that are not gone below, as those that a solver found.
    """
    table = _Table(problem, floors)
    waiting = [len(job.sources) for job in problem.jobs]
    ready = [(-problem.ranks[place], keys[place], place) for place, count in enumerate(waiting) if not count]
    heapify(ready)
    while ready:
        place = heappop(ready)[2]
        table.put(place)
        for after in problem.followers[place]:
            waiting[after] -= 1
            if not waiting[after]:
                heappush(ready, (-problem.ranks[after], keys[after], after))
    return Answer(problem, tuple(table.starts), tuple(table.finishes), table.excess, tuple(table.short))


class _Table:
    """What is placed so far, and what everybody has left on each day."""

    def __init__(self, problem: Problem, floors: Sequence[int] | None) -> None:
        self.problem, self.lines, self.paces, self.floors = problem, problem.lines, problem.paces, floors
        self.opened = problem.opened
        self.starts, self.finishes = [0] * len(problem.jobs), [0] * len(problem.jobs)
        self.left = [
            [free + full * SLACK for free, full in zip(pool.free, pool.full, strict=True)] for pool in problem.pools
        ]
        self.excess, self.short = 0.0, list[int]()

    def put(self, place: int) -> None:
        """Find a row's place and take what it needs."""
        job = self.problem.jobs[place]
        if job.members:
            self.starts[place] = min(self.starts[each] for each in job.members)
            self.finishes[place] = max(self.finishes[each] for each in job.members)
            return
        if job.fixed:
            start, finish = job.now, job.now_end
        elif not job.takes_time:
            start = finish = self._stand(job, place)
        else:
            start, finish = self._search(job, place)
        self.starts[place], self.finishes[place] = start, finish
        if not job.fixed and job.uses:
            self.take(job, place, start, finish)

    def _bound(self, job: Job, place: int) -> int:
        """The start that dates and links ask for."""
        pace, gauge, home = self.paces[place], self.lines[job.gauge], self.lines[job.home]
        begin = job.floor
        if self.floors is not None and job.free:
            begin = max(begin, self.floors[place])
        if job.finish_floor:
            begin = max(begin, self._back(job, pace, job.finish_floor))
        for source, kind, lag, elapsed, whole in job.ties:
            moment = self.finishes[source] if kind in (FS, FF) else self.starts[source]
            if whole:
                moment = home.lagged(moment, lag, elapsed=elapsed)
            if kind in (FF, SF):
                moment = self._back(job, pace, moment)
            begin = max(begin, moment if whole else gauge.lagged(moment, lag, elapsed=elapsed))
        return begin

    def _back(self, job: Job, pace: Pace, moment: int) -> int:
        return pace.back(moment) if job.takes_time else moment

    def _stand(self, job: Job, place: int) -> int:
        line, moment = self.lines[job.axis], min(self._bound(job, place), job.ceiling, job.finish_ceiling)
        index = line.place[moment]
        return moment if line.ends[index] == moment else line.starts[index]

    def earliest(self, job: Job, place: int) -> tuple[int, int]:
        """Where links and dates alone put a row."""
        pace = self.paces[place]
        start = pace.next(self._bound(job, place))
        if job.ceiling < NEVER:
            start = pace.next(min(start, job.ceiling))
        if job.finish_ceiling < NEVER:
            start = pace.next(min(start, pace.back(job.finish_ceiling)))
        return start, pace.after(start)

    def _search(self, job: Job, place: int) -> tuple[int, int]:
        pace, since = self.paces[place], self.problem.since
        start, finish = best = self.earliest(job, place)
        limit, horizon = max(start, self._limit(job, pace)), (self.problem.last + 1) * DAY
        least, hour = float(NEVER), start % DAY
        while job.free and start <= limit and finish <= horizon:
            over, day = self._over(job, start, finish)
            if over and start % DAY < hour:
                start, finish, over = self._at_hour(job, pace, (start, finish, over), hour)
            if over < least - 1 and start <= limit:
                best, least = (start, finish), over
            if not day or day >= self.problem.last or least <= 0:
                break
            start = pace.next(since if start < since else (day + 1) * DAY)
            finish = pace.after(start)
        return best

    def _at_hour(self, job: Job, pace: Pace, found: tuple[int, int, float], hour: int) -> tuple[int, int, float]:
        """The same day at the hour at which the row would begin otherwise, if that asks for less: work of half a day
        more lies on one day more.
        """
        start = pace.next(found[0] // DAY * DAY + hour)
        finish = pace.after(start)
        over = self._over(job, start, finish)[0]
        return (start, finish, over) if over < found[2] else found

    def _limit(self, job: Job, pace: Pace) -> int:
        limit = min(job.latest, job.ceiling)
        return limit if job.finish_ceiling >= NEVER else min(limit, pace.back(job.finish_ceiling))

    def needs(self, job: Job, start: int, finish: int) -> Iterable[tuple[int, list[int], float]]:
        """For each who works on it, the days and the minutes on each of them."""
        since = self.problem.since
        for pool, minutes, axis in job.uses:
            if finish <= since:
                line = self.lines[axis]
                start, finish = since, line.ends[line.place[since] + job.minutes]
            begin, opened = max(start, since), self.opened[pool, axis]
            days = opened[bisect_left(opened, begin // DAY) : bisect_left(opened, -(-finish // DAY))]
            days = days or self.lines[axis].days(begin, finish) or [begin // DAY]
            yield pool, days, minutes / len(days)

    def _over(self, job: Job, start: int, finish: int) -> tuple[float, int]:
        """Minutes that are not there, and the last day on which they are not."""
        total, last, first, end = 0.0, 0, self.problem.first, self.problem.last
        for pool, days, minutes in self.needs(job, start, finish):
            left = self.left[pool]
            lacking = [day for day in days if first <= day <= end and left[day - first] < minutes]
            if lacking:
                total += sum([minutes - left[day - first] for day in lacking])
                last = max(last, lacking[-1])
        return total, last

    def take(self, job: Job, place: int, start: int, finish: int) -> None:
        """Take off what a row asks for on its days."""
        first, end, lacking = self.problem.first, self.problem.last, 0.0
        for pool, days, minutes in self.needs(job, start, finish):
            left = self.left[pool]
            for day in days:
                if first <= day <= end:
                    lacking += max(0.0, minutes - max(0.0, left[day - first]))
                    left[day - first] -= minutes
        if lacking > 0:
            self.excess += lacking
            self.short.append(place)


class Room:
    """A finished answer, asked why a row does not stand where its links alone would put it."""

    def __init__(self, answer: Answer) -> None:
        """Take all rows in again, in the order in which they were placed."""
        self.answer, self.problem = answer, answer.problem
        self.table, self.taken = _Table(self.problem, None), dict[tuple[int, int], list[tuple[int, float]]]()
        self.table.starts, self.table.finishes = list(answer.starts), list(answer.finishes)
        for place, job in enumerate(self.problem.jobs):
            if job.uses and not job.fixed:
                self.table.take(job, place, answer.starts[place], answer.finishes[place])
                for day, minutes in self._days(job, answer.starts[place], answer.finishes[place]).items():
                    self.taken.setdefault(day, []).append((place, minutes))

    def lacking(self, place: int) -> tuple[int, int, int, list[int]] | None:
        """Of the earlier place: who, the first day without room, the load in percent, the rows that fill it."""
        job = self.problem.jobs[place]
        start, finish = self.table.earliest(job, place)
        mine = self._days(job, self.answer.starts[place], self.answer.finishes[place])
        there = self._days(job, start, finish)
        over: list[tuple[int, int]] = []
        for (pool, day), minutes in there.items():
            left = self.table.left[pool][day - self.problem.first] + mine.get((pool, day), 0.0)
            if minutes > left:
                over.append((day, pool))
        if not over:
            return None
        day, pool = min(over)
        full = self.problem.pools[pool].full[day - self.problem.first] or 1.0
        free = self.problem.pools[pool].free[day - self.problem.first]
        others = [(each, minutes) for each, minutes in self.taken.get((pool, day), ()) if each != place]
        asked = full - free + there[pool, day] + sum(minutes for _each, minutes in others)
        others.sort(key=lambda each: (-each[1], each[0]))
        return pool, day, round(asked * 100 / full), [each for each, _minutes in others]

    def _days(self, job: Job, start: int, finish: int) -> dict[tuple[int, int], float]:
        first, last = self.problem.first, self.problem.last
        return {
            (pool, day): minutes
            for pool, days, minutes in self.table.needs(job, start, finish)
            for day in days
            if first <= day <= last
        }


def tails(problem: Problem) -> list[int]:
    """Working minutes on the longest way from the start of each row to the end of the plan, by its links alone."""
    found = [job.minutes for job in problem.jobs]
    for place in reversed(range(len(found))):
        after = [found[each] for each in problem.followers[place]]
        found[place] += max(after, default=0)
    return found


def _by_tail(problem: Problem) -> list[float]:
    return [-float(tail) for tail in tails(problem)]


def _by_now(problem: Problem) -> list[float]:
    return [float(job.now) for job in problem.jobs]


def _by_work(problem: Problem) -> list[float]:
    """The longest way, counted by work as well: what many wait for, and what asks for much, comes first."""
    asked = [sum(use.minutes for use in job.uses) for job in problem.jobs]
    mean = sum(asked) / max(len(asked), 1) or 1.0
    return [-tail * (1 + work / mean / 4) for tail, work in zip(tails(problem), asked, strict=True)]


_RULES: tuple[Callable[[Problem], list[float]], ...] = (_by_tail, _by_now, _by_work)


def _cost(answer: Answer) -> tuple[int, int, int]:
    return answer.cost
