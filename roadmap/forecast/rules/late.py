"""In which runs a task is critical: backwards from one goal along the links, a vector of runs a node.

A task is critical where its finish (or its start, for links that hang on it) can't be a minute later without moving one
that is: `roadmap.schedule.rules.late` with its slack of zero. Its late dates then are its early ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmap.forecast.rules.lines import Lines
from roadmap.forecast.rules.ruler import Line, VectorRuler, same
from roadmap.schedule.rules.network import FF, FS, SF, SS
from roadmap.schedule.rules.paper import NEVER

Flags = NDArray[np.bool_]
_NEVER = same(NEVER)


def critical(lines: Lines, goal: int | None, end: Line) -> list[Flags]:
    """By task, the runs in which a minute later there is a minute later at the goal, or at the end of the plan."""
    return _Late(lines, goal, end).run()


class _Late:
    def __init__(self, lines: Lines, goal: int | None, end: Line) -> None:
        self.lines, self.paper, self.goal = lines, lines.paper, goal
        self.horizon: Line = end if goal is None else _NEVER
        nodes = self.paper.network.size + len(self.paper.network.gates)
        self.late_start: list[Line] = [_NEVER] * nodes
        self.late_finish: list[Line] = [_NEVER] * nodes
        self.found: list[Flags] = [np.zeros((), dtype=np.bool_)] * self.paper.network.size
        self.inside = {gate: node for node, gate in self.paper.network.gates.items()}

    def run(self) -> list[Flags]:
        network, (first, targets) = self.paper.network, self.paper.network.after
        for node in reversed(network.order):
            if node >= network.size:
                self._leave_gate(node)
                continue
            end = self.horizon
            for target in targets[first[node] : first[node + 1]]:
                end = np.minimum(end, self.late_start[target])
            if node in network.children:
                self._pass_summary(node, end)
                continue
            end = self._bound(node, self._push(node, end))
            if np.any(end < NEVER):
                self._settle(node, end)
        for node in reversed(self.paper.summaries):
            for child in self.paper.awake(network.children[node]):
                self.found[node] = self.found[node] | self.found[child]
        return self.found

    def _push(self, node: int, end: Line) -> Line:
        lines = self.lines
        for target, code, lag in self.paper.network.pushes.get(node, ()):
            kind = code & 3
            moment = self.late_start[target] if kind in (FS, SS) else self.late_finish[target]
            if kind == SS and self.paper.rows[node].actual_start is not None:
                continue
            gauge, back = self._gauge(target), -lines.lag(node, target, code, lag)
            if kind == SS:
                allowed = lines.after(node, lines.lagged(gauge, lines.gauges[node].next(moment), code, back))
            elif kind == SF:
                allowed = lines.lagged(gauge, lines.after(node, moment), code, back)
            else:
                allowed = lines.lagged(gauge, moment, code, back)
            end = np.minimum(end, np.where(moment < NEVER, allowed, NEVER))
        return end

    def _gauge(self, node: int) -> VectorRuler:
        return self.lines.gauges[node] if node < self.paper.network.size else self.lines.main

    def _pass_summary(self, node: int, end: Line) -> None:
        lines, begin = self.lines, _NEVER
        for target, code, lag in self.paper.network.pushes.get(node, ()):
            kind = code & 3
            moment = self.late_start[target] if kind in (FS, SS) else self.late_finish[target]
            back = -lines.lag(node, target, code, lag)
            moment = np.where(moment < NEVER, lines.lagged(self._gauge(target), moment, code, back), NEVER)
            if kind in (FS, FF):
                end = np.minimum(end, moment)
            else:
                begin = np.minimum(begin, moment)
        parent = self.paper.network.parents[node]
        if parent >= 0:
            end = np.minimum(end, self.late_finish[parent])
            begin = np.where(self._leads(node, parent), np.minimum(begin, self.late_start[parent]), begin)
        if node == self.goal:
            end = np.minimum(end, lines.finish[node])
        self.late_start[node], self.late_finish[node] = begin, end

    def _bound(self, node: int, end: Line) -> Line:
        parent, lines = self.paper.network.parents[node], self.lines
        if parent >= 0:
            end = np.minimum(end, self.late_finish[parent])
            begin = np.where(self._leads(node, parent), self.late_start[parent], NEVER)
            if np.any(begin < NEVER):
                end = np.minimum(end, np.where(begin < NEVER, lines.after(node, begin), NEVER))
        return np.minimum(end, lines.finish[node]) if node == self.goal else end

    def _leads(self, node: int, parent: int) -> Flags:
        """Where a summary begins with this child."""
        first: Flags = self.lines.start[node] == self.lines.start[parent]
        return first

    def _leave_gate(self, gate: int) -> None:
        network = self.paper.network
        nodes = [network.gates.get(child, child) for child in network.children[self.inside[gate]]]
        for line in (self.late_start, self.late_finish):
            for node in nodes:
                line[gate] = np.minimum(line[gate], line[node])

    def _settle(self, node: int, end: Line) -> None:
        """Critical ones hand on when they begin, or go on; others have room and hand on nothing."""
        row, lines = self.paper.rows[node], self.lines
        gauge = lines.rulers[node] if row.elapsed else lines.gauges[node]
        if row.finished or not row.active:
            return
        finish = lines.finish[node]
        tight: Flags = (end < NEVER) & (gauge.place(end) <= gauge.place(finish))
        self.found[node] = tight
        begin = lines.start[node]
        if row.started and node not in lines.teams and not lines.is_point(node):
            begin = lines.rulers[node].before(finish, lines.remaining(node))
        self.late_start[node] = np.where(tight, begin, NEVER)
        self.late_finish[node] = np.where(tight, finish, NEVER)
