"""The working paper of one calculation: a line for each task, filled by the early and the late pass.

Instants are clock minutes (see `kernel.worktime`); a *place* is an index on a working axis. Most tasks are plain: one
ruler says when they are worked on and how far they may slip. What is `special` takes the longer way of `work.py`.
"""

from dataclasses import dataclass

from kernel.worktime import minute_of

from .network import SHARE, Network
from .plan import Activity, ConstraintType, Plan, TaskType
from .rulers import Clock, Ruler
from .work import Team, team_of

NEVER = 1 << 60


@dataclass(slots=True)
class Paper:
    """Lists are by node, gates after the tasks where they have a line at all.

    `rulers` measure the work of a task, `gauges` its slack and the lags that lead to it: the task's calendar or the
    plan's, whoever works on it; slack of work around the clock is time of the clock, too (`scale`). `points` are tasks
    without duration, `stands` those that may stay where a day ends.
    """

    plan: Plan
    network: Network
    main: Ruler
    rulers: list[Ruler]
    gauges: list[Ruler]
    teams: dict[int, Team]
    minutes: list[int]
    origin: int
    status: int | None
    floors: list[int]
    gate_of: list[int]
    special: set[int]
    points: list[int]
    asleep: frozenset[int]
    summaries: list[int]
    start: list[int]
    finish: list[int]
    from_place: list[int]
    to_place: list[int]
    late_start: list[int]
    late_finish: list[int]
    slack: list[int]
    pieces: dict[int, tuple[int, int]]
    end: int = 0

    @property
    def rows(self) -> tuple[Activity, ...]:
        """The tasks, by node."""
        return self.plan.activities

    @property
    def horizon(self) -> int:
        """To when slack is measured: the finish that was given for the plan, else the one that came out."""
        return self.end if self.plan.finish is None else minute_of(self.plan.finish)

    def awake(self, nodes: list[int]) -> list[int]:
        """Those that are active; all of them where none is."""
        return [node for node in nodes if node not in self.asleep] or nodes if self.asleep else nodes

    def after(self, node: int, begin: int) -> int:
        """When a task ends that begins at a moment."""
        if node in self.teams:
            return self.teams[node].after(begin)
        return self.rulers[node].after(begin, self.minutes[node])

    def back(self, node: int, finish: int) -> int:
        """When a task has to begin to end at a moment."""
        if node in self.teams:
            return self.teams[node].before(finish)
        return self.rulers[node].before(finish, self.minutes[node])

    def lag_from(self, source: int, code: int, lag: int) -> int:
        """The minutes of a lag; one in percent of a summary is measured on what the summary spans."""
        if code < SHARE:
            return lag
        ruler = self.main
        span = ruler.place[self.finish[source]] - ruler.place[self.start[source]]
        return round(span * lag / 100)

    def done(self, node: int) -> int:
        """How many of the minutes of a task lie behind."""
        row, minutes = self.plan.activities[node], self.minutes[node]
        if row.done_minutes is not None:
            return min(row.done_minutes, minutes)
        return round(minutes * row.percent_complete / 100)

    def scale(self, node: int) -> Ruler:
        """Where slack counts: on the gauge, and on the clock for work that goes on around it."""
        return self.rulers[node] if self.plan.activities[node].elapsed else self.gauges[node]

    def gauge(self, node: int) -> Ruler:
        """Where lags to a node count; to a summary as a whole they count in the plan's calendar."""
        return self.gauges[node] if node < len(self.gauges) else self.main


def lay_out(plan: Plan, network: Network) -> Paper:
    """An empty paper with everything that is known before the first pass."""
    nodes, tasks = network.size + len(network.gates), network.size
    main = Ruler(plan.calendar.axis)
    named = {name: Ruler(calendar.axis) for name, calendar in plan.calendars.items()}
    rulers = _rulers(plan, main, named)
    rows = plan.activities
    origin = main.starts[main.place[minute_of(plan.start)]]
    status = None if plan.status_date is None else minute_of(plan.status_date)
    summaries = _summaries_downwards(network)
    return Paper(
        plan=plan,
        network=network,
        main=main,
        rulers=rulers,
        gauges=_gauges(plan, rulers, main, named),
        teams={node: team_of(row, rulers[node], named) for node, row in enumerate(rows) if row.shares},
        minutes=[row.duration_minutes for row in rows],
        origin=origin,
        status=status,
        floors=_floors(plan, network, summaries, origin if status is None else max(origin, status)),
        gate_of=_gate_of(network),
        special={node for node, row in enumerate(rows) if _is_special(row)},
        points=[node for node, row in enumerate(rows) if not row.duration_minutes],
        asleep=frozenset(node for node, row in enumerate(rows) if not row.active),
        summaries=summaries,
        start=[0] * nodes,
        finish=[0] * nodes,
        from_place=[0] * tasks,
        to_place=[0] * tasks,
        late_start=[0] * nodes,
        late_finish=[0] * nodes,
        slack=[0] * tasks,
        pieces={},
    )


def _rulers(plan: Plan, main: Ruler, named: dict[str, Ruler]) -> list[Ruler]:
    if not named and not any(row.elapsed for row in plan.activities):
        return [main] * len(plan.activities)
    rulers = [main if row.calendar is None else named[row.calendar] for row in plan.activities]
    clock = Ruler(Clock())
    for node, row in enumerate(plan.activities):
        if row.elapsed:
            rulers[node] = clock
    return rulers


def _gauges(plan: Plan, rulers: list[Ruler], main: Ruler, named: dict[str, Ruler]) -> list[Ruler]:
    gauges = list(rulers)
    for node, row in enumerate(plan.activities):
        if row.slack_calendar is not None or row.elapsed:
            name = row.slack_calendar or row.calendar
            gauges[node] = main if name is None else named[name]
    return gauges


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


def _is_special(row: Activity) -> bool:
    return (
        row.constraint is not ConstraintType.ASAP
        or row.percent_complete > 0
        or row.actual_start is not None
        or row.actual_finish is not None
        or row.deadline is not None
        or row.delay_minutes != 0
        or not row.active
        or row.elapsed
        or bool(row.shares)
        or row.slack_calendar is not None
        or row.manual_start is not None
        or (not row.duration_minutes and row.type is not TaskType.MILESTONE)
    )
