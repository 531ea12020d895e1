"""Planting a project's plan from a template: phases with their summaries, tasks, milestones, dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from infra.transaction import Work
from roadmap.projects.models import Phase
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
