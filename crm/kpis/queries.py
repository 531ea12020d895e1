"""Figures as they are read: each within what the reader may see, with what it was counted from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from crm.access.rules import Access
from crm.cohorts import queries as cohorts
from crm.counts import queries as counts
from crm.counts.queries import ActivityCount, Scope
from crm.counts.rules.cells import Cell, total
from crm.counts.rules.windows import DAY, WEEK, Window, monday, weeks_in
from crm.kpis.models import KpiBaseline, KpiTarget
from crm.kpis.rules import measures
from crm.kpis.rules.definitions import KPIS, LATER, Kpi, State, Unit, kpi
from crm.kpis.rules.measures import Aside, Measure
from crm.quality import queries as quality
from crm.records.models import Activity
from crm.usage import queries as usage
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound

TOP, BOTTOM = cohorts.TOP, cohorts.BOTTOM
PEOPLE = "person"
"""What lies behind figures of use: people, not records."""
PROVISIONAL = timedelta(days=7)
_WORKDAYS = 5
Counter = Callable[[Kpi, Window, Scope, str], list[Cell]]


def measure(
    key: str, window: Window, access: Access, *, teams: Iterable[int] | None = None, person_id: int | None = None
) -> Measure:
    """A figure over what the reader may see, of some teams or one person where that is chosen. Raises NotFound.

    ``value`` None is unknown, and ``why`` says why. Keys of figures that are not kept here are unknown, too.
    """
    if key in LATER:
        return _not_kept(key, window)
    one, scope = kpi(key), scope_of(access, teams, person_id)
    return figure(one, window, total(_cells(one, window, scope, "")), scope)


def segments(
    key: str,
    window: Window,
    access: Access,
    by: str,
    *,
    teams: Iterable[int] | None = None,
    person_id: int | None = None,
) -> list[tuple[Any, Measure]]:
    """The same told apart by a segment of the figure, the largest n first. Raises NotFound."""
    one, scope = kpi(key), scope_of(access, teams, person_id)
    if by not in one.segments:
        raise NotFound("%(label)s is not told apart by that.", label=one.label)
    cells = sorted(_cells(one, window, scope, by), key=lambda cell: (-cell.n, str(cell.segment)))
    return [(cell.segment, figure(one, window, cell, scope)) for cell in cells]


def weekly(
    key: str, weeks: Sequence[date], window: Window, access: Access, *, teams: Iterable[int] | None = None,
    person_id: int | None = None,
) -> list[Measure]:  # fmt: skip
    """A figure of ISO weeks that follow each other, as it is now; what is a stock has no past but its snapshots."""
    one, scope = kpi(key), scope_of(access, teams, person_id)
    if one.stands:
        return []
    found = _by_week(one, weeks, window, scope)
    return [figure(one, window.between(week, week + WEEK - DAY), found[week], scope) for week in weeks]


def records(
    key: str, window: Window, access: Access, part: str = BOTTOM, *, teams: Iterable[int] | None = None,
    person_id: int | None = None,
) -> tuple[str, Select[Any] | None]:  # fmt: skip
    """What lies behind a figure's numerator (``top``) or denominator: an object and its records, newest first.

    Figures of people (``person``) have no records: `people` lists them. Raises NotFound.
    """
    one, scope = kpi(key), scope_of(access, teams, person_id)
    if key == "activity-timeliness":
        return "activity", _activities(window, scope, part).order_by(Activity.occurred_at.desc(), Activity.id.desc())
    if key in cohorts.SOURCES:
        kind, found = cohorts.behind(key, usual(one, window), scope, part)
        table = found.column_descriptions[0]["entity"]
        return kind, found.order_by(table.created_at.desc(), table.id.desc())
    return (PEOPLE if key in ("weekly-active", "stickiness") else ""), None


def people(
    window: Window, access: Access, *, teams: Iterable[int] | None = None, person_id: int | None = None
) -> list[usage.Week]:
    """How every user did in the ISO weeks of a stretch: what lies behind weekly use."""
    return usage.weeks(weeks_in(window), window, scope_of(access, teams, person_id))


def scope_of(access: Access, teams: Iterable[int] | None = None, person_id: int | None = None) -> Scope:
    """A choice of teams and a person, as sources take it."""
    return Scope(access, None if teams is None else frozenset(teams), person_id)


def usual(one: Kpi, window: Window) -> Window:
    """The stretch that a figure really covers: interactions close a day before now."""
    if one.key != "activity-timeliness":
        return window
    last = (window.now - counts.IN_TIME).astimezone(window.zone).date()
    return replace(window, until=max(window.since, min(window.until, last)))


@remembered
def targets() -> Mapping[str, Decimal | None]:
    """What every figure should be: the usual targets, and those that somebody set."""
    found = {each.key: each.target for each in KPIS.values()}
    for row in db.session.scalars(select(KpiTarget)):
        found[row.key] = Decimal(row.target) if row.target else None
    return found


@remembered
def baseline() -> KpiBaseline | None:
    """What the creation of contacts is compared with; None until somebody says."""
    return db.session.scalars(select(KpiBaseline).order_by(KpiBaseline.id.desc()).limit(1)).first()


def figure(one: Kpi, window: Window, cell: Cell, scope: Scope) -> Measure:
    """A figure from what was counted."""
    target = targets().get(one.key)
    value, why = measures.value_of(one, cell), measures.why_unknown(one, cell)
    top, bottom = cell.top, cell.bottom if one.bottom else None
    if one.key == "contact-creation":
        value, why = _growth(window, cell, scope)
    elif one.unit is Unit.RETURN and value is not None:
        value = measures.quotient(cell.top - cell.bottom, cell.bottom)
    covered = usual(one, window)
    return Measure(
        key=one.key,
        value=value,
        numerator=top,
        denominator=bottom,
        n=cell.n,
        target=target,
        state=measures.state_of(one, value, target),
        rule=one.rule,
        since=covered.since,
        until=covered.until,
        unit=one.unit,
        label=one.label,
        why=why,
        provisional=_is_provisional(one, covered),
        beside=_beside(one, cell),
    )


def _is_provisional(one: Kpi, window: Window) -> bool:
    """Whether entries that come late may still change it."""
    if one.key == "activity-timeliness":
        return window.end > window.now - PROVISIONAL
    return not one.stands and window.end > window.now


def _beside(one: Kpi, cell: Cell) -> tuple[Aside, ...]:
    if one.key == "sales-cycle":
        apart = cell.apart
        return (
            Aside("median", measures.middle(cell.values), Unit.DAYS, len(cell.values)),
            Aside("without a lead, mean", measures.mean(apart), Unit.DAYS, len(apart)),
            Aside("without a lead, median", measures.middle(apart), Unit.DAYS, len(apart)),
        )
    return tuple(Aside(label, value, Unit.COUNT, cell.n) for label, value in cell.beside)


def _growth(window: Window, cell: Cell, scope: Scope) -> tuple[Decimal | None, str]:
    row = baseline()
    if row is None:
        return None, "there is no baseline to compare with"
    if row.contacts is not None and row.users:
        then, then_days = Decimal(row.contacts), Decimal(row.users * ((row.until - row.since).days + 1))
    else:
        before = total(_contacts(KPIS["contact-creation"], window.between(row.since, row.until), scope, ""))
        then, then_days = before.top, before.bottom
    value = measures.grown(cell.top, cell.bottom, then, then_days)
    return value, "" if value is not None else "nothing was created in the baseline, or nobody was enabled"


def _not_kept(key: str, window: Window) -> Measure:
    why = "the records that it counts are not kept in this CRM"
    return Measure(key, None, None, None, 0, None, State.UNKNOWN, "", window.since, window.until, Unit.SHARE, key, why)


# What each figure counts.


def _cells(one: Kpi, window: Window, scope: Scope, by: str) -> list[Cell]:
    return _COUNTERS.get(one.key, _cohort)(one, window, scope, by)


def _campaigns(one: Kpi, window: Window, scope: Scope, _by: str) -> list[Cell]:
    found = cohorts.campaigns(window, scope)
    if not found.count:
        return []
    if one.key == "click-through":
        return [Cell(None, Decimal(found.clicks), Decimal(found.reach), found.reach)]
    if one.key == "cost-per-lead":
        return [Cell(None, found.cost, Decimal(found.leads), found.leads, found.lacking)]
    return [Cell(None, found.revenue, found.cost, found.count, found.lacking)]


def _cohort(one: Kpi, window: Window, scope: Scope, by: str) -> list[Cell]:
    return cohorts.cells(one.key, window, scope, by)


def _cycle(_one: Kpi, window: Window, scope: Scope, by: str) -> list[Cell]:
    return cohorts.cycles(window, scope, by)


def _complete(_one: Kpi, _window: Window, scope: Scope, by: str) -> list[Cell]:
    """From the tallies of the quality of data, which hold for each owner and team."""
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for each in quality.tallies(scope.access):
        if scope.teams is not None and each.team_id not in scope.teams:
            continue
        if scope.person_id is not None and each.owner_id != scope.person_id:
            continue
        slot = sums[getattr(each, {"object": "kind"}.get(by, by)) if by else None]
        found = quality.total([each])
        slot[0] += found.valid
        slot[1] += found.required
    return [Cell(segment, Decimal(top), Decimal(n), n) for segment, (top, n) in sums.items()]


def _interactions(one: Kpi, window: Window, scope: Scope, by: str) -> list[Cell]:
    end = window.now - counts.IN_TIME
    found = counts.activities(usual(one, window), scope, end, counts.APART & {by}) if end > window.start else []
    return _grouped(found, by)


def _grouped(found: Iterable[ActivityCount], by: str) -> list[Cell]:
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for each in found:
        if each.kind in counts.INTERACTIONS and each.origin == "entered":
            slot = sums[getattr(each, by) if by else None]
            slot[0] += each.in_time
            slot[1] += each.count
    return [Cell(segment, Decimal(top), Decimal(n), n) for segment, (top, n) in sums.items()]


def _activities(window: Window, scope: Scope, part: str) -> Select[Any]:
    covered = usual(KPIS["activity-timeliness"], window)
    return counts.interactions(covered, scope, late=False if part == TOP else None)


def _weekly_active(_one: Kpi, window: Window, scope: Scope, by: str) -> list[Cell]:
    return _active(usage.weeks(weeks_in(window), window, scope), by)


def _active(found: Iterable[usage.Week], by: str) -> list[Cell]:
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for each in found:
        if each.counts:
            slot = sums[_segment(each.user, by)]
            slot[0] += each.sign_ins >= measures.ENOUGH_SIGN_INS
            slot[1] += 1
    return [Cell(segment, Decimal(top), Decimal(n), n) for segment, (top, n) in sums.items()]


def _sticky(_one: Kpi, window: Window, scope: Scope, by: str) -> list[Cell]:
    """Users of a weekday on average, of all of the stretch; beside it the same over all days, and by week."""
    users = usage.users(scope)
    days = usage.active_days(window, [user.id for user in users])
    groups: dict[Any, set[int]] = defaultdict(set)
    for user in users:
        groups[_segment(user, by)].add(user.id)
    return [_stuck(segment, ids, days, window) for segment, ids in groups.items()]


def _stuck(segment: Any, ids: set[int], days: Mapping[date, set[int]], window: Window) -> Cell:
    last = min(window.until, window.today)
    all_days = [window.since + DAY * number for number in range(max(0, (last - window.since).days + 1))]
    here = {day: days.get(day, set()) & ids for day in all_days}
    weekdays = [len(here[day]) for day in all_days if day.weekday() < _WORKDAYS]
    whole = len(set().union(*here.values()))
    by_week: dict[date, set[int]] = defaultdict(set)
    for day, found in here.items():
        by_week[monday(day)] |= found
    beside = (
        ("of all days", _mean_of([len(found) for found in here.values()], whole)),
        ("weekly to all", _mean_of([len(found) for found in by_week.values()], whole)),
    )
    daily = Decimal(sum(weekdays)) / len(weekdays) if weekdays else Decimal(0)
    return Cell(segment, daily.quantize(Decimal("0.0001")), Decimal(whole), whole, beside=beside)


def _mean_of(numbers: Sequence[int], whole: int) -> Decimal | None:
    return measures.quotient(Decimal(sum(numbers)) / len(numbers), Decimal(whole)) if numbers and whole else None


def _segment(user: usage.User, by: str) -> Any:
    return {"team_id": user.team_id, "owner_id": user.id}.get(by)


def _contacts(_one: Kpi, window: Window, scope: Scope, by: str) -> list[Cell]:
    """Contacts created, by days of users: those enabled on each day of the stretch that has come."""
    found = {cell.segment: cell for cell in cohorts.cells("contact-creation", window, scope, by)}
    users = usage.users(scope)
    if by not in ("team_id", "owner_id"):
        days = sum(_user_days(user, window) for user in users)
        return [replace(cell, bottom=Decimal(days)) for cell in found.values()] or [Cell(None, bottom=Decimal(days))]
    sums: dict[Any, int] = defaultdict(int)
    for user in users:
        sums[_segment(user, by)] += _user_days(user, window)
    return [
        replace(found.get(segment, Cell(segment)), bottom=Decimal(sums.get(segment, 0))) for segment in {*found, *sums}
    ]


def _user_days(user: usage.User, window: Window) -> int:
    first = max(window.since, user.since.astimezone(window.zone).date())
    return max(0, (min(window.until, window.today) - first).days + 1)


_COUNTERS: Mapping[str, Counter] = {
    "weekly-active": _weekly_active,
    "data-completeness": _complete,
    "contact-creation": _contacts,
    "activity-timeliness": _interactions,
    "stickiness": _sticky,
    "sales-cycle": _cycle,
    "campaign-roi": _campaigns,
    "click-through": _campaigns,
    "cost-per-lead": _campaigns,
}
"""Figures that are not a plain count of records."""


def _by_week(one: Kpi, weeks: Sequence[date], window: Window, scope: Scope) -> dict[date, Cell]:
    """What a figure counts in each of some weeks, from as few statements as in one."""
    if one.key == "weekly-active":
        found: dict[date, list[usage.Week]] = defaultdict(list)
        for each in usage.weeks(weeks, window, scope):
            found[each.monday].append(each)
        return {week: total(_active(found[week], "")) for week in weeks}
    whole = window.between(weeks[0], weeks[-1] + WEEK - DAY)
    if one.key == "activity-timeliness":
        by_week: dict[date, list[ActivityCount]] = defaultdict(list)
        for row in counts.activities(usual(one, whole), scope, _closing(window.now), frozenset({"day"})):
            by_week[monday(row.day)].append(row)
        return {week: total(_grouped(by_week[week], "")) for week in weeks}
    if one.key == "sales-cycle":
        cycles = {cell.segment: cell for cell in cohorts.cycles(whole, scope, weeks=weeks)}
        return {week: cycles.get(week, Cell(week)) for week in weeks}
    if one.key in cohorts.SOURCES and one.key not in _COUNTERS:
        return cohorts.weekly(one.key, weeks, window, scope)
    return {week: total(_cells(one, window.between(week, week + WEEK - DAY), scope, "")) for week in weeks}


def _closing(now: datetime) -> datetime:
    return now - counts.IN_TIME
