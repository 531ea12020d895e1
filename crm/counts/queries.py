"""What was counted, by segment: every statement is bound to what the reader may see, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

from crm.access import rules as access_rules
from crm.access.queries import any_shared, reach, shared_ids
from crm.access.rules import SEE, Access
from crm.counts.models import ActivityTally, StaleDay
from crm.counts.rules.windows import DAY, Window, start_of
from crm.objects.rules.catalogue import OBJECTS
from crm.records.models import Activity
from infra.database import db
from kernel.permission import Visibility

INTERACTIONS = ("call", "email", "meeting")
"""Kinds of activities in which somebody spoke with a customer."""
IN_TIME = timedelta(hours=24)
_A_MILLISECOND = 1e-8
"""In days: how finely SQLite tells two instants apart."""
_BASIC = frozenset({"day", "kind", "origin"})
_ACTIVITY_FIELDS = ("kind", "state", "occurred_at", "created_at", "origin")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose records are counted: what the reader may see, of some teams or of one person where that is chosen.

    ``people`` are named besides the teams, whatever team they are in; without ``teams`` they narrow nothing.
    """

    access: Access
    teams: frozenset[int] | None = None
    person_id: int | None = None
    people: frozenset[int] = frozenset()

    def holds(self, team_id: int | None, owner_id: int | None) -> bool:
        """Whether what is somebody's and a team's belongs to the choice."""
        among = self.teams is None or team_id in self.teams or owner_id in self.people
        return among and self.person_id in (None, owner_id)

    def chosen(self, table: Any) -> ColumnElement[bool]:
        """The choice as a condition."""
        conditions: list[ColumnElement[bool]] = []
        if self.teams is not None:
            named = [table.owner_id.in_(sorted(self.people))] if self.people else []
            conditions.append(or_(table.team_id.in_(sorted(self.teams)), *named))
        if self.person_id is not None:
            conditions.append(table.owner_id == self.person_id)
        return and_(true(), *conditions)


def narrowest(access: Access, kind: str, fields: Iterable[str]) -> tuple[Visibility | None, str | None]:
    """How far somebody sees an object with all of these fields, and the field that says so; None is nowhere."""
    subject = OBJECTS[kind]
    found: tuple[Visibility | None, str | None] = access_rules.widest(access, SEE, subject), None
    for each in fields:
        known = access_rules.widest(access, SEE, subject, each) if subject.has(each) else found[0]
        if known is None or found[0] is None:
            return None, each
        if known < found[0]:
            found = known, each
    return found


def seen(scope: Scope, kind: str, table: Any, fields: Iterable[str]) -> ColumnElement[bool]:
    """The live records that count for this reader and choice; none where a field is hidden."""
    visibility, field = narrowest(scope.access, kind, fields)
    if visibility is None:
        return false()
    allowed = reach(scope.access, SEE, OBJECTS[kind], table, field)
    return and_(table.deleted_at.is_(None), allowed, scope.chosen(table))


def days_between(later: Any, earlier: Any) -> ColumnElement[float]:
    """The days from one instant to another, as SQL."""
    if db.session.get_bind().dialect.name == "sqlite":
        return cast(func.julianday(later) - func.julianday(earlier), Float)
    return cast(extract("epoch", later - earlier) / 86_400, Float)


def in_time_count() -> ColumnElement[int]:
    """How many activities were logged within a day of happening, as SQL."""
    days = days_between(Activity.created_at, Activity.occurred_at)
    return func.coalesce(func.sum(case((days <= 1 + _A_MILLISECOND, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class ActivityCount:
    """Activities of one kind and origin; of one day, owner and team as far as these are told apart.

    Otherwise the day is the first of the stretch, and owner and team are None.
    """

    day: date
    owner_id: int | None
    team_id: int | None
    kind: str
    origin: str
    count: int
    in_time: int


APART = frozenset({"day", "owner_id", "team_id"})
"""What activities can be told apart by besides their kind and origin."""


def activities(
    window: Window,
    scope: Scope,
    end: datetime | None = None,
    apart: frozenset[str] = APART,
    begins: Sequence[date] = (),
) -> list[ActivityCount]:
    """Activities that happened in a stretch, up to ``end``: whole days from their tallies, marked ones as they stand.

    ``apart`` is what they are told apart by at least: the less, the fewer rows are read. Where days are not,
    ``begins`` are those with which a part of the stretch begins that is told apart from the part before.

    Exact right after a write; two statements, and one a stretch of days that are marked.
    """
    visibility, _field = narrowest(scope.access, "activity", _ACTIVITY_FIELDS)
    if visibility is None:
        return []
    end = min(end, window.end) if end is not None else window.end
    stale = _stale(window, end)
    found = _tallied(window, scope, visibility, stale, end, apart, sorted({window.since, *begins}))
    for first, last in _runs(stale):
        found += _live(window, scope, first, last, end, seen(scope, "activity", Activity, _ACTIVITY_FIELDS))
    if visibility is not Visibility.ALL and any_shared(scope.access, OBJECTS["activity"]):
        found += _live(window, scope, window.since, window.until, end, _only_shared(scope, visibility), skip=stale)
    return found


def _stale(window: Window, end: datetime) -> list[date]:
    """The days that their tally does not tell: marked ones, and one that is cut off."""
    query = select(StaleDay.day).where(StaleDay.day.between(window.since, window.until)).distinct()
    days = set(db.session.scalars(query))
    cut = end.astimezone(window.zone).date()
    if window.since <= cut <= window.until and end != start_of(cut, window.zone):
        days.add(cut)
    return sorted(day for day in days if start_of(day, window.zone) < end)


def _tallied(
    window: Window,
    scope: Scope,
    visibility: Visibility,
    stale: Sequence[date],
    end: datetime,
    apart: frozenset[str],
    begins: Sequence[date],
) -> list[ActivityCount]:
    """From the tallies: added up by day in the order of their index first, so that the parts are few rows to tell."""
    last = (end - timedelta(microseconds=1)).astimezone(window.zone).date()
    table = ActivityTally
    told = [getattr(table, each) for each in ("day", "kind", "origin", "team_id", "owner_id") if each in apart | _BASIC]
    daily = (
        select(*told, func.sum(table.count).label("n"), func.sum(table.in_time).label("timely"))
        .where(
            table.day >= window.since,
            table.day <= last,
            table.day.not_in(stale),
            _theirs(scope.access, visibility, table),
            scope.chosen(table),
        )
        .group_by(*told)
        .subquery()
    )
    day = daily.c.day if "day" in apart else steps(daily.c.day, begins[1:])
    kept = [daily.c[each.key] for each in told if each.key != "day"]
    query = select(day.label("part"), *kept, func.sum(daily.c.n).label("n"), func.sum(daily.c.timely).label("timely"))
    return [
        ActivityCount(
            row.part if "day" in apart else begins[row.part],
            row.owner_id if "owner_id" in apart else None,
            row.team_id if "team_id" in apart else None,
            row.kind,
            row.origin,
            int(row.n),
            int(row.timely),
        )
        for row in db.session.execute(query.group_by(literal_column("part"), *kept))
    ]


def _live(
    window: Window,
    scope: Scope,
    first: date,
    last: date,
    end: datetime,
    allowed: ColumnElement[bool],
    skip: Sequence[date] = (),
) -> list[ActivityCount]:
    """The same from the activities themselves, a day at a time where days must be told apart."""
    found = []
    begin, stop = start_of(first, window.zone), min(end, start_of(last + DAY, window.zone))
    inside = (Activity.occurred_at >= begin, Activity.occurred_at < stop)
    boundaries = [start_of(first + DAY * number, window.zone) for number in range(1, (last - first).days + 1)]
    number = steps(Activity.occurred_at, boundaries)
    columns = (Activity.owner_id, Activity.team_id, Activity.kind, Activity.origin)
    query = (
        select(number.label("number"), *columns, func.count(), in_time_count())
        .where(*inside, Activity.deleted_at.is_(None), allowed, scope.chosen(Activity))
        .group_by(literal_column("number"), *columns)
    )
    for row in db.session.execute(query):
        day = first + DAY * row[0]
        if day not in skip:
            found.append(ActivityCount(day, *row[1:]))
    return found


def _theirs(access: Access, visibility: Visibility, table: Any) -> ColumnElement[bool]:
    """What is theirs or their team's; shared records are found one by one."""
    if visibility is Visibility.ALL:
        return true()
    conditions: list[ColumnElement[bool]] = [table.owner_id == access.person_id]
    if visibility >= Visibility.TEAM and access.team_id is not None:
        below = access.below if visibility is Visibility.TEAM_AND_BELOW else frozenset()
        conditions.append(table.team_id.in_(sorted({access.team_id, *below})))
    return or_(*conditions)


def _only_shared(scope: Scope, visibility: Visibility) -> ColumnElement[bool]:
    theirs = func.coalesce(_theirs(scope.access, visibility, Activity), false())
    shared = Activity.id.in_(shared_ids(scope.access, OBJECTS["activity"]))
    return and_(shared, ~theirs, seen(scope, "activity", Activity, _ACTIVITY_FIELDS))


def _runs(days: Sequence[date]) -> list[tuple[date, date]]:
    """Days that follow each other, as first and last."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and found[-1][1] + DAY == day:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def steps(column: Any, boundaries: Sequence[Any]) -> ColumnElement[int]:
    """The number of the stretch between boundaries in which an instant or a day lies, as SQL: exact in every zone."""
    if not boundaries:
        return cast(0, BigInteger)
    return case(*[(column < each, number) for number, each in enumerate(boundaries)], else_=len(boundaries))


def interactions(window: Window, scope: Scope, *, late: bool | None = None) -> Select[Any]:
    """The interactions themselves: all that count for timeliness, or only those that were logged late, or in time."""
    days = days_between(Activity.created_at, Activity.occurred_at)
    picked = true() if late is None else days > 1 + _A_MILLISECOND if late else days <= 1 + _A_MILLISECOND
    return select(Activity).where(
        Activity.occurred_at >= window.start,
        Activity.occurred_at < min(window.end, window.now - IN_TIME),
        Activity.kind.in_(INTERACTIONS),
        Activity.origin == "entered",
        seen(scope, "activity", Activity, _ACTIVITY_FIELDS),
        picked,
    )


def any_stale() -> bool:
    """Whether any day waits to be tallied."""
    return db.session.scalar(select(StaleDay.id).limit(1)) is not None
