"""The late pass: backwards against the links, every task as late as the end, deadlines and constraints allow."""

from .network import FF, FS, SS
from .paper import NEVER, Paper
from .plan import ConstraintType


def backward(paper: Paper, target: int | None = None) -> None:
    """Fill in late start, late finish and total slack, up to the end of the plan, or up to one task alone.

    With a target, deadlines and constraints of others don't count, and what does not lead there gets `NEVER`.
    """
    _Late(paper, target).run()


def pulled_late(paper: Paper) -> dict[int, int]:
    """Where tasks begin that are to be as late as possible and can be later than they are."""
    return {
        node: paper.late_start[node]
        for node in paper.special
        if paper.rows[node].constraint is ConstraintType.ALAP
        and not paper.rows[node].started
        and node not in paper.network.children
        and paper.slack[node] > 0
    }


class _Late:
    def __init__(self, paper: Paper, target: int | None) -> None:
        self.paper, self.target = paper, target
        self.late_start, self.late_finish = paper.late_start, paper.late_finish
        self.caps = paper.caps if target is None else {target: (NEVER, paper.finish[target])}
        self.inside = {gate: node for node, gate in paper.network.gates.items()}

    def run(self) -> None:
        paper, late_start, caps = self.paper, self.late_start, self.caps
        children, size, (first, targets) = paper.network.children, paper.network.size, paper.network.after
        parents, special, pushes = paper.network.parents, paper.special, paper.network.pushes
        horizon = paper.end if self.target is None else NEVER
        for node in reversed(paper.network.order):
            if node >= size:
                self._leave_gate(node)
                continue
            begin, end = NEVER, horizon
            for target in targets[first[node] : first[node + 1]]:
                moment = late_start[target]
                end = moment if moment < end else end  # noqa: FURB136  # min() doubles the time of this line
            if node in pushes:
                begin, end = self._push(node, begin, end)
            if parents[node] >= 0 or node in caps:
                begin, end = self._bound(node, begin, end)
            if node in children or node in special or end == NEVER:
                self._finish_special(node, begin, end)
            else:
                self._settle(node, begin, end)
        self._settle_finished()

    def _push(self, node: int, begin: int, end: int) -> tuple[int, int]:
        for target, code, lag in self.paper.network.pushes[node]:
            kind = code & 3
            moment = self.late_start[target] if kind in (FS, SS) else self.late_finish[target]
            if moment != NEVER:
                moment = self.paper.main.lagged(moment, code, -lag)
            if kind in (FS, FF):
                end = min(end, moment)
            else:
                begin = min(begin, moment)
        return begin, end

    def _bound(self, node: int, begin: int, end: int) -> tuple[int, int]:
        """What is asked of a summary is asked of its children; only the first of them can hold back its start."""
        paper, parent = self.paper, self.paper.network.parents[node]
        if parent >= 0:
            end = min(end, self.late_finish[parent])
            if paper.start[node] == paper.start[parent]:
                begin = min(begin, self.late_start[parent])
        cap = self.caps.get(node, (NEVER, NEVER))
        return min(begin, cap[0]), min(end, cap[1])

    def _leave_gate(self, gate: int) -> None:
        network = self.paper.network
        nodes = [network.gates.get(child, child) for child in network.children[self.inside[gate]]]
        self.late_start[gate] = min(self.late_start[node] for node in nodes)
        self.late_finish[gate] = min(self.late_finish[node] for node in nodes)

    def _finish_special(self, node: int, begin: int, end: int) -> None:
        if node in self.paper.network.children or begin == end == NEVER:
            self.late_start[node], self.late_finish[node] = begin, end
        elif self.paper.rows[node].started:
            self._settle_started(node, end)
        else:
            self._settle(node, begin, end)

    def _settle(self, node: int, begin: int, end: int) -> None:
        paper, ruler = self.paper, self.paper.rulers[node]
        minutes = paper.minutes[node]
        place = ruler.place[end] if end < NEVER else NEVER
        if begin < NEVER:
            place = min(place, ruler.place[begin] + minutes)
        slack = paper.slack[node] = place - paper.to_place[node]
        if not minutes:
            self.late_start[node] = self.late_finish[node] = ruler.ends[place] if slack else paper.finish[node]
            return
        self.late_start[node], self.late_finish[node] = ruler.starts[place - minutes], ruler.ends[place]

    def _settle_started(self, node: int, end: int) -> None:
        """A start that has happened can't slip: only the finish counts. Finished work asks nothing of others."""
        paper, ruler = self.paper, self.paper.rulers[node]
        if end == NEVER or paper.rows[node].finished:
            self.late_start[node] = self.late_finish[node] = NEVER
            return
        place = ruler.place[end]
        self.late_start[node], self.late_finish[node] = paper.start[node], ruler.ends[place]
        paper.slack[node] = place - paper.to_place[node]

    def _settle_finished(self) -> None:
        paper = self.paper
        for node in paper.special:
            if paper.rows[node].finished and node not in paper.network.children:
                self.late_start[node], self.late_finish[node] = paper.start[node], paper.finish[node]
                paper.slack[node] = 0
