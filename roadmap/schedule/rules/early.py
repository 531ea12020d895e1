"""The early pass: forwards along the links, every task as soon as they, the dates and its progress allow."""

from kernel.worktime import minute_of

from .network import FF, FS, SF, SS, Edge
from .paper import Paper
from .plan import Activity, ConstraintType, TaskType

FLOORS = (ConstraintType.SNET, ConstraintType.FNET)
CEILINGS = (ConstraintType.SNLT, ConstraintType.FNLT)
PINS = (ConstraintType.MSO, ConstraintType.MFO)
AT_FINISH = (ConstraintType.FNET, ConstraintType.FNLT, ConstraintType.MFO)
"""Which constraints are of which kind: no earlier, no later, on the day; and those that speak of the finish."""


def forward(paper: Paper, pulled_late: dict[int, int]) -> None:
    """Fill in early start and finish. `pulled_late` holds where tasks begin that are to be as late as possible."""
    _Early(paper, pulled_late).run()


def measure(paper: Paper, wanted: dict[int, int], pulled_late: dict[int, int]) -> dict[int, int]:
    """The delays that put tasks at the clock minutes wanted, where the pass leaves them earlier."""
    paper.special |= wanted.keys()
    early = _Early(paper, pulled_late, wanted)
    early.run()
    return early.delays


def demand(paper: Paper, node: int, edge: Edge, *, above: bool = False) -> int:
    """When a link lets a task begin. One that ties finishes asks back from there for the start, then for the lag.

    A link to a summary `above` the task counts its lag in the plan's calendar, and on the finish itself.
    """
    source, code, lag = edge
    kind = code & 3
    moment = paper.finish[source] if kind in (FS, FF) else paper.start[source]
    lag = paper.lag_from(source, code, lag)
    if above:
        moment = paper.main.lagged(moment, code, lag)
    if kind in (FF, SF):
        moment = paper.back(node, moment)
    return moment if above else paper.gauges[node].lagged(moment, code, lag)


def is_free(paper: Paper, node: int) -> bool:
    """Whether only a date of its own says when a task begins: then that may lie before the start of the plan."""
    first, pulls = paper.network.before.first, paper.network.pulls
    linked = first[node] < first[node + 1] or node in pulls or paper.gate_of[node] >= 0
    return not linked and paper.floors[node] == paper.origin


def stays(paper: Paper, node: int, date: int) -> bool:
    """Whether a date that decided against the links stays as people gave it: where the plan's week works.

    A holiday may have taken that day since, or the task may work by other hours.
    """
    row, plan = paper.rows[node], paper.plan
    if row.constraint in FLOORS and is_free(paper, node):
        return False
    return plan.calendar.usually_works(date)


class _Early:
    def __init__(self, paper: Paper, pulled_late: dict[int, int], wanted: dict[int, int] | None = None) -> None:
        self.paper, self.pulled_late = paper, pulled_late
        self.wanted = wanted or {}
        self.delays: dict[int, int] = dict.fromkeys(self.wanted, 0)
        self.start, self.finish = paper.start, paper.finish
        self.outer = {gate: paper.gate_of[node] for node, gate in paper.network.gates.items()}

    def run(self) -> None:
        paper, finish = self.paper, self.finish
        (first, sources), floors, gate_of, special = paper.network.before, paper.floors, paper.gate_of, paper.special
        pulls = paper.network.pulls
        children, size = paper.network.children, paper.network.size
        for node in paper.network.order:
            if node >= size or node in children:
                self._pass_family(node)
                continue
            begin = floors[node]
            for source in sources[first[node] : first[node + 1]]:
                moment = finish[source]
                begin = moment if moment > begin else begin  # noqa: FURB136  # max() doubles the time of this line
            if node in pulls:
                begin = self._pull(node, begin)
            if gate_of[node] >= 0:
                begin = self._obey(node, gate_of[node], begin)
            if node in special:
                self._place_special(node, begin)
            else:
                self._place(node, begin)
        paper.end = self._end()
        self._close_gates()

    def _end(self) -> int:
        tasks = self.finish[: self.paper.network.size]
        for node in self.paper.asleep:
            tasks[node] = 0
        return max(tasks, default=0) or max(self.finish[: self.paper.network.size], default=self.paper.origin)

    def _pass_family(self, node: int) -> None:
        network = self.paper.network
        if node >= network.size:
            self.start[node], self.finish[node] = self._enter_gate(node)
        else:
            family = self.paper.awake(network.children[node])
            self.start[node] = min(self.start[child] for child in family)
            self.finish[node] = max(self.finish[child] for child in family)

    def _pull(self, node: int, begin: int) -> int:
        """The latest of the starts that links with a lag or to other ends than finish to start demand."""
        for edge in self.paper.network.pulls[node]:
            begin = max(begin, demand(self.paper, node, edge))
        return begin

    def _enter_gate(self, gate: int) -> tuple[int, int]:
        """What links to a summary demand of all its children: a start, and a finish."""
        paper = self.paper
        first, sources = paper.network.before
        begin = max((self.finish[source] for source in sources[first[gate] : first[gate + 1]]), default=0)
        end = 0
        for source, code, lag in paper.network.pulls.get(gate, ()):
            kind = code & 3
            moment = self.finish[source] if kind in (FS, FF) else self.start[source]
            moment = paper.main.lagged(moment, code, paper.lag_from(source, code, lag))
            begin, end = (max(begin, moment), end) if kind in (FS, SS) else (begin, max(end, moment))
        outer = self.outer[gate]
        return (begin, end) if outer < 0 else (max(begin, self.start[outer]), max(end, self.finish[outer]))

    def _obey(self, node: int, gate: int, begin: int) -> int:
        begin, end = max(begin, self.start[gate]), self.finish[gate]
        return max(begin, self.paper.back(node, end)) if end else begin

    def _close_gates(self) -> None:
        """Once the children are placed a gate takes their dates: free slack before it is measured to them."""
        for node, gate in self.paper.network.gates.items():
            self.start[gate], self.finish[gate] = self.start[node], self.finish[node]

    def _place(self, node: int, begin: int) -> None:
        """A plain task: work begins at the start of a period and stops at the end of one."""
        paper = self.paper
        minutes, ruler = paper.minutes[node], paper.rulers[node]
        if not minutes:
            self._stand(node, begin, stays=paper.rows[node].type is TaskType.MILESTONE)
            return
        place = ruler.place[begin]
        paper.from_place[node] = place
        self.start[node] = ruler.starts[place]
        place += minutes
        paper.to_place[node] = place
        self.finish[node] = ruler.ends[place]

    def _stand(self, node: int, moment: int, *, stays: bool) -> None:
        """A milestone stays where a day ends if its predecessor does; a task without duration goes on to the next."""
        paper, ruler = self.paper, self.paper.rulers[node]
        place = ruler.place[moment]
        if ruler.ends[place] != moment or not stays:
            moment = ruler.starts[place]
        paper.from_place[node] = paper.to_place[node] = place
        self.start[node] = self.finish[node] = moment

    def _put(self, node: int, start: int, finish: int) -> None:
        """A task that takes the longer way."""
        paper, place = self.paper, self.paper.scale(node).place
        self.start[node], self.finish[node] = start, finish
        paper.from_place[node], paper.to_place[node] = place[start], place[finish]

    def _place_special(self, node: int, begin: int) -> None:
        row = self.paper.rows[node]
        if row.manual_start is not None:
            self._place_manual(node, row)
        elif row.started:
            self._place_started(node, row, begin)
        else:
            self._place_dated(node, row, self._snap(node, begin))

    def _snap(self, node: int, moment: int) -> int:
        """When work can begin; a milestone may stay where a day ends."""
        team, ruler = self.paper.teams.get(node), self.paper.rulers[node]
        if team is not None:
            return team.next(moment)
        if self.paper.rows[node].type is TaskType.MILESTONE and ruler.ends[ruler.place[moment]] == moment:
            return moment
        return ruler.next(moment)

    def _begin_at(self, node: int, begin: int) -> None:
        paper, team = self.paper, self.paper.teams.get(node)
        if team is not None:
            begin = team.next(begin)
            self._put(node, begin, team.after(begin))
        elif paper.gauges[node] is not paper.rulers[node]:
            begin = paper.rulers[node].next(begin)
            self._put(node, begin, paper.rulers[node].after(begin, paper.minutes[node]))
        else:
            self._place(node, begin)

    def _place_manual(self, node: int, row: Activity) -> None:
        """Where people put it, on a working day or not."""
        if row.manual_start is None:
            return
        start = minute_of(row.manual_start)
        if row.manual_finish is not None:
            self._put(node, start, max(start, minute_of(row.manual_finish)))
        else:
            self._put(node, start, self.paper.after(node, start))

    def _place_dated(self, node: int, row: Activity, begin: int) -> None:
        """A task that links let begin at a moment: its own date may ask for later, or for this alone."""
        kind, linked = row.constraint, begin
        date = 0 if row.constraint_date is None else minute_of(row.constraint_date)
        wanted = self.paper.back(node, date) if kind in AT_FINISH else date
        if kind in FLOORS:
            free = kind is ConstraintType.SNET and is_free(self.paper, node)
            begin = wanted if free else max(begin, wanted)
        elif kind is ConstraintType.ALAP:
            begin = max(begin, self.pulled_late.get(node, begin))
        begin = self._delayed(node, row, begin)
        if kind in PINS or kind in CEILINGS:
            begin = self._pinned(kind, begin, wanted)
        self._begin_at(node, begin)
        if begin == wanted and begin != linked and stays(self.paper, node, date):
            self._keep(node, row, date)

    def _keep(self, node: int, row: Activity, date: int) -> None:
        """The date itself is the start or finish; slack counts from there."""
        if not self.paper.minutes[node]:
            self._put(node, date, date)
        elif row.constraint not in AT_FINISH:
            self._put(node, date, self.finish[node])
        elif row.constraint is ConstraintType.MFO:
            self._put(node, self.start[node], date)

    def _pinned(self, kind: ConstraintType, begin: int, wanted: int) -> int:
        if not self.paper.plan.honours_constraints:
            return max(begin, wanted) if kind in PINS else begin
        return wanted if kind in PINS else min(begin, wanted)

    def _delayed(self, node: int, row: Activity, begin: int) -> int:
        if row.delay_minutes <= 0 and node not in self.wanted:
            return begin
        team = self.paper.teams.get(node)
        begin = team.next(begin) if team else self.paper.rulers[node].next(begin)
        minutes = row.delay_minutes
        if node in self.wanted:
            minutes = self.delays[node] = max(0, self.wanted[node] - begin)
        return begin + minutes

    def _place_started(self, node: int, row: Activity, begin: int) -> None:
        """Done work stays where it happened; what remains begins no earlier than the status date."""
        begin = self._guess_start(node, row, begin) if row.actual_start is None else minute_of(row.actual_start)
        self._put(node, begin, self._end_of_started(node, row, begin))

    def _end_of_started(self, node: int, row: Activity, begin: int) -> int:
        paper = self.paper
        if row.actual_finish is not None:
            return minute_of(row.actual_finish)
        if not paper.minutes[node] and node not in paper.teams:
            return begin
        goes_on = 0 if row.finished else max(paper.status or 0, 0 if row.resume is None else minute_of(row.resume))
        finish = self._rest(node, begin, goes_on)
        if row.constraint is ConstraintType.FNET and row.constraint_date is not None:
            finish = max(finish, minute_of(row.constraint_date))
        return finish

    def _rest(self, node: int, begin: int, goes_on: int) -> int:
        paper, team = self.paper, self.paper.teams.get(node)
        if team is not None:
            return team.resumed(begin, goes_on) if goes_on else team.after(begin)
        ruler, minutes, done = paper.rulers[node], paper.minutes[node], paper.done(node)
        behind = ruler.place[begin] + done
        resumed = ruler.place[goes_on] if goes_on else behind
        if resumed > behind:
            paper.pieces[node] = (ruler.ends[behind] if done else begin, ruler.starts[resumed])
        return ruler.ends[max(behind, resumed) + minutes - done]

    def _guess_start(self, node: int, row: Activity, begin: int) -> int:
        """Where a task began that reports progress but no start: back from its finish, else where the plan has it."""
        if row.actual_finish is not None:
            return self.paper.back(node, minute_of(row.actual_finish))
        self._begin_at(node, self.paper.origin if begin == self.paper.status else begin)
        return self.start[node]
