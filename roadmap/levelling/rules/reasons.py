"""Why a task moves, and why one that clashes can't."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from .problem import Problem
from .serial import Answer


class Why(NamedTuple):
    """Why a row moves: somebody is asked for too much ("load"), it follows another ("follows"), or what held it back
    is gone ("sooner"). `day` is a day's number, `percent` the load there would be, `others` the rows that keep it.
    """

    kind: str
    pool: str = ""
    day: int = 0
    percent: int = 0
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class Move:
    """A task that would begin at another time, and why; ``delay`` are the minutes that levelling adds, if any."""

    task_id: int
    project_id: int
    name: str
    start: datetime
    finish: datetime
    new_start: datetime
    new_finish: datetime
    delay: int
    why: Why

    @property
    def chosen(self) -> bool:
        """Whether it is moved itself, and does not only follow others."""
        return self.delay != 0 or self.why.kind == "sooner"


def why_moved(problem: Problem, answer: Answer, place: int, delay: int) -> Why:
    """The reason of a move: with a delay the first day that has no room, else the row that it follows."""
    job = problem.jobs[place]
    if not delay:
        later = answer.starts[place] > job.now
        return Why("follows", others=_followed(problem, answer, place)) if later else Why("sooner")
    lacking = answer.room.lacking(place)
    if lacking is None:
        return Why("follows", others=_followed(problem, answer, place))
    pool, day, percent, others = lacking
    return Why(
        "load", problem.pools[pool].key, problem.day(day), percent, tuple(problem.jobs[each].id for each in others)
    )


def _followed(problem: Problem, answer: Answer, place: int) -> tuple[int, ...]:
    """The row that ends last of those that it waits for and that moved themselves."""
    jobs = problem.jobs
    sources = [tie.source for tie in jobs[place].ties if answer.starts[tie.source] != jobs[tie.source].now]
    latest = max(sources, key=lambda each: (answer.finishes[each], -each), default=None)
    return () if latest is None else (jobs[latest].id,)
