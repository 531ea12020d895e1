"""A phase as a bar on the ruler of its project: its week window below, what is done inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from roadmap.projects.queries import PhaseRow, ProjectRow
from roadmap.projects.rules import monday_of
from roadmap.ruler import rules as ruler
from roadmap.tasks.queries import TaskRow

WEEK, WORKDAYS = 7, 5
PHASE_PANELS = "phase_panels"
"""Where the wires hold functions (project, phase, tasks) to a PhasePart or None: what upper floors add to a phase."""


@dataclass(frozen=True, slots=True)
class PhasePart:
    """What an upper floor tells of a phase: the end of its sentence, and a panel below its tasks."""

    sentence: Markup
    panel: Markup


def window(project: ProjectRow, phase: PhaseRow) -> tuple[date, date] | None:
    """The first and the last weekday of a phase's window; None where it has no window."""
    if phase.week_from is None or phase.week_to is None:
        return None
    monday = monday_of(project.start)
    first = monday + timedelta(days=(phase.week_from - 1) * WEEK)
    return first, monday + timedelta(days=(phase.week_to - 1) * WEEK + WORKDAYS - 1)


def span(tasks: Sequence[TaskRow]) -> tuple[date, date] | None:
    """The first and the last day of work; None without tasks."""
    if not tasks:
        return None
    return min(row.start for row in tasks).date(), max(row.finish for row in tasks).date()


def lane(project: ProjectRow, phase: PhaseRow, tasks: Sequence[TaskRow], done: int) -> dict[str, Any] | None:
    """The bar of a phase in percent of the ruler; None for a phase without tasks."""
    days = span(tasks)
    if days is None:
        return None
    percent = round(100 * done / len(tasks))
    drawn = {**_bar(project, days), "done": percent, "current": True, "href": ""}
    drawn |= {"name": phase.name, "text": _("%(n)s %%", n=percent)}
    allowed = window(project, phase)
    if allowed:
        below = _bar(project, allowed)
        drawn |= {"base_x": below["x"], "base_w": below["w"]}
    return drawn


def now(project: ProjectRow, today: date) -> float | None:
    """Where today lies on the ruler; None outside the ninety days."""
    inside = 0 <= (today - project.start).days <= ruler.DAYS
    return ruler.place(today, project.start) if inside else None


def _bar(project: ProjectRow, days: tuple[date, date]) -> dict[str, float]:
    first = ruler.place(days[0], project.start)
    last = ruler.place(days[1] + timedelta(days=1), project.start)
    return {"x": first, "w": max(round(last - first, 2), 0.5)}
