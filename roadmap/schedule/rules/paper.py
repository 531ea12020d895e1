"""The working paper of one calculation: a line for each task, filled by the early and the late pass.

Instants are clock minutes (see `kernel.worktime`); a *place* is an index on the working axis of the task's calendar.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kernel.worktime import Axis, minute_of

from .network import ELAPSED, SF, Network
from .plan import Activity, ConstraintType, Plan

NEVER = 1 << 60
_FINISH_CAPS = (ConstraintType.FNLT, ConstraintType.MFO)
_START_CAPS = (ConstraintType.SNLT, ConstraintType.MSO)


class Remembered(dict[int, int]):
    """Answers of a slow function, asked once each: the same few instants come up again and again in a plan."""

    __slots__ = ("answer",)

    def __init__(self, answer: Callable[[int], int]) -> None:
        self.answer = answer

    def __missing__(self, key: int) -> int:
        value = self[key] = self.answer(key)
        return value


class Ruler:
    """A working axis as three tables: the place of a clock minute, and where work at a place goes on or has ended."""

    __slots__ = ("ends", "place", "starts")

    def __init__(self, axis: Axis) -> None:
        self.place = Remembered(axis.index)
        self.starts = Remembered(axis.start_of)
        self.ends = Remembered(axis.end_of)

    def lagged(self, moment: int, code: int, lag: int) -> int:
        """A moment moved by a lag: working time, or every minute when elapsed."""
        if code <= SF:
            return moment
        if code >= ELAPSED:
            return moment + lag
        place = self.place[moment] + lag
        return self.ends[place] if lag > 0 else self.starts[place]


@dataclass(slots=True)
class Paper:
    """Lists are by node, gates after the tasks where they have a line at all."""

    plan: Plan
    network: Network
    main: Ruler
    rulers: list[Ruler]
    minutes: list[int]
    origin: int
    status: int | None
    floors: list[int]
    caps: dict[int, tuple[int, int]]
    gate_of: list[int]
    special: set[int]
    summaries: list[int]
    start: list[int]
    finish: list[int]
    from_place: list[int]
    to_place: list[int]
    late_start: list[int]
    late_finish: list[int]
    slack: list[int]
    end: int = 0

    @property
    def rows(self) -> tuple[Activity, ...]:
        """The tasks, by node."""
        return self.plan.activities


def lay_out(plan: Plan, network: Network) -> Paper:
    """An empty paper with everything that is known before the first pass."""
    nodes, tasks = network.size + len(network.gates), network.size
    main = Ruler(plan.calendar.axis)
    origin = main.starts[main.place[minute_of(plan.start)]]
    status = None if plan.status_date is None else minute_of(plan.status_date)
    summaries = _summaries_downwards(network)
    return Paper(
        plan=plan,
        network=network,
        main=main,
        rulers=_rulers(plan, main),
        minutes=[row.duration_minutes for row in plan.activities],
        origin=origin,
        status=status,
        floors=_floors(plan, network, summaries, origin if status is None else max(origin, status)),
        caps=_caps(plan),
        gate_of=_gate_of(network),
        special={node for node, row in enumerate(plan.activities) if _is_special(row)},
        summaries=summaries,
        start=[0] * nodes,
        finish=[0] * nodes,
        from_place=[0] * tasks,
        to_place=[0] * tasks,
        late_start=[0] * nodes,
        late_finish=[0] * nodes,
        slack=[0] * tasks,
    )


def _rulers(plan: Plan, main: Ruler) -> list[Ruler]:
    if not plan.calendars:
        return [main] * len(plan.activities)
    named = {name: Ruler(calendar.axis) for name, calendar in plan.calendars.items()}
    return [main if row.calendar is None else named[row.calendar] for row in plan.activities]


def _gate_of(network: Network) -> list[int]:
    gates = network.gates
    return [gates.get(parent, -1) for parent in network.parents] if gates else [-1] * network.size


def _summaries_downwards(network: Network) -> list[int]:
    children = network.children
    line = [node for node in children if network.parents[node] < 0]
    for node in line:
        line += [child for child in children[node] if child in children]
    return line


def _floors(plan: Plan, network: Network, summaries: list[int], base: int) -> list[int]:
    """The earliest start that dates alone demand: plan start, status date, constraints of summaries above."""
    floors = [base] * network.size
    for node in summaries:
        row, floor = plan.activities[node], floors[node]
        if row.constraint is ConstraintType.SNET and row.constraint_date:
            floor = max(floor, minute_of(row.constraint_date))
        for child in network.children[node]:
            floors[child] = floor
    return floors


def _caps(plan: Plan) -> dict[int, tuple[int, int]]:
    """Latest start and latest finish that constraints and deadlines demand, for the tasks that have any."""
    bound = (
        (node, row)
        for node, row in enumerate(plan.activities)
        if row.deadline is not None or row.constraint_date is not None
    )
    return {node: _cap(row) for node, row in bound}


def _cap(row: Activity) -> tuple[int, int]:
    date = NEVER if row.constraint_date is None else minute_of(row.constraint_date)
    deadline = NEVER if row.deadline is None else minute_of(row.deadline)
    start = date if row.constraint in _START_CAPS else NEVER
    return start, min(deadline, date) if row.constraint in _FINISH_CAPS else deadline


def _is_special(row: Activity) -> bool:
    return (
        row.constraint is not ConstraintType.ASAP
        or row.percent_complete > 0
        or row.actual_start is not None
        or row.actual_finish is not None
    )
