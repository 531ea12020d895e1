"""Who uses the CRM, who was here when, and which features were opened: within what the reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, literal_column, select

from accounts.absences import queries as absences
from accounts.people.models import Person
from accounts.teams.models import TeamMember
from crm.access.models import CrmHolder
from crm.counts.queries import Scope, narrowest, steps
from crm.counts.rules.windows import DAY, WEEK, Window, start_of
from crm.usage.models import UsageHour, UsagePolicy, Visit
from crm.usage.rules import Policy
from infra.database import db
from infra.memo import remembered
from kernel.permission import Visibility

_WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who holds a role of the CRM and is switched on."""

    id: int
    name: str
    team_id: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """How one user did in one ISO week: whether they count at all, their sign-ins, and the days they were here."""

    user: User
    monday: date
    counts: bool
    sign_ins: int
    days: int = 0


@remembered
def policy() -> Policy:
    """The policy that holds."""
    row = db.session.scalars(select(UsagePolicy).limit(1)).first()
    return Policy() if row is None else Policy(row.days, row.visible)


@remembered
def everyone() -> list[User]:
    """Everybody who uses the CRM, by name: one statement."""
    holders = select(CrmHolder.person_id).distinct()
    query = (
        select(Person.id, Person.name, TeamMember.team_id, Person.created_at)
        .outerjoin(TeamMember, TeamMember.person_id == Person.id)
        .where(Person.active, Person.email.is_not(None), Person.id.in_(holders))
        .order_by(func.lower(Person.name), Person.id)
    )
    return [User(*row) for row in db.session.execute(query)]


def users(scope: Scope) -> list[User]:
    """The users whom a reader may see: as far as they see activities, and no further than was chosen."""
    access = scope.access
    visibility, _field = narrowest(access, "activity", ())
    if visibility is None:
        return []
    teams = frozenset({access.team_id}) | (access.below if visibility is Visibility.TEAM_AND_BELOW else frozenset())
    return [
        user
        for user in everyone()
        if (
            visibility is Visibility.ALL
            or user.id == access.person_id
            or (visibility >= Visibility.TEAM and user.team_id is not None and user.team_id in teams)
        )
        and scope.holds(user.team_id, user.id)
    ]


def weeks(mondays: Sequence[date], window: Window, scope: Scope) -> list[Week]:
    """How every user did in some ISO weeks: three statements, whoever and however many."""
    people = users(scope)
    whole = window.between(mondays[0], mondays[-1] + WEEK - DAY)
    counted = _sign_ins([user.id for user in people], mondays, whole)
    away = absences.times_of([user.id for user in people])
    found = []
    for monday in mondays:
        workdays = [monday + DAY * number for number in range(_WORKDAYS)]
        begins = start_of(monday, window.zone)
        for user in people:
            off = user.id in away and any(away[user.id].is_off(day) for day in workdays)
            sign_ins = counted.get((user.id, monday), 0)
            found.append(Week(user, monday, user.since <= begins and not off, sign_ins))
    return found


def _sign_ins(ids: Sequence[int], mondays: Sequence[date], whole: Window) -> dict[tuple[int, date], int]:
    number = steps(Visit.started_at, [start_of(each, whole.zone) for each in mondays[1:]])
    query = (
        select(Visit.person_id, number.label("number"), func.count())
        .where(Visit.started_at >= whole.start, Visit.started_at < whole.end, Visit.person_id.in_(ids))
        .group_by(Visit.person_id, literal_column("number"))
    )
    return {(row[0], mondays[row[1]]): row[2] for row in db.session.execute(query)}


def active_days(window: Window, ids: Iterable[int]) -> dict[date, set[int]]:
    """Who was here on each day of a stretch; a visit over midnight counts for both days."""
    found: dict[date, set[int]] = defaultdict(set)
    wanted = set(ids)
    query = select(Visit.person_id, Visit.started_at, Visit.last_at).where(
        Visit.last_at >= window.start, Visit.started_at < window.end
    )
    for person_id, first, last in db.session.execute(query):
        if person_id not in wanted:
            continue
        day, end = first.astimezone(window.zone).date(), last.astimezone(window.zone).date()
        while day <= end:
            if window.since <= day <= window.until:
                found[day].add(person_id)
            day += DAY
    return found


@dataclass(frozen=True, slots=True)
class Used:
    """A feature, by how many people and how often it was opened."""

    feature: str
    people: int
    count: int


def features(window: Window, ids: Iterable[int]) -> list[Used]:
    """What some people used in a stretch, the most used first."""
    query = (
        select(UsageHour.feature, func.count(UsageHour.person_id.distinct()), func.sum(UsageHour.count))
        .where(UsageHour.at >= window.start, UsageHour.at < window.end, UsageHour.person_id.in_(sorted(set(ids))))
        .group_by(UsageHour.feature)
    )
    rows = [Used(row[0], row[1], row[2]) for row in db.session.execute(query)]
    return sorted(rows, key=lambda each: (-each.people, -each.count, each.feature))


def by_person(window: Window, ids: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """How often each of some people opened each feature in a stretch."""
    query = (
        select(UsageHour.person_id, UsageHour.feature, func.sum(UsageHour.count))
        .where(UsageHour.at >= window.start, UsageHour.at < window.end, UsageHour.person_id.in_(sorted(set(ids))))
        .group_by(UsageHour.person_id, UsageHour.feature)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for person_id, feature, count in db.session.execute(query):
        found[person_id][feature] = int(count)
    return found


def last_here(ids: Iterable[int]) -> dict[int, datetime]:
    """When each of some people was here last."""
    query = (
        select(Visit.person_id, func.max(Visit.last_at))
        .where(Visit.person_id.in_(sorted(set(ids))))
        .group_by(Visit.person_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def log_of(window: Window, ids: Iterable[int], limit: int) -> list[tuple[datetime, int, str, int]]:
    """Hour by hour who opened what, the latest first: the log as it is taken along."""
    query = (
        select(UsageHour.at, UsageHour.person_id, UsageHour.feature, UsageHour.count)
        .where(UsageHour.at >= window.start, UsageHour.at < window.end, UsageHour.person_id.in_(sorted(set(ids))))
        .order_by(UsageHour.at.desc(), UsageHour.person_id, UsageHour.feature)
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(query)]
