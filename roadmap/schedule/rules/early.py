"""The early pass: forwards along the links, every task as soon as they, the dates and its progress allow."""

from kernel.worktime import minute_of

from .network import FF, FS, SS
from .paper import Paper
from .plan import Activity, ConstraintType

_CEILINGS = (ConstraintType.SNLT, ConstraintType.FNLT)
_AT_FINISH = (ConstraintType.FNLT, ConstraintType.MFO)


def forward(paper: Paper, pulled_late: dict[int, int]) -> None:
    """Fill in early start and finish. `pulled_late` holds where tasks begin that are to be as late as possible."""
    _Early(paper, pulled_late).run()


class _Early:
    def __init__(self, paper: Paper, pulled_late: dict[int, int]) -> None:
        self.paper, self.pulled_late = paper, pulled_late
        self.start, self.finish = paper.start, paper.finish
        self.outer = {gate: paper.gate_of[node] for node, gate in paper.network.gates.items()}

    def run(self) -> None:
        paper, start, finish = self.paper, self.start, self.finish
        (first, sources), floors, gate_of, special = paper.network.before, paper.floors, paper.gate_of, paper.special
        pulls = paper.network.pulls
        children, size = paper.network.children, paper.network.size
        for node in paper.network.order:
            if node >= size or node in children:
                self._pass_family(node)
                continue
            begin, end = floors[node], 0
            for source in sources[first[node] : first[node + 1]]:
                moment = finish[source]
                begin = moment if moment > begin else begin  # noqa: FURB136  # max() doubles the time of this line
            if node in pulls:
                begin, end = self._pull(node, begin, end)
            if gate_of[node] >= 0:
                gate = gate_of[node]
                begin, end = max(begin, start[gate]), max(end, finish[gate])
            if node in special:
                self._place_special(node, begin, end)
            else:
                self._place(node, begin, end)
        paper.end = max(finish[:size], default=paper.origin)
        self._close_gates()

    def _pass_family(self, node: int) -> None:
        network = self.paper.network
        if node >= network.size:
            self.start[node], self.finish[node] = self._enter_gate(node)
        else:
            family = network.children[node]
            self.start[node] = min(self.start[child] for child in family)
            self.finish[node] = max(self.finish[child] for child in family)

    def _pull(self, node: int, begin: int, end: int) -> tuple[int, int]:
        for source, code, lag in self.paper.network.pulls.get(node, ()):
            kind = code & 3
            moment = self.finish[source] if kind in (FS, FF) else self.start[source]
            moment = self.paper.main.lagged(moment, code, lag)
            if kind in (FS, SS):
                begin = max(begin, moment)
            else:
                end = max(end, moment)
        return begin, end

    def _enter_gate(self, gate: int) -> tuple[int, int]:
        first, sources = self.paper.network.before
        begin = max((self.finish[source] for source in sources[first[gate] : first[gate + 1]]), default=0)
        begin, end = self._pull(gate, begin, 0)
        outer = self.outer[gate]
        return (begin, end) if outer < 0 else (max(begin, self.start[outer]), max(end, self.finish[outer]))

    def _close_gates(self) -> None:
        """Once the children are placed a gate takes their dates: free slack before it is measured to them."""
        for node, gate in self.paper.network.gates.items():
            self.start[gate], self.finish[gate] = self.start[node], self.finish[node]

    def _place(self, node: int, begin: int, end: int) -> None:
        """An ordinary task: work begins at the start of a period and stops at the end of one."""
        paper = self.paper
        minutes, ruler = paper.minutes[node], paper.rulers[node]
        if not minutes:
            self._stand(node, max(begin, end))
            return
        place = ruler.place[begin]
        if end:
            place = max(place, ruler.place[end] - minutes)
        paper.from_place[node] = place
        self.start[node] = ruler.starts[place]
        place += minutes
        paper.to_place[node] = place
        self.finish[node] = ruler.ends[place]

    def _stand(self, node: int, moment: int) -> None:
        """A milestone stands where it is put, so at the end of a period if that is where its predecessor ends."""
        paper, ruler = self.paper, self.paper.rulers[node]
        place = ruler.place[moment]
        if ruler.ends[place] != moment:
            moment = ruler.starts[place]
        paper.from_place[node] = paper.to_place[node] = place
        self.start[node] = self.finish[node] = moment

    def _place_special(self, node: int, begin: int, end: int) -> None:
        row = self.paper.rows[node]
        if row.started:
            self._place_started(node, row, begin, end)
        elif row.constraint_date is not None:
            self._place_constrained(node, row.constraint, minute_of(row.constraint_date), begin, end)
        else:
            self._place(node, max(begin, self.pulled_late.get(node, begin)), end)

    def _place_constrained(self, node: int, kind: ConstraintType, date: int, begin: int, end: int) -> None:
        if kind is ConstraintType.SNET:
            begin = max(begin, date)
        elif kind is ConstraintType.FNET:
            end = max(end, date)
        self._place(node, begin, end)
        if kind in _CEILINGS:
            late = (self.finish[node] if kind is ConstraintType.FNLT else self.start[node]) > date
        else:
            late = kind in (ConstraintType.MSO, ConstraintType.MFO)
        if late:
            self._pin(node, kind, date)

    def _pin(self, node: int, kind: ConstraintType, date: int) -> None:
        minutes = self.paper.minutes[node]
        if not minutes:
            self._stand(node, date)
            return
        ruler = self.paper.rulers[node]
        place = ruler.place[date] - (minutes if kind in _AT_FINISH else 0)
        self._place(node, ruler.starts[place], 0)

    def _place_started(self, node: int, row: Activity, begin: int, end: int) -> None:
        """Done work stays where it happened; what remains begins no earlier than the status date."""
        paper, place = self.paper, self.paper.rulers[node].place
        begin = self._guess_start(node, row, begin, end) if row.actual_start is None else minute_of(row.actual_start)
        finish = self._end_of_started(node, row, begin)
        self.start[node], self.finish[node] = begin, finish
        paper.from_place[node], paper.to_place[node] = place[begin], place[finish]

    def _end_of_started(self, node: int, row: Activity, begin: int) -> int:
        minutes, ruler, status = self.paper.minutes[node], self.paper.rulers[node], self.paper.status
        if row.actual_finish is not None:
            return minute_of(row.actual_finish)
        if not minutes:
            return begin
        done = round(minutes * row.percent_complete / 100)
        resume = ruler.place[begin] + done
        if status is not None and done < minutes:
            resume = max(resume, ruler.place[status])
        return ruler.ends[resume + minutes - done]

    def _guess_start(self, node: int, row: Activity, begin: int, end: int) -> int:
        """Where a task began that reports progress but no start: back from its finish, else where the plan has it."""
        paper, ruler = self.paper, self.paper.rulers[node]
        if row.actual_finish is not None:
            finish, minutes = minute_of(row.actual_finish), paper.minutes[node]
            return ruler.starts[ruler.place[finish] - minutes] if minutes else finish
        self._place(node, paper.origin if begin == paper.status else begin, end)
        return self.start[node]
