"""Planting checklists: a project's from a template, a list's twin from the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, select

from checklists.models import Checklist, Item, Section
from infra.database import db
from infra.transaction import Work
from roadmap.projects.events import ProjectCopied
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import TaskDates

Row = TypeVar("Row", Checklist, Section, Item)


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
    _plant_sections(rows, seeds, (tasks, roles, people), work)
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
Twins = tuple[Mapping[int, int], Mapping[int, int]]


def twin(
    source: Checklist, changes: Mapping[str, Any], later: timedelta, work: Work, twins: Twins | None = None
) -> int:
    """Copy a list with all boxes open, neither notes nor evidence, every day ``later``; returns the new list's id.

    ``twins`` are the tasks and roles of another project by those of the source's, where the copy goes there.
    """
    made = _copy(Checklist, source, dict(changes))
    work.session.add(made)
    work.session.flush()
    for section in source.sections:
        copied = _copy(Section, section, {"project_id": made.project_id, "checklist_id": made.id})
        work.session.add(copied)
        work.session.flush()
        for item in section.items:
            work.session.add(_copy(Item, item, _changes(item, made, copied, later, twins)))
    work.session.flush()
    return made.id


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """Copy the lists of a copied project, all boxes open; tasks are found again by their place in the plan."""
    places = tasks.twins(event.source_id, event.project_id)
    roles = staffing.twins(event.source_id, event.project_id)
    later = timedelta(days=event.days_later)
    sources = select(Checklist).where(Checklist.project_id == event.source_id).order_by(Checklist.id)
    for source in work.session.scalars(sources).all():
        changes: dict[str, Any] = {"project_id": event.project_id, "due": source.due + later if source.due else None}
        changes |= {"task_id": places.get(source.task_id or 0), "guards_id": places.get(source.guards_id or 0)}
        twin(source, changes, later, work, (places, roles))


def _changes(item: Item, made: Checklist, section: Section, later: timedelta, twins: Twins | None) -> dict[str, Any]:
    changes: dict[str, Any] = {"project_id": made.project_id, "checklist_id": made.id, "section_id": section.id}
    changes |= {"ticked_at": None, "ticked_by_id": None, "note": "", "due": item.due + later if item.due else None}
    if twins is not None:
        tasks, roles = twins
        changes |= {"anchor_id": tasks.get(item.anchor_id or 0), "role_id": roles.get(item.role_id or 0)}
    return changes


def _copy(model: type[Row], row: Row, changes: dict[str, Any]) -> Row:
    columns = [column.key for column in model.__mapper__.column_attrs if column.key != "id"]
    return model(**{name: getattr(row, name) for name in columns} | changes)


def _plant_sections(lists: Mapping[str, Checklist], seeds: Sequence[ListSeed], ids: Ids, work: Work) -> None:
    """Two statements for the sections and items of all lists: there are hundreds."""
    every = [(lists[seed.key], place, section) for seed in seeds for place, section in enumerate(seed.sections)]
    sections = [
        {"project_id": row.project_id, "checklist_id": row.id, "position": place, "name": section.name}
        for row, place, section in every
    ]
    numbers = work.bulk_insert(Section, sections)
    items = [
        _item(row, number, place, item, ids)
        for number, (row, _place, section) in zip(numbers, every, strict=True)
        for place, item in enumerate(section.items)
    ]
    work.bulk_insert(Item, items)


def _item(checklist: Checklist, section_id: int, position: int, seed: ItemSeed, ids: Ids) -> dict[str, Any]:
    """An item as the template has it; in a list that comes round it is due with its round, else with the plan."""
    tasks, roles, people = ids
    comes_round = bool(checklist.recurrence)
    return {
        "project_id": checklist.project_id,
        "checklist_id": checklist.id,
        "section_id": section_id,
        "position": position,
        "key": seed.key,
        "name": seed.name,
        "help": seed.help,
        "evidence_hint": seed.evidence,
        "required": seed.required,
        "role_id": roles.get(seed.role) if seed.role else None,
        "owner_id": people.get(seed.role) if seed.role else None,
        "due": checklist.due if comes_round else None,
        "due_offset": None if comes_round else seed.due_offset,
        "anchor_id": tasks.get(seed.anchor) if seed.anchor and not comes_round else None,
    }


def harvest(project_id: int, keys: Mapping[int, str]) -> list[ListSeed]:
    """A project's lists as a template has them, all boxes open; ``keys`` names the tasks of its plan.

    Of a list that comes round the first round stands for all. Where an item's day was set by hand, its distance from
    the finish of what its list is tied to is kept.
    """
    query = select(Checklist).where(Checklist.project_id == project_id).order_by(Checklist.position, Checklist.id)
    rows = [row for row in db.session.scalars(query) if not row.series or row.round == 1]
    roles = {role.id: role.key for role in staffing.roles(project_id)}
    finish = {row.task_id: row.finish.date() for row in db.session.scalars(_dates_of(project_id))}
    working = tasks.working_time_of(project_id)

    def offset(item: Item, anchor: int | None) -> int | None:
        if item.due_offset is not None and item.anchor_id == anchor and not item.due_fixed:
            return item.due_offset
        begun = finish.get(anchor or 0)
        return working.days_between(begun, item.due) if begun and item.due else item.due_offset

    return [_seed(row, keys, roles, offset) for row in rows]


def _dates_of(project_id: int) -> Select[TaskDates]:
    return select(TaskDates).where(TaskDates.project_id == project_id)


def _seed(
    row: Checklist,
    keys: Mapping[int, str],
    roles: Mapping[int, str],
    offset: Callable[[Item, int | None], int | None],
) -> ListSeed:
    return ListSeed(
        key=row.key,
        name=row.name,
        description=row.description,
        task=keys.get(row.task_id or 0),
        guards=keys.get(row.guards_id or 0),
        recurrence=row.recurrence,
        due=row.due,
        sections=tuple(
            SectionSeed(
                section.name,
                tuple(
                    ItemSeed(
                        key=item.key,
                        name=item.name,
                        help=item.help,
                        evidence=item.evidence_hint,
                        required=item.required,
                        role=roles.get(item.role_id or 0),
                        due_offset=offset(item, row.task_id),
                    )
                    for item in section.items
                ),
            )
            for section in row.sections
        ),
    )
