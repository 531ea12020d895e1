"""Keeping the tallies: a day whose activities change is marked in the same transaction and tallied soon after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, literal, select

from crm.counts import queries
from crm.counts.models import ActivityTally, StaleDay
from crm.counts.rules.windows import DAY, start_of
from crm.records.models import Activity
from infra.database import db
from infra.transaction import Changed, Work, transaction
from infra.wires import wires
from kernel.actor import Actor

_WEIGHS = frozenset({"occurred_at", "created_at", "owner_id", "team_id", "kind", "origin", "deleted_at"})
"""The columns of an activity that its tally depends on."""
_PREFIX = f"{Activity.__tablename__}:"
_MANY = 500
_DAYS = 20
"""Days that one transaction tallies: about half a second with a million activities."""


def follow_changes(event: Changed, work: Work) -> None:
    """Mark the days of all activities that an action touched, however it did: by hand, in bulk or by an undo."""
    instants: set[str] = set()
    known_by_number: list[int] = []
    for change in event.changes.of({Activity.__tablename__}, _WEIGHS):
        if not _WEIGHS & change.fields.keys():
            continue
        if "occurred_at" in change.fields:
            instants.update(each for each in change.fields["occurred_at"] if each)
        else:
            known_by_number.append(int(change.subject.removeprefix(_PREFIX)))
    zone = _zone()
    days = {datetime.fromisoformat(each).astimezone(zone).date() for each in instants}
    _mark(work, days | _days_of(known_by_number, zone))


def tally_stale(actor: Actor, now: datetime) -> int:
    """Tally every day that is marked anew; how many. A day in which somebody writes meanwhile stays marked.

    Some days at a time, so that nobody who writes waits for all of them.
    """
    days = sorted(set(db.session.scalars(select(StaleDay.day))))
    for begin in range(0, len(days), _DAYS):
        _tally_marked(actor, now, days[begin : begin + _DAYS])
    return len(days)


def _tally_marked(actor: Actor, now: datetime, days: list[date]) -> None:
    zone = _zone()
    with transaction(actor, "figures.tallied", at=now) as work:
        numbers = list(work.session.scalars(select(StaleDay.id).where(StaleDay.day.in_(days))))
        for day in days:
            _tally(work, day, zone)
        for begin in range(0, len(numbers), _MANY):
            work.session.execute(delete(StaleDay).where(StaleDay.id.in_(numbers[begin : begin + _MANY])))


def rebuild(actor: Actor, now: datetime) -> int:
    """Tally every day anew, as after another time zone was set; how many days have activities."""
    zone = _zone()
    with transaction(actor, "figures.tallied", at=now) as work:
        first, last = work.session.execute(
            select(func.min(Activity.occurred_at), func.max(Activity.occurred_at)).where(Activity.deleted_at.is_(None))
        ).one()
        work.session.execute(delete(ActivityTally))
        work.session.execute(delete(StaleDay))
        if first is None or last is None:
            return 0
        day, end = first.astimezone(zone).date(), last.astimezone(zone).date()
        while day <= end:
            _tally(work, day, zone)
            day += DAY
        return work.session.scalar(select(func.count(func.distinct(ActivityTally.day)))) or 0


def _tally(work: Work, day: date, zone: tzinfo) -> None:
    """Count a day again, in two statements."""
    work.session.execute(delete(ActivityTally).where(ActivityTally.day == day))
    rows = (
        select(
            literal(day, ActivityTally.day.type),
            Activity.owner_id,
            Activity.team_id,
            Activity.kind,
            Activity.origin,
            func.count(),
            queries.in_time_count(),
        )
        .where(
            Activity.deleted_at.is_(None),
            Activity.occurred_at >= start_of(day, zone),
            Activity.occurred_at < start_of(day + DAY, zone),
        )
        .group_by(Activity.owner_id, Activity.team_id, Activity.kind, Activity.origin)
    )
    work.session.execute(
        insert(ActivityTally).from_select(["day", "owner_id", "team_id", "kind", "origin", "count", "in_time"], rows)
    )


def _mark(work: Work, days: Iterable[date]) -> None:
    rows = [{"day": day} for day in sorted(days)]
    if rows:
        work.session.execute(insert(StaleDay), rows)


def _days_of(numbers: list[int], zone: tzinfo) -> set[date]:
    """The days of activities that are still there."""
    found: set[date] = set()
    for begin in range(0, len(numbers), _MANY):
        part = numbers[begin : begin + _MANY]
        query = select(Activity.occurred_at).where(Activity.id.in_(part), Activity.occurred_at.is_not(None))
        found.update(at.astimezone(zone).date() for at in db.session.scalars(query) if at is not None)
    return found


def _zone() -> tzinfo:
    return ZoneInfo(wires().settings.timezone)
