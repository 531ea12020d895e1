"""Reading risks: the register, one risk with everything about it, exposure and the heaviest risks of projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from infra import subjects
from infra.audit import queries as audit
from infra.audit.words import Said, say
from infra.database import db
from infra.memo import remembered
from infra.subjects import Subject
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound
from kernel.permission import Facts
from roadmap.projects.models import Phase, Project
from roadmap.risks import rules
from roadmap.risks.models import Risk, RiskAppetite, RiskLink, RiskResponse, RiskReview, RiskScore
from roadmap.risks.rules import Exposure, History, Rating
from roadmap.staffing.models import ProjectRole

_OWNER, _FILLS, _AUTHOR = (aliased(Person) for _each in range(3))
_CLOSED = (rules.State.CLOSED, rules.State.REJECTED)


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """What is done about a risk."""

    id: int
    risk_id: int
    kind: str
    text: str
    owner_id: int | None
    owner: str
    due: date | None
    follows_plan: bool
    result: str
    done_at: datetime | None
    done_by: str

    def late(self, today: date) -> bool:
        """Not done although its day has passed."""
        return self.done_at is None and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class RiskRow:
    """A risk with what a page shows of it. ``responsible_id`` is its owner, else who fills its role."""

    id: int
    project_id: int
    number: int
    key: str
    title: str
    description: str
    cause: str
    effect: str
    category: str
    phase_id: int | None
    phase: str
    state: str
    state_since: date
    outcome: str
    owner_id: int | None
    responsible_id: int | None
    owner: str
    role_id: int | None
    role: str
    trigger: str
    inherent_probability: int | None
    inherent_impact: int | None
    probability: int | None
    impact: int | None
    target_probability: int | None
    target_impact: int | None
    review_on: date | None
    chance: int | None
    days_low: float | None
    days_high: float | None
    cost_low: int | None
    cost_high: int | None
    author_id: int | None
    author: str
    created_at: datetime
    responses: list[ResponseRow] = field(default_factory=list, compare=False)

    @property
    def code(self) -> str:
        """What people call it."""
        return rules.code(self.number)

    @property
    def open(self) -> bool:
        """Whether somebody still has to look after it."""
        return rules.is_open(self.state)

    @property
    def inherent(self) -> Rating | None:
        """What it was before anything was done about it."""
        return _rating(self.inherent_probability, self.inherent_impact)

    @property
    def now(self) -> Rating | None:
        """What it is now."""
        return _rating(self.probability, self.impact)

    @property
    def target(self) -> Rating | None:
        """What it should come down to."""
        return _rating(self.target_probability, self.target_impact)

    @property
    def score(self) -> int | None:
        """The score now; None without one."""
        return self.now.score if self.now else None

    @property
    def next_response(self) -> ResponseRow | None:
        """What is to be done next about it: the open response that is due first."""
        waiting = [each for each in self.responses if each.done_at is None]
        return min(waiting, key=lambda each: (each.due or date.max, each.id), default=None)

    @property
    def facts(self) -> Facts:
        """Whose it is."""
        return Facts(owners=frozenset() if self.responsible_id is None else frozenset({self.responsible_id}))

    def review_late(self, today: date) -> bool:
        """Open although the day of its review has passed."""
        return self.open and self.review_on is not None and self.review_on < today


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What a risk was rated on a day; ``rating`` None from when it was closed or rejected."""

    day: date
    at: datetime
    rating: Rating | None
    why: str
    person: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """That somebody looked at a risk."""

    day: date
    text: str
    next_on: date | None
    person: str


@remembered
def register(project_id: int) -> list[RiskRow]:
    """Every risk of a project with its responses, by number: two statements."""
    return _found(Risk.project_id == project_id)


def risk(project_id: int, risk_id: int) -> RiskRow:
    """One risk inside its project. Raises NotFound."""
    found = _found(Risk.project_id == project_id, Risk.id == risk_id)
    if not found:
        raise NotFound
    return found[0]


def exposure(project_id: int, as_of: date) -> Exposure:
    """How much hung over a project at the end of a day."""
    return exposures([project_id], as_of)[project_id]


@remembered
def exposures(project_ids: Iterable[int], as_of: date) -> dict[int, Exposure]:
    """The same for several projects, in two statements; a project without risks has an exposure of 0."""
    ids = list(project_ids)
    kept = histories(ids)
    bare = select(literal("unscored").label("what"), Risk.project_id, func.count()).where(
        Risk.project_id.in_(ids), Risk.probability.is_(None), Risk.state.not_in(_CLOSED)
    )
    borne = select(literal("points"), RiskAppetite.project_id, RiskAppetite.points).where(
        RiskAppetite.project_id.in_(ids)
    )
    rows = db.session.execute(union_all(bare.group_by(Risk.project_id), borne))
    said = {(what, project_id): count for what, project_id, count in rows}
    return {
        id: rules.exposure(
            kept.get(id, ()), as_of, said.get(("points", id), rules.APPETITE), said.get(("unscored", id), 0)
        )
        for id in ids
    }


def critical_count(project_id: int) -> ColumnElement[int]:
    """How many open risks are critical now, as a column that the navigation reads with its other counts."""
    least, _most = rules.BANDS[rules.Band.CRITICAL]
    heavy = (Risk.project_id == project_id, Risk.state.not_in(_CLOSED), Risk.probability * Risk.impact >= least)
    return select(func.count()).select_from(Risk).where(*heavy).scalar_subquery()


def histories(project_ids: Iterable[int]) -> dict[int, list[History]]:
    """The scores of every risk by project, oldest first: one statement."""
    columns = (RiskScore.project_id, RiskScore.risk_id, Risk.number, RiskScore.day)
    query = (
        select(*columns, RiskScore.probability * RiskScore.impact)
        .join(Risk, Risk.id == RiskScore.risk_id)
        .where(RiskScore.project_id.in_(list(project_ids)))
        .order_by(RiskScore.day, RiskScore.id)
    )
    scores: dict[tuple[int, int, int], list[tuple[date, int]]] = {}
    for project_id, risk_id, number, day, score in db.session.execute(query):
        scores.setdefault((project_id, risk_id, number), []).append((day, score))
    found: dict[int, list[History]] = {}
    for (project_id, risk_id, number), kept in sorted(scores.items()):
        found.setdefault(project_id, []).append(History(risk_id, rules.code(number), tuple(kept)))
    return found


def top(project_ids: Iterable[int]) -> dict[int, RiskRow]:
    """The heaviest open risk of each project; projects without a scored one are left out. Two statements."""
    order = ((Risk.probability * Risk.impact).desc(), Risk.impact.desc(), Risk.number)
    place = func.row_number().over(partition_by=Risk.project_id, order_by=order).label("place")
    scored = (Risk.project_id.in_(list(project_ids)), Risk.state.not_in(_CLOSED), Risk.probability.is_not(None))
    ranked = select(Risk.id, place).where(*scored).subquery()
    return {row.project_id: row for row in _found(Risk.id.in_(select(ranked.c.id).where(ranked.c.place == 1)))}


def heaviest(rows: Iterable[RiskRow]) -> list[RiskRow]:
    """Risks by score, the heaviest first, those without a score last; equal ones by impact, then by number."""
    return sorted(rows, key=lambda row: (-(row.score or 0), -(row.impact or 0), row.project_id, row.number))


def scores(risk_id: int) -> list[ScoreRow]:
    """What a risk was rated, newest first."""
    query = (
        select(RiskScore, func.coalesce(Person.name, ""))
        .outerjoin(Person, Person.id == RiskScore.person_id)
        .where(RiskScore.risk_id == risk_id)
        .order_by(RiskScore.day.desc(), RiskScore.id.desc())
    )
    return [
        ScoreRow(kept.day, kept.at, Rating(kept.probability, kept.impact) if kept.impact else None, kept.why, person)
        for kept, person in db.session.execute(query)
    ]


def reviews(risk_id: int) -> list[ReviewRow]:
    """When a risk was looked at, newest first."""
    columns = (RiskReview.day, RiskReview.text, RiskReview.next_on, func.coalesce(Person.name, ""))
    query = select(*columns).outerjoin(Person, Person.id == RiskReview.person_id).where(RiskReview.risk_id == risk_id)
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query.order_by(RiskReview.id.desc()))]
    return [ReviewRow(*row) for row in found]


def links(risk_id: int, actor: Actor) -> list[tuple[int, Subject]]:
    """What a risk hits, each with the number of its link, as far as the reader may see it."""
    rows = db.session.execute(
        select(RiskLink.id, RiskLink.subject).where(RiskLink.risk_id == risk_id).order_by(RiskLink.id)
    )
    found = []
    for number, key in rows:
        try:
            found.append((number, subjects.find(key, actor)))
        except NotFound:
            continue
    return found


def of_subject(project_id: int, key: str) -> list[RiskRow]:
    """The risks that hit a task or a checklist item, the heaviest first."""
    hit = select(RiskLink.risk_id).where(RiskLink.project_id == project_id, RiskLink.subject == key)
    return heaviest(_found(Risk.project_id == project_id, Risk.id.in_(hit)))


def rescore_due(row: RiskRow, kept: Sequence[ScoreRow]) -> ResponseRow | None:
    """The response that was done after the last rating, so that the risk should be rated again; None where none was."""
    if not row.open or not kept:
        return None
    done = [each for each in row.responses if each.done_at is not None]
    newest = max(done, key=lambda each: each.done_at or row.created_at, default=None)
    rated = max(each.at for each in kept)
    return newest if newest and newest.done_at and newest.done_at >= rated else None


def history(risk_id: int) -> list[Said]:
    """What happened to a risk, newest first."""
    return say(audit.of_subject(f"{Risk.__tablename__}:{risk_id}", limit=30))


def subject(number: int) -> Subject | None:
    """A risk as comments, files, action items and notices see it."""
    found = _found(Risk.id == number)
    if not found:
        return None
    row = found[0]
    address = f"/projects/{row.project_id}/risks/{row.id}"
    scope = project_scope(row.project_id)
    return Subject(f"risk:{number}", f"{row.code} {row.title}", scope, address, "risk.see", facts=row.facts)


def _rating(probability: int | None, impact: int | None) -> Rating | None:
    return None if probability is None or impact is None else Rating(probability, impact)


def _found(*criteria: Any) -> list[RiskRow]:
    query = (
        select(*_COLUMNS)
        .join(Project, Project.id == Risk.project_id)
        .outerjoin(Phase, Phase.id == Risk.phase_id)
        .outerjoin(ProjectRole, ProjectRole.id == Risk.role_id)
        .outerjoin(_OWNER, _OWNER.id == Risk.owner_id)
        .outerjoin(_FILLS, _FILLS.id == ProjectRole.person_id)
        .outerjoin(_AUTHOR, _AUTHOR.id == Risk.author_id)
        .where(*criteria)
        .order_by(Risk.project_id, Risk.number)
    )
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    answers = _responses([row[0] for row in found]) if found else {}
    return [RiskRow(*(*row, answers.get(row[0], []))) for row in found]


def _responses(risk_ids: Sequence[int]) -> dict[int, list[ResponseRow]]:
    doer = aliased(Person)
    columns = (
        RiskResponse.id,
        RiskResponse.risk_id,
        RiskResponse.kind,
        RiskResponse.text,
        func.coalesce(RiskResponse.owner_id, Risk.owner_id, ProjectRole.person_id),
        func.coalesce(_OWNER.name, ""),
        RiskResponse.due,
        RiskResponse.due_offset.is_not(None) & ~RiskResponse.due_fixed,
        RiskResponse.result,
        RiskResponse.done_at,
        func.coalesce(doer.name, ""),
    )
    responsible = func.coalesce(RiskResponse.owner_id, Risk.owner_id, ProjectRole.person_id)
    query = (
        select(*columns)
        .join(Risk, Risk.id == RiskResponse.risk_id)
        .outerjoin(ProjectRole, ProjectRole.id == Risk.role_id)
        .outerjoin(_OWNER, _OWNER.id == responsible)
        .outerjoin(doer, doer.id == RiskResponse.done_by_id)
        .where(RiskResponse.risk_id.in_(risk_ids))
        .order_by(RiskResponse.risk_id, RiskResponse.id)
    )
    found: dict[int, list[ResponseRow]] = {}
    rows: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    for row in rows:
        found.setdefault(row[1], []).append(ResponseRow(*row))
    return found


_COLUMNS = (
    Risk.id,
    Risk.project_id,
    Risk.number,
    Risk.key,
    Risk.title,
    Risk.description,
    Risk.cause,
    Risk.effect,
    Risk.category,
    Risk.phase_id,
    func.coalesce(Phase.name, ""),
    Risk.state,
    Risk.state_since,
    Risk.outcome,
    Risk.owner_id,
    func.coalesce(Risk.owner_id, ProjectRole.person_id),
    func.coalesce(_OWNER.name, _FILLS.name, ""),
    Risk.role_id,
    func.coalesce(ProjectRole.name, ""),
    Risk.trigger,
    Risk.inherent_probability,
    Risk.inherent_impact,
    Risk.probability,
    Risk.impact,
    Risk.target_probability,
    Risk.target_impact,
    Risk.review_on,
    Risk.chance,
    Risk.days_low,
    Risk.days_high,
    Risk.cost_low,
    Risk.cost_high,
    Risk.author_id,
    func.coalesce(_AUTHOR.name, ""),
    Risk.created_at,
)
