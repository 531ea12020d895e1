"""What everybody has left for tasks that move: their capacity on each day less all that stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from kernel.worktime import Calendar
from roadmap.resources.rules.load import Book, DayLoad, Demand, Kind

from .problem import Pool

Loads = Iterable[tuple[str, Sequence[DayLoad]]]
"""Who, and their days: the load as `roadmap.resources` counts it."""


class Asking(NamedTuple):
    """Who works on a task, by place among the pools, for how long, and in which calendar if not in the project's."""

    pool: int
    minutes: float
    calendar: Calendar | None = None


def pools_of(
    loads: Loads, moving: Collection[int], projects: Collection[int]
) -> tuple[list[Pool], dict[int, list[Asking]]]:
    """Who works on tasks that move, with what they have left, and the work of each such task by who does it.

    ``moving`` are tasks, ``projects`` those that are levelled: a share of a day that is allocated there is not taken
    off, since their tasks are what it is for.
    """
    pools: list[Pool] = []
    uses: dict[int, list[Asking]] = {}
    for key, days in loads:
        book = next((day.book for day in days if day.book), None)
        mine = [] if book is None else [each for each, _days, _minutes in book.entries if _moves(each, moving)]
        if book is None or not mine:
            continue
        for demand in mine:
            calendar = book.frame.calendars[demand.clock] if demand.clock else None
            uses.setdefault(demand.cause.number, []).append(Asking(len(pools), demand.minutes, calendar))
        pools.append(_pool(key, days, book, moving, projects))
    return pools, uses


def _pool(key: str, days: Sequence[DayLoad], book: Book, moving: Collection[int], projects: Collection[int]) -> Pool:
    def stays_not(demand: Demand) -> bool:
        return _moves(demand, moving) or (demand.allocated and demand.project_id in projects)

    taken, first = book.totals(stays_not), days[0].day.toordinal() - 1
    return Pool(
        key,
        [day.capacity - taken.get(place, 0.0) for place, day in enumerate(days)],
        [float(day.full) for day in days],
        frozenset(first + place for place, day in enumerate(days) if not day.capacity),
    )


def _moves(demand: Demand, moving: Collection[int]) -> bool:
    return demand.cause.kind is Kind.TASK and demand.cause.number in moving
