"""Planting a project's checklists from a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checklists.models import Checklist, Item, Section
from infra.transaction import Work


@dataclass(frozen=True, slots=True)
class ItemSeed:
    """An item as a template has it.

    ``due_offset`` counts working days from the finish of the task ``anchor``, or from the project's start.
    """

    key: str
    name: str
    help: str
    evidence: str
    required: bool
    role: str | None
    due_offset: int | None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class SectionSeed:
    """A heading and its items."""

    name: str
    items: tuple[ItemSeed, ...]


@dataclass(frozen=True, slots=True)
class ListSeed:
    """A list as a template has it: ``task`` is what it is tied to, ``guards`` the milestone that waits for it."""

    key: str
    name: str
    description: str
    task: str | None
    guards: str | None
    recurrence: str
    due: date | None
    sections: tuple[SectionSeed, ...]


def plant(
    project_id: int,
    seeds: Sequence[ListSeed],
    tasks: Mapping[str, int],
    roles: Mapping[str, int],
    people: Mapping[str, int],
    work: Work,
) -> dict[str, int]:
    """Create the lists; ``tasks`` and ``roles`` map keys to ids, ``people`` a role's key to who owns its items.

    Returns the lists' ids by key. Due days are set when the plan is scheduled.
    """
    rows = {seed.key: _list(project_id, place, seed, tasks) for place, seed in enumerate(seeds)}
    work.session.add_all(rows.values())
    work.session.flush()
    for seed in seeds:
        for place, section in enumerate(seed.sections):
            _plant_section(project_id, rows[seed.key].id, place, section, (tasks, roles, people), work)
    work.session.flush()
    return {key: row.id for key, row in rows.items()}


def _list(project_id: int, position: int, seed: ListSeed, tasks: Mapping[str, int]) -> Checklist:
    return Checklist(
        project_id=project_id,
        position=position,
        key=seed.key,
        name=seed.name,
        description=seed.description,
        task_id=tasks.get(seed.task) if seed.task else None,
        guards_id=tasks.get(seed.guards) if seed.guards else None,
        recurrence=seed.recurrence,
        due=seed.due,
        series=seed.key if seed.recurrence else "",
    )


Ids = tuple[Mapping[str, int], Mapping[str, int], Mapping[str, int]]


def _plant_section(project_id: int, checklist_id: int, position: int, seed: SectionSeed, ids: Ids, work: Work) -> None:
    tasks, roles, people = ids
    section = Section(project_id=project_id, checklist_id=checklist_id, position=position, name=seed.name)
    work.session.add(section)
    work.session.flush()
    work.session.add_all(
        Item(
            project_id=project_id,
            checklist_id=checklist_id,
            section_id=section.id,
            position=place,
            key=item.key,
            name=item.name,
            help=item.help,
            evidence_hint=item.evidence,
            required=item.required,
            role_id=roles.get(item.role) if item.role else None,
            owner_id=people.get(item.role) if item.role else None,
            due_offset=item.due_offset,
            anchor_id=tasks.get(item.anchor) if item.anchor else None,
        )
        for place, item in enumerate(seed.items)
    )
