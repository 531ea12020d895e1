"""The runs on paper: what each task takes in each run, and how its work lies in the calendars of who does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from roadmap.forecast.rules.ruler import Line, VectorRuler, same
from roadmap.schedule.rules.network import ELAPSED, SF, SHARE
from roadmap.schedule.rules.paper import Paper


@dataclass(frozen=True, slots=True)
class Part:
    """What one of several does on a task: minutes of their own ruler, how much later they begin, what is done."""

    ruler: VectorRuler
    minutes: int
    delay: int
    done: int


@dataclass(slots=True)
class Lines:
    """Start and finish by node, as vectors of runs. ``minutes`` are what a task takes, ``extra`` what risks add to it.

    ``percents`` are lags in percent, by predecessor, successor, code and usual minutes.
    """

    paper: Paper
    main: VectorRuler
    rulers: list[VectorRuler]
    gauges: list[VectorRuler]
    teams: Mapping[int, tuple[Part, ...]]
    percents: Mapping[tuple[int, int, int, int], float]
    minutes: Mapping[int, Line]
    extra: Mapping[int, Line]
    start: list[Line]
    finish: list[Line]

    def is_point(self, node: int) -> bool:
        """Whether a task takes no time in any run."""
        return node not in self.minutes and node not in self.teams

    def lag(self, source: int, target: int, code: int, lag: int) -> Line:
        """The minutes of a lag; one in percent follows what its predecessor takes in the run."""
        if code >= SHARE:
            span = self.main.place(self.finish[source]) - self.main.place(self.start[source])
            return _part_of(span, lag / 100)
        percent = self.percents.get((source, target, code, lag))
        if percent is None or source not in self.minutes:
            return same(lag)
        return _part_of(self.minutes[source], percent / 100)

    def lagged(self, ruler: VectorRuler, moment: Line, code: int, lag: Line) -> Line:
        """A moment moved by a lag: working time, or every minute when elapsed."""
        if code <= SF:
            return moment
        if code & ELAPSED:
            return moment + lag
        place = ruler.place(moment) + lag
        if lag.ndim:
            return np.where(lag == 0, moment, np.where(lag > 0, ruler.ends(place), ruler.starts(place)))
        return moment if not lag else ruler.ends(place) if lag > 0 else ruler.starts(place)

    def next(self, node: int, moment: Line) -> Line:
        """When work on a task can begin."""
        team = self.teams.get(node)
        if team is None:
            return self.rulers[node].next(moment)
        return reduce(np.minimum, (part.ruler.next(moment) for part in team))

    def after(self, node: int, begin: Line) -> Line:
        """When all of it is done."""
        team = self.teams.get(node)
        if team is None:
            return begin if self.is_point(node) else self.rulers[node].after(begin, self._takes(node))
        return reduce(np.maximum, (part.ruler.after(begin, part.delay + self._of_part(node, part)) for part in team))

    def before(self, node: int, moment: Line) -> Line:
        """When it has to begin to end at a moment."""
        team = self.teams.get(node)
        if team is None:
            return moment if self.is_point(node) else self.rulers[node].before(moment, self._takes(node))
        return reduce(np.minimum, (part.ruler.before(moment, part.delay + self._of_part(node, part)) for part in team))

    def resumed(self, node: int, begin: Line, goes_on: int) -> Line:
        """When what is left of a started task is done; it goes on at a moment at the earliest, 0 for none."""
        team = self.teams.get(node)
        if team is None:
            done, ruler = self.paper.done(node), self.rulers[node]
            behind = ruler.place(begin) + done
            resumed = np.maximum(behind, ruler.place(same(goes_on))) if goes_on else behind
            return ruler.ends(resumed + self._rest(node, self.paper.minutes[node] - done))
        if not goes_on:
            return self.after(node, begin)
        return reduce(np.maximum, (self._resumed_part(node, part, begin, goes_on) for part in team))

    def _resumed_part(self, node: int, part: Part, begin: Line, goes_on: int) -> Line:
        behind = part.ruler.place(begin) + part.delay + part.done
        rest = self._scaled(node, part.minutes - part.done)
        return part.ruler.ends(np.maximum(behind, part.ruler.place(same(goes_on))) + rest)

    def remaining(self, node: int) -> Line:
        """What is left of a started task, in working minutes."""
        return self._rest(node, self.paper.minutes[node] - self.paper.done(node))

    def _takes(self, node: int) -> Line:
        extra = self.extra.get(node)
        return self.minutes[node] if extra is None else self.minutes[node] + extra

    def _of_part(self, node: int, part: Part) -> Line:
        return self._scaled(node, part.minutes)

    def _scaled(self, node: int, minutes: int) -> Line:
        """The minutes of one of several, longer and shorter as the task is."""
        usual, taken = self.paper.minutes[node], self.minutes.get(node)
        scaled = same(minutes) if taken is None or not usual else _part_of(taken, minutes / usual)
        extra = self.extra.get(node)
        return scaled if extra is None else scaled + extra

    def _rest(self, node: int, planned: int) -> Line:
        """The share of a task that is left, of what it takes in each run."""
        taken, usual = self.minutes[node], self.paper.minutes[node]
        share = planned / usual if usual else 1 - self.paper.rows[node].percent_complete / 100
        rest: Line = np.where(taken == usual, planned, _part_of(taken, share))
        extra = self.extra.get(node)
        return rest if extra is None or not planned else rest + extra


def _part_of(minutes: Line, share: float) -> Line:
    found: Line = np.rint(minutes * share).astype(np.int64)
    return found
