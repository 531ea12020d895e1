"""Elbow arrows between rows: they leave a finish and enter a start (or as their type says), and round their corners."""

from dataclasses import dataclass
from itertools import pairwise

from roadmap.gantt.rules.plan import LinkType, TaskType

ROW = 26
"""Height of a row in pixels."""
BAR_TOP, BAR_HEIGHT, MIDDLE = 5, 14, 12
SUMMARY_TOP, SUMMARY_HEIGHT = 8, 5
DIAMOND_MIDDLE, DIAMOND = 13.0, 6.5
OUT = 5
"""Pixels that an arrow runs straight before it turns."""
ENTRY = 3.5
"""Pixels inside a bar where an arrow comes down on it."""

Points = tuple[tuple[float, float], ...]

_TOP: dict[TaskType, float] = {"task": BAR_TOP, "summary": SUMMARY_TOP, "milestone": DIAMOND_MIDDLE - DIAMOND}
_BOTTOM: dict[TaskType, float] = {
    "task": BAR_TOP + BAR_HEIGHT,
    "summary": SUMMARY_TOP + SUMMARY_HEIGHT,
    "milestone": DIAMOND_MIDDLE + DIAMOND,
}
_MIDDLE: dict[TaskType, float] = {"task": MIDDLE, "summary": SUMMARY_TOP + 2.5, "milestone": DIAMOND_MIDDLE}


@dataclass(frozen=True, slots=True)
class End:
    """A row that an arrow touches: its index, kind and horizontal reach."""

    row: int
    type: TaskType
    x0: float
    x1: float

    @property
    def top(self) -> float:
        """Upper edge of what is drawn."""
        return self.row * ROW + _TOP[self.type]

    @property
    def bottom(self) -> float:
        """Lower edge of what is drawn."""
        return self.row * ROW + _BOTTOM[self.type]

    @property
    def middle(self) -> float:
        """Height at which an arrow leaves or enters sideways."""
        return self.row * ROW + _MIDDLE[self.type]

    @property
    def entry(self) -> float:
        """Where an arrow comes down on its start."""
        if self.type == "milestone":
            return (self.x0 + self.x1) / 2
        return self.x0 + min(ENTRY, (self.x1 - self.x0) / 2)


@dataclass(frozen=True, slots=True)
class LinkPath:
    """An arrow: corner points, the direction of its head (down, up, right, left), and the rows it spans."""

    points: Points
    head: str
    critical: bool
    row_from: int
    row_to: int

    def verticals(self) -> list[tuple[float, float, float]]:
        """Upright pieces as (x, upper y, lower y), for labels to keep clear of."""
        return [(x, min(y0, y1), max(y0, y1)) for (x, y0), (x1, y1) in pairwise(self.points) if x == x1]


def route(start: End, end: End, type_: LinkType, *, critical: bool) -> LinkPath:
    """The arrow of a link; from a milestone a finish-to-start arrow leaves below, so that its date stays readable."""
    down = end.row > start.row
    head = "left"
    if type_ == "FS":
        points, head = _finish_start(start, end, down=down), "down" if down else "up"
    elif type_ == "SS":
        points, head = _same_side((start.x0, start.middle), (end.x0, end.middle), -1), "right"
    elif type_ == "FF":
        points = _same_side((start.x1, start.middle), (end.x1, end.middle), 1)
    else:
        points = _start_finish(start, end, down=down)
    return LinkPath(points, head, critical, min(start.row, end.row), max(start.row, end.row))


def _finish_start(start: End, end: End, *, down: bool) -> Points:
    arrive = (end.entry, end.top - 1 if down else end.bottom + 1)
    lane = _lane(start, down=down)
    if start.type == "milestone":
        leave = (start.entry, start.bottom if down else start.top)
        if abs(start.entry - end.entry) < 1:
            return leave, (start.entry, arrive[1])
        return leave, (start.entry, lane), (end.entry, lane), arrive
    if end.entry >= start.x1 + 4:
        return (start.x1, start.middle), (end.entry, start.middle), arrive
    out = start.x1 + OUT
    return (start.x1, start.middle), (out, start.middle), (out, lane), (end.entry, lane), arrive


def _same_side(start: tuple[float, float], end: tuple[float, float], side: int) -> Points:
    edge = max(start[0], end[0]) if side > 0 else min(start[0], end[0])
    turn = edge + side * (OUT + 3)
    return start, (turn, start[1]), (turn, end[1]), (end[0] + side, end[1])


def _start_finish(start: End, end: End, *, down: bool) -> Points:
    lane = _lane(start, down=down)
    out, into = start.x0 - OUT, end.x1 + OUT + 3
    tail = (start.x0, start.middle), (out, start.middle), (out, lane)
    return *tail, (into, lane), (into, end.middle), (end.x1 + 1, end.middle)


def _lane(start: End, *, down: bool) -> float:
    """The line between the start's row and the next one on the way, free of bars."""
    return float((start.row + 1) * ROW - 1 if down else start.row * ROW + 1)
