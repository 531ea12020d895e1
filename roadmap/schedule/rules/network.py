"""The plan as a graph: in which order to compute, and who reaches whom.

A summary appears up to twice: as itself it *rolls up* and comes after its children; when something leads to it, its
*gate* comes before them and hands the bound down. A link to or from a summary so means all its children, and a child
that is linked with its own summary is a cycle like any other.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kernel.worktime import Axis

from .plan import Activity, CycleFound, Link, LinkType, Plan, TaskType

FS, SS, FF, SF = range(4)
LAGGED, ELAPSED, SHARE = 4, 8, 16
_CODES = {LinkType.FS: FS, LinkType.SS: SS, LinkType.FF: FF, LinkType.SF: SF}

Edge = tuple[int, int, int]
"""The other node, the code of the link (+4 with a lag, +8 with an elapsed one), the lag (+16: percent of a summary)."""


def lagged(axis: Axis, moment: int, lag: int, *, elapsed: bool) -> int:
    """A clock minute moved by a lag: by working time, or every minute when elapsed.

    Forwards it stops at the end of a period, backwards at the start of one.
    """
    if elapsed or not lag:
        return moment + lag
    index = axis.index(moment) + lag
    return axis.end_of(index) if lag > 0 else axis.start_of(index)


class Neighbours(NamedTuple):
    """Those of node n are `nodes[first[n] : first[n + 1]]`: one list, for the collector's sake, and not one a node."""

    first: list[int]
    nodes: list[int]


@dataclass(slots=True)
class Network:
    """Nodes are 0 … n-1 for activities in the order given, then the gates; -1 stands for none.

    `before` and `after` are the plain links (finish to start, no lag), which are most; `pulls` and `pushes` the others,
    by successor and by predecessor.
    """

    ids: list[int]
    parents: list[int]
    children: dict[int, list[int]]
    gates: dict[int, int]
    before: Neighbours
    after: Neighbours
    pulls: dict[int, list[Edge]]
    pushes: dict[int, list[Edge]]
    order: list[int]

    @property
    def size(self) -> int:
        """How many activities there are, without the gates."""
        return len(self.ids)


def build(plan: Plan) -> Network:
    """Lay out the graph. Raises `CycleFound`. The plan must have passed `check`."""
    ids = [activity.id for activity in plan.activities]
    place = {each: node for node, each in enumerate(ids)}
    parents = [-1 if row.parent is None else place[row.parent] for row in plan.activities]
    children = _children(parents)
    if children:
        _refuse_family_loop(ids, parents)
    gates = _gates(plan.links, place, children)
    nodes = len(ids) + len(gates)
    plain, pulls, pushes = _sort_links(_counting(plan), plan.activities, place, gates)
    before, after = _neighbours(plain[1], plain[0], nodes), _neighbours(plain[0], plain[1], nodes)
    network = Network(ids, parents, children, gates, before, after, pulls, pushes, [])
    network.order = _order(network)
    if len(network.order) < nodes:
        raise CycleFound(_find_cycle(plan))
    return network


def _counting(plan: Plan) -> Iterable[Link]:
    """The links that hold: what is not active pushes nobody."""
    asleep = {row.id for row in plan.activities if not row.active}
    return (link for link in plan.links if link.predecessor not in asleep) if asleep else plan.links


def _children(parents: list[int]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for node, parent in enumerate(parents):
        if parent >= 0:
            children.setdefault(parent, []).append(node)
    return children


def _refuse_family_loop(ids: list[int], parents: list[int]) -> None:
    safe: set[int] = set()
    for first in range(len(ids)):
        line: list[int] = []
        node = first
        while node >= 0 and node not in safe:
            if node in line:
                raise CycleFound([ids[each] for each in line[line.index(node) :]])
            line.append(node)
            node = parents[node]
        safe.update(line)


def _gates(links: Iterable[Link], place: dict[int, int], children: dict[int, list[int]]) -> dict[int, int]:
    gates: dict[int, int] = {}
    if not children:
        return gates
    waiting = [node for link in links if (node := place[link.successor]) in children]
    while waiting:
        node = waiting.pop()
        if node not in gates:
            gates[node] = len(place) + len(gates)
            waiting += [child for child in children[node] if child in children]
    return gates


_Edges = dict[int, list[Edge]]


def _sort_links(
    links: Iterable[Link], rows: tuple[Activity, ...], place: dict[int, int], gates: dict[int, int]
) -> tuple[tuple[list[int], list[int]], _Edges, _Edges]:
    """Plain links as two columns (from, to), the others by successor and by predecessor."""
    sources, targets, usual = [], [], LinkType.FS
    pulls: _Edges = {}
    pushes: _Edges = {}
    for link in links:
        source, target = place[link.predecessor], place[link.successor]
        if gates:
            target = gates.get(target, target)
        if link.type is usual and not link.lag_minutes and not link.lag_percent:
            sources.append(source)
            targets.append(target)
        else:
            code, lag = coded(link, rows[source])
            pulls.setdefault(target, []).append((source, code, lag))
            pushes.setdefault(source, []).append((target, code, lag))
    return (sources, targets), pulls, pushes


def _neighbours(of: list[int], others: list[int], nodes: int) -> Neighbours:
    owners = np.array(of, dtype=np.int64)
    first = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(owners, minlength=nodes), out=first[1:])
    order = np.argsort(owners, kind="stable")
    return Neighbours(first.tolist(), np.array(others, dtype=np.int64)[order].tolist())


def coded(link: Link, predecessor: Activity) -> tuple[int, int]:
    """The code of a link, and its lag."""
    more, lag = _lag_of(link, predecessor)
    return _CODES[link.type] + more, lag


def _lag_of(link: Link, predecessor: Activity) -> tuple[int, int]:
    """What kind of lag a link has, and how much: minutes, or percent of a summary whose span is not known yet."""
    if not link.lag_percent:
        return (0, 0) if not link.lag_minutes else (ELAPSED if link.elapsed else LAGGED, link.lag_minutes)
    kind = ELAPSED if link.elapsed or predecessor.elapsed else LAGGED
    if predecessor.type is TaskType.SUMMARY:
        return kind + SHARE, round(link.lag_percent)
    return kind, round(predecessor.duration_minutes * link.lag_percent / 100)


def _order(network: Network) -> list[int]:
    """Kahn's order; shorter than the number of nodes when there is a cycle."""
    first = network.before.first
    open_ends = [end - begin for begin, end in pairwise(first)]
    for node, edges in network.pulls.items():
        open_ends[node] += len(edges)
    inside = _inside(network)
    for family in inside.values():
        for node in family:
            open_ends[node] += 1
    for node, family in network.children.items():
        open_ends[node] += len(family)
    (first, nodes), pushes = network.after, network.pushes
    nested = bool(network.children)
    order = [node for node, count in enumerate(open_ends) if not count]
    for node in order:
        followers = nodes[first[node] : first[node + 1]]
        if node in pushes:
            followers += [target for target, _, _ in pushes[node]]
        if nested:
            followers += _relatives(node, network, inside)
        for target in followers:
            open_ends[target] -= 1
            if not open_ends[target]:
                order.append(target)
    return order


def _relatives(node: int, network: Network, inside: dict[int, list[int]]) -> list[int]:
    if node >= network.size:
        return inside[node]
    parent = network.parents[node]
    return [parent] if parent >= 0 else []


def _inside(network: Network) -> dict[int, list[int]]:
    """What a gate leads to: the gates of child summaries, else the children themselves."""
    return {
        gate: [network.gates.get(child, child) for child in network.children[node]]
        for node, gate in network.gates.items()
    }


State = tuple[int, bool]
"""A task id and whether its children lie behind (True) or still ahead."""


class _Reach:
    """Follows links from task to task, down into summaries and up out of them."""

    def __init__(self, plan: Plan) -> None:
        self.parents = {row.id: row.parent for row in plan.activities}
        self.children: dict[int, list[int]] = {}
        for row in plan.activities:
            if row.parent is not None:
                self.children.setdefault(row.parent, []).append(row.id)
        self.after: dict[int, list[int]] = {}
        for link in plan.links:
            self.after.setdefault(link.predecessor, []).append(link.successor)

    def enter(self, task: int) -> State:
        """Arriving at a task by a link."""
        return task, task not in self.children

    def steps(self, state: State) -> list[State]:
        """Everything that waits for a state directly."""
        task, leaving = state
        if not leaving:
            return [self.enter(child) for child in self.children[task]]
        onward = [self.enter(each) for each in self.after.get(task, ())]
        parent = self.parents.get(task)
        return onward if parent is None else [*onward, (parent, True)]

    def path(self, first: State, goal: State) -> list[int] | None:
        """Ids on a shortest way from one state to another, both included; None when there is no way."""
        came: dict[State, State | None] = {first: None}
        queue = deque([first])
        while queue:
            state = queue.popleft()
            if state == goal:
                return _trace(came, state)
            for step in self.steps(state):
                if step not in came:
                    came[step] = state
                    queue.append(step)
        return None


def _trace(came: dict[State, State | None], state: State) -> list[int]:
    ids: list[int] = []
    step: State | None = state
    while step is not None:
        if not ids or ids[-1] != step[0]:
            ids.append(step[0])
        step = came[step]
    return ids[::-1]


def would_cycle(plan: Plan, predecessor: int, successor: int) -> list[int] | None:
    """The ids of the cycle that a new link would close, successor first; None when the link is fine."""
    reach = _Reach(plan)
    if predecessor == successor:
        return [successor]
    return reach.path(reach.enter(successor), (predecessor, True))


def _find_cycle(plan: Plan) -> list[int]:
    """One cycle of a plan that has one, starting at its smallest id."""
    reach = _Reach(plan)
    done: set[State] = set()
    for row in plan.activities:
        cycle = _descend(reach, reach.enter(row.id), done)
        if cycle:
            least = cycle.index(min(cycle))
            return cycle[least:] + cycle[:least]
    return []


def _descend(reach: _Reach, first: State, done: set[State]) -> list[int]:
    trail: list[State] = []
    on_trail: set[State] = set()
    stack: list[tuple[State, bool]] = [(first, True)]
    while stack:
        state, opening = stack.pop()
        if not opening:
            on_trail.discard(trail.pop())
            done.add(state)
        elif state in on_trail:
            return _without_echo([task for task, _ in trail[trail.index(state) :]])
        elif state not in done:
            trail.append(state)
            on_trail.add(state)
            stack.append((state, False))
            stack += [(step, True) for step in reach.steps(state)]
    return []


def _without_echo(ids: list[int]) -> list[int]:
    kept = [each for place, each in enumerate(ids) if place == 0 or ids[place - 1] != each]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept
