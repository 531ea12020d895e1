"""Reading checklists: always inside one project, or inside what a person owns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, or_, select
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
from roadmap.projects.models import Phase, Project
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task, TaskDates


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
    responsible_id: int | None
    follows_plan: bool
    has_plan_day: bool
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
    phase: str
    task_id: int | None
    task_name: str
    guards_id: int | None
    guards_name: str
    recurrence: rules.Recurrence
    round: int
    due: date | None
    progress: rules.Progress


@dataclass(frozen=True, slots=True)
class RecurringRow:
    """A list that comes round: its day, and the zone in which that day comes."""

    id: int
    project_id: int
    timezone: str
    due: date | None
    recurrence: rules.Recurrence


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
    """Every list of a project with its progress, by phase and then in the order of the plan: two statements."""
    counts = _counts(project_id, today)
    guards = aliased(Task)
    rows = db.session.execute(
        select(Checklist, Task.name, guards.name, Phase.name)
        .outerjoin(Task, Task.id == Checklist.task_id)
        .outerjoin(guards, guards.id == Checklist.guards_id)
        .outerjoin(TaskDates, TaskDates.task_id == Checklist.task_id)
        .outerjoin(Phase, Phase.id == TaskDates.phase_id)
        .where(Checklist.project_id == project_id)
        .order_by(Phase.number.is_(None), Phase.number, TaskDates.finish, Checklist.position, Checklist.id)
    )
    nothing = rules.Progress(0, 0, 0, 0)
    return [_list_row(*row, counts.get(row[0].id, nothing)) for row in rows]


def progress_by_project(project_ids: Iterable[int], today: date) -> dict[int, rules.Progress]:
    """How far the lists of several projects are, each taken together: one statement."""
    rows = db.session.execute(_counting(Item.project_id, today).where(Item.project_id.in_(list(project_ids))))
    return {row[0]: rules.Progress(*row[1:]) for row in rows}


def ticked_counts(project_id: int) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Items ticked and all items of a project, as columns for the navigation."""
    ticked, every = (
        select(func.count(what)).where(Item.project_id == project_id) for what in (Item.ticked_at, Item.id)
    )
    return ticked.scalar_subquery(), every.scalar_subquery()


def sections(project_id: int, checklist_id: int) -> list[SectionRow]:
    """The sections of a list with their items: three statements. Raises NotFound for a list of another project."""
    heads = db.session.execute(
        select(Section.id, Section.name)
        .where(Section.checklist_id == checklist_id, Section.project_id == project_id)
        .order_by(Section.position, Section.id)
    ).all()
    if not heads and not _is_there(project_id, checklist_id):
        raise NotFound
    by_section: dict[int, list[ItemRow]] = {}
    for row in _items(Item.checklist_id == checklist_id) if heads else ():
        by_section.setdefault(row.section_id, []).append(row)
    return [SectionRow(section_id, name, tuple(by_section.get(section_id, ()))) for section_id, name in heads]


def item(project_id: int, item_id: int) -> ItemRow:
    """One item inside its project. Raises NotFound."""
    found = _items((Item.id == item_id) & (Item.project_id == project_id))
    if not found:
        raise NotFound
    return found[0]


def list_of_section(project_id: int, section_id: int) -> int:
    """The list that a section of this project belongs to. Raises NotFound."""
    found = select(Section.checklist_id).where(Section.id == section_id, Section.project_id == project_id)
    checklist_id = db.session.scalar(found)
    if checklist_id is None:
        raise NotFound
    return checklist_id


def name_of_list(checklist_id: int) -> str:
    """What a list is called."""
    return db.session.scalar(select(Checklist.name).where(Checklist.id == checklist_id)) or ""


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


def of_task(project_id: int, task_id: int) -> list[tuple[int, str, int, int]]:
    """The lists that hang on a task or guard it: (list, name, items ticked, items). One statement."""
    rows = db.session.execute(
        select(Checklist.id, Checklist.name, func.count(Item.ticked_at), func.count(Item.id))
        .outerjoin(Item, Item.checklist_id == Checklist.id)
        .where(Checklist.project_id == project_id, or_(Checklist.task_id == task_id, Checklist.guards_id == task_id))
        .group_by(Checklist.id, Checklist.name, Checklist.position)
        .order_by(Checklist.position, Checklist.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def recurring() -> list[RecurringRow]:
    """The lists of active projects that come round again."""
    rows = db.session.execute(
        select(Checklist.id, Checklist.project_id, Project.timezone, Checklist.due, Checklist.recurrence)
        .join(Project, Project.id == Checklist.project_id)
        .where(Checklist.recurrence != rules.Recurrence.ONCE.value, Project.state == "active")
        .order_by(Checklist.id)
    )
    return [RecurringRow(*row[:-1], rules.Recurrence(row.recurrence)) for row in rows]


def planned_days(project_id: int, *, following_only: bool = False) -> dict[int, date]:
    """The day that the plan gives each item which has an offset; ``following_only``: open ones that follow it."""
    statement = (
        select(Item.id, Item.due_offset, TaskDates.finish, Project.start)
        .join(Project, Project.id == Item.project_id)
        .outerjoin(TaskDates, TaskDates.task_id == Item.anchor_id)
        .where(Item.project_id == project_id, Item.due_offset.is_not(None))
    )
    if following_only:
        statement = statement.where(~Item.due_fixed, Item.ticked_at.is_(None))
    rows = db.session.execute(statement).all()
    if not rows:
        return {}
    calendar = tasks.working_time_of(project_id)
    return {row.id: calendar.add_days(row.finish.date() if row.finish else row.start, row.due_offset) for row in rows}


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


def _is_there(project_id: int, checklist_id: int) -> bool:
    found = select(Checklist.id).where(Checklist.id == checklist_id, Checklist.project_id == project_id)
    return db.session.scalar(found) is not None


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


_OWNER, _TICKER = aliased(Person), aliased(Person)
_ITEM_COLUMNS = tuple(
    getattr(Item, name)
    for name in (
        *("id", "project_id", "checklist_id", "section_id", "key", "name", "help", "evidence_hint", "required", "note"),
        *("due", "due_fixed", "due_offset", "owner_id", "role_id", "ticked_at", "ticked_by_id"),
    )
)
_THEIR_COLUMNS = (
    _OWNER.name.label("owner"),
    _TICKER.name.label("ticker"),
    ProjectRole.name.label("role"),
    ProjectRole.person_id.label("fills_role_id"),
)


def _items(criteria: object) -> list[ItemRow]:
    rows = db.session.execute(
        select(*_ITEM_COLUMNS, *_THEIR_COLUMNS)
        .outerjoin(_OWNER, _OWNER.id == Item.owner_id)
        .outerjoin(_TICKER, _TICKER.id == Item.ticked_by_id)
        .outerjoin(ProjectRole, ProjectRole.id == Item.role_id)
        .where(criteria)  # type: ignore[arg-type]  # any criteria on Item
        .order_by(Item.position, Item.id)
    ).all()
    shown = _evidence([row[0] for row in rows])
    return [_item_row(row, tuple(shown.get(row[0], ()))) for row in rows]


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


def _item_row(row: Any, shown: tuple[EvidenceRow, ...]) -> ItemRow:
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
        owner_name=row.owner or "",
        role_id=row.role_id,
        role_name=row.role or "",
        responsible_id=row.owner_id or row.fills_role_id,
        follows_plan=row.due_offset is not None and not row.due_fixed,
        has_plan_day=row.due_offset is not None,
        tick=rules.Tick(row.ticked_by_id, row.ticker or "", row.ticked_at) if row.ticked_at else None,
        evidence=shown,
    )


def _list_row(
    row: Checklist, task: str | None, guarded: str | None, phase: str | None, counted: rules.Progress
) -> ListRow:
    return ListRow(
        id=row.id,
        project_id=row.project_id,
        key=row.key,
        name=row.name,
        description=row.description,
        phase=phase or "",
        task_id=row.task_id,
        task_name=task or "",
        guards_id=row.guards_id,
        guards_name=guarded or "",
        recurrence=rules.Recurrence(row.recurrence),
        round=row.round,
        due=row.due,
        progress=counted,
    )
