"""Health as it is read: for one project or for many, from the same handful of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.people.models import Person
from infra.database import db
from infra.wires import wires
from kernel.actor import SYSTEM, Actor, project_scope
from kernel.errors import NotFound
from phases.kickoff.changes import queries as changes
from readiness.health.models import HealthAnswer, HealthClaim, HealthDay, HealthTolerance
from readiness.health.rules import whole
from readiness.health.rules.claims import Answer, Claim, Contradiction, Stands
from readiness.health.rules.indicators import Kind
from readiness.health.rules.tolerances import FIELDS, USUAL, Tolerances
from readiness.health.rules.whole import AHEAD_DAYS, Frame, Health, Known, Planned
from roadmap.costs import queries as costs
from roadmap.forecast import queries as forecasts
from roadmap.projects.models import Project
from roadmap.resources import queries as resources
from roadmap.resources.queries import Overload
from roadmap.resources.rules import load
from roadmap.risks import queries as risks
from roadmap.standing import queries as plans
from roadmap.standing.rules.health import Health as Colour
from roadmap.tasks import queries as tasks
from roadmap.value import queries as value

FIGURES = {Kind.COST: "cost.see", Kind.RESOURCES: "resources.see"}
"""What a reader needs to see the figures behind a colour."""


Failing = Callable[[Sequence[int]], Mapping[int, Sequence[str]]]
"""What tells the must-haves that fail in some projects, by project. Gates are above health: who knows them says so."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was computed and claimed on a day."""

    day: date
    computed: Colour
    claimed: Colour | None
    states: Mapping[str, Colour]


@dataclass(frozen=True, slots=True)
class PastClaim:
    """A claim with what became of it."""

    claim: Claim
    at: datetime
    stands: Stands


def health_of(
    project_ids: Sequence[int], today: date, reader: Actor, failing: Failing | None = None
) -> dict[int, Health]:
    """The health of some projects for whoever may see them, by project: a bounded number of statements.

    ``reader`` decides which figures of money are shown and which work of other projects is named. ``failing`` is asked
    where green is claimed.
    """
    return judge(frames_of(project_ids), plans.plans_of(project_ids), today, reader, failing)


def one(project_id: int, today: date, reader: Actor, failing: Failing | None = None) -> Health:
    """The health of one project. Raises NotFound."""
    found = health_of([project_id], today, reader, failing).get(project_id)
    if found is None:
        raise NotFound
    return found


def judge(
    frames: Iterable[Frame],
    rows: Mapping[int, Sequence[Planned]],
    today: date,
    reader: Actor,
    failing: Failing | None = None,
) -> dict[int, Health]:
    """The same for whoever has read the plans already."""
    frames = list(frames)
    ids = [frame.id for frame in frames]
    by_hand, known = set_by_hand(ids), known_of(ids, today, reader)
    green = [number for number, (_limits, claim) in by_hand.items() if claim is not None and _says_green(claim, today)]
    missed = failing(green) if failing is not None and green else {}
    return {
        frame.id: whole.health_of(
            frame,
            rows.get(frame.id, ()),
            replace(known.get(frame.id, Known()), failing=missed.get(frame.id, ())),
            *by_hand.get(frame.id, (USUAL, None)),
            today,
        )
        for frame in frames
    }


def _says_green(claim: Claim, today: date) -> bool:
    return claim.state is Colour.ON_TRACK and claim.ended is None and claim.until >= today


def frames_of(project_ids: Sequence[int]) -> list[Frame]:
    """What health needs to know of some projects: two statements, with their calendars."""
    found = tasks.projects_of(project_ids).values()
    return [Frame(row.id, row.start, row.target_go_live, row.state, tasks.calendar_of(row)) for row in found]


def known_of(project_ids: Sequence[int], today: date, reader: Actor) -> dict[int, Known]:
    """What other rooms know of some projects. Colours are the same for every reader; some may not see the figures."""
    times = value.times_of(project_ids, today)  # first: it reads the books of all, money those with a budget
    money = costs.totals_of(project_ids, today)
    exposed = risks.exposures(project_ids, today)
    loaded = overloads_of(project_ids, today)
    foreseen = forecasts.latest_by(project_ids, today)
    moved = changes.drifts(project_ids, today)
    named = _Named(reader)
    return {
        project_id: Known(
            money=money.get(project_id),
            exposure=exposed.get(project_id),
            overloads=[named.of(each) for each in loaded.get(project_id, ())],
            hidden=_hidden(reader, project_id),
            spi=times[project_id].spi if project_id in times else None,
            forecast=foreseen.get(project_id),
            drift=moved.get(project_id),
        )
        for project_id in project_ids
    }


def overloads_of(project_ids: Sequence[int], today: date) -> dict[int, list[Overload]]:
    """Who is asked too much of in the next two weeks, by the projects that ask for it on these days."""
    last = today + timedelta(days=AHEAD_DAYS - 1)
    found: dict[int, list[Overload]] = {}
    wanted = set(project_ids)
    for row in resources.loads(list(project_ids), today, last, SYSTEM) if project_ids else ():
        for each in row.overloads:
            for project_id in {named.cause.project_id for named in each.causes} & wanted:
                found.setdefault(project_id, []).append(each)
    return found


class _Named:
    """Overloads with what a reader may not see as other work, unnamed. It is asked once of a project."""

    def __init__(self, reader: Actor) -> None:
        self._reader, self._policy = reader, wires().policy
        self._seen: dict[int, bool] = {}

    def of(self, overload: Overload) -> Overload:
        """The overload as the reader may know it."""
        causes = tuple(each for each in overload.causes if self._sees(each.cause.project_id))
        if len(causes) == len(overload.causes):
            return overload
        other = sum(each.percent for each in overload.causes) - sum(each.percent for each in causes)
        return replace(overload, causes=(*causes, load.Named(load.OTHER, other))) if other else overload

    def _sees(self, project_id: int) -> bool:
        if project_id not in self._seen:
            answer = self._policy.decide(self._reader, "resources.see", project_scope(project_id))
            self._seen[project_id] = bool(answer)
        return self._seen[project_id]


def _hidden(reader: Actor, project_id: int) -> frozenset[Kind]:
    scope, policy = project_scope(project_id), wires().policy
    return frozenset(kind for kind, needed in FIGURES.items() if not policy.decide(reader, needed, scope))


def set_by_hand(project_ids: Sequence[int]) -> dict[int, tuple[Tolerances, Claim | None]]:
    """What people set for the projects: tolerances, and the newest claim, whether it still stands: one statement."""
    newest = select(func.max(HealthClaim.id)).where(HealthClaim.project_id.in_(project_ids))
    claim_of = HealthClaim.id.in_(newest.group_by(HealthClaim.project_id))
    query = (
        select(Project.id, HealthTolerance, HealthClaim, Person.name)
        .outerjoin(HealthTolerance, HealthTolerance.project_id == Project.id)
        .outerjoin(HealthClaim, (HealthClaim.project_id == Project.id) & claim_of)
        .outerjoin(Person, Person.id == HealthClaim.by_id)
        .where(Project.id.in_(project_ids))
    )
    found: dict[int, tuple[Tolerances, Claim | None]] = {}
    rows: list[Any] = list(db.session.execute(query))
    for row in rows:
        limits: HealthTolerance | None = row[1]
        claim: HealthClaim | None = row[2]
        made = Tolerances(**{name: getattr(limits, name) for name in FIELDS}) if limits is not None else USUAL
        found[row[0]] = made, as_claim(claim, row[3]) if claim is not None else None
    return found


def as_claim(row: HealthClaim, name: str | None) -> Claim:
    """A claim as a value."""
    return Claim(
        id=row.id,
        project_id=row.project_id,
        state=Colour(row.state),
        reason=row.reason,
        by_id=row.by_id,
        by=name or "",
        on=row.claimed_on,
        until=row.until,
        computed=Colour(row.computed),
        ended=row.ended_on,
        lapsed=row.lapsed,
    )


def answers_to(health: Health) -> dict[str, Answer]:
    """What was said to the contradictions of the claim that stands, by their keys: one statement, none without any."""
    if health.claim is None or not health.contradictions:
        return {}
    query = (
        select(HealthAnswer, Person.name)
        .outerjoin(Person, Person.id == HealthAnswer.by_id)
        .where(HealthAnswer.claim_id == health.claim.id)
    )
    return {
        row.key: Answer(row.key, row.words, row.sentence, name or "", row.at) for row, name in db.session.execute(query)
    }


def answered(claim_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The keys of what was answered of some claims, by claim: one statement, for pages that show many projects."""
    found: dict[int, set[str]] = {each: set() for each in claim_ids}
    query = select(HealthAnswer.claim_id, HealthAnswer.key).where(HealthAnswer.claim_id.in_(found))
    for claim_id, key in db.session.execute(query):
        found[claim_id].add(key)
    return {claim_id: frozenset(keys) for claim_id, keys in found.items()}


def unanswered(health: Health, answers: Mapping[str, Answer]) -> list[Contradiction]:
    """The contradictions that nobody has said anything to."""
    return [each for each in health.contradictions if each.key not in answers]


def past_claims(health: Health, today: date, most: int = 20) -> list[PastClaim]:
    """The claims of a project, newest first; all but the newest were replaced unless they had ended before."""
    query = (
        select(HealthClaim, Person.name)
        .outerjoin(Person, Person.id == HealthClaim.by_id)
        .where(HealthClaim.project_id == health.project_id)
        .order_by(HealthClaim.id.desc())
        .limit(most)
    )
    found = []
    for number, (row, name) in enumerate(db.session.execute(query)):
        claim = as_claim(row, name)
        stands = whole.became(claim, health.worst, today, newest=number == 0)
        found.append(PastClaim(claim, row.claimed_at, stands))
    return found


def days(project_id: int, first: date, last: date) -> list[Day]:
    """What was kept from one day to another, both included, in order: one statement."""
    query = (
        select(HealthDay)
        .where(HealthDay.project_id == project_id, HealthDay.day >= first, HealthDay.day <= last)
        .order_by(HealthDay.day)
    )
    return [
        Day(
            row.day,
            Colour(row.computed),
            Colour(row.claimed) if row.claimed else None,
            {kind: Colour(state) for kind, state in row.states.items()},
        )
        for row in db.session.scalars(query)
    ]


def running() -> list[tuple[int, str]]:
    """The projects whose health is kept every day, with their zones."""
    query = select(Project.id, Project.timezone).where(Project.state == "active").order_by(Project.id)
    return [(row[0], row[1]) for row in db.session.execute(query)]
