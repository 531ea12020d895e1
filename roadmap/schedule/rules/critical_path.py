"""The critical path: early dates forwards, late dates backwards, slack between them.

Method: Kelley and Walker (1959) with the precedence links of Fondahl, in working time. Constraints, progress and lags
follow what MS Project does.
"""

from datetime import datetime

from kernel.worktime import NoWorkingTime, instant_of

from .checks import check
from .early import forward
from .late import backward, pulled_late
from .network import Network, build
from .paper import NEVER, Paper, Ruler, lay_out
from .plan import Dates, Plan, PlanBroken, Schedule
from .slack import free_slack


def schedule(plan: Plan) -> Schedule:
    """Dates, slack and criticality of every task. Raises `PlanBroken`, or `CycleFound`, which is one."""
    check(plan)
    network = build(plan)
    try:
        return _calculate(plan, network)
    except NoWorkingTime as beyond:
        text = (
            "The plan does not fit its calendars: a date or duration lies beyond their working time. Look for a slip."
        )
        raise PlanBroken("plan.beyond_calendar", text, []) from beyond


def _calculate(plan: Plan, network: Network) -> Schedule:
    paper = lay_out(plan, network)
    forward(paper, {})
    backward(paper)
    late_ones = pulled_late(paper)
    if late_ones:
        forward(paper, late_ones)
        backward(paper)
    leading = None if plan.target is None else _aim(paper, paper.network.ids.index(plan.target))
    _recount(paper)
    return _read(paper, _critical(paper, leading))


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


def _recount(paper: Paper) -> None:
    """Total slack of the tasks whose slack counts in another calendar than their work."""
    rulers: dict[str, Ruler] = {}
    for node, row in enumerate(paper.rows):
        if row.slack_calendar is None or row.finished or node in paper.network.children:
            continue
        name = row.slack_calendar
        place = rulers.setdefault(name, Ruler(paper.plan.calendars[name].axis)).place
        slack = place[paper.late_finish[node]] - place[paper.finish[node]]
        if not row.started:
            slack = min(slack, place[paper.late_start[node]] - place[paper.start[node]])
        paper.slack[node] = slack


def _critical(paper: Paper, leading: set[int] | None) -> list[bool]:
    threshold = paper.plan.critical_threshold_minutes
    critical = [slack <= threshold for slack in paper.slack]
    for node in paper.special:
        critical[node] = critical[node] and not paper.rows[node].finished
    if leading is not None:
        critical = [flag and node in leading for node, flag in enumerate(critical)]
    return critical


def _roll_up(paper: Paper, critical: list[bool]) -> None:
    for node in reversed(paper.summaries):
        family = paper.network.children[node]
        still_open = [child for child in family if not paper.rows[child].finished] or family
        paper.late_start[node] = min(paper.late_start[child] for child in family)
        paper.late_finish[node] = max(paper.late_finish[child] for child in family)
        paper.slack[node] = min(paper.slack[child] for child in still_open)
        critical[node] = any(critical[child] for child in family)


class _Instants(dict[int, datetime]):
    """Each instant is made once: many tasks share theirs."""

    def __missing__(self, minute: int) -> datetime:
        value = self[minute] = instant_of(minute)
        return value


def _read(paper: Paper, critical: list[bool]) -> Schedule:
    _roll_up(paper, critical)
    network, at, dates = paper.network, _Instants(), {}
    lines = zip(
        network.ids,
        paper.start,
        paper.finish,
        paper.late_start,
        paper.late_finish,
        paper.slack,
        free_slack(paper),
        critical,
        strict=False,  # gates have no dates of their own
    )
    for each, start, finish, late_start, late_finish, slack, free, flag in lines:
        begin, end = at[start], at[finish]
        dates[each] = Dates(begin, end, begin, end, at[late_start], at[late_finish], slack, free, flag)
    first = min(paper.start[: network.size], default=paper.origin)
    order = tuple(network.ids[node] for node in network.order if node < network.size)
    return Schedule(dates, at[first], at[paper.end], order)
