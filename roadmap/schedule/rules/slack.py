"""Free slack: how far a task may slip before it moves another."""

from .network import FF, FS, SS
from .paper import NEVER, Paper

_Room = tuple[int, int]


def free_slack(paper: Paper) -> list[int]:
    """Working minutes to the nearest follower, else to the end of the plan; for a summary the least below it."""
    network, start, gauges, to_place = paper.network, paper.start, paper.gauges, paper.to_place
    (first, targets), pushes, parents, children = network.after, network.pushes, network.parents, network.children
    special, size = paper.special, network.size
    rooms: dict[int, _Room] = {}
    free = [0] * size
    for node in reversed(network.order):
        if node in children:
            rooms[node] = _room(paper, node, rooms)
        elif node >= size or (node in special and paper.rows[node].finished):
            continue
        elif parents[node] >= 0 or node in pushes or first[node] == first[node + 1] or node in special or paper.asleep:
            free[node] = _gap(paper, node, *_room(paper, node, rooms))
        else:  # most have nothing but followers that begin when they end
            end = min([start[target] for target in targets[first[node] : first[node + 1]]])
            free[node] = max(gauges[node].place[end] - to_place[node], 0)
    for node in reversed(paper.summaries):
        free[node] = min(free[child] for child in network.children[node])
    return free


def _room(paper: Paper, node: int, rooms: dict[int, _Room]) -> _Room:
    """The latest start and finish that leave every follower where it is."""
    start, finish, parent = paper.start, paper.finish, paper.network.parents[node]
    begin = end = NEVER
    if parent >= 0:
        outer, end = rooms[parent]
        begin = outer if start[node] == start[parent] else NEVER
    first, targets = paper.network.after
    for target in targets[first[node] : first[node + 1]]:
        if target in paper.asleep:
            continue
        moment = start[target]
        end = moment if moment < end else end  # noqa: FURB136  # min() doubles the time of this line
    for target, code, lag in paper.network.pushes.get(node, ()):
        kind = code & 3
        if target in paper.asleep:
            continue
        moment = start[target] if kind in (FS, SS) else finish[target]
        moment = paper.gauge(target).lagged(moment, code, -paper.lag_from(node, code, lag))
        if kind in (FS, FF):
            end = min(end, moment)
        else:
            begin = min(begin, moment)
    return begin, end


def _gap(paper: Paper, node: int, begin: int, end: int) -> int:
    place = paper.scale(node).place
    if begin == end == NEVER:
        end = paper.horizon
    room = place[end] - paper.to_place[node] if end < NEVER else NEVER
    if begin < NEVER:
        room = min(room, place[begin] - paper.from_place[node])
    return max(room, 0)
