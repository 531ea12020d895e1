"""Keeping each day's figures, finding the weeks that stand out, and saying what was behind one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import select

from accounts.teams import queries as teams
from crm.access.queries import access_of
from crm.access.rules import Access
from crm.counts.rules.windows import DAY, WEEK, Window, monday
from crm.kpis import queries as kpis
from crm.kpis.models import KpiAnomaly, KpiDay, KpiLimits
from crm.kpis.rules import control
from crm.kpis.rules.definitions import KPIS, Kpi, kpi
from crm.kpis.rules.measures import Measure
from crm.trends import queries
from crm.trends.queries import WHOLE
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken

UNDOABLE = {"kpis.explained": "crm.setup", "kpis.rebased": "crm.setup"}
"""What can be taken back, and the permission that this needs."""
STATES = {"new": "New", "seen": "Seen", "explained": "Explained"}
"""How far somebody has come with a week that stands out."""
_LONGEST = 500


def keep_day(
    day: date, *, actor: Actor, now: datetime, zone: tzinfo, which: Iterable[Kpi] = tuple(KPIS.values())
) -> int:
    """Keep a day's figures of the whole and of each team, as they are seen now; how many. Again: nothing changes.

    A flow is that of its ISO week so far, so that Sundays' snapshots do not overlap; a stock is as it stands.
    """
    access, window = access_of(actor), Window(monday(day), day, now, zone)
    with transaction(actor, "kpis.kept", at=now) as work:
        known = set(work.session.scalars(select(KpiDay.key).where(KpiDay.day == day).distinct()))
        rows = [row for one in which if one.key not in known for row in _day_of(one, window, access, day, now)]
        work.bulk_insert(KpiDay, rows)
    return len(rows)


def keep_weeks(first: date, last: date, *, actor: Actor, now: datetime, zone: tzinfo) -> int:
    """Keep the last day of every week that is over and has none, as when the CRM was filled from another one.

    Stocks of days gone by are not known: only what happened can be counted afterwards. A few statements a figure and
    team, however many weeks.
    """
    weeks = [monday(first) + WEEK * number for number in range((monday(last + DAY) - monday(first)) // WEEK)]
    if not weeks:
        return 0
    access, window = access_of(actor), Window(weeks[0], weeks[-1] + WEEK - DAY, now, zone)
    with transaction(actor, "kpis.kept", at=now) as work:
        days = KpiDay.day.between(window.since, window.until)
        known = {(row.key, row.day) for row in work.session.execute(select(KpiDay.key, KpiDay.day).where(days))}
        flows = [one for one in KPIS.values() if not one.stands]
        rows = [
            row
            for one in flows
            for row in _weeks_of(one, weeks, window, access, now)
            if (one.key, row["day"]) not in known
        ]
        work.bulk_insert(KpiDay, rows)
    return len(rows)


def _weeks_of(
    one: Kpi, weeks: Sequence[date], window: Window, access: Access, now: datetime
) -> Iterable[dict[str, Any]]:
    """The whole of each week, and each team that anything was counted of."""
    groups = [team.id for team in teams.teams()] if "team_id" in one.segments else []
    for team_id in (WHOLE, *groups):
        chosen = None if team_id == WHOLE else [team_id]
        for week, found in zip(weeks, kpis.weekly(one.key, weeks, window, access, teams=chosen), strict=True):
            if team_id == WHOLE or found.n or found.denominator:
                yield _row(found, team_id, week + WEEK - DAY, now)


def _day_of(one: Kpi, window: Window, access: Access, day: date, now: datetime) -> Iterable[dict[str, Any]]:
    """The whole, and each team where the figure can be told apart by teams: two statements or so."""
    yield _row(kpis.measure(one.key, window, access), WHOLE, day, now)
    if "team_id" in one.segments:
        known = {team.id for team in teams.teams()}
        for team_id, each in kpis.segments(one.key, window, access, "team_id"):
            if isinstance(team_id, int) and team_id in known:
                yield _row(each, team_id, day, now)


def _row(found: Measure, team_id: int, day: date, now: datetime) -> dict[str, Any]:
    return {
        "day": day,
        "key": found.key,
        "team_id": team_id,
        "value": None if found.value is None else float(found.value),
        "top": float(found.numerator or 0),
        "bottom": float(found.denominator or 0),
        "n": found.n,
        "taken_at": now,
    }


def find_anomalies(*, actor: Actor, now: datetime, zone: tzinfo) -> int:
    """Freeze limits where eight weeks are known, and note the weeks that stand out; how many are new.

    What people said about a week stays, and so does a week that late entries have brought back inside.
    """
    access, today = access_of(actor), now.astimezone(zone).date()
    window = Window(today, today, now, zone)
    count = 0
    with transaction(actor, "kpis.watched", at=now) as work:
        for one in KPIS.values():
            count += _watch(work, one, window, access, now)
    return count


def _watch(work: Work, one: Kpi, window: Window, access: Access, now: datetime) -> int:
    made = queries.points(one.key, window, access)
    limits = queries.limits(one.key, made)
    if limits is None:
        return 0
    _freeze(work, one.key, limits, now)
    noted = select(KpiAnomaly.week, KpiAnomaly.kind).where(KpiAnomaly.key == one.key)
    known = {(week, kind) for week, kind in work.session.execute(noted)}
    found = [
        each
        for each in control.anomalies(queries.ripe(one, made, window.today), limits)
        if (each.week, each.sign.value) not in known
    ]
    for each in found:
        moved = queries.mover(one.key, each.week, made[0].week, window, access)
        work.session.add(
            KpiAnomaly(
                key=one.key,
                week=each.week,
                kind=each.sign.value,
                value=each.value,
                before=each.before,
                segment=moved[0] if moved else "",
                segment_value=str(moved[1])[:120] if moved else "",
                found_at=now,
            )
        )
    work.session.flush()
    return len(found)


def _freeze(work: Work, key: str, limits: control.Limits, now: datetime) -> None:
    there = select(KpiLimits.id).where(KpiLimits.key == key, KpiLimits.team_id == WHOLE).limit(1)
    if work.session.scalar(there) is None:
        work.session.add(
            KpiLimits(
                key=key, first=limits.first, last=limits.last, mean=limits.mean, spread=limits.spread, made_at=now
            )
        )


def rebase(key: str, reason: str, window: Window, *, actor: Actor) -> Work:
    """Make the limits of the last eight weeks hold from now on, with a reason. Raises NotFound, RuleBroken."""
    one, said = kpi(key), reason.strip()
    if not said:
        raise RuleBroken("kpis.reason", "Say why the old limits no longer hold.", field="reason")
    made = queries.points(one.key, window, access_of(actor))
    limits = control.limits_of(made, said[:300])
    if limits is None:
        raise RuleBroken("kpis.few_weeks", "There are limits from eight weeks with a value on.", field="reason")
    with transaction(actor, "kpis.rebased") as work:
        work.session.add(
            KpiLimits(
                key=key,
                first=limits.first,
                last=limits.last,
                mean=limits.mean,
                spread=limits.spread,
                reason=limits.reason,
                by_id=actor.id,
                made_at=window.now,
            )
        )
    return work


def explain(anomaly_id: int, state: str, note: str, *, actor: Actor) -> tuple[str, Work]:
    """Say that a week was seen, or what was behind it; its figure's key. Raises NotFound, RuleBroken."""
    if state not in STATES:
        raise RuleBroken("kpis.state", "Choose one of the states.", field="state")
    if state == "explained" and not note.strip():
        raise RuleBroken("kpis.note", "Say what was behind it.", field="note")
    if len(note) > _LONGEST:
        raise RuleBroken("kpis.note_long", "At most %(limit)d characters fit.", field="note", limit=_LONGEST)
    with transaction(actor, "kpis.explained") as work:
        row = work.session.get(KpiAnomaly, anomaly_id)
        if row is None:
            raise NotFound
        row.state, row.note, row.by_id = state, note.strip(), actor.id
        return row.key, work
