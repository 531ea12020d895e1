"""The critical path: early dates forwards, late dates backwards, slack between them.

Method: Kelley and Walker (1959) with the precedence links of Fondahl, in working time. Constraints, progress and lags
follow what MS Project does.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kernel.worktime import NoWorkingTime, instant_of, minute_of

from .checks import check
from .early import forward, measure
from .late import backward, measure_back, pulled_late
from .network import Network, build
from .paper import NEVER, Paper, lay_out
from .plan import ConstraintType, Dates, Plan, PlanBroken, Schedule
from .slack import free_slack


def schedule(plan: Plan) -> Schedule:
    """Dates, slack and criticality of every task. Raises `PlanBroken`, or `CycleFound`, which is one."""
    check(plan)
    network = build(plan)
    try:
        return _calculate(plan, network)
    except NoWorkingTime as beyond:
        raise _beyond() from beyond


def delays(plan: Plan, starts: Mapping[int, datetime]) -> dict[int, int]:
    """The delays in minutes of the clock with which tasks begin at the moments wanted, in one forward pass.

    A task that links and dates already put there or later gets 0. Delays of others stay as they are in the plan. In a
    plan that is laid back from its finish delays below zero ask tasks to be done sooner, and the plan to begin sooner.
    Raises `PlanBroken` as `schedule` does.
    """
    check(plan)
    network = build(plan)
    place = {each: node for node, each in enumerate(network.ids)}
    wanted = {place[each]: minute_of(moment) for each, moment in starts.items()}
    try:
        if plan.finish is None:
            found = measure(lay_out(plan, network), wanted, {})
        else:
            found = _delays_back(plan, network, wanted)
    except NoWorkingTime as beyond:
        raise _beyond() from beyond
    return {network.ids[node]: minutes for node, minutes in found.items()}


def _delays_back(plan: Plan, network: Network, wanted: dict[int, int]) -> dict[int, int]:
    """What stands as late as possible is done sooner; the rest is delayed from a start that is early enough for all.

    Of the rest the first is done sooner, too, where nothing else would make the plan begin with it.
    """
    late = {node: at for node, at in wanted.items() if plan.activities[node].constraint is ConstraintType.ALAP}
    rest = {node: at for node, at in wanted.items() if node not in late}
    found = _measured_back(plan, network, late)
    begun = _begun_late_enough(_with(plan, found), network)
    if rest and min(rest.values()) < minute_of(begun.start):
        first = min(rest, key=lambda node: (rest[node], node))
        found = _measured_back(plan, network, {**late, first: rest.pop(first)})
        begun = _begun_late_enough(_with(plan, found), network)
    paper = lay_out(begun, network)
    forward(paper, {})
    backward(paper)
    return {**found, **measure(paper, rest, pulled_late(paper))}


def _measured_back(plan: Plan, network: Network, wanted: dict[int, int]) -> dict[int, int]:
    paper = lay_out(plan, network)
    forward(paper, {})
    return measure_back(paper, wanted)


def _with(plan: Plan, added: Mapping[int, int]) -> Plan:
    rows = list(plan.activities)
    for node, minutes in added.items():
        rows[node] = replace(rows[node], delay_minutes=minutes)
    return replace(plan, activities=tuple(rows))


def _beyond() -> PlanBroken:
    text = "The plan does not fit its calendars: a date or duration lies beyond their working time. Look for a slip."
    return PlanBroken("plan.beyond_calendar", text, [])


def _calculate(plan: Plan, network: Network) -> Schedule:
    paper = lay_out(plan if plan.finish is None else _begun_late_enough(plan, network), network)
    forward(paper, {})
    backward(paper)
    late_ones = pulled_late(paper)
    if late_ones:
        forward(paper, late_ones)
        backward(paper)
    leading = None if plan.target is None else _aim(paper, paper.network.ids.index(plan.target))
    return _read(paper, _critical(paper, leading))


def _begun_late_enough(plan: Plan, network: Network) -> Plan:
    """A plan that is scheduled from its finish, with the latest start that still meets it."""
    paper = lay_out(plan, network)
    forward(paper, {})
    backward(paper)
    open_ones = [node for node in range(network.size) if not paper.rows[node].started and node not in paper.asleep]
    first = min((paper.late_start[node] for node in open_ones if node not in network.children), default=paper.origin)
    return replace(plan, start=instant_of(first))


def _aim(paper: Paper, target: int) -> set[int]:
    """Measure slack to one task; what does not lead there keeps its slack to the end of the plan."""
    lines = (paper.late_start, paper.late_finish, paper.slack)
    usual = [list(line) for line in lines]
    backward(paper, target)
    aside = {node for node in range(paper.network.size) if paper.late_start[node] == paper.late_finish[node] == NEVER}
    for node in aside:
        for line, before in zip(lines, usual, strict=True):
            line[node] = before[node]
    return set(range(paper.network.size)) - aside


def _critical(paper: Paper, leading: set[int] | None) -> list[bool]:
    threshold = paper.plan.critical_threshold_minutes
    critical = [slack <= threshold for slack in paper.slack]
    for node in paper.special:
        critical[node] = critical[node] and not paper.rows[node].finished and paper.rows[node].active
    if leading is not None:
        critical = [flag and node in leading for node, flag in enumerate(critical)]
    return critical


def _roll_up(paper: Paper, critical: list[bool]) -> None:
    for node in reversed(paper.summaries):
        family = paper.awake(paper.network.children[node])
        still_open = [child for child in family if not paper.rows[child].finished] or family
        paper.late_start[node] = min(paper.late_start[child] for child in family)
        paper.late_finish[node] = max(paper.late_finish[child] for child in family)
        paper.slack[node] = min(paper.slack[child] for child in still_open)
        critical[node] = any(critical[child] for child in family)


def _read(paper: Paper, critical: list[bool]) -> Schedule:
    _roll_up(paper, critical)
    network, lines = paper.network, (paper.start, paper.finish, paper.late_start, paper.late_finish)
    minutes = [line[: network.size] for line in lines]  # gates have no dates of their own
    at = {minute: instant_of(minute) for minute in set().union(*minutes)}  # each once: many tasks share theirs
    starts, finishes, late_starts, late_finishes = ([at[minute] for minute in line] for line in minutes)
    early, late, whole = (starts, finishes), (late_starts, late_finishes), [None] * network.size
    columns = (*early, *early, *late, paper.slack, free_slack(paper), critical, whole, whole)
    found = dict(zip(network.ids, map(Dates._make, zip(*columns, strict=True)), strict=True))
    for node, (stop, resume) in paper.pieces.items():
        each = network.ids[node]
        found[each] = found[each]._replace(stop=instant_of(stop), resume=instant_of(resume))
    first = min(minutes[0], default=paper.origin)
    order = tuple([network.ids[node] for node in network.order if node < network.size])
    return Schedule(found, instant_of(first), instant_of(paper.end), order)
