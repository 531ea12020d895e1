"""Which rows of a plan a view shows, and which shown row stands for a hidden one."""

from collections.abc import Sequence

from roadmap.gantt.rules.plan import GanttInput, GanttLink, GanttTask
from roadmap.gantt.rules.view import View

BEFORE = 8
"""How many rows that are over stand above the work that goes on."""


def shown(plan: GanttInput, view: View) -> list[GanttTask]:
    """Rows that pass the filters, with the summaries above them, less what lies under a collapsed summary."""
    kept = kept_ids(plan, view)
    hidden: set[int] = set()
    rows = []
    for task in plan.tasks:
        if task.parent is not None and (task.parent in view.collapsed or task.parent in hidden):
            hidden.add(task.id)
        elif kept is None or task.id in kept:
            rows.append(task)
    return rows


def kept_ids(plan: GanttInput, view: View) -> set[int] | None:
    """Ids that pass the filters, their summaries included; None when there is no filter."""
    if not view.filtered:
        return None
    parents = {task.id: task.parent for task in plan.tasks}
    phase = _phases(plan) if view.phase is not None else {}
    kept: set[int] = set()
    for task in plan.tasks:
        if _passes(task, view) and (view.phase is None or phase[task.id] == view.phase):
            above: int | None = task.id
            while above is not None and above not in kept:
                kept.add(above)
                above = parents.get(above)
    return kept


def work_row(rows: Sequence[GanttTask]) -> int:
    """The row that stands first where work goes on: the summary above the first open task, or `BEFORE` rows above it.

    A roll-out in its seventh week begins with screens of what is over. 0 where nothing is open.
    """
    opened = {task.parent for task in rows}
    summary = 0
    for index, task in enumerate(rows):
        if task.id in opened:
            summary = index
        elif task.active and not task.done:
            return max(summary, index - BEFORE)
    return 0


def stand_ins(plan: GanttInput, view: View, rows: list[GanttTask]) -> dict[int, int]:
    """Row index of each task: its own, or that of the collapsed summary it is in. A filtered task has none."""
    at = {task.id: index for index, task in enumerate(rows)}
    kept = kept_ids(plan, view)
    for task in plan.tasks:
        if task.id not in at and task.parent in at and (kept is None or task.id in kept):
            at[task.id] = at[task.parent]
    return at


def joined_links(links: tuple[GanttLink, ...], at: dict[int, int]) -> list[tuple[int, int, GanttLink]]:
    """Links between shown rows as (from row, to row, link); of many that join the same rows one, best a critical."""
    found: dict[tuple[int, int, str], GanttLink] = {}
    for link in links:
        first, last = at.get(link.from_id), at.get(link.to_id)
        if first is None or last is None or first == last:
            continue
        key = (first, last, link.type)
        if key not in found or link.critical:
            found[key] = link
    return [(first, last, link) for (first, last, _), link in found.items()]


def _passes(task: GanttTask, view: View) -> bool:
    if task.type == "summary":
        return view.phase is not None and not (view.critical or view.late or view.owner is not None)
    return (
        (view.owner is None or task.owner_id == view.owner)
        and (task.critical or not view.critical)
        and (task.late or not view.late)
    )


def _phases(plan: GanttInput) -> dict[int, int]:
    phase: dict[int, int] = {}
    for task in plan.tasks:
        phase[task.id] = task.id if task.parent is None else phase.get(task.parent, task.parent)
    return phase
