"""The critical path: early dates forwards, late dates backwards, slack between them.

Method: Kelley and Walker (1959) with the precedence links of Fondahl, in working time. Constraints, progress and lags
follow what MS Project does. Instants are clock minutes inside (see `kernel.worktime`).
"""

from datetime import datetime

from kernel.worktime import Axis, instant_of, minute_of

from .checks import check
from .network import ELAPSED, FF, FS, LAGGED, SF, SS, Network, build
from .plan import Activity, ConstraintType, Dates, Plan, Schedule

_NEVER = 1 << 60
_FINISH_CAPS = (ConstraintType.FNLT, ConstraintType.MFO)
_START_CAPS = (ConstraintType.SNLT, ConstraintType.MSO)


def schedule(plan: Plan) -> Schedule:
    """Dates, slack and criticality of every task. Raises `PlanBroken`, `CycleFound` or `NoWorkingTime`."""
    check(plan)
    network = build(plan)
    run = _Run(plan, network)
    run.forward()
    run.close_gates()
    run.backward()
    if run.pull_late():
        run.forward()
        run.close_gates()
        run.backward()
    if plan.target is not None:
        run.aim(network.ids.index(plan.target))
    return _Result(run).schedule()


class _Run:
    """One calculation. Lists are by node; a *place* is an index on the task's own working axis."""

    def __init__(self, plan: Plan, network: Network) -> None:
        self.plan, self.network = plan, network
        self.rows = plan.activities
        self.main = plan.calendar.axis
        nodes, count = len(network.before), network.size
        self.axes = self._axes()
        self.minutes = [row.duration_minutes for row in self.rows]
        self.start, self.finish = [0] * nodes, [0] * nodes
        self.late_start, self.late_finish = [0] * nodes, [0] * nodes
        self.from_place, self.to_place = [0] * count, [0] * count
        self.slack = [0] * count
        self.end = 0
        self.origin = self.main.start_of(self.main.index(minute_of(plan.start)))
        self.status = None if plan.status_date is None else minute_of(plan.status_date)
        self.gate_of = self._gate_of()
        self.special = {node for node, row in enumerate(self.rows) if _is_special(row)}
        self.floors = self._floors()
        self.caps = self._caps()
        self.aimed: set[int] | None = None
        self.late_placed: dict[int, int] = {}

    def _axes(self) -> list[Axis]:
        axes = {name: calendar.axis for name, calendar in self.plan.calendars.items()}
        return [self.main if row.calendar is None else axes[row.calendar] for row in self.rows]

    def _gate_of(self) -> list[int]:
        gates = self.network.gates
        return [gates.get(parent, -1) for parent in self.network.parents] if gates else [-1] * self.network.size

    def _floors(self) -> list[int]:
        """The earliest start that nothing but dates demands: plan start, status date, constraints of summaries."""
        base = self.origin if self.status is None else max(self.origin, self.status)
        floors = [base] * self.network.size
        for node in self.summaries_downwards():
            row, floor = self.rows[node], floors[node]
            if row.constraint is ConstraintType.SNET and row.constraint_date:
                floor = max(floor, minute_of(row.constraint_date))
            for child in self.network.children[node]:
                floors[child] = floor
        return floors

    def _caps(self) -> dict[int, tuple[int, int]]:
        """Latest start and latest finish that constraints and deadlines demand, for the tasks that have any."""
        caps: dict[int, tuple[int, int]] = {}
        for node, row in enumerate(self.rows):
            start = finish = _NEVER
            if row.deadline is not None:
                finish = minute_of(row.deadline)
            if row.constraint_date is not None and row.constraint in _FINISH_CAPS:
                finish = min(finish, minute_of(row.constraint_date))
            if row.constraint_date is not None and row.constraint in _START_CAPS:
                start = minute_of(row.constraint_date)
            if start < _NEVER or finish < _NEVER:
                caps[node] = start, finish
        return caps

    def summaries_downwards(self) -> list[int]:
        children = self.network.children
        line = [node for node in children if self.network.parents[node] < 0]
        for node in line:
            line += [child for child in children[node] if child in children]
        return line

    # --- early dates ---------------------------------------------------------------------------------------------

    def forward(self) -> None:
        """Early start and finish of every node, in order."""
        start, finish, before, floors = self.start, self.finish, self.network.before, self.floors
        children, gate_of, special, size = self.network.children, self.gate_of, self.special, self.network.size
        for node in self.network.order:
            if node >= size:
                start[node], finish[node] = self._enter_gate(node)
                continue
            if node in children:
                family = children[node]
                start[node] = min(start[child] for child in family)
                finish[node] = max(finish[child] for child in family)
                continue
            begin, end = floors[node], 0
            for source, code, lag in before[node]:
                if code == FS:
                    moment = finish[source]
                    begin = max(begin, moment)
                else:
                    begin, end = self._pull(begin, end, source, code, lag)
            gate = gate_of[node]
            if gate >= 0:
                begin, end = max(begin, start[gate]), max(end, finish[gate])
            if node in special:
                self._place_special(node, begin, end)
            else:
                self._place(node, begin, end)
        self.end = max((finish[node] for node in range(size)), default=self.origin)

    def _pull(self, begin: int, end: int, source: int, code: int, lag: int) -> tuple[int, int]:
        kind = code & 3
        moment = self.finish[source] if kind in (FS, FF) else self.start[source]
        moment = self.shift(moment, code, lag)
        return (max(begin, moment), end) if kind in (FS, SS) else (begin, max(end, moment))

    def shift(self, moment: int, code: int, lag: int) -> int:
        """A moment moved by a lag: working time of the plan's calendar, or every minute when elapsed."""
        if not code & (LAGGED | ELAPSED):
            return moment
        if code & ELAPSED:
            return moment + lag
        index = self.main.index(moment) + lag
        return self.main.end_of(index) if lag > 0 else self.main.start_of(index)

    def _enter_gate(self, gate: int) -> tuple[int, int]:
        begin = end = 0
        for source, code, lag in self.network.before[gate]:
            begin, end = self._pull(begin, end, source, code, lag)
        outer = self.gate_of[self._gated[gate]]
        return (begin, end) if outer < 0 else (max(begin, self.start[outer]), max(end, self.finish[outer]))

    @property
    def _gated(self) -> dict[int, int]:
        return {gate: node for node, gate in self.network.gates.items()}

    def _place(self, node: int, begin: int, end: int) -> None:
        """Put an ordinary task at its earliest: work begins at the start of a period and stops at the end of one."""
        axis, minutes = self.axes[node], self.minutes[node]
        if not minutes:
            self._stand(node, max(begin, end))
            return
        place = axis.index(begin)
        if end:
            place = max(place, axis.index(end) - minutes)
        self._lay(node, place)

    def _lay(self, node: int, place: int) -> None:
        axis, minutes = self.axes[node], self.minutes[node]
        self.from_place[node], self.to_place[node] = place, place + minutes
        self.start[node], self.finish[node] = axis.start_of(place), axis.end_of(place + minutes)

    def _stand(self, node: int, moment: int) -> None:
        """A milestone stands where it is put, so at the end of a period if that is where its predecessor ends."""
        axis = self.axes[node]
        place = axis.index(moment)
        if axis.end_of(place) != moment:
            moment = axis.start_of(place)
        self.from_place[node] = self.to_place[node] = place
        self.start[node] = self.finish[node] = moment

    def _place_special(self, node: int, begin: int, end: int) -> None:
        row = self.rows[node]
        if row.started:
            self._place_started(node, row, begin, end)
        elif row.constraint_date is not None:
            self._place_constrained(node, row, begin, end)
        elif node in self.late_placed:
            self._place(node, max(begin, self.late_placed[node]), end)
        else:
            self._place(node, begin, end)

    def _place_constrained(self, node: int, row: Activity, begin: int, end: int) -> None:
        assert row.constraint_date is not None
        date, kind, minutes = minute_of(row.constraint_date), row.constraint, self.minutes[node]
        if kind is ConstraintType.SNET:
            self._place(node, max(begin, date), end)
            return
        if kind is ConstraintType.FNET:
            self._place(node, begin, max(end, date))
            return
        self._place(node, begin, end)
        if kind in (ConstraintType.SNLT, ConstraintType.FNLT) and self._ends(node, kind) <= date:
            return
        if not minutes:
            self._stand(node, date)
        else:
            finish_kind = kind in (ConstraintType.FNLT, ConstraintType.MFO)
            self._lay(node, self.axes[node].index(date) - (minutes if finish_kind else 0))

    def _ends(self, node: int, kind: ConstraintType) -> int:
        return self.finish[node] if kind is ConstraintType.FNLT else self.start[node]

    def _place_started(self, node: int, row: Activity, begin: int, end: int) -> None:
        """Done work stays where it happened; what remains begins no earlier than the status date."""
        axis, minutes = self.axes[node], self.minutes[node]
        if row.actual_start is None:
            begin = self._guess_start(node, row, begin, end)
        else:
            begin = minute_of(row.actual_start)
        if row.finished:
            finish = axis.end_of(axis.index(begin) + minutes) if minutes else begin
            finish = minute_of(row.actual_finish) if row.actual_finish else finish
        else:
            done = round(minutes * row.percent_complete / 100)
            resume = axis.index(begin) + done
            if self.status is not None:
                resume = max(resume, axis.index(self.status))
            finish = axis.end_of(resume + minutes - done) if minutes else begin
        self.start[node], self.finish[node] = begin, finish
        self.from_place[node], self.to_place[node] = axis.index(begin), axis.index(finish)

    def _guess_start(self, node: int, row: Activity, begin: int, end: int) -> int:
        """Where a task began that reports progress but no start: where the plan has it, or back from its finish."""
        if row.actual_finish is not None:
            axis = self.axes[node]
            finish = minute_of(row.actual_finish)
            return axis.start_of(axis.index(finish) - self.minutes[node]) if self.minutes[node] else finish
        if self.status is not None and begin == self.status:
            begin = self.origin
        self._place(node, begin, end)
        return self.start[node]

    def close_gates(self) -> None:
        """Once the children are placed, a gate takes their dates: free slack before it is measured to them."""
        for node in reversed(self.summaries_downwards()):
            gate = self.network.gates.get(node)
            if gate is not None:
                self.start[gate], self.finish[gate] = self.start[node], self.finish[node]

    # --- late dates ----------------------------------------------------------------------------------------------

    def backward(self) -> None:
        """Late start and finish of every node, against the order, and the slack of every leaf."""
        children, size, after = self.network.children, self.network.size, self.network.after
        late_start, late_finish, parents = self.late_start, self.late_finish, self.network.parents
        special, caps, aimed = self.special, self.caps, self.aimed
        horizon = self.end if aimed is None else _NEVER
        for node in reversed(self.network.order):
            if node >= size:
                self._leave_gate(node)
                continue
            begin, end = _NEVER, horizon
            for target, code, lag in after[node]:
                if code == FS:
                    moment = late_start[target]
                    end = min(end, moment)
                else:
                    begin, end = self._push(begin, end, target, code, lag)
            parent = parents[node]
            if parent >= 0:
                begin, end = self._under(node, parent, begin, end)
            if aimed is None and node in caps:
                begin, end = min(begin, caps[node][0]), min(end, caps[node][1])
            if aimed is not None and node in aimed:
                end = min(end, self.finish[node])
            if node in children:
                late_start[node], late_finish[node] = begin, end
            elif begin == end == _NEVER:
                late_start[node] = late_finish[node] = _NEVER
            elif node in special and self.rows[node].started:
                self._late_started(node, begin, end)
            else:
                self._late(node, begin, end)

    def _push(self, begin: int, end: int, target: int, code: int, lag: int) -> tuple[int, int]:
        kind = code & 3
        moment = self.late_start[target] if kind in (FS, SS) else self.late_finish[target]
        if moment == _NEVER:
            return begin, end
        moment = self.shift(moment, code, -lag)
        return (begin, min(end, moment)) if kind in (FS, FF) else (min(begin, moment), end)

    def _under(self, node: int, parent: int, begin: int, end: int) -> tuple[int, int]:
        """What is asked of a summary is asked of its children; only the first of them can hold back its start."""
        if self.start[node] == self.start[parent]:
            begin = min(begin, self.late_start[parent])
        return begin, min(end, self.late_finish[parent])

    def _leave_gate(self, gate: int) -> None:
        family = self.network.children[self._gated[gate]]
        nodes = [self.network.gates.get(child, child) for child in family]
        self.late_start[gate] = min(self.late_start[node] for node in nodes)
        self.late_finish[gate] = min(self.late_finish[node] for node in nodes)

    def _late(self, node: int, begin: int, end: int) -> None:
        axis, minutes = self.axes[node], self.minutes[node]
        place = axis.index(end) if end < _NEVER else _NEVER
        if begin < _NEVER:
            place = min(place, axis.index(begin) + minutes)
        self.slack[node] = slack = place - self.to_place[node]
        if minutes:
            self.late_start[node], self.late_finish[node] = axis.start_of(place - minutes), axis.end_of(place)
        else:
            self.late_start[node] = self.late_finish[node] = axis.end_of(place) if slack else self.finish[node]

    def _late_started(self, node: int, begin: int, end: int) -> None:
        """A start that has happened can't slip: only the finish counts, and nothing once that has happened too."""
        axis = self.axes[node]
        self.late_start[node] = self.start[node]
        if self.rows[node].finished or end == _NEVER:
            self.late_finish[node], self.slack[node] = self.finish[node], 0
        else:
            place = axis.index(end)
            self.late_finish[node], self.slack[node] = axis.end_of(place), place - self.to_place[node]

    def pull_late(self) -> bool:
        """Note where tasks stand that are to be as late as possible; True when there are any to move."""
        self.late_placed = {
            node: self.late_start[node]
            for node in self.special
            if self.rows[node].constraint is ConstraintType.ALAP
            and not self.rows[node].started
            and self.slack[node] > 0
        }
        return bool(self.late_placed)

    def aim(self, target: int) -> None:
        """Measure slack to one task; what does not lead there keeps its slack to the end of the plan, uncritical."""
        usual = list(self.late_start), list(self.late_finish), list(self.slack)
        self.aimed = {target}
        self.backward()
        leading = {node for node in range(self.network.size) if self.late_finish[node] < _NEVER}
        for node in range(self.network.size):
            if node not in leading:
                self.late_start[node], self.late_finish[node], self.slack[node] = (line[node] for line in usual)
        self.aimed = leading


def _is_special(row: Activity) -> bool:
    return (
        row.constraint is not ConstraintType.ASAP
        or row.percent_complete > 0
        or row.actual_start is not None
        or row.actual_finish is not None
    )


class _Result:
    """Turns the numbers of a run into dates."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.free = self._free_slack()
        self.critical = self._critical()
        self._instants: dict[int, datetime] = {}

    def schedule(self) -> Schedule:
        run, network = self.run, self.run.network
        self._roll_up()
        dates = {each: self._dates(node) for node, each in enumerate(network.ids)}
        start = min((run.start[node] for node in range(network.size)), default=run.origin)
        order = tuple(network.ids[node] for node in network.order if node < network.size)
        return Schedule(dates, instant_of(start), instant_of(run.end), order)

    def _dates(self, node: int) -> Dates:
        run = self.run
        start, finish = self._at(run.start[node]), self._at(run.finish[node])
        late_start, late_finish = self._at(run.late_start[node]), self._at(run.late_finish[node])
        slack, free = run.slack[node], self.free[node]
        return Dates(start, finish, start, finish, late_start, late_finish, slack, free, self.critical[node])

    def _at(self, minute: int) -> datetime:
        found = self._instants.get(minute)
        if found is None:
            found = self._instants[minute] = instant_of(minute)
        return found

    def _free_slack(self) -> list[int]:
        """Working minutes a task may slip before it moves another: its nearest follower, else the end of the plan."""
        run, network = self.run, self.run.network
        gap = [0] * network.size
        limits = [(_NEVER, _NEVER)] * network.size
        for node in reversed(network.order):
            if node >= network.size:
                continue
            limits[node] = self._room(node, limits)
            if node not in network.children:
                gap[node] = self._gap(node, *limits[node])
        for node in reversed(run.summaries_downwards()):
            gap[node] = min(gap[child] for child in network.children[node])
        return gap

    def _room(self, node: int, limits: list[tuple[int, int]]) -> tuple[int, int]:
        run, parent = self.run, self.run.network.parents[node]
        begin = end = _NEVER
        if parent >= 0:
            begin = limits[parent][0] if run.start[node] == run.start[parent] else _NEVER
            end = limits[parent][1]
        for target, code, lag in run.network.after[node]:
            kind = code & 3
            moment = run.start[target] if kind in (FS, SS) else run.finish[target]
            if code > SF:
                moment = run.shift(moment, code, -lag)
            if kind in (FS, FF):
                end = min(end, moment)
            else:
                begin = min(begin, moment)
        return begin, end

    def _gap(self, node: int, begin: int, end: int) -> int:
        run = self.run
        if run.rows[node].finished:
            return 0
        axis = run.axes[node]
        if begin == end == _NEVER:
            end = run.end
        room = axis.index(end) - run.to_place[node] if end < _NEVER else _NEVER
        if begin < _NEVER:
            room = min(room, axis.index(begin) - run.from_place[node])
        return max(room, 0)

    def _critical(self) -> list[bool]:
        run, threshold = self.run, self.run.plan.critical_threshold_minutes
        return [
            run.slack[node] <= threshold and not row.finished and (run.aimed is None or node in run.aimed)
            for node, row in enumerate(run.rows)
        ]

    def _roll_up(self) -> None:
        run, network = self.run, self.run.network
        for node in reversed(run.summaries_downwards()):
            family = network.children[node]
            open_ones = [child for child in family if not run.rows[child].finished] or family
            run.late_start[node] = min(run.late_start[child] for child in family)
            run.late_finish[node] = max(run.late_finish[child] for child in family)
            run.slack[node] = min(run.slack[child] for child in open_ones)
            self.critical[node] = any(self.critical[child] for child in family)
