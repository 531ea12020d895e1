"""The best answer within some seconds, by OR-Tools CP-SAT; runs in a child process, since it brings pandas along.

Rows of a higher priority are placed first and hold their places against those of a lower one. For each priority: what
was not there, then when the projects end, then how far rows move.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

FS, SS, FF, SF = range(4)
Say = Callable[[dict[str, Any]], None]


def improve(asked: dict[str, Any], say: Say) -> None:
    """Say each better answer to a grid on the way, with the bound of the finish that is proved, and how it ended.

    ``asked`` holds the grid, seconds, seed and how many threads search.
    """
    import ortools.sat.python.cp_model  # noqa: F401, PLC0415  # loading it is no part of the search's time

    grid, until = asked["grid"], monotonic() + asked["seconds"]
    ranks = sorted({job["rank"] for job in grid["jobs"] if job.get("uses")}, reverse=True)
    starts = [job["hint"] for job in grid["jobs"]]
    proved = True
    for number, rank in enumerate(ranks):
        share = (until - monotonic()) / (len(ranks) - number)
        turn = _Turn(grid, rank, starts, last=number == len(ranks) - 1, say=say)
        proved &= turn.solve(monotonic() + share, asked["seed"], asked["workers"])
        starts = turn.starts
    say({"end": True, "proved": proved and len(ranks) == 1, "starts": starts})


class _Turn:
    """The rows of one priority, those above it where they are, those below it left out."""

    def __init__(self, grid: dict[str, Any], rank: int, starts: list[int], *, last: bool, say: Say) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415  # it takes a second and much memory

        self.cp, self.model = cp_model, cp_model.CpModel()
        self.grid, self.starts, self.say, self.size = grid, list(starts), say, grid["size"]
        self.rank, self.last = rank, last
        self.inside = [place for place, job in enumerate(grid["jobs"]) if job["rank"] >= rank]
        self.begin: dict[int, Any] = {}
        self.end: dict[int, Any] = {}
        self.counted: dict[int, Any] = {}
        for place in self.inside:
            self._row(place, grid["jobs"][place])
        self._ties()
        self._pools()

    def _row(self, place: int, job: dict[str, Any]) -> None:
        model, size = self.model, 2 * self.size
        if "members" in job:
            self.begin[place] = model.new_int_var(0, size, "")
            self.end[place] = model.new_int_var(0, size, "")
            model.add_min_equality(self.begin[place], [self.begin[each] for each in job["members"]])
            model.add_max_equality(self.end[place], [self.end[each] for each in job["members"]])
        elif "end" in job:
            self.begin[place], self.end[place] = job["low"], job["end"]
        elif job["rank"] > self.rank and job["uses"]:
            self.begin[place] = self.starts[place]
            self.end[place] = job["ends"][self.starts[place]] if "ends" in job else self.starts[place] + job["size"]
        else:
            self._movable(place, job)

    def _movable(self, place: int, job: dict[str, Any]) -> None:
        model, low = self.model, min(job["low"], self.size)
        begin = model.new_int_var(low, max(low, min(job["high"], self.size)), "")
        model.add_hint(begin, self.starts[place])
        if "ends" in job:
            end = model.new_int_var(0, 2 * self.size, "")
            model.add_element(begin, job["ends"], end)
        else:
            end = begin + job["size"]
        if job["end_low"]:
            model.add(end >= job["end_low"])
        self.begin[place], self.end[place] = begin, end
        if job["soft"] and job["uses"]:
            self.counted[place] = model.new_bool_var("")

    def _ties(self) -> None:
        inside = set(self.inside)
        for source, target, kind, lag in self.grid["ties"]:
            if target in inside:
                self._tie(target, kind, self._side(source, kind) + lag)
        for source, target, kind, table in self.grid["lagged"]:
            if target in inside:
                moment = self.model.new_int_var(0, self.size, "")
                self.model.add_element(self._side(source, kind), table, moment)
                self._tie(target, kind, moment)

    def _side(self, source: int, kind: int) -> Any:
        return self.end[source] if kind in (FS, FF) else self.begin[source]

    def _tie(self, target: int, kind: int, moment: Any) -> None:
        """A row that stands fast stands fast; a dated row that its links push beyond its date stays at the date."""
        job = self.grid["jobs"][target]
        if "end" in job or "members" in job or isinstance(self.begin[target], int):
            return
        side = self.begin[target] if kind in (FS, SS) else self.end[target]
        self.model.add(side >= moment)

    def _pools(self) -> None:
        for number, pool in enumerate(self.grid["pools"]):
            table = self.grid["closed"].get(str(number))
            intervals, asked = [], []
            for place in self.inside:
                for each, rate in self.grid["jobs"][place].get("uses", ()):
                    if each == number and rate:
                        intervals.append(self._interval(place, table))
                        asked.append(min(rate, pool["most"]))
            for step, length, rate in pool["taken"]:
                begin = table[step] if table else step
                intervals.append(self.model.new_fixed_size_interval_var(begin, length, ""))
                asked.append(rate)
            if intervals:
                self.model.add_cumulative(intervals, asked, pool["most"])

    def _interval(self, place: int, table: list[int] | None) -> Any:
        begin, end, size = self.begin[place], self.end[place], self.grid["jobs"][place]["size"]
        if table or "ends" in self.grid["jobs"][place]:
            begin, end = self._on(begin, table), self._on(end, table)
            size = self.model.new_int_var(0, 2 * self.size, "")
            self.model.add(begin + size == end)
        if place in self.counted:
            return self.model.new_optional_interval_var(begin, size, end, self.counted[place], "")
        return self.model.new_interval_var(begin, size, end, "")

    def _on(self, moment: Any, table: list[int] | None) -> Any:
        """A step on the line of somebody who has days off."""
        if not table:
            return moment
        longer = table + [table[-1] + more for more in range(1, self.size + 1)]
        place = self.model.new_int_var(0, longer[-1], "")
        self.model.add_element(moment, longer, place)
        return place

    def solve(self, until: float, seed: int, workers: int) -> bool:
        """Both aims one after the other; whether the first was proved to be the best."""
        jobs = self.grid["jobs"]
        ends: dict[int, Any] = {}
        for place in self.inside:
            project = jobs[place]["project"]
            if project not in ends:
                ends[project] = self.model.new_int_var(0, 4 * self.size, "")
            tail = 0 if self.last else jobs[place]["tail"]
            self.model.add(ends[project] >= self.end[place] + tail)
        dropped = sum((1 - counted) * max(1, jobs[place]["size"]) for place, counted in self.counted.items())
        aim = dropped * (4 * self.size * max(1, len(ends)) + 1) + sum(ends.values())
        self.model.minimize(aim)
        tell = self._bound if self.last and self.rank == min(job["rank"] for job in jobs) else None
        status = self._run(monotonic() + (until - monotonic()) * 0.85, seed, workers, tell)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return False
        self._settle(aim, jobs)
        self._run(until, seed, workers)
        return bool(status == self.cp.OPTIMAL)

    def _settle(self, aim: Any, jobs: list[dict[str, Any]]) -> None:
        """From here on how far rows move, at the finish that was found."""
        self.model.add(aim <= self.value)
        self.model.clear_hints()  # type: ignore[no-untyped-call]  # published without types
        far = []
        for place in self.inside:
            begin = self.begin[place]
            if isinstance(begin, int) or "members" in jobs[place] or not jobs[place]["uses"]:
                continue
            self.model.add_hint(begin, self.starts[place])
            moved = self.model.new_int_var(0, 2 * self.size, "")
            self.model.add(moved >= begin - jobs[place]["now"])
            self.model.add(moved >= jobs[place]["now"] - begin)
            far.append(moved * jobs[place]["weight"])
        self.model.minimize(sum(far))

    def _bound(self, value: float) -> None:
        """What is proved of the finish, where there is one and nobody has to be short of time for it."""
        if 0 < value <= 4 * self.size:
            self.say({"bound": round(value)})

    def _run(self, until: float, seed: int, workers: int, tell: Callable[[float], None] | None = None) -> Any:
        seconds = until - monotonic()
        if seconds <= 0.05:
            return self.cp.UNKNOWN
        solver = self.cp.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.random_seed, solver.parameters.num_workers = seed, workers
        solver.best_bound_callback = tell
        status = solver.solve(self.model, _Watch(self))
        if status in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            self.value = round(solver.objective_value)
            self.keep(solver.value)
        return status

    def keep(self, value: Callable[[Any], int]) -> None:
        """Take over the starts of a solution."""
        for place in self.inside:
            self.starts[place] = value(self.begin[place])


def _Watch(turn: _Turn) -> Any:  # noqa: N802  # it makes an object of a class whose parent is imported late
    class Watch(turn.cp.CpSolverSolutionCallback):  # type: ignore[name-defined,misc]  # imported late
        def on_solution_callback(self) -> None:
            turn.keep(self.value)
            turn.say({"starts": turn.starts})

    return Watch()
