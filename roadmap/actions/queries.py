"""Reading action items: always inside one project, or inside the projects that somebody may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from infra import subjects
from infra.audit import queries as audit
from infra.audit.words import Said, say
from infra.database import db
from infra.lists import Column, Format, Kind, ListSpec
from infra.subjects import Subject
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound
from kernel.permission import Facts
from roadmap.actions import rules
from roadmap.actions.models import ActionItem
from roadmap.projects.models import Project
from roadmap.staffing.models import ProjectRole

Choices = Sequence[tuple[str, str]]
SOON = timedelta(days=7)
_OWNER, _AUTHOR, _CLOSER, _FILLS = (aliased(Person) for _each in range(4))


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action item with what a page shows of it. ``responsible_id`` is its owner, else who fills its role."""

    id: int
    project_id: int
    number: int
    title: str
    details: str
    subject: str
    owner_id: int | None
    role_id: int | None
    role: str
    responsible_id: int | None
    owner: str
    due: date | None
    follows_plan: bool
    state: str
    outcome: str
    author_id: int | None
    author: str
    created_at: datetime
    closed_by: str
    closed_at: datetime | None
    project: str

    @property
    def code(self) -> str:
        """What people call it."""
        return rules.code(self.number)

    @property
    def source(self) -> str:
        """The kind of what it came from."""
        return rules.source_of(self.subject)

    @property
    def facts(self) -> Facts:
        """Whose it is: its owner's, and whoever asked for it."""
        return Facts(owners=frozenset(each for each in (self.responsible_id, self.author_id) if each is not None))

    def late(self, today: date) -> bool:
        """Open although its day has passed."""
        return rules.is_late(self.state, self.due, today)


def action_list(people: Choices, today: date) -> ListSpec:
    """The columns of a project's action items; ``people`` are those who can own one."""
    states = [(each.value, each.value.capitalize()) for each in rules.State]
    sources = [(key or "other", label) for key, label in rules.SOURCES.items()]
    return ListSpec(
        key="actions",
        title="Action items",
        default_sort="due",
        default_query=f"state={rules.State.OPEN.value}",
        page_size=50,
        columns=(
            Column("number", "No.", value=lambda row: row.number),
            Column("title", "Action item", Kind.TEXT, searched=True),
            Column("source", "From", Kind.CHOICE, value=lambda row: row.source or "other", choices=sources),
            Column("owner", "Owner", Kind.PERSON, filter_value=lambda row: row.responsible_id, choices=people),
            Column("due", "Due", Kind.DATE, format=Format.DAY),
            Column("state", "State", Kind.CHOICE, choices=states),
            Column("late", "Late", Kind.FLAG, value=lambda row: row.late(today), format=Format.FLAG, visible=False),
            Column("author", "Asked by", visible=False),
            Column("outcome", "Outcome", searched=True, visible=False),
            Column("closed_at", "Closed", Kind.DATE, format=Format.MOMENT, visible=False),
        ),
    )


def rows(project_id: int) -> list[ActionRow]:
    """Every action item of a project, by number: one statement."""
    return _found(ActionItem.project_id == project_id)


def action(project_id: int, action_id: int) -> ActionRow:
    """One action item inside its project. Raises NotFound."""
    found = _found(ActionItem.project_id == project_id, ActionItem.id == action_id)
    if not found:
        raise NotFound
    return found[0]


def of_subject(key: str) -> list[ActionRow]:
    """What came of a subject such as ``risk:3``, open ones first. The caller has made sure that it may be seen."""
    return sorted(_found(ActionItem.subject == key), key=lambda row: (row.state != rules.State.OPEN, row.number))


def of_subjects(keys: Iterable[str]) -> dict[str, list[ActionRow]]:
    """The same for several subjects in one statement; those without any are left out."""
    wanted, found = list(keys), dict[str, list[ActionRow]]()
    for row in _found(ActionItem.subject.in_(wanted)) if wanted else ():
        found.setdefault(row.subject, []).append(row)
    return found


def open_of(person_id: int, project_ids: Iterable[int] | None = None) -> list[ActionRow]:
    """What somebody has still to do in running projects, soonest first; ``project_ids`` narrows it to those."""
    mine = or_(ActionItem.owner_id == person_id, ActionItem.owner_id.is_(None) & (ProjectRole.person_id == person_id))
    criteria = [mine, ActionItem.state == rules.State.OPEN, Project.state == "active"]
    if project_ids is not None:
        criteria.append(ActionItem.project_id.in_(list(project_ids)))
    return sorted(_found(*criteria), key=lambda row: (row.due or date.max, row.id))


def late(project_id: int, today: date) -> list[ActionRow]:
    """What is open although its day has passed, the longest waiting first."""
    open_late = (ActionItem.state == rules.State.OPEN, ActionItem.due < today)
    return sorted(_found(ActionItem.project_id == project_id, *open_late), key=lambda row: (row.due or today, row.id))


def counts(project_ids: Iterable[int], today: date) -> dict[int, rules.Counts]:
    """How many there are by project; projects without any are left out. One statement."""
    is_open = ActionItem.state == rules.State.OPEN
    columns = [func.count().filter(ActionItem.state == state) for state in rules.State]
    columns.append(func.count().filter(is_open & (ActionItem.due < today)))
    columns.append(func.count().filter(is_open & ActionItem.due.between(today, today + SOON)))
    query = select(ActionItem.project_id, *columns).where(ActionItem.project_id.in_(list(project_ids)))
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query.group_by(ActionItem.project_id))]
    return {row[0]: rules.Counts(*row[1:]) for row in found}


def sources(found: Iterable[ActionRow], actor: Actor) -> dict[str, Subject]:
    """What action items came from, by key, as far as the reader may see it; each subject is asked for once."""
    shown: dict[str, Subject] = {}
    for key in {row.subject for row in found if row.subject}:
        try:
            shown[key] = subjects.find(key, actor)
        except NotFound:
            continue
    return shown


def history(action_id: int) -> list[Said]:
    """What happened to an action item, newest first."""
    return say(audit.of_subject(f"{ActionItem.__tablename__}:{action_id}", limit=30))


def subject(number: int) -> Subject | None:
    """An action item as comments, files and notices see it."""
    found = _found(ActionItem.id == number)
    if not found:
        return None
    row = found[0]
    address = f"/projects/{row.project_id}/actions/{row.id}"
    label = f"{row.code} {row.title}"
    return Subject(f"action:{number}", label, project_scope(row.project_id), address, "action.see", facts=row.facts)


def _found(*criteria: Any) -> list[ActionRow]:
    query = (
        select(*_COLUMNS)
        .join(Project, Project.id == ActionItem.project_id)
        .outerjoin(ProjectRole, ProjectRole.id == ActionItem.role_id)
        .outerjoin(_OWNER, _OWNER.id == ActionItem.owner_id)
        .outerjoin(_FILLS, _FILLS.id == ProjectRole.person_id)
        .outerjoin(_AUTHOR, _AUTHOR.id == ActionItem.author_id)
        .outerjoin(_CLOSER, _CLOSER.id == ActionItem.closed_by_id)
        .where(*criteria)
        .order_by(ActionItem.project_id, ActionItem.number)
    )
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    return [ActionRow(*row) for row in found]


_COLUMNS = (
    ActionItem.id,
    ActionItem.project_id,
    ActionItem.number,
    ActionItem.title,
    ActionItem.details,
    ActionItem.subject,
    ActionItem.owner_id,
    ActionItem.role_id,
    func.coalesce(ProjectRole.name, ""),
    func.coalesce(ActionItem.owner_id, ProjectRole.person_id),
    func.coalesce(_OWNER.name, _FILLS.name, ""),
    ActionItem.due,
    ActionItem.due_offset.is_not(None) & ~ActionItem.due_fixed,
    ActionItem.state,
    ActionItem.outcome,
    ActionItem.author_id,
    func.coalesce(_AUTHOR.name, ""),
    ActionItem.created_at,
    func.coalesce(_CLOSER.name, ""),
    ActionItem.closed_at,
    Project.name,
)
