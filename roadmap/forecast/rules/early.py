"""The early pass of `roadmap.schedule.rules.early`, over all runs at once: node by node, a vector of runs a node.

It reads the same working paper as the scheduler, and means the same: a run with the plan's own durations has its dates.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from kernel.worktime import minute_of
from roadmap.forecast.rules.lines import Lines
from roadmap.forecast.rules.ruler import Line, same
from roadmap.schedule.rules import Activity, ConstraintType, TaskType
from roadmap.schedule.rules.network import FF, FS, SF, SS

_FLOORS = (ConstraintType.SNET, ConstraintType.FNET)
_CEILINGS = (ConstraintType.SNLT, ConstraintType.FNLT)
_PINS = (ConstraintType.MSO, ConstraintType.MFO)
_AT_FINISH = (ConstraintType.FNET, ConstraintType.FNLT, ConstraintType.MFO)


def forward(lines: Lines) -> Line:
    """Fill in start and finish of every node; give the end of the plan."""
    return _Early(lines).run()


class _Early:
    def __init__(self, lines: Lines) -> None:
        self.lines, self.paper = lines, lines.paper
        self.start, self.finish = lines.start, lines.finish
        self.outer = {gate: self.paper.gate_of[node] for node, gate in self.paper.network.gates.items()}

    def run(self) -> Line:
        network, gate_of, special = self.paper.network, self.paper.gate_of, self.paper.special
        first, sources = network.before
        for node in network.order:
            if node >= network.size or node in network.children:
                self._pass_family(node)
                continue
            begin = same(self.paper.floors[node])
            for source in sources[first[node] : first[node + 1]]:
                begin = np.maximum(begin, self.finish[source])
            begin = self._pull(node, begin)
            if gate_of[node] >= 0:
                begin = self._obey(node, gate_of[node], begin)
            if node in special:
                self._place_special(node, begin)
            else:
                self._begin_at(node, begin)
        for node, gate in network.gates.items():
            self.start[gate], self.finish[gate] = self.start[node], self.finish[node]
        awake = [self.finish[node] for node in range(network.size) if node not in self.paper.asleep]
        return reduce(np.maximum, awake or self.finish[: network.size], same(0))

    def _pass_family(self, node: int) -> None:
        network = self.paper.network
        if node >= network.size:
            self.start[node], self.finish[node] = self._enter_gate(node)
        else:
            family = self.paper.awake(network.children[node])
            self.start[node] = reduce(np.minimum, (self.start[child] for child in family))
            self.finish[node] = reduce(np.maximum, (self.finish[child] for child in family))

    def _pull(self, node: int, begin: Line) -> Line:
        for source, code, lag in self.paper.network.pulls.get(node, ()):
            kind = code & 3
            moment = self.finish[source] if kind in (FS, FF) else self.start[source]
            if kind in (FF, SF):
                moment = self.lines.before(node, moment)
            minutes = self.lines.lag(source, node, code, lag)
            begin = np.maximum(begin, self.lines.lagged(self.lines.gauges[node], moment, code, minutes))
        return begin

    def _enter_gate(self, gate: int) -> tuple[Line, Line]:
        lines = self.lines
        first, sources = self.paper.network.before
        begin, end = same(0), same(0)
        for source in sources[first[gate] : first[gate + 1]]:
            begin = np.maximum(begin, self.finish[source])
        for source, code, lag in self.paper.network.pulls.get(gate, ()):
            kind = code & 3
            moment = self.finish[source] if kind in (FS, FF) else self.start[source]
            moment = lines.lagged(lines.main, moment, code, lines.lag(source, gate, code, lag))
            if kind in (FS, SS):
                begin = np.maximum(begin, moment)
            else:
                end = np.maximum(end, moment)
        outer = self.outer[gate]
        if outer < 0:
            return begin, end
        return np.maximum(begin, self.start[outer]), np.maximum(end, self.finish[outer])

    def _obey(self, node: int, gate: int, begin: Line) -> Line:
        begin, end = np.maximum(begin, self.start[gate]), self.finish[gate]
        if not np.any(end):
            return begin
        return np.maximum(begin, np.where(end > 0, self.lines.before(node, end), begin))

    def _begin_at(self, node: int, begin: Line) -> None:
        if self.lines.is_point(node):
            self._stand(node, begin)
            return
        self.start[node] = self.lines.next(node, begin)
        self.finish[node] = self.lines.after(node, self.start[node])

    def _stand(self, node: int, moment: Line) -> None:
        """A milestone stays where a day ends; a risk that hits it has its moment come later."""
        ruler = self.lines.rulers[node]
        place = ruler.place(moment)
        stands = ruler.starts(place)
        if self.paper.rows[node].type is TaskType.MILESTONE:
            stands = np.where(ruler.ends(place) == moment, moment, stands)
        self.start[node] = self.finish[node] = stands
        extra = self.lines.extra.get(node)
        if extra is not None:
            self.finish[node] = np.where(extra > 0, ruler.ends(place + extra), stands)

    def _place_special(self, node: int, begin: Line) -> None:
        row = self.paper.rows[node]
        if row.manual_start is not None:
            self._place_manual(node, row)
        elif row.started:
            self._place_started(node, row, begin)
        else:
            self._place_dated(node, row, self._snap(node, begin))

    def _snap(self, node: int, moment: Line) -> Line:
        """When work can begin; a milestone may stay where a day ends."""
        ruler = self.lines.rulers[node]
        if self.paper.rows[node].type is not TaskType.MILESTONE:
            return self.lines.next(node, moment)
        return np.where(ruler.ends(ruler.place(moment)) == moment, moment, ruler.next(moment))

    def _place_manual(self, node: int, row: Activity) -> None:
        """Where people put it, on a working day or not."""
        start = same(minute_of(row.manual_start or self.paper.plan.start))
        self.start[node] = start
        if row.manual_finish is not None:
            self.finish[node] = np.maximum(start, minute_of(row.manual_finish))
        else:
            self.finish[node] = start if self.lines.is_point(node) else self.lines.after(node, start)

    def _place_dated(self, node: int, row: Activity, begin: Line) -> None:
        """A task that links let begin at a moment: its own date may ask for later, or for this alone."""
        kind, linked = row.constraint, begin
        date = 0 if row.constraint_date is None else minute_of(row.constraint_date)
        wanted = self.lines.before(node, same(date)) if kind in _AT_FINISH else same(date)
        if kind in _FLOORS:
            free = kind is ConstraintType.SNET and self._is_free(node)
            begin = wanted if free else np.maximum(begin, wanted)
        if row.delay_minutes > 0:
            begin = self.lines.next(node, begin) + row.delay_minutes
        if kind in _PINS or kind in _CEILINGS:
            begin = self._pinned(kind, begin, wanted)
        self._begin_at(node, begin)
        if kind in _FLOORS and self._is_free(node):
            return
        decided = (begin == wanted) & (begin != linked)
        if np.any(decided):
            self._keep(node, row, date, decided)

    def _keep(self, node: int, row: Activity, date: int, decided: Line) -> None:
        """A date that decided against the links stays as people gave it where the plan's week works."""
        if not self.paper.plan.calendar.usually_works(date):
            return
        if self.lines.is_point(node):
            self.start[node] = np.where(decided, date, self.start[node])
            extra = self.lines.extra.get(node, 0)
            self.finish[node] = np.where(decided & (np.asarray(extra) == 0), date, self.finish[node])
        elif row.constraint not in _AT_FINISH:
            self.start[node] = np.where(decided, date, self.start[node])
        elif row.constraint is ConstraintType.MFO:
            self.finish[node] = np.where(decided, date, self.finish[node])

    def _pinned(self, kind: ConstraintType, begin: Line, wanted: Line) -> Line:
        if not self.paper.plan.honours_constraints:
            return np.maximum(begin, wanted) if kind in _PINS else begin
        return wanted if kind in _PINS else np.minimum(begin, wanted)

    def _is_free(self, node: int) -> bool:
        """Whether only a date of its own says when it begins: then that may lie before the start of the plan."""
        paper = self.paper
        first, pulls = paper.network.before.first, paper.network.pulls
        linked = first[node] < first[node + 1] or node in pulls or paper.gate_of[node] >= 0
        return not linked and paper.floors[node] == paper.origin

    def _place_started(self, node: int, row: Activity, begin: Line) -> None:
        """Done work stays where it happened; of the rest only as much as is left of the task."""
        begin = self._guess_start(node, row, begin) if row.actual_start is None else same(minute_of(row.actual_start))
        self.start[node], self.finish[node] = begin, self._end_of_started(node, row, begin)

    def _end_of_started(self, node: int, row: Activity, begin: Line) -> Line:
        if row.actual_finish is not None:
            return same(minute_of(row.actual_finish))
        if self.lines.is_point(node):
            return begin
        resume = 0 if row.resume is None else minute_of(row.resume)
        goes_on = 0 if row.finished else max(self.paper.status or 0, resume)
        finish = self.lines.resumed(node, begin, goes_on)
        if row.constraint is ConstraintType.FNET and row.constraint_date is not None:
            finish = np.maximum(finish, minute_of(row.constraint_date))
        return finish

    def _guess_start(self, node: int, row: Activity, begin: Line) -> Line:
        if row.actual_finish is not None:
            return self.lines.before(node, same(minute_of(row.actual_finish)))
        if self.paper.status is not None:
            begin = np.where(begin == self.paper.status, self.paper.origin, begin)
        self._begin_at(node, begin)
        return self.start[node]
