"""What one can choose around a chart: zooms, filters, other rows; each with the address that chooses it."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from roadmap.gantt.rules.geometry import Geometry
from roadmap.gantt.rules.plan import GanttInput
from roadmap.gantt.rules.view import WINDOW, ZOOMS, View, all_rows, query


class Choice(NamedTuple):
    """A link that changes the view; `value` is a zoom or a name, `on` whether it holds already."""

    value: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything to choose. `phase` and `owner` are what is chosen: its link takes the filter away."""

    zooms: tuple[Choice, ...]
    phases: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    phase: Choice | None
    owner: Choice | None
    critical: Choice
    late: Choice
    late_count: int
    clear: str
    expand: str | None
    previous: str | None
    next: str | None


def choices_of(geometry: Geometry) -> Choices:
    """The choices around a chart as it stands."""
    plan, view = geometry.plan, geometry.view
    base = all_rows(view)
    phases = {task.id: task.name for task in plan.tasks if task.parent is None and task.type == "summary"}
    owners = _owners(plan)
    return Choices(
        zooms=tuple(Choice(zoom, query(replace(view, zoom=zoom)), zoom == view.zoom) for zoom in ZOOMS),
        phases=tuple(Choice(name, query(replace(base, phase=key)), key == view.phase) for key, name in phases.items()),
        owners=tuple(Choice(name, query(replace(base, owner=key)), key == view.owner) for key, name in owners),
        phase=_chosen(dict(phases), view.phase, query(replace(base, phase=None))),
        owner=_chosen(dict(owners), view.owner, query(replace(base, owner=None))),
        critical=Choice("critical", query(replace(base, critical=not view.critical)), view.critical),
        late=Choice("late", query(replace(base, late=not view.late)), view.late),
        late_count=sum(task.late and task.type != "summary" for task in plan.tasks),
        clear=query(replace(base, phase=None, owner=None, critical=False, late=False)),
        expand=query(replace(base, collapsed=frozenset())) if view.collapsed else None,
        previous=_window(view, geometry.row_from - WINDOW) if geometry.row_from else None,
        next=_window(view, geometry.row_to) if geometry.row_to < geometry.row_count else None,
    )


def _owners(plan: GanttInput) -> list[tuple[int, str]]:
    found = {task.owner_id: task.owner_name for task in plan.tasks if task.owner_id is not None and task.owner_name}
    return sorted(found.items(), key=lambda owner: owner[1].casefold())


def _chosen(names: dict[int, str], id: int | None, href: str) -> Choice | None:
    return None if id is None else Choice(names.get(id, ""), href, on=True)


def _window(view: View, first: int) -> str:
    return query(replace(view, row_from=max(0, first), row_to=max(0, first) + WINDOW))
