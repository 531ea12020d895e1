"""Weeks of a figure as they are now and as they were seen, the limits that hold, and what stands out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from accounts.people.models import Person
from crm.access.rules import Access
from crm.counts.queries import narrowest
from crm.counts.rules.windows import DAY, WEEK, Window, last_weeks, monday
from crm.helpdesk import queries as helpdesk
from crm.kpis import queries as kpis
from crm.kpis.models import KpiAnomaly, KpiDay, KpiLimits
from crm.kpis.rules import control
from crm.kpis.rules.control import Limits, Part, Point
from crm.kpis.rules.definitions import KPIS, Kpi, kpi
from infra.database import db
from infra.lists.rows import Page
from kernel.permission import Visibility

WEEKS = 26
"""How far a chart looks back."""
WHOLE = 0
SHOWN = 50
"""Records behind a figure on one page."""
MOST = 5_000
"""So many of them are counted and led through."""
SOURCE_OF: Mapping[str, str] = {
    "weekly-active": "activity",
    "stickiness": "activity",
    "activity-timeliness": "activity",
    "data-completeness": "contact",
    "contact-creation": "contact",
    "lead-conversion": "lead",
    "mql": "lead",
    "sql": "lead",
    "campaign-roi": "campaign",
    "click-through": "campaign",
    "cost-per-lead": "campaign",
    "tickets": "ticket",
    "open-tickets": "ticket",
    **dict.fromkeys(helpdesk.KEYS, "ticket"),
}
"""The object that a figure rests on; deals where none is named."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure as it was seen at the end of a day."""

    day: date
    value: float | None
    top: float
    bottom: float
    n: int


@dataclass(frozen=True, slots=True)
class Found:
    """A week that stood out, with what people said about it."""

    id: int
    key: str
    week: date
    sign: str
    value: float
    before: float | None
    segment: str
    segment_value: str
    state: str
    note: str
    by: str


def sees_whole(access: Access, key: str) -> bool:
    """Whether somebody sees all that a figure counts, so that the whole's snapshots are theirs to read."""
    return narrowest(access, SOURCE_OF.get(key, "opportunity"), ())[0] is Visibility.ALL


def points(
    key: str, window: Window, access: Access, *, teams: Iterable[int] | None = None, person_id: int | None = None
) -> list[Point]:
    """The weeks of a figure up to the last one that is over: counted now, or of a stock from its snapshots."""
    weeks = last_weeks(window.today - WEEK, WEEKS)
    if kpi(key).stands:
        chosen = None if teams is None else list(teams)
        place = WHOLE if chosen is None else chosen[0] if len(chosen) == 1 else None
        if place is None or person_id is not None or not sees_whole(access, key):
            return []
        kept = {monday(row.day): row for row in snapshots(key, weeks[0], weeks[-1] + WEEK - DAY, place)}
        return [Point(week, kept[week].value, kept[week].n) for week in weeks if week in kept]
    found = kpis.weekly(key, weeks, window, access, teams=teams, person_id=person_id)
    made = [
        Point(week, None if each.value is None else float(each.value), each.n)
        for week, each in zip(weeks, found, strict=True)
    ]
    return made[next((at for at, each in enumerate(made) if each.n), len(made)) :]


def ripe(one: Kpi, made: Sequence[Point], today: date) -> list[Point]:
    """The weeks that may be judged: a cohort of last week had no time to convert yet."""
    return [each for each in made if each.week + WEEK + timedelta(days=one.ripens) <= today]


def snapshots(key: str, first: date, last: date, team_id: int = WHOLE) -> list[Seen]:
    """A figure as it was seen at the end of each day, in order: one statement."""
    query = (
        select(KpiDay.day, KpiDay.value, KpiDay.top, KpiDay.bottom, KpiDay.n)
        .where(KpiDay.key == key, KpiDay.team_id == team_id, KpiDay.day >= first, KpiDay.day <= last)
        .order_by(KpiDay.day)
    )
    return [Seen(*row) for row in db.session.execute(query)]


def sparks(today: date, team_id: int = WHOLE) -> dict[str, list[float]]:
    """The last value of every week of every figure, for lines as small as a word: one statement."""
    query = (
        select(KpiDay.key, KpiDay.day, KpiDay.value)
        .where(KpiDay.team_id == team_id, KpiDay.day >= today - timedelta(weeks=WEEKS), KpiDay.value.is_not(None))
        .order_by(KpiDay.key, KpiDay.day)
    )
    found: dict[str, dict[date, float]] = {}
    for key, day, value in db.session.execute(query):
        found.setdefault(key, {})[monday(day)] = value or 0.0
    return {key: list(by_week.values()) for key, by_week in found.items()}


def limits(key: str, made: Sequence[Point], team_id: int = WHOLE) -> Limits | None:
    """The limits that hold: those that were frozen, or what the first weeks give."""
    query = select(KpiLimits).where(KpiLimits.key == key, KpiLimits.team_id == team_id)
    row = db.session.scalars(query.order_by(KpiLimits.id.desc()).limit(1)).first()
    if row is not None:
        return Limits(row.mean, row.spread, row.first, row.last, row.reason)
    return control.limits_of(made)


def anomalies(key: str | None = None, limit: int = 50) -> list[Found]:
    """Weeks of the whole that stood out, of one figure or of all, the latest first."""
    query = select(KpiAnomaly, func.coalesce(Person.name, "")).outerjoin(Person, Person.id == KpiAnomaly.by_id)
    if key is not None:
        query = query.where(KpiAnomaly.key == key)
    rows = db.session.execute(query.order_by(KpiAnomaly.week.desc(), KpiAnomaly.id.desc()).limit(limit))
    return [
        Found(
            row.id, row.key, row.week, row.kind, row.value, row.before, row.segment, row.segment_value, row.state,
            row.note, by,
        )
        for row, by in rows
        if row.key in KPIS
    ]  # fmt: skip


def mover(key: str, week: date, since: date, window: Window, access: Access) -> tuple[str, object] | None:
    """The segment that moved most from what was usual since a day, over all that a figure can be told apart by.

    A large segment moves much of everything: what counts is how much more it moved than its size would say.
    """
    one, usual = kpi(key), max(since, week - WEEK * control.LEAST_WEEKS)
    if one.stands or usual >= week:
        return None
    best: tuple[float, str, object] | None = None
    now, then = window.between(week, week + WEEK - DAY), window.between(usual, week - DAY)
    for by in one.segments:
        before, after = _parts(key, then, access, by, (week - usual) // WEEK), _parts(key, now, access, by)
        if len({*before, *after}) < 2:  # noqa: PLR2004  # one segment alone is the whole: it explains nothing
            continue
        found = control.moved_most(before, after, share=bool(one.bottom))
        if found is not None and found[0] not in (None, ""):
            more = found[1] - control.size_of(found[0], before, after, share=bool(one.bottom))
            if best is None or more > best[0]:
                best = more, by, found[0]
    return None if best is None else (best[1], best[2])


def _parts(key: str, window: Window, access: Access, by: str, weeks: int = 1) -> dict[object, Part]:
    """What each segment counted in a week, on average."""
    return {
        segment: Part(float(each.numerator or 0) / weeks, float(each.denominator or 0) / weeks)
        for segment, each in kpis.segments(key, window, access, by)
    }


def shown(access: Access, key: str) -> bool:
    """Whether a figure is there for somebody at all: its module is on, and they see what it counts."""
    return narrowest(access, SOURCE_OF.get(key, "opportunity"), ())[0] is not None


def nameable(access: Access, kind: str) -> bool:
    """Whether records of an object may be named to somebody who may see them."""
    return narrowest(access, kind, ("name",)) == narrowest(access, kind, ())


def page_of(query: Select[Any], number: int) -> Page:
    """A page of the records behind a figure, and how many there are of them all, as far as a list leads."""
    key = query.column_descriptions[0]["entity"].id
    first = query.with_only_columns(key).order_by(None).limit(MOST + 1)
    count = db.session.scalar(select(func.count()).select_from(first.subquery())) or 0
    total = min(count, MOST)
    number = min(max(number, 1), max(-(-total // SHOWN), 1))
    rows = list(db.session.scalars(query.offset((number - 1) * SHOWN).limit(SHOWN)))
    return Page(rows, total, number, count > MOST)
