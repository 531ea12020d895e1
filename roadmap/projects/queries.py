"""Projects as the actor may see them: another project's number is answered like one that does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from infra.database import db
from infra.memo import is_reading, remembered
from infra.subjects import Subject
from infra.wires import wires
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound
from roadmap.projects import rules
from roadmap.projects.models import Phase, Project


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase and its week window."""

    id: int
    project_id: int
    number: int
    key: str
    name: str
    purpose: str
    week_from: int | None
    week_to: int | None

    @property
    def window(self) -> rules.Window:
        """Its weeks, as the rules ask for them."""
        return rules.Window(self.name, self.week_from, self.week_to)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project with what its name and start say about today's place in it."""

    id: int
    name: str
    purpose: str
    start: date
    timezone: str
    calendar_id: int
    target_go_live: date | None
    status_date: date | None
    state: str
    template: str
    archived_at: datetime | None
    currency: str
    branch_of_id: int | None
    finish_by: datetime | None
    critical_threshold_minutes: int

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its plan dates."""
        return ZoneInfo(self.timezone)

    @property
    def scope(self) -> str:
        """The scope of its memberships."""
        return project_scope(self.id)

    def local(self, now: datetime) -> datetime:
        """A moment as the wall time of the project, to the minute."""
        return rules.wall_time(now, self.timezone)

    def week(self, today: date) -> int:
        """The week that a day falls in, from 1."""
        return rules.week_of(today, self.start)

    def day(self, today: date) -> int:
        """Which of the ninety days a day is, from 1."""
        return rules.day_number(today, self.start)


@remembered
def visible(actor: Actor, *, states: tuple[str, ...] = ()) -> list[ProjectRow]:
    """The projects that an actor may see, running ones first, then by start and name; ``states`` narrows them."""
    query = select(*_COLUMNS).where(reach(actor, "project.see"))
    if states:
        query = query.where(Project.state.in_(states))
    rows = [ProjectRow(*row) for row in db.session.execute(query.order_by(Project.start, Project.name, Project.id))]
    order = list(rules.State)
    return sorted(rows, key=lambda row: order.index(rules.State(row.state)))


def get(actor: Actor, project_id: int) -> ProjectRow:
    """One project, or a branch of one. Raises NotFound where it is none or none of the actor's.

    A page lists the projects that its reader sees anyway.
    """
    listed = visible(actor) if is_reading() else []
    if (found := next((each for each in listed if each.id == project_id), None)) is not None:
        return found
    row = db.session.execute(select(*_COLUMNS).where(Project.id == project_id, _opens(actor))).one_or_none()
    if row is None:
        raise NotFound
    return ProjectRow(*row)


@remembered
def row_of(project_id: int) -> ProjectRow:
    """One project for whoever has asked the policy already. Raises NotFound."""
    row = db.session.execute(select(*_COLUMNS).where(Project.id == project_id)).one_or_none()
    if row is None:
        raise NotFound
    return ProjectRow(*row)


def subject(number: int) -> Subject | None:
    """A project as notices, reviews and whoever names its scope see it."""
    name = db.session.scalar(select(Project.name).where(Project.id == number))
    if name is None:
        return None
    return Subject(f"project:{number}", name, project_scope(number), f"/projects/{number}/", "project.see")


def phases(project_id: int) -> list[PhaseRow]:
    """The phases of a project, in order."""
    return phases_of([project_id]).get(project_id, [])


@remembered
def phases_of(project_ids: list[int]) -> dict[int, list[PhaseRow]]:
    """The phases of several projects by project, in order."""
    query = select(*(getattr(Phase, name) for name in PhaseRow.__slots__)).where(Phase.project_id.in_(project_ids))
    found: dict[int, list[PhaseRow]] = {}
    for row in db.session.execute(query.order_by(Phase.project_id, Phase.number)):
        found.setdefault(row.project_id, []).append(PhaseRow(*row))
    return found


def phase_now(project: ProjectRow, rows: list[PhaseRow], today: date) -> str:
    """The name of the phase that runs today; empty without phases."""
    return rules.phase_now([row.window for row in rows], project.week(today))


_COLUMNS = tuple(getattr(Project, name) for name in ProjectRow.__slots__)


def reach(actor: Actor, permission: str) -> ColumnElement[bool]:
    """The roll-outs in which an actor may do something, as a criterion of a statement with projects.

    This is the one rule of what lists, counts, searches, jobs and exports find across projects: branches never.
    """
    return and_(Project.state.in_(rules.ROLL_OUTS), _within(actor, permission))


def is_running() -> ColumnElement[bool]:
    """Whether a project is a roll-out that people work on, as a criterion: no branch is."""
    return Project.state == rules.State.ACTIVE.value


@remembered
def trunks() -> dict[int, int]:
    """The branches that there are, each with the project that it is one of."""
    rows = db.session.execute(select(Project.id, Project.branch_of_id).where(Project.branch_of_id.is_not(None)))
    return {id: trunk_id for id, trunk_id in rows if trunk_id is not None}


def home_of(scope: str) -> str:
    """The scope whose memberships count in a scope: that of the trunk for a branch, else the same."""
    kind, _, number = scope.partition(":")
    trunk_id = trunks().get(int(number)) if kind == "project" and number.isdecimal() else None
    return scope if trunk_id is None else project_scope(trunk_id)


def trunk_of(project_id: int) -> int:
    """The project that a branch is one of; of any other project its own number."""
    return trunks().get(project_id, project_id)


def trunks_of(project_ids: list[int]) -> Select[*tuple[Any, ...]]:
    """The projects that some branches stand for, as a part of a statement."""
    return select(Project.branch_of_id).where(Project.id.in_(project_ids), Project.branch_of_id.is_not(None))


def _opens(actor: Actor) -> ColumnElement[bool]:
    """What an actor may open by its number: the projects that they see, and the branches of these."""
    return or_(_within(actor, "project.see"), _within(actor, "project.see", Project.branch_of_id))


def _within(actor: Actor, permission: str, column: Any = Project.id) -> ColumnElement[bool]:
    scopes = wires().policy.scopes_where(actor, permission) if actor.id is not None else None
    if scopes is None:
        return true()
    return column.in_([int(scope.partition(":")[2]) for scope in scopes if scope.startswith("project:")])  # type: ignore[no-any-return]  # a column
