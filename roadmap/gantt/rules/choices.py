"""What one can choose around a chart: zooms, filters, other rows; each with the address that chooses it."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from roadmap.gantt.rules.geometry import Geometry
from roadmap.gantt.rules.plan import GanttInput
from roadmap.gantt.rules.table import columns_of
from roadmap.gantt.rules.view import COLUMNS, OVERLAYS, WINDOW, ZOOMS, Column, View, all_rows, query


class Choice(NamedTuple):
    """A link that changes the view; `value` is a zoom or a name, `on` whether it holds already."""

    value: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything to choose. `phase`, `owner` and `goal` are what is chosen: its link takes it away.

    `shapes` are the list by week and the chart, of which a narrow screen shows one. A goal is a milestone to which the
    critical path is drawn instead of to the end of the plan.
    """

    shapes: tuple[Choice, Choice]
    zooms: tuple[Choice, ...]
    phases: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    phase: Choice | None
    owner: Choice | None
    goals: tuple[Choice, ...]
    goal: Choice | None
    critical: Choice
    late: Choice
    late_count: int
    clear: str
    expand: str | None
    previous: str | None
    next: str | None
    columns: tuple[Choice, ...]
    baselines: tuple[Choice, ...]

    @property
    def more_baselines(self) -> list[Choice]:
        """The baselines that are not laid under the bars."""
        return [each for each in self.baselines if not each.on]


def choices_of(geometry: Geometry) -> Choices:
    """The choices around a chart as it stands."""
    plan, view = geometry.plan, geometry.view
    base = all_rows(view)
    phases = {task.id: task.name for task in plan.tasks if task.parent is None and task.type == "summary"}
    owners = _owners(plan)
    goals = {task.id: task.name for task in plan.tasks if task.type == "milestone"}
    return Choices(
        shapes=(_shape(view, "weeks"), _shape(view, "chart")),
        zooms=tuple(Choice(zoom, query(replace(view, zoom=zoom)), zoom == view.zoom) for zoom in ZOOMS),
        phases=tuple(Choice(name, query(replace(base, phase=key)), key == view.phase) for key, name in phases.items()),
        owners=tuple(Choice(name, query(replace(base, owner=key)), key == view.owner) for key, name in owners),
        phase=_chosen(dict(phases), view.phase, query(replace(base, phase=None))),
        owner=_chosen(dict(owners), view.owner, query(replace(base, owner=None))),
        goals=tuple(Choice(name, query(replace(view, goal=key)), key == view.goal) for key, name in goals.items()),
        goal=_chosen(goals, view.goal if view.goal in goals else None, query(replace(view, goal=None))),
        critical=Choice("critical", query(replace(base, critical=not view.critical)), view.critical),
        late=Choice("late", query(replace(base, late=not view.late)), view.late),
        late_count=sum(task.late and task.type != "summary" for task in plan.tasks),
        clear=query(replace(base, phase=None, owner=None, critical=False, late=False)),
        expand=query(replace(base, collapsed=frozenset())) if view.collapsed else None,
        previous=_window(view, geometry.row_from - WINDOW) if geometry.row_from else None,
        next=_window(view, geometry.row_to) if geometry.row_to < geometry.row_count else None,
        columns=tuple(_column(view, name, columns_of(geometry)) for name in COLUMNS),
        baselines=tuple(_baseline(view, id, name) for id, name in plan.baselines),
    )


def _shape(view: View, value: Literal["weeks", "chart"]) -> Choice:
    """What a narrow screen shows."""
    chart = value == "chart"
    return Choice(value, query(replace(view, chart=chart)), view.chart is chart)


def _column(view: View, name: Column, shown: tuple[Column, ...]) -> Choice:
    """A column that can be shown, or left out where it is."""
    return Choice(name, query(replace(view, columns=frozenset(shown) ^ {name})), name in shown)


def _baseline(view: View, id: int, name: str) -> Choice:
    """A baseline that can be laid under the bars, or taken away; of too many the oldest choice gives way."""
    on = id in view.baselines
    chosen = tuple(each for each in view.baselines if each != id) if on else (*view.baselines, id)[-OVERLAYS:]
    return Choice(name, query(replace(view, baselines=chosen)), on)


def _owners(plan: GanttInput) -> list[tuple[int, str]]:
    found = {task.owner_id: task.owner_name for task in plan.tasks if task.owner_id is not None and task.owner_name}
    return sorted(found.items(), key=lambda owner: owner[1].casefold())


def _chosen(names: dict[int, str], id: int | None, href: str) -> Choice | None:
    return None if id is None else Choice(names.get(id, ""), href, on=True)


def _window(view: View, first: int) -> str:
    return query(replace(view, row_from=max(0, first), row_to=max(0, first) + WINDOW))
