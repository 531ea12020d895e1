"""Reading every roll-out that somebody may see: a handful of statements, however many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from accounts.access.models import Membership
from accounts.people.models import Person
from checklists import queries as checklists
from checklists.models import Checklist, Item
from checklists.rules import Progress
from desk.portfolio import rules
from infra.database import db
from kernel.actor import Actor, project_scope
from readiness.health import queries as healths
from readiness.health.rules.claims import Foreseen
from readiness.health.rules.whole import Frame, Health
from readiness.verdict import queries as verdicts
from readiness.verdict.queries import Latest
from roadmap.projects import queries as projects
from roadmap.projects.models import Project
from roadmap.projects.queries import ProjectRow
from roadmap.projects.rules import WEEKS
from roadmap.risks import queries as risks
from roadmap.risks.queries import RiskRow
from roadmap.standing import queries as plans
from roadmap.standing.rules import curve
from roadmap.standing.rules.health import Health as Colour
from roadmap.standing.rules.standing import Standing
from roadmap.tasks import queries as tasks
from roadmap.tasks.models import Task, TaskDates
from roadmap.tasks.rules.states import FINISHED

NOTHING = Progress(0, 0, 0, 0)
NEAR_DAYS = 14
"""How far ahead a milestone is worth a word when required items hold it."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A line of the portfolio."""

    project: ProjectRow
    managers: str
    phase: str
    week: int
    health: Health
    risk: RiskRow | None
    checklists: Progress
    readiness: Latest | None
    curve: tuple[curve.Point, ...]
    scope: float

    @property
    def id(self) -> int:
        """The project's number."""
        return self.project.id

    @property
    def forecast(self) -> Foreseen | None:
        """The forecast kept last, while it is not live."""
        return None if self.standing.live else self.health.forecast

    @property
    def name(self) -> str:
        """The project's name."""
        return self.project.name

    @property
    def standing(self) -> Standing:
        """How its plan stands."""
        return self.health.standing

    @property
    def worst(self) -> Colour:
        """The colour that is computed for the whole."""
        return self.health.worst

    @property
    def used(self) -> float | None:
        """How much of the budget is spent, in percent; None where that is unknown or not the reader's to see."""
        cost = self.health.of("cost")
        found: float | None = None if cost.private else cost.figures.get("used")
        return found

    @property
    def exposure(self) -> float | None:
        """What the open risks come to; None where none is assessed or the reader may not see them."""
        risk = self.health.of("risk")
        found: float | None = None if risk.private else risk.figures.get("total")
        return found

    @property
    def weeks(self) -> int:
        """How many weeks a roll-out has."""
        return WEEKS


@dataclass(frozen=True, slots=True)
class Held:
    """A milestone that is near, or past its day, and waits for required checklist items."""

    project_id: int
    project: str
    task_id: int
    name: str
    day: date
    items: int


def rollouts(actor: Actor, today: date) -> list[Rollout]:
    """Every roll-out that the actor may see, archived ones too, with its health: the same statements for any number."""
    found = projects.visible(actor)
    ids = [project.id for project in found]
    rows, phases, managers = plans.plans_of(ids), projects.phases_of(ids), _managers(ids)
    times = tasks.times_of(ids)
    frames = [Frame(each.id, each.start, each.target_go_live, each.state, times[each.id]) for each in found]
    ready = verdicts.latest(ids)
    judged = healths.judge(frames, rows, today, actor, verdicts.failing_lately)
    heaviest = risks.top(ids)
    counted = checklists.progress_by_project(ids, today)
    return [
        Rollout(
            project=project,
            managers=", ".join(managers.get(project.id, ())),
            phase=projects.phase_now(project, phases.get(project.id, []), today),
            week=project.week(today),
            checklists=_lists(project, counted),
            health=judged[project.id],
            risk=heaviest.get(project.id),
            readiness=ready.get(project.id),
            curve=tuple(rules.spark(judged[project.id].work, project.start, today)),
            scope=curve.scope(judged[project.id].work),
        )
        for project in found
    ]


def _lists(project: ProjectRow, counted: Mapping[int, Progress]) -> Progress:
    """How far the lists are; in a roll-out that is over nothing is late any more."""
    progress = counted.get(project.id, NOTHING)
    return progress if project.state == rules.ACTIVE else replace(progress, late=0)


def held(project_ids: Sequence[int], today: date) -> list[Held]:
    """The milestones of some roll-outs that required items hold, soonest first: one statement."""
    # From the few lists that guard something: there are twenty times as many tasks.
    waiting = (
        select(Checklist.guards_id, func.count().label("open"))
        .join(Item, Item.checklist_id == Checklist.id)
        .where(Checklist.project_id.in_(project_ids), Checklist.guards_id.is_not(None))
        .where(Item.required, Item.ticked_at.is_(None))
        .group_by(Checklist.guards_id)
        .cte("waiting")
    )
    query = (
        select(Project.id, Project.name, Task.id, Task.name, TaskDates.finish, waiting.c.open)
        .join(Task, Task.id == waiting.c.guards_id)
        .join(Project, Project.id == Task.project_id)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .where(Project.state == rules.ACTIVE, Task.percent_complete < FINISHED)
        .where(TaskDates.finish < _midnight_after(today))
        .order_by(TaskDates.finish, Task.id)
    )
    found = db.session.execute(query)
    return [Held(id, name, task_id, task, due.date(), items) for id, name, task_id, task, due, items in found]


def _midnight_after(today: date) -> datetime:
    return datetime.combine(today + timedelta(days=NEAR_DAYS + 1), time())


def _managers(project_ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(Membership.scope, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.role == "manager", Membership.scope.in_([project_scope(each) for each in project_ids]))
        .order_by(Person.name)
    )
    found: dict[int, list[str]] = {}
    for scope, name in db.session.execute(query):
        found.setdefault(int(scope.partition(":")[2]), []).append(name)
    return found
