"""What is derived from a plan for each of its rows: place, dates, slack, progress. A function of the plan alone."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from kernel.errors import RuleBroken
from kernel.worktime import NoWorkingTime
from roadmap.schedule.rules import CycleFound, Plan, PlanBroken, Schedule, schedule
from roadmap.tasks.rules.tree import Node, Place, places


class Figures(NamedTuple):
    """The derived row of a task, as it is stored. Minutes are working time."""

    phase_id: int | None
    row: int
    level: int
    wbs: str
    start: datetime
    finish: datetime
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_slack_minutes: int
    free_slack_minutes: int
    critical: bool
    percent: float
    duration_minutes: int
    stop: datetime | None = None
    resume: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A plan with its dates and nothing that belongs to a session, so that it can be kept between requests.

    ``figures`` are those that are stored.
    """

    plan: Plan
    nodes: tuple[Node, ...]
    names: Mapping[int, str]
    schedule: Schedule
    figures: Mapping[int, Figures]


def derive(
    plan: Plan, nodes: Iterable[Node], names: Mapping[int, str], schedule: Schedule | None = None
) -> dict[int, Figures]:
    """The figures of every row; a plan that is scheduled already is not again. Raises as `scheduled`."""
    nodes = list(nodes)
    where, dates = places(nodes), (schedule or scheduled(plan, nodes, names)).dates
    minutes = _durations(plan, {id: (each.start, each.finish) for id, each in dates.items()}, where)
    percents = _percents(plan, where)
    return {
        id: Figures(
            place.phase_id,
            place.row,
            place.level,
            place.wbs,
            dates[id].start,
            dates[id].finish,
            dates[id].early_start,
            dates[id].early_finish,
            dates[id].late_start,
            dates[id].late_finish,
            dates[id].total_slack_minutes,
            dates[id].free_slack_minutes,
            dates[id].critical,
            percents[id],
            minutes[id],
            dates[id].stop,
            dates[id].resume,
        )
        for id, place in where.items()
    }


def scheduled(plan: Plan, nodes: Iterable[Node], names: Mapping[int, str]) -> Schedule:
    """The schedule of a plan. Raises RuleBroken naming the tasks of a cycle by WBS and name."""
    try:
        return schedule(plan)
    except CycleFound as error:
        raise RuleBroken(
            "link.cycle",
            "These tasks would wait for each other: %(path)s. Leave out one of the links.",
            field="predecessors",
            path=_path(error.ids, places(nodes), names),
        ) from error
    except PlanBroken as error:
        raise RuleBroken(
            error.code,
            "%(problem)s It is about %(tasks)s.",
            problem=error.message,
            tasks=_path(error.ids, places(nodes), names),
        ) from error
    except NoWorkingTime as error:
        raise RuleBroken(
            "plan.no_working_time", "The calendar has too little working time for this plan. Give it working days."
        ) from error


Differing = dict[tuple[str, ...], list[tuple[int, tuple[Any, ...]]]]
"""By the names of the figures that are others: the rows, each with those figures."""


def differing(stored: Mapping[int, Figures], computed: Mapping[int, Figures], touched: Container[int]) -> Differing:
    """Rows of which a figure is another than is stored, and those that were touched, where there may be none."""
    found: Differing = {}
    for id, new in computed.items():
        old = stored.get(id)
        if old is None or (old == new and id not in touched):
            continue
        names = tuple([name for name, was, now in zip(Figures._fields, old, new, strict=True) if was != now])
        found.setdefault(names, []).append((id, tuple([getattr(new, name) for name in names])))
    return found


def moved(stored: Mapping[int, Figures], computed: Mapping[int, Figures]) -> bool:
    """Whether any row starts or finishes elsewhere."""
    return any(
        (stored[id].start, stored[id].finish) != (figures.start, figures.finish) for id, figures in computed.items()
    )


def slipped(
    milestones: Iterable[int], stored: Mapping[int, Figures], computed: Mapping[int, Figures]
) -> list[tuple[int, date, date]]:
    """The milestones that move to a later day, with both days; new ones have moved from nowhere."""
    pairs = [(id, stored[id].finish.date(), computed[id].finish.date()) for id in milestones if id in stored]
    return [(id, was, day) for id, was, day in pairs if day > was]


def _path(ids: list[int], where: Mapping[int, Place], names: Mapping[int, str]) -> str:
    return " → ".join(f"{where[id].wbs} {names[id]}" if id in where else str(id) for id in [*ids, *ids[:1]])


def _durations(
    plan: Plan, spans: Mapping[int, tuple[datetime, datetime]], where: Mapping[int, Place]
) -> dict[int, int]:
    """The length of a summary is the working time that its children span; others have their own."""
    parents = {row.parent for row in plan.activities}
    return {
        row.id: plan.calendar.between(*spans[row.id]) if row.id in parents else row.duration_minutes
        for row in plan.activities
        if row.id in where
    }


def _percents(plan: Plan, where: Mapping[int, Place]) -> dict[int, float]:
    """Own progress; a summary's is that of the tasks below it, weighted by their length.

    Milestones weigh nothing beside tasks; where there are only milestones, each counts alike.
    """
    rows = {row.id: row for row in plan.activities}
    parents = {row.parent for row in plan.activities}
    sums: dict[int, list[float]] = {}
    found: dict[int, float] = {}
    for id in reversed(list(where)):
        row = rows[id]
        if id in parents:
            weighted, weight, plain, count = sums[id]
            found[id] = weighted / weight if weight else plain / count
            part = sums[id]
        else:
            found[id] = float(row.percent_complete)
            part = [row.duration_minutes * found[id], row.duration_minutes, found[id], 1]
        if row.parent is not None:
            above = sums.setdefault(row.parent, [0.0, 0.0, 0.0, 0.0])
            sums[row.parent] = [a + b for a, b in zip(above, part, strict=True)]
    return {id: round(percent, 4) for id, percent in found.items()}
