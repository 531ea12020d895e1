"""The late pass: backwards against the links, every task as late as the end, deadlines and constraints allow.

Along links a task hands back when its *remaining* work has to begin; only when all is done does the late start of a
task that has begun become the start that happened.
"""

from kernel.worktime import minute_of

from .network import FF, FS, SF, SS
from .paper import NEVER, Paper
from .plan import ConstraintType


def backward(paper: Paper, target: int | None = None) -> None:
    """Fill in late start, late finish and total slack, up to the end of the plan, or up to one task alone.

    With a target, deadlines and constraints of others don't count, and what does not lead there gets `NEVER`.
    """
    _Late(paper, target).run()


def measure_back(paper: Paper, wanted: dict[int, int]) -> dict[int, int]:
    """The delays, below zero, by which tasks have to be done sooner to begin no later than at the minutes wanted."""
    paper.special |= wanted.keys()
    late = _Late(paper, None, wanted)
    late.run()
    return late.delays


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
    def __init__(self, paper: Paper, target: int | None, wanted: dict[int, int] | None = None) -> None:
        self.paper, self.target = paper, target
        self.wanted = wanted or {}
        self.delays: dict[int, int] = dict.fromkeys(self.wanted, 0)
        self.late_start, self.late_finish = paper.late_start, paper.late_finish
        self.inside = {gate: node for node, gate in paper.network.gates.items()}
        self.first_of = _first_children(paper)

    def run(self) -> None:
        paper, late_start = self.paper, self.late_start
        children, size, (first, targets) = paper.network.children, paper.network.size, paper.network.after
        parents, special, pushes = paper.network.parents, paper.special, paper.network.pushes
        horizon = paper.horizon if self.target is None else NEVER
        for node in reversed(paper.network.order):
            if node >= size:
                self._leave_gate(node)
                continue
            end = horizon
            for target in targets[first[node] : first[node + 1]]:
                moment = late_start[target]
                end = moment if moment < end else end  # noqa: FURB136  # min() doubles the time of this line
            if node in children:
                self._pass_summary(node, end)
                continue
            if node in pushes:
                end = self._push(node, end)
            if parents[node] >= 0:
                end = self._bound(node, end)
            if node in special or end == NEVER:
                self._finish_special(node, end)
            else:
                self._settle(node, end)
        self._tidy()

    def _push(self, node: int, end: int) -> int:
        """The earliest of the finishes that links with a lag or to other ends than finish to start allow."""
        paper = self.paper
        for target, code, lag in paper.network.pushes[node]:
            kind = code & 3
            moment = self.late_start[target] if kind in (FS, SS) else self.late_finish[target]
            if moment == NEVER or (kind == SS and self._has_begun(node)):
                continue
            gauge, back = paper.gauge(target), -paper.lag_from(node, code, lag)
            if kind == SS:
                moment = self._after(node, self._behind(node, target, moment, code, back))
            elif kind == SF:
                moment = gauge.lagged(self._after(node, moment), code, back)
            else:
                moment = gauge.lagged(moment, code, back)
            end = min(end, moment)
        return end

    def _has_begun(self, node: int) -> bool:
        return self.paper.rows[node].actual_start is not None

    def _behind(self, node: int, target: int, moment: int, code: int, lag: int) -> int:
        """When a task has to begin at the latest so that the other may begin, or go on where it has begun."""
        paper = self.paper
        if target < paper.network.size and self._has_begun(target):
            return self._worked_until(target) if self._leads_on(target) else NEVER
        gauge = paper.gauges[node]
        return paper.gauge(target).lagged(gauge.next(moment), code, lag)

    def _worked_until(self, node: int) -> int:
        paper, begun = self.paper, self.paper.start[node]
        if node in paper.teams:
            return paper.teams[node].behind(begun)
        return paper.rulers[node].after(begun, paper.done(node))

    def _leads_on(self, node: int) -> bool:
        first, pushes = self.paper.network.after.first, self.paper.network.pushes
        return first[node] < first[node + 1] or node in pushes

    def _after(self, node: int, begin: int) -> int:
        return NEVER if begin == NEVER else self.paper.after(node, begin)

    def _pass_summary(self, node: int, end: int) -> None:
        """What is asked of a summary is asked of its children: it only hands on when it has to begin and to end."""
        paper, begin = self.paper, NEVER
        for target, code, lag in paper.network.pushes.get(node, ()):
            kind = code & 3
            moment = self.late_start[target] if kind in (FS, SS) else self.late_finish[target]
            if moment != NEVER:
                moment = paper.gauge(target).lagged(moment, code, -paper.lag_from(node, code, lag))
            begin, end = (begin, min(end, moment)) if kind in (FS, FF) else (min(begin, moment), end)
        parent = paper.network.parents[node]
        if parent >= 0:
            end = min(end, self.late_finish[parent])
            begin = min(begin, self.late_start[parent]) if self.first_of[parent] == node else begin
        self.late_start[node], self.late_finish[node] = begin, self._due(node, end)

    def _due(self, node: int, end: int) -> int:
        row = self.paper.rows[node]
        if self.target is not None:
            return min(end, self.paper.finish[node]) if node == self.target else end
        if row.constraint is ConstraintType.FNLT and row.constraint_date is not None:
            end = min(end, minute_of(row.constraint_date))
        return end if row.deadline is None else min(end, minute_of(row.deadline))

    def _bound(self, node: int, end: int) -> int:
        """The latest finish that the summary allows; only the first of its children can hold back its start."""
        parent = self.paper.network.parents[node]
        end = min(end, self.late_finish[parent])
        if self.late_start[parent] != NEVER and self.first_of[parent] == node:
            end = min(end, self._after(node, self.late_start[parent]))
        return end

    def _leave_gate(self, gate: int) -> None:
        network = self.paper.network
        nodes = [network.gates.get(child, child) for child in network.children[self.inside[gate]]]
        self.late_start[gate] = min(self.late_start[node] for node in nodes)
        self.late_finish[gate] = min(self.late_finish[node] for node in nodes)

    def _finish_special(self, node: int, end: int) -> None:
        paper, row = self.paper, self.paper.rows[node]
        if node == self.target:
            end = min(end, paper.finish[node])
        if row.finished or node in paper.asleep or end == NEVER:
            self.late_start[node] = self.late_finish[node] = NEVER
            return
        if self.target is None:
            end = self._sooner(node, self._dated(node, end))
        if self._is_plain_work(node):
            self._settle(node, end)
        else:
            self._settle_special(node, end)

    def _sooner(self, node: int, end: int) -> int:
        """In a plan that is laid back from its finish levelling asks tasks to be done sooner: by a delay below zero."""
        paper, minutes = self.paper, min(0, self.paper.rows[node].delay_minutes)
        if paper.plan.finish is None or not (minutes or node in self.wanted):
            return end
        team, ruler = paper.teams.get(node), paper.rulers[node]
        end = team.previous_end(end) if team is not None else ruler.ends[ruler.place[end]]
        if node in self.wanted:
            minutes = self.delays[node] = min(0, paper.after(node, self.wanted[node]) - end)
        return end + minutes

    def _is_plain_work(self, node: int) -> bool:
        paper = self.paper
        if paper.rows[node].started or node in paper.teams or paper.rows[node].manual_start is not None:
            return False
        return paper.rulers[node] is paper.gauges[node]

    def _dated(self, node: int, end: int) -> int:
        """The latest finish that a task's own dates allow; one that must be on a day owes nothing to its followers."""
        row, kind = self.paper.rows[node], self.paper.rows[node].constraint
        if row.constraint_date is not None and kind in _CAPS:
            date = minute_of(row.constraint_date)
            date = date if kind in _AT_FINISH else self._after(node, date)
            pinned = kind in _PINS and self.paper.plan.honours_constraints
            end = date if pinned else min(end, date)
        return end if row.deadline is None else min(end, minute_of(row.deadline))

    def _settle(self, node: int, end: int) -> None:
        paper, ruler = self.paper, self.paper.rulers[node]
        place = ruler.place[end]
        paper.slack[node] = place - paper.to_place[node]
        self.late_finish[node] = ruler.ends[place]
        minutes = paper.minutes[node]
        if minutes:
            self.late_start[node] = ruler.starts[place - minutes]
        elif paper.slack[node]:
            self.late_start[node] = self.late_finish[node]
        else:
            # Without slack a point stands where it is: at the end of its calendar's last day it would hand back a
            # moment before its own, and who works on meanwhile by another calendar would seem late.
            self.late_start[node] = self.late_finish[node] = min(end, paper.finish[node])

    def _settle_special(self, node: int, end: int) -> None:
        """A start that has happened can't slip: then only the finish counts."""
        paper, row, team = self.paper, self.paper.rows[node], self.paper.teams.get(node)
        place, started = paper.scale(node).place, row.started
        if team is not None:
            end = team.previous_end(end)
            begin = team.before(end, remaining=started)
        else:
            ruler = paper.rulers[node]
            end = ruler.ends[ruler.place[end]]
            begin = ruler.before(end, paper.minutes[node] - (paper.done(node) if started else 0))
        self.late_start[node], self.late_finish[node] = begin, end
        slack = place[end] - paper.to_place[node]
        paper.slack[node] = slack if started else min(slack, place[begin] - paper.from_place[node])

    def _tidy(self) -> None:
        """What has begun began when it did, what is over has no slack, and a point without slack stands where it is."""
        paper, gone = self.paper, NEVER
        for node in paper.points:
            if not paper.slack[node] and self.late_finish[node] != gone and node not in paper.network.children:
                self.late_start[node] = self.late_finish[node] = paper.finish[node]
        for node in paper.special - paper.network.children.keys():
            row = paper.rows[node]
            if row.finished:
                self.late_start[node], self.late_finish[node] = paper.start[node], paper.finish[node]
                paper.slack[node] = 0
            elif node in paper.asleep:
                self._settle_special(node, paper.horizon)
            elif row.started and self.late_start[node] != gone:
                self.late_start[node] = paper.start[node]


def _first_children(paper: Paper) -> dict[int, int]:
    """The child that each summary begins with, of several the one that stands first: it holds the summary's start."""
    children = paper.network.children
    return {node: min(paper.awake(family), key=paper.start.__getitem__) for node, family in children.items()}


_PINS = (ConstraintType.MSO, ConstraintType.MFO)
_CAPS = (*_PINS, ConstraintType.SNLT, ConstraintType.FNLT)
_AT_FINISH = (ConstraintType.MFO, ConstraintType.FNLT)
