"""The table beside the bars: a row as HTML, its cells by the columns that were chosen, and variance in working days."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

from roadmap.gantt.rules.drawing import safe
from roadmap.gantt.rules.geometry import Geometry, Row
from roadmap.gantt.rules.plan import GanttTask
from roadmap.gantt.rules.view import COLUMNS, USUAL, Column, query, toggled
from roadmap.gantt.rules.words import Words

_CHEVRON = {
    True: '<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="m6 4 4 4-4 4"/></svg>',
    False: '<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 6 4 4 4-4"/></svg>',
}


def columns_of(geometry: Geometry) -> tuple[Column, ...]:
    """The columns that are shown, in their order; with a baseline, variance is one of the usual."""
    wanted = geometry.view.columns
    if geometry.plan.overlays and wanted == USUAL:
        wanted = wanted | {"variance"}
    return tuple(name for name in COLUMNS if name in wanted)


class Table:
    """Draws the rows of one chart."""

    def __init__(self, geometry: Geometry, said: Words) -> None:
        self.geometry, self.said = geometry, said
        self.columns = columns_of(geometry)
        self.drawn = tuple(_CELLS[name] for name in self.columns)

    def row(self, row: Row) -> str:
        """A row as HTML; chevron and name are links, so that all works without a script."""
        task = row.task
        name = safe(task.name)
        marks = f"{' crit' if task.critical else ''}{'' if task.active else ' off'}"
        return (
            f'<tr class="{"sum" if row.parent else ""} l{min(task.level, 8)}{marks}" data-id="{task.id}"'
            f' aria-rowindex="{row.index + 2}"><td class="w">{safe(task.wbs)}</td>'
            f'<th scope="row" data-c="name">{self._before_name(row, name)}'
            f'<a href="{safe(task.href)}" title="{name}"><bdi>{name}</bdi></a></th>'
            f"{''.join([draw(self, row) for draw in self.drawn])}</tr>"
        )

    def variance(self, task: GanttTask) -> int | None:
        """Working days by which a task finishes later than in the first baseline shown; None where that lacks it."""
        overlays = self.geometry.plan.overlays
        span = overlays[0].spans.get(task.id) if overlays else None
        return None if span is None else self._days_to(task.finish.date()) - self._days_to(span[1].date())

    def _days_to(self, day: date) -> int:
        return self._worked[min(max((day - self.geometry.scale.start).days, 0), len(self._worked) - 1)]

    @cached_property
    def _worked(self) -> list[int]:
        """Working days before the end of each day of the scale."""
        scale, plan = self.geometry.scale, self.geometry.plan
        return list(accumulate(plan.is_working(scale.start + timedelta(n)) for n in range(scale.days)))

    def _before_name(self, row: Row, name: str) -> str:
        if row.parent:
            address = safe(query(toggled(self.geometry.view, row.task.id)))
            action = (self.said.expand if row.collapsed else self.said.collapse).format(name=name)
            return (
                f'<a class="tog" href="{address}" aria-expanded="{str(not row.collapsed).lower()}"'
                f' aria-label="{action}">{_CHEVRON[row.collapsed]}</a>'
            )
        if row.task.type == "milestone":
            return f'<span class="msd{" msd--on" if row.task.done else ""}" aria-hidden="true"></span>'
        return ""

    def _late(self, task: GanttTask) -> str:
        if not task.late:
            return ""
        return f'<span class="dn" aria-hidden="true">▼</span><i class="vh">{safe(self.said.late)}</i>'

    def owner(self, row: Row) -> str:
        """Who does it, by initials."""
        task = row.task
        if not task.owner_name:
            return '<td data-c="owner"></td>'
        name, tone = safe(task.owner_name), (task.owner_id or 0) % 5 + 1
        return (
            f'<td data-c="owner"><span class="av av-{tone}" role="img" aria-label="{name}" title="{name}">'
            f"{safe(task.owner_initials)}</span></td>"
        )

    def start(self, row: Row) -> str:
        """The first day; of a milestone its day, with the mark of lateness that has no finish to stand at."""
        task = row.task
        stone = task.type == "milestone"
        day = safe(self.said.short(task.finish.date() if stone else task.start.date()))
        return f'<td class="n" data-c="start">{day}{self._late(task) if stone else ""}</td>'

    def finish(self, row: Row) -> str:
        """The last day."""
        task = row.task
        if task.type == "milestone":
            return '<td class="n" data-c="finish"></td>'
        return f'<td class="n" data-c="finish">{safe(self.said.short(task.finish.date()))}{self._late(task)}</td>'

    def duration(self, row: Row) -> str:
        """Working time, as it is typed."""
        label = "" if row.task.type == "milestone" else row.task.duration_label
        return f'<td class="n" data-c="duration">{safe(label)}</td>'

    def slack(self, row: Row) -> str:
        """Total slack in days of work; none of what is done and of summaries."""
        task = row.task
        if task.slack_minutes is None or task.done or task.type == "summary":
            return '<td class="n slk" data-c="slack"></td>'
        days = f"{round(task.slack_minutes / self.geometry.plan.day_minutes, 1):g}"
        return f'<td class="n slk" data-c="slack">{safe(self.said.days.format(days=days))}</td>'

    def done(self, row: Row) -> str:
        """Percent done; a milestone that is reached has a tick."""
        task = row.task
        text = str(task.percent)
        if task.type == "milestone":
            reached = f'<span aria-hidden="true">✓</span><span class="vh">{safe(self.said.reached)}</span>'
            text = reached if task.done else ""
        return f'<td class="n" data-c="done">{text}</td>'

    def waits(self, row: Row) -> str:
        """What it waits for, as it is typed."""
        text = safe(row.task.waits_for)
        return f'<td data-c="waits" title="{text}">{text}</td>'

    def deadline(self, row: Row) -> str:
        """The day by which it should be done."""
        day = row.task.deadline
        return f'<td class="n" data-c="deadline">{"" if day is None else safe(self.said.short(day.date()))}</td>'

    def criticality(self, row: Row) -> str:
        """How often it was critical among the runs of the forecast; nothing where that did not count it."""
        share = row.task.criticality
        text = "" if share is None else safe(self.said.percent.format(percent=round(100 * share)))
        return f'<td class="n" data-c="criticality">{text}</td>'

    def late_by(self, row: Row) -> str:
        """Working days later or earlier than planned; a row that the baseline lacks is called new."""
        if not self.geometry.plan.overlays:
            return '<td class="n" data-c="variance"></td>'
        days = self.variance(row.task)
        if days is None:
            return f'<td class="n faint" data-c="variance">{safe(self.said.new)}</td>'
        sign = "+" if days > 0 else "−" if days < 0 else ""
        tone = " is-bad" if days > 0 else " is-good" if days < 0 else ""
        text = self.said.days.format(days=f"{sign}{abs(days)}")
        return f'<td class="n{tone}" data-c="variance">{safe(text)}</td>'


_CELLS: dict[Column, Callable[[Table, Row], str]] = {
    "owner": Table.owner,
    "start": Table.start,
    "finish": Table.finish,
    "duration": Table.duration,
    "slack": Table.slack,
    "done": Table.done,
    "waits": Table.waits,
    "deadline": Table.deadline,
    "criticality": Table.criticality,
    "variance": Table.late_by,
}
