"""Planting a project's plan from a template: phases with their summaries, tasks, milestones, dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from infra.database import db
from infra.transaction import Work
from roadmap.projects.models import Phase
from roadmap.staffing import queries as staffing
from roadmap.tasks.models import Dependency, Task


@dataclass(frozen=True, slots=True)
class PhaseSeed:
    """A phase and its week window, counted from the project's start from 1; None for days outside the weeks."""

    number: int
    key: str
    name: str
    purpose: str
    week_from: int | None
    week_to: int | None


@dataclass(frozen=True, slots=True)
class LinkSeed:
    """What a task waits for, by its key. The lag is working minutes, negative for a lead."""

    key: str
    type: str
    lag_minutes: int


@dataclass(frozen=True, slots=True)
class TaskSeed:
    """A task as a template has it. Durations, estimates and effort are working minutes."""

    key: str
    phase: int
    type: str
    name: str
    description: str
    reason: str
    acceptance: str
    duration_minutes: int
    estimate: tuple[int, int, int] | None
    work_minutes: int | None
    role: str | None
    links: tuple[LinkSeed, ...]
    group: str = ""
    is_go_live: bool = False


@dataclass(frozen=True, slots=True)
class Harvest:
    """A plan as a template has it; ``keys`` names tasks and phases' summaries by id.

    ``dated`` counts constraints and deadlines, which hang on days and stay behind, ``loose`` links of summaries.
    """

    phases: tuple[PhaseSeed, ...]
    tasks: tuple[TaskSeed, ...]
    keys: Mapping[int, str]
    dated: int
    loose: int


@dataclass(frozen=True, slots=True)
class Planted:
    """The ids of what was planted: phases and their summary tasks by number, tasks by key."""

    phases: Mapping[int, int]
    summaries: Mapping[int, int]
    tasks: Mapping[str, int]


def plant(
    project_id: int,
    phases: Sequence[PhaseSeed],
    tasks: Sequence[TaskSeed],
    roles: Mapping[str, int],
    people: Mapping[str, int],
    work: Work,
) -> Planted:
    """Create the plan. ``roles`` maps a role's key to its id, ``people`` to whoever fills it and so owns its tasks.

    The caller re-schedules afterwards.
    """
    phase_ids = _plant_phases(project_id, phases, work)
    summaries = {
        seed.number: _summary(project_id, place, seed.name, seed.purpose, None) for place, seed in enumerate(phases)
    }
    for seed in phases:
        summaries[seed.number].phase_id = phase_ids[seed.number]
        summaries[seed.number].key = seed.key
    work.session.add_all(summaries.values())
    work.session.flush()
    rows = _plant_tasks(project_id, tasks, summaries, roles, people, work)
    _plant_links(project_id, tasks, rows, work)
    return Planted(
        phase_ids,
        {number: row.id for number, row in summaries.items()},
        {key: row.id for key, row in rows.items()},
    )


def _plant_phases(project_id: int, seeds: Iterable[PhaseSeed], work: Work) -> dict[int, int]:
    rows = [
        Phase(
            project_id=project_id,
            number=seed.number,
            key=seed.key,
            name=seed.name,
            purpose=seed.purpose,
            week_from=seed.week_from,
            week_to=seed.week_to,
        )
        for seed in seeds
    ]
    work.session.add_all(rows)
    work.session.flush()
    return {row.number: row.id for row in rows}


def _summary(project_id: int, position: int, name: str, description: str, parent_id: int | None) -> Task:
    return Task(
        project_id=project_id,
        parent_id=parent_id,
        position=position,
        type="summary",
        name=name,
        description=description,
    )


def _plant_tasks(
    project_id: int,
    seeds: Sequence[TaskSeed],
    summaries: Mapping[int, Task],
    roles: Mapping[str, int],
    people: Mapping[str, int],
    work: Work,
) -> dict[str, Task]:
    groups: dict[tuple[int, str], Task] = {}
    rows: dict[str, Task] = {}
    for position, seed in enumerate(seeds):
        parent = summaries[seed.phase]
        if seed.group:
            place = (seed.phase, seed.group)
            if place not in groups:
                groups[place] = _summary(project_id, position, seed.group, "", parent.id)
                work.session.add(groups[place])
                work.session.flush()
            parent = groups[place]
        rows[seed.key] = _task(project_id, parent.id, position, seed, roles, people)
    work.session.add_all(rows.values())
    work.session.flush()
    return rows


def _task(
    project_id: int,
    parent_id: int,
    position: int,
    seed: TaskSeed,
    roles: Mapping[str, int],
    people: Mapping[str, int],
) -> Task:
    low, likely, high = seed.estimate or (None, None, None)
    return Task(
        project_id=project_id,
        parent_id=parent_id,
        position=position,
        key=seed.key,
        type=seed.type,
        name=seed.name,
        description=seed.description,
        reason=seed.reason,
        acceptance=seed.acceptance,
        duration_minutes=seed.duration_minutes,
        estimate_low=low,
        estimate_likely=likely,
        estimate_high=high,
        work_minutes=seed.work_minutes,
        role_id=roles.get(seed.role) if seed.role else None,
        owner_id=people.get(seed.role) if seed.role else None,
        is_go_live=seed.is_go_live,
    )


def _plant_links(project_id: int, seeds: Iterable[TaskSeed], rows: Mapping[str, Task], work: Work) -> None:
    work.session.add_all(
        Dependency(
            project_id=project_id,
            predecessor_id=rows[link.key].id,
            successor_id=rows[seed.key].id,
            type=link.type,
            lag_minutes=link.lag_minutes,
        )
        for seed in seeds
        for link in seed.links
    )
    work.session.flush()


def harvest(project_id: int) -> Harvest:
    """The plan of a project as a template has it: no days, no progress, tasks below the summary of their phase.

    Summaries below a phase become groups; where there is no phase, all tasks belong to phase 0.
    """
    rows = db.session.scalars(select(Task).where(Task.project_id == project_id).order_by(Task.position, Task.id)).all()
    phases = {row.id: row for row in db.session.scalars(select(Phase).where(Phase.project_id == project_id))}
    links = db.session.scalars(select(Dependency).where(Dependency.project_id == project_id)).all()
    keys = _keys(rows, phases)
    tree = _Tree(rows, phases)
    roles = {role.id: role.key for role in staffing.roles(project_id)}
    working = {row.id for row in rows if row.type != "summary"}
    before: dict[int, list[LinkSeed]] = {}
    for link in links:
        if {link.predecessor_id, link.successor_id} <= working:
            seed = LinkSeed(keys[link.predecessor_id], link.type, link.lag_minutes)
            before.setdefault(link.successor_id, []).append(seed)
    return Harvest(
        phases=tuple(_phase_seed(phase) for phase in sorted(phases.values(), key=lambda each: each.number)),
        tasks=tuple(_seed(row, keys, tree, roles, before) for row in tree.in_order() if row.id in working),
        keys=keys,
        dated=sum(row.deadline is not None or row.constraint_type != "ASAP" for row in rows),
        loose=sum(not {link.predecessor_id, link.successor_id} <= working for link in links),
    )


class _Tree:
    """The tasks of a plan by what they stand below."""

    def __init__(self, rows: Sequence[Task], phases: Mapping[int, Phase]) -> None:
        self._rows = {row.id: row for row in rows}
        self._phases = phases
        self._children: dict[int | None, list[Task]] = {}
        for row in rows:
            self._children.setdefault(row.parent_id, []).append(row)

    def in_order(self, parent: int | None = None) -> list[Task]:
        """All rows as the plan shows them."""
        return [each for row in self._children.get(parent, []) for each in (row, *self.in_order(row.id))]

    def above(self, row: Task) -> list[Task]:
        """The summaries over a row, the outermost first."""
        found: list[Task] = []
        while row.parent_id is not None:
            row = self._rows[row.parent_id]
            found.insert(0, row)
        return found

    def phase_of(self, row: Task) -> int:
        """The number of the phase that a row is in; 0 for none."""
        phase_id = next((each.phase_id for each in (*self.above(row), row) if each.phase_id is not None), None)
        return self._phases[phase_id].number if phase_id is not None else 0


def _keys(rows: Sequence[Task], phases: Mapping[int, Phase]) -> dict[int, str]:
    taken: set[str] = set()
    keys: dict[int, str] = {}
    for row in rows:
        phase = phases.get(row.phase_id or 0) if row.type == "summary" else None
        wanted = phase.key if phase else row.key
        key = wanted if wanted and wanted not in taken else f"task-{row.id}"
        taken.add(key)
        keys[row.id] = key
    return keys


def _phase_seed(phase: Phase) -> PhaseSeed:
    return PhaseSeed(phase.number, phase.key, phase.name, phase.purpose, phase.week_from, phase.week_to)


def _seed(
    row: Task,
    keys: Mapping[int, str],
    tree: _Tree,
    roles: Mapping[int, str],
    before: Mapping[int, list[LinkSeed]],
) -> TaskSeed:
    inner = [each.name for each in tree.above(row) if each.phase_id is None]
    estimate = (row.estimate_low, row.estimate_likely, row.estimate_high)
    return TaskSeed(
        key=keys[row.id],
        phase=tree.phase_of(row),
        type=row.type,
        name=row.name,
        description=row.description,
        reason=row.reason,
        acceptance=row.acceptance,
        duration_minutes=row.duration_minutes,
        estimate=(estimate[0], estimate[1], estimate[2]) if None not in estimate else None,  # type: ignore[arg-type]  # none of them is None
        work_minutes=row.work_minutes,
        role=roles.get(row.role_id or 0),
        links=tuple(before.get(row.id, ())),
        group=" / ".join(inner)[:60],
        is_go_live=row.is_go_live,
    )
