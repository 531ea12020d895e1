"""Reading checklists: always inside one project, or inside what a person owns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from accounts.people.models import Person
from checklists import rules
from checklists.models import Checklist, Evidence, Item, Section
from infra.audit import queries as audit
from infra.audit.words import Said, say
from infra.database import db
from infra.subjects import Subject
from kernel.actor import project_scope
from kernel.errors import NotFound
from roadmap.projects.models import Project
from roadmap.staffing.models import ProjectRole
from roadmap.tasks.models import Task


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One piece of evidence, as it is shown."""

    id: int
    kind: str
    text: str
    url: str
    attachment_id: int | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item with all that a page shows of it."""

    id: int
    project_id: int
    checklist_id: int
    section_id: int
    key: str
    name: str
    help: str
    evidence_hint: str
    required: bool
    note: str
    due: date | None
    due_fixed: bool
    owner_id: int | None
    owner_name: str
    role_id: int | None
    role_name: str
    tick: rules.Tick | None
    evidence: tuple[EvidenceRow, ...]

    @property
    def ticked_at(self) -> datetime | None:
        """When it was ticked."""
        return self.tick.at if self.tick else None


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A heading and what stands below it."""

    id: int
    name: str
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list and how far it is."""

    id: int
    project_id: int
    key: str
    name: str
    description: str
    task_id: int | None
    task_name: str
    guards_id: int | None
    guards_name: str
    recurrence: rules.Recurrence
    round: int
    due: date | None
    progress: rules.Progress


@dataclass(frozen=True, slots=True)
class MineRow:
    """An open item of one person, across projects."""

    id: int
    name: str
    due: date | None
    required: bool
    project_id: int
    project_name: str
    checklist_id: int
    checklist_name: str


def lists(project_id: int, today: date) -> list[ListRow]:
    """Every list of a project in its order, with its progress: two statements."""
    counts = _counts(project_id, today)
    guards = aliased(Task)
    rows = db.session.execute(
        select(Checklist, Task.name, guards.name)
        .outerjoin(Task, Task.id == Checklist.task_id)
        .outerjoin(guards, guards.id == Checklist.guards_id)
        .where(Checklist.project_id == project_id)
        .order_by(Checklist.position, Checklist.id)
    )
    nothing = rules.Progress(0, 0, 0, 0)
    return [_list_row(row, task, guarded, counts.get(row.id, nothing)) for row, task, guarded in rows]


def progress_by_project(project_ids: Iterable[int], today: date) -> dict[int, rules.Progress]:
    """How far the lists of several projects are, each taken together: one statement."""
    ids = list(project_ids)
    rows = db.session.execute(_counting(Item.project_id, today).where(Item.project_id.in_(ids)))
    return {row[0]: rules.Progress(*row[1:]) for row in rows}


def sections(project_id: int, checklist_id: int) -> list[SectionRow]:
    """The sections of a list with their items. Raises NotFound for a list of another project."""
    if (
        db.session.scalar(select(Checklist.id).where(Checklist.id == checklist_id, Checklist.project_id == project_id))
        is None
    ):
        raise NotFound
    heads = db.session.execute(
        select(Section.id, Section.name)
        .where(Section.checklist_id == checklist_id)
        .order_by(Section.position, Section.id)
    ).all()
    by_section: dict[int, list[ItemRow]] = {}
    for row in _items(Item.checklist_id == checklist_id):
        by_section.setdefault(row.section_id, []).append(row)
    return [SectionRow(section_id, name, tuple(by_section.get(section_id, ()))) for section_id, name in heads]


def item(project_id: int, item_id: int) -> ItemRow:
    """One item inside its project. Raises NotFound."""
    found = _items((Item.id == item_id) & (Item.project_id == project_id))
    if not found:
        raise NotFound
    return found[0]


def of_task(project_id: int, task_id: int, today: date) -> list[ListRow]:
    """The lists that are tied to a task or guard it."""
    return [row for row in lists(project_id, today) if task_id in (row.task_id, row.guards_id)]


def mine(person_id: int, project_ids: Iterable[int] | None = None) -> list[MineRow]:
    """Open items that a person owns, or that fall to a role which only they fill, in active projects, soonest first."""
    statement = (
        select(Item.id, Item.name, Item.due, Item.required, Project.id, Project.name, Checklist.id, Checklist.name)
        .join(Checklist, Checklist.id == Item.checklist_id)
        .join(Project, Project.id == Item.project_id)
        .outerjoin(ProjectRole, ProjectRole.id == Item.role_id)
        .where(
            Item.ticked_at.is_(None),
            Project.state == "active",
            or_(Item.owner_id == person_id, Item.owner_id.is_(None) & (ProjectRole.person_id == person_id)),
        )
        .order_by(Item.due.is_(None), Item.due, Item.id)
    )
    if project_ids is not None:
        statement = statement.where(Project.id.in_(list(project_ids)))
    return [MineRow(*row) for row in db.session.execute(statement)]


def open_items(project_id: int) -> list[ItemRow]:
    """Every open item of a project."""
    return _items((Item.project_id == project_id) & Item.ticked_at.is_(None))


def late(project_id: int, today: date) -> list[ItemRow]:
    """Open items whose day has passed, the longest waiting first."""
    rows = _items((Item.project_id == project_id) & Item.ticked_at.is_(None) & (Item.due < today))
    return sorted(rows, key=lambda row: (row.due or today, row.id))


def open_required(milestone_id: int) -> list[tuple[int, int, str, int]]:
    """What a milestone waits for: (project, list, the list's name, how many required items are open)."""
    rows = db.session.execute(
        select(Checklist.project_id, Checklist.id, Checklist.name, func.count())
        .join(Item, Item.checklist_id == Checklist.id)
        .where(Checklist.guards_id == milestone_id, Item.required, Item.ticked_at.is_(None))
        .group_by(Checklist.project_id, Checklist.id, Checklist.name, Checklist.position)
        .order_by(Checklist.position)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def history(item_id: int) -> list[Said]:
    """What happened to an item, newest first."""
    return say(audit.of_subject(f"{Item.__tablename__}:{item_id}", limit=30))


def subject(item_id: int) -> Subject | None:
    """An item as something that files hang on."""
    row = db.session.execute(select(Item.project_id, Item.name).where(Item.id == item_id)).first()
    if row is None:
        return None
    address = url_for("checklists.item", project_id=row.project_id, item_id=item_id)
    return Subject(
        f"item:{item_id}", row.name, project_scope(row.project_id), address, "checklist.see", attach="checklist.tick"
    )


def _counts(project_id: int, today: date) -> dict[int, rules.Progress]:
    rows = db.session.execute(_counting(Item.checklist_id, today).where(Item.project_id == project_id))
    return {row[0]: rules.Progress(*row[1:]) for row in rows}


def _counting(key: InstrumentedAttribute[int], today: date) -> Select[int, int, int, int, int]:
    """The arithmetic of rules.progress as SQL; a test holds both equal."""
    is_open = Item.ticked_at.is_(None)
    return select(
        key,
        func.count(Item.ticked_at),
        func.count(Item.id),
        func.count(Item.id).filter(is_open & (Item.due < today)),
        func.count(Item.id).filter(is_open & Item.required),
    ).group_by(key)


def _items(criteria: object) -> list[ItemRow]:
    owner, ticker = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(Item, owner.name, ticker.name, ProjectRole.name, ProjectRole.person_id)
        .outerjoin(owner, owner.id == Item.owner_id)
        .outerjoin(ticker, ticker.id == Item.ticked_by_id)
        .outerjoin(ProjectRole, ProjectRole.id == Item.role_id)
        .where(criteria)  # type: ignore[arg-type]  # any criteria on Item
        .order_by(Item.position, Item.id)
    ).all()
    shown = _evidence([row[0].id for row in rows])
    return [_item_row(*row[:4], tuple(shown.get(row[0].id, ()))) for row in rows]


def _evidence(item_ids: Sequence[int]) -> dict[int, list[EvidenceRow]]:
    found: dict[int, list[EvidenceRow]] = {}
    if item_ids:
        rows = db.session.execute(
            select(Evidence.item_id, Evidence.id, Evidence.kind, Evidence.text, Evidence.url, Evidence.attachment_id)
            .where(Evidence.item_id.in_(item_ids))
            .order_by(Evidence.id)
        )
        for row in rows:
            found.setdefault(row[0], []).append(EvidenceRow(*row[1:]))
    return found


def _item_row(
    row: Item, owner: str | None, ticker: str | None, role: str | None, shown: tuple[EvidenceRow, ...]
) -> ItemRow:
    tick = rules.Tick(row.ticked_by_id, ticker or "", row.ticked_at) if row.ticked_at else None
    return ItemRow(
        id=row.id,
        project_id=row.project_id,
        checklist_id=row.checklist_id,
        section_id=row.section_id,
        key=row.key,
        name=row.name,
        help=row.help,
        evidence_hint=row.evidence_hint,
        required=row.required,
        note=row.note,
        due=row.due,
        due_fixed=row.due_fixed,
        owner_id=row.owner_id,
        owner_name=owner or "",
        role_id=row.role_id,
        role_name=role or "",
        tick=tick,
        evidence=shown,
    )


def _list_row(row: Checklist, task: str | None, guarded: str | None, counted: rules.Progress) -> ListRow:
    return ListRow(
        id=row.id,
        project_id=row.project_id,
        key=row.key,
        name=row.name,
        description=row.description,
        task_id=row.task_id,
        task_name=task or "",
        guards_id=row.guards_id,
        guards_name=guarded or "",
        recurrence=rules.Recurrence(row.recurrence),
        round=row.round,
        due=row.due,
        progress=counted,
    )
