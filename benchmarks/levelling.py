"""How long the first answer of levelling takes, and how far the solver's is from what it proves: random plans of ours.

Run: python -m benchmarks.levelling
"""

import random
from datetime import datetime

from benchmarks.harness import Figure, measure, run
from kernel.worktime import DAY, minute_of, standard
from roadmap.levelling.rules.problem import Job, Pool, Problem, Tie, Use
from roadmap.levelling.rules.serial import level
from roadmap.levelling.service import improve

FIRST_ANSWER_MS = {150: 500, 1_000: 3_000}
SECONDS, SEARCHED, EACH = 5, (30, 60, 120), 3
_START = minute_of(datetime(2026, 1, 5, 8))
_FULL, _PEOPLE, _WEEK, _WORKED = 480.0, 4, 7, 5


def random_problem(size: int, seed: int) -> Problem:
    """Tasks of one to ten days, each after up to three before it, each of one or two of four teams of ten people."""
    chance, axis = random.Random(seed), standard().axis  # noqa: S311  # the same plan every time is the point
    jobs: list[Job] = []
    for number in range(size):
        sources = chance.sample(range(max(0, number - 12), number), min(number, chance.choice((1, 1, 2, 3))))
        days, floor = chance.randint(1, 10), max((jobs[each].now_end for each in sources), default=_START)
        place = axis.index(floor)
        teams = chance.sample(range(_PEOPLE), chance.choice((1, 1, 2)))
        uses = tuple(Use(team, _FULL * days * chance.randint(1, 7)) for team in teams)
        jobs.append(
            Job(
                number,
                480 * days,
                axis.start_of(place),
                axis.end_of(place + 480 * days),
                _START,
                ties=tuple(Tie(each) for each in sources),
                uses=uses,
            )
        )
    first, count = _START // DAY, 60 + 3 * sum(job.minutes for job in jobs) // 480
    capacity = [10 * _FULL if (first + number) % _WEEK < _WORKED else 0.0 for number in range(count)]
    pools = tuple(Pool(str(team), capacity, [10 * _FULL] * count) for team in range(_PEOPLE))
    return Problem(tuple(jobs), pools, (standard(),), first, first + count - 1)


def main() -> list[Figure]:
    """The first answer by size in processor time, then the distance to what is proved, by size, and its best case."""
    return [_first(size, target) for size, target in FIRST_ANSWER_MS.items()] + [_distance(size) for size in SEARCHED]


def _first(size: int, target: float) -> Figure:
    problem = random_problem(size, size)
    return measure(
        f"first answer, {size:,} tasks", lambda: level(problem), runs=3, target=target, clock="processor", warm_up=0
    )


def _distance(size: int) -> Figure:
    """In percent of working days, the mean of some plans; 0 where the solver proves that none ends earlier."""
    gaps = [_gap(random_problem(size, seed)) for seed in range(EACH)]
    return Figure(f"from proved, {size} tasks, {SECONDS} s", 100 * sum(gaps) / EACH, "%", None)


def _gap(problem: Problem) -> float:
    found = improve(problem, level(problem), SECONDS)
    axis = standard().axis
    begin, end = axis.index(_START), axis.index(max(found.answer.finishes))
    if found.proved or found.bound is None:
        return 0.0 if found.proved else 1.0
    return (end - begin) / (axis.index(found.bound) - begin) - 1


if __name__ == "__main__":
    run(main)
