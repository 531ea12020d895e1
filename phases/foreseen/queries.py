"""Reading what is foreseen: always inside one project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from accounts.people.models import Person
from infra.database import db
from infra.subjects import Subject
from kernel.actor import project_scope
from kernel.errors import NotFound
from phases.foreseen import rules
from phases.foreseen.models import Foreseen
from roadmap.projects.models import Phase
from roadmap.staffing.models import ProjectRole


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that is foreseen, with what a page shows of it; ``parts`` are what hangs below, by kind."""

    id: int
    phase_id: int | None
    parent_id: int | None
    kind: str
    key: str
    name: str
    description: str
    role_id: int | None
    due: date | None
    due_fixed: bool
    state: str
    note: str
    details: Mapping[str, Any]
    role: str
    person: str
    parts: dict[str, list[Element]] = field(default_factory=dict, compare=False)

    @property
    def words(self) -> tuple[rules.Phrase, ...]:
        """What its details say."""
        return rules.in_words(self.kind, self.details)

    @property
    def minutes(self) -> int:
        """How long its agenda takes together."""
        return sum(int(each.details.get("minutes") or 0) for each in self.parts.get("agenda", ()))

    def late(self, today: date) -> bool:
        """Planned although its day has passed."""
        return rules.is_late(self.state, self.due, today)


def elements(project_id: int, *, kinds: Iterable[str] = ()) -> list[Element]:
    """What a project foresees, flat, in its order: one statement; ``kinds`` narrows it."""
    wanted = list(kinds)
    return _found(Foreseen.project_id == project_id, *([Foreseen.kind.in_(wanted)] if wanted else []))


def of_phase(project_id: int, phase_id: int, *, with_projects: bool) -> list[Element]:
    """What a phase foresees, flat; ``with_projects`` adds what belongs to no phase, such as KPIs."""
    here = Foreseen.phase_id == phase_id
    return _found(Foreseen.project_id == project_id, (here | Foreseen.phase_id.is_(None)) if with_projects else here)


def element(project_id: int, element_id: int) -> Element:
    """One element inside its project. Raises NotFound."""
    found = _found(Foreseen.project_id == project_id, Foreseen.id == element_id)
    if not found:
        raise NotFound
    return found[0]


def subject(number: int) -> Subject | None:
    """Something foreseen as action items refer to it: on the page of its phase, or of the charter without one."""
    query = select(Foreseen.project_id, Foreseen.name, Phase.number).outerjoin(Phase, Phase.id == Foreseen.phase_id)
    row = db.session.execute(query.where(Foreseen.id == number)).first()
    if row is None:
        return None
    page = "charter" if row.number is None else f"phases/{row.number}"
    address = f"/projects/{row.project_id}/{page}#e-{number}"
    return Subject(f"foreseen:{number}", row.name, project_scope(row.project_id), address, "foreseen.see")


def late(project_id: int, today: date) -> list[Element]:
    """What is still planned although its day has passed, the longest waiting first."""
    planned = (Foreseen.project_id == project_id, Foreseen.state == rules.State.PLANNED, Foreseen.due < today)
    return sorted(_found(*planned), key=lambda each: (each.due or today, each.id))


def counts(project_id: int, today: date) -> dict[int | None, rules.Counts]:
    """How many there are in each phase, by its number in the table; None are those of the whole project."""
    is_late = func.count(Foreseen.id).filter((Foreseen.state == rules.State.PLANNED) & (Foreseen.due < today))
    by_state = [func.count(Foreseen.id).filter(Foreseen.state == state) for state in rules.State]
    query = select(Foreseen.phase_id, *by_state, is_late).where(Foreseen.project_id == project_id)
    rows: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query.group_by(Foreseen.phase_id))]
    return {row[0]: rules.Counts(*row[1:]) for row in rows}


def nested(rows: Sequence[Element]) -> list[Element]:
    """The same with children put below their parents; a child whose parent is not among them stands by itself."""
    known = {row.id: row for row in rows}
    tops = []
    for row in rows:
        row.parts.clear()
    for row in rows:
        parent = known.get(row.parent_id or 0)
        if parent is None:
            tops.append(row)
        else:
            parent.parts.setdefault(row.kind, []).append(row)
    return tops


def by_kind(rows: Iterable[Element]) -> dict[str, list[Element]]:
    """Elements by kind, kinds in the order in which a page shows them."""
    found: dict[str, list[Element]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    order = list(rules.KINDS)
    return dict(sorted(found.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)))


def _found(*criteria: Any) -> list[Element]:
    query = (
        select(*_COLUMNS, func.coalesce(ProjectRole.name, ""), func.coalesce(Person.name, ""))
        .outerjoin(ProjectRole, ProjectRole.id == Foreseen.role_id)
        .outerjoin(Person, Person.id == ProjectRole.person_id)
        .where(*criteria)
        .order_by(Foreseen.position, Foreseen.id)
    )
    rows: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    return [Element(*row) for row in rows]


_COLUMNS = (
    Foreseen.id,
    Foreseen.phase_id,
    Foreseen.parent_id,
    Foreseen.kind,
    Foreseen.key,
    Foreseen.name,
    Foreseen.description,
    Foreseen.role_id,
    Foreseen.due,
    Foreseen.due_fixed,
    Foreseen.state,
    Foreseen.note,
    Foreseen.details,
)
