"""What the overview reads beyond the plan: checklist items and the last visit; a statement each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from accounts.people.models import Person
from checklists import rules as checklists
from checklists.models import Checklist, Item
from desk.overview.models import ProjectVisit
from desk.overview.rules.visits import Seen, Visit
from infra.database import db
from readiness.gates import queries as gates
from readiness.verdict import queries as verdicts
from roadmap.tasks.queries import TaskRow


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item as the overview needs it."""

    id: int
    name: str
    checklist_id: int
    checklist: str
    guards_id: int | None
    due: date | None
    required: bool
    ticked: bool
    owner_id: int | None
    owner: str


@dataclass(frozen=True, slots=True)
class ListProgress:
    """A list and how far it is."""

    id: int
    name: str
    progress: checklists.Progress


@dataclass(frozen=True, slots=True)
class Gate:
    """A milestone that required items hold."""

    id: int
    name: str
    day: date
    items: int
    checklist_id: int


def items(project_id: int) -> list[ListItem]:
    """Every checklist item of a roll-out, in the order of its lists."""
    query = (
        select(
            Item.id,
            Item.name,
            Checklist.id,
            Checklist.name,
            Checklist.guards_id,
            Item.due,
            Item.required,
            Item.ticked_at,
            Item.owner_id,
            Person.name,
        )
        .join(Checklist, Checklist.id == Item.checklist_id)
        .outerjoin(Person, Person.id == Item.owner_id)
        .where(Item.project_id == project_id)
        .order_by(Checklist.position, Checklist.id, Item.position, Item.id)
    )
    return [ListItem(*row[:7], row[7] is not None, row[8], row[9] or "") for row in db.session.execute(query)]


def late(found: Iterable[ListItem], today: date) -> list[ListItem]:
    """Open items whose day has passed, the longest waiting first."""
    rows = [row for row in found if not row.ticked and row.due is not None and row.due < today]
    return sorted(rows, key=lambda row: (row.due or today, row.id))


def lists(found: Iterable[ListItem], today: date) -> list[ListProgress]:
    """The lists with how far each is."""
    by_list: dict[tuple[int, str], list[ListItem]] = {}
    for row in found:
        by_list.setdefault((row.checklist_id, row.checklist), []).append(row)
    return [ListProgress(*key, _progress(rows, today)) for key, rows in by_list.items()]


def _progress(rows: Sequence[ListItem], today: date) -> checklists.Progress:
    waiting = [row for row in rows if not row.ticked]
    return checklists.Progress(
        len(rows) - len(waiting), len(rows), len(late(rows, today)), sum(row.required for row in waiting)
    )


def next_gate(found: Iterable[ListItem], rows: Iterable[TaskRow], until: date) -> Gate | None:
    """The first milestone not later than a day that is unreached and held by required items."""
    holding: dict[int, list[ListItem]] = {}
    for item in found:
        if item.guards_id is not None and item.required and not item.ticked:
            holding.setdefault(item.guards_id, []).append(item)
    held = [row for row in rows if row.id in holding and not row.done and row.finish.date() <= until]
    first = min(held, key=lambda row: (row.finish, row.id), default=None)
    if first is None:
        return None
    waiting = holding[first.id]
    return Gate(first.id, first.name, first.finish.date(), len(waiting), waiting[0].checklist_id)


@dataclass(frozen=True, slots=True)
class Judged:
    """The lines of the main gate on the last day kept by a day, and on the newest; the criteria's numbers by key."""

    before: Sequence[Mapping[str, Any]] = ()
    now: Sequence[Mapping[str, Any]] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)


def judged(project_id: int, day: date) -> Judged:
    """How the gate that decides was judged when somebody was here, and how it is: three statements."""
    gate = gates.main_gate(gates.gates(project_id))
    if gate is None:
        return Judged()
    days = verdicts.newest([gate.id]), verdicts.newest_before([gate.id], day + timedelta(days=1))
    now, before = (found.get(gate.id) for found in days)
    if now is None or before is None or now.day == before.day:
        return Judged()
    return Judged(before.lines, now.lines, {each.key: each.id for each in gate.criteria})


def visit_of(person_id: int | None, project_id: int) -> Visit | None:
    """When somebody looked at a roll-out, and when before that; None who never did."""
    query = select(ProjectVisit).where(ProjectVisit.person_id == person_id, ProjectVisit.project_id == project_id)
    row = db.session.scalars(query).first()
    if row is None:
        return None
    before = Seen(row.before_at, row.before_entry, row.before_milestones) if row.before_at else None
    return Visit(Seen(row.at, row.entry, row.milestones), before)
