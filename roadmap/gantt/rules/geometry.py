"""The whole chart in pixels: rows, bars, tails, marks, arrows and lines, the same for the screen and for paper."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from roadmap.gantt.rules.links import DIAMOND, ROW, End, LinkPath, route
from roadmap.gantt.rules.plan import GanttInput, GanttTask, Overlay
from roadmap.gantt.rules.rows import joined_links, shown, stand_ins, work_row
from roadmap.gantt.rules.scale import Axis, Scale, Span, axis_of, scale_of, shades_of
from roadmap.gantt.rules.view import View, window_of

MIN_BAR = 3.0
"""Pixels; a shorter bar could not be seen."""
LABEL_CHAR = 6.2
"""Pixels of a character of a label, on average and generously."""
LABEL_GAP = 5.0


@dataclass(frozen=True, slots=True)
class Label:
    """Where a milestone's date stands; `end`: the text ends at x; `strong`: the last milestone of the critical path."""

    x: float
    end: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One drawn row. All x are pixels of the scale.

    `pause` is the gap in work that lies in two pieces; `planned` are its places in the baselines below the bar, each
    with the number of the baseline among those shown.
    """

    index: int
    task: GanttTask
    x0: float
    x1: float
    done: float
    slack: float | None = None
    deadline: float | None = None
    label: Label | None = None
    parent: bool = False
    collapsed: bool = False
    pause: tuple[float, float] | None = None
    planned: tuple[tuple[int, float, float], ...] = ()

    @property
    def y(self) -> int:
        """Upper edge of the row."""
        return self.index * ROW


@dataclass(frozen=True, slots=True)
class Geometry:
    """A chart, or the window `row_from` to `row_to` of its `row_count` visible rows."""

    plan: GanttInput
    view: View
    scale: Scale
    axis: Axis
    rows: tuple[Row, ...]
    links: tuple[LinkPath, ...]
    shades: tuple[Span, ...]
    row_from: int
    row_to: int
    row_count: int
    today: float | None
    status: float | None
    target: float | None
    likely: tuple[float, float] | None = None
    work_row: int = 0

    @property
    def width(self) -> float:
        """Pixels of the chart's part with bars."""
        return self.scale.width

    @property
    def top(self) -> int:
        """Upper edge of the window."""
        return self.row_from * ROW

    @property
    def height(self) -> int:
        """Pixels of the window."""
        return (self.row_to - self.row_from) * ROW

    @property
    def whole(self) -> bool:
        """Whether every visible row is drawn."""
        return self.row_from == 0 and self.row_to == self.row_count


def layout(plan: GanttInput, view: View, label_chars: int = 6, *, whole: bool = False) -> Geometry:
    """Place a plan as a view asks. `label_chars` is the longest date beside a milestone; `whole` draws all rows."""
    scale = scale_of(plan, view.zoom, view.width)
    tasks = shown(plan, view)
    first, last = (0, len(tasks)) if whole else window_of(view, len(tasks))
    links = _links(plan, view, scale, tasks, (first, last))
    parents = plan.children()
    rows = tuple(_row(scale, index, tasks[index], view, parents, plan.overlays) for index in range(first, last))
    return Geometry(
        plan=plan,
        view=view,
        scale=scale,
        axis=axis_of(scale, plan.start),
        rows=_labelled(rows, links, scale.width, label_chars * LABEL_CHAR, _last_critical(plan)),
        links=links,
        shades=shades_of(scale, plan),
        row_from=first,
        row_to=last,
        row_count=len(tasks),
        today=_line(scale, plan.today, 0.5),
        status=_line(scale, plan.status_date, 1.0),
        target=_line(scale, plan.target, 1.0),
        likely=_band(scale, plan.likely),
        work_row=work_row(tasks),
    )


def reach(scale: Scale, task: GanttTask) -> tuple[float, float]:
    """Left and right end of what is drawn for a task; a milestone is centred on its day, or stands at its hour."""
    return _span(scale, task, task.start, task.finish)


def _row(
    scale: Scale, index: int, task: GanttTask, view: View, parents: set[int], overlays: tuple[Overlay, ...]
) -> Row:
    x0, x1 = reach(scale, task)
    return Row(
        index=index,
        task=task,
        x0=x0,
        x1=x1,
        done=x0 + (x1 - x0) * min(max(task.percent, 0), 100) / 100,
        slack=_slack(scale, task, x1),
        deadline=None if task.deadline is None else scale.x(task.deadline),
        parent=task.id in parents,
        collapsed=task.id in view.collapsed,
        pause=_pause(scale, task),
        planned=_planned(scale, task, overlays),
    )


def _slack(scale: Scale, task: GanttTask, x1: float) -> float | None:
    if task.slack_end is None or task.type == "summary" or task.done or not task.slack_minutes:
        return None
    x = scale.stone_x(task.slack_end) if task.type == "milestone" else scale.x(task.slack_end)
    return x if x > x1 + 2 else None


def _pause(scale: Scale, task: GanttTask) -> tuple[float, float] | None:
    if task.stop is None or task.resume is None or task.type != "task":
        return None
    x0, x1 = scale.x(task.stop), scale.x(task.resume)
    return (x0, x1) if x1 - x0 >= 1 else None


def _planned(scale: Scale, task: GanttTask, overlays: tuple[Overlay, ...]) -> tuple[tuple[int, float, float], ...]:
    spans = ((number, each.spans.get(task.id)) for number, each in enumerate(overlays))
    return tuple((number, *_span(scale, task, *span)) for number, span in spans if span is not None)


def _span(scale: Scale, task: GanttTask, start: datetime, finish: datetime) -> tuple[float, float]:
    if task.type == "milestone":
        x = scale.stone_x(finish)
        return x - DIAMOND, x + DIAMOND
    x0 = scale.x(start)
    return x0, max(scale.x(finish), x0 + MIN_BAR)


def _line(scale: Scale, day: date | None, part: float) -> float | None:
    return scale.day_x(day) + scale.px * part if day is not None and scale.covers(day) else None


def _band(scale: Scale, days: tuple[date, date] | None) -> tuple[float, float] | None:
    """From the first day to the end of the last one, as far as the scale shows them."""
    if days is None:
        return None
    x0, x1 = (min(max(x, 0.0), scale.width) for x in (scale.day_x(days[0]), scale.day_x(days[1]) + scale.px))
    return (x0, x1) if x1 > x0 else None


def _links(
    plan: GanttInput, view: View, scale: Scale, tasks: list[GanttTask], window: tuple[int, int]
) -> tuple[LinkPath, ...]:
    joined = joined_links(plan.links, stand_ins(plan, view, tasks))
    return tuple(
        route(_end(scale, tasks, first), _end(scale, tasks, last), link.type, critical=link.critical)
        for first, last, link in joined
        if max(first, last) >= window[0] and min(first, last) < window[1]
    )


def _end(scale: Scale, tasks: list[GanttTask], index: int) -> End:
    task = tasks[index]
    return End(index, task.type, *reach(scale, task))


def _last_critical(plan: GanttInput) -> int | None:
    found = [task for task in plan.tasks if task.critical and task.type == "milestone"]
    return max(found, key=lambda task: task.finish).id if found else None


def _labelled(
    rows: tuple[Row, ...], links: tuple[LinkPath, ...], width: float, room: float, strong: int | None
) -> tuple[Row, ...]:
    uprights = [upright for link in links for upright in link.verticals()]
    return tuple(
        replace(row, label=replace(_label(row, uprights, width, room), strong=row.task.id == strong))
        if row.task.type == "milestone"
        else row
        for row in rows
    )


def _label(row: Row, uprights: list[tuple[float, float, float]], width: float, room: float) -> Label:
    """Right of the diamond and its tail; past an arrow in the way; left where the right has no room."""
    first = (row.slack or row.x1) + LABEL_GAP
    crossing = sorted(x for x, y0, y1 in uprights if y0 < row.y + 19 and y1 > row.y + 7 and x > first - 2)
    x = first
    for upright in crossing:
        if upright > x + room + 2:
            break
        x = upright + LABEL_GAP
    if x + room <= width:
        return Label(x)
    left = row.x0 - LABEL_GAP
    return Label(left, end=True) if left - room >= 0 else Label(min(first, max(0.0, width - room)))
