"""What chance decides, drawn once: how long each task takes in each run, and which risks strike in which.

Each estimate is cut into as many equally likely values as there are runs, and each run takes another one (Latin
hypercube, McKay, Beckman and Conover 1979): two seeds differ less than with independent draws. Every task and risk has
a stream of its own, so that one that comes or goes changes nothing in the others: what a change buys is compared in
the same runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from roadmap.forecast.rules.model import DAY_MINUTES, Model, Threat
from roadmap.forecast.rules.shapes import midpoints, spread
from roadmap.schedule.rules import Activity, Plan

Minutes = NDArray[np.int64]
_TASK, _RANGE, _STRIKE, _COST = range(4)


@dataclass(frozen=True, slots=True)
class Draws:
    """``minutes`` by task with an estimate, ``strikes`` by threat: the minutes that it costs in each run, 0 in most.

    ``costs`` are cents by threat, ``hits`` the tasks that each threat really hits.
    """

    runs: int
    minutes: dict[int, Minutes]
    strikes: dict[int, Minutes]
    costs: dict[int, Minutes]
    hits: dict[int, tuple[int, ...]]

    def without(self, threat: int) -> Draws:
        """The same runs in which one threat never strikes."""
        strikes = {each: minutes for each, minutes in self.strikes.items() if each != threat}
        return replace(self, strikes=strikes)

    def with_minutes(self, minutes: Mapping[int, Minutes]) -> Draws:
        """The same runs in which some tasks take other times."""
        return replace(self, minutes={**self.minutes, **minutes})

    def extra(self) -> dict[int, Minutes]:
        """The minutes by which risks make tasks longer."""
        found: dict[int, Minutes] = {}
        for threat, minutes in self.strikes.items():
            for task in self.hits[threat]:
                found[task] = found[task] + minutes if task in found else minutes
        return found


def draw(model: Model, runs: int, seed: int) -> Draws:
    """Decide everything that chance decides."""
    rows = {row.id: row for row in model.plan.activities}
    open_ones = {each for each, row in rows.items() if not row.finished and row.active}
    minutes = {
        task: spread(estimate, runs)[_order(seed, _TASK, model.twins.get(task, task), runs)]
        for task, estimate in sorted(model.estimates.items())
        if task in open_ones
    }
    hits = {threat.id: hit_by(model.plan, threat) for threat in model.threats}
    struck = [threat for threat in model.threats if hits[threat.id] and threat.days_high > 0]
    strikes = {threat.id: _strike(threat, seed, runs) for threat in struck}
    costs = {threat.id: _cost(threat, seed, runs) for threat in model.threats if threat.cost_high > 0}
    return Draws(runs, minutes, strikes, costs, hits)


def hit_by(plan: Plan, threat: Threat) -> tuple[int, ...]:
    """The tasks and milestones that a threat makes longer: those that it names and, in a summary, its last ones.

    What is done or switched off can't be hit.
    """
    rows = {row.id: row for row in plan.activities}
    parents = {row.parent for row in plan.activities if row.parent is not None}
    found: set[int] = set()
    for task in threat.tasks:
        if task in parents:
            found |= _ends_below(plan, rows, parents, task)
        elif task in rows:
            found.add(task)
    return tuple(sorted(each for each in found if not rows[each].finished and rows[each].active))


def _ends_below(plan: Plan, rows: dict[int, Activity], parents: set[int], summary: int) -> set[int]:
    inside = {each for each in rows if _is_below(rows, each, summary)}
    waited_for = {link.predecessor for link in plan.links if link.successor in inside}
    leaves = inside - parents
    return {each for each in leaves if not ({each, *_line(rows, each)} & waited_for)}


def _is_below(rows: dict[int, Activity], task: int, summary: int) -> bool:
    return summary in _line(rows, task)


def _line(rows: dict[int, Activity], task: int) -> Iterable[int]:
    line: list[int] = []
    parent = rows[task].parent
    while parent is not None and parent not in line:
        line.append(parent)
        parent = rows[parent].parent
    return line


def _strike(threat: Threat, seed: int, runs: int) -> Minutes:
    low, high = threat.days_low * DAY_MINUTES, threat.days_high * DAY_MINUTES
    minutes = np.rint(low + (high - low) * midpoints(runs)).astype(np.int64)[_order(seed, _RANGE, threat.id, runs)]
    return np.where(_strikes(threat, seed, runs), minutes, 0)


def _cost(threat: Threat, seed: int, runs: int) -> Minutes:
    cents = np.rint(threat.cost_low + (threat.cost_high - threat.cost_low) * midpoints(runs)).astype(np.int64)
    return np.where(_strikes(threat, seed, runs), cents[_order(seed, _COST, threat.id, runs)], 0)


def _strikes(threat: Threat, seed: int, runs: int) -> NDArray[np.bool_]:
    """In which runs it strikes: in exactly its share of them, to the nearest run."""
    struck: NDArray[np.bool_] = _order(seed, _STRIKE, threat.id, runs) < round(threat.chance * runs)
    return struck


def _order(seed: int, kind: int, number: int, runs: int) -> NDArray[np.int64]:
    """Which of the values each run takes: an order of its own for each task and risk."""
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, kind, number])))
    return stream.permutation(runs)
