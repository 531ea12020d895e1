"""Figures as they are read: each within what the reader may see, with what it was counted from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, select

from crm.access.rules import Access
from crm.cohorts import queries as cohorts
from crm.counts import queries as counts
from crm.counts.queries import ActivityCount, Scope
from crm.counts.rules.cells import Ask, Cell, total
from crm.counts.rules.windows import DAY, WEEK, Window, monday, weeks_in
from crm.helpdesk import queries as helpdesk
from crm.kpis.models import KpiBaseline, KpiTarget
from crm.kpis.rules import measures
from crm.kpis.rules.definitions import KPIS, Kpi, Unit, kpi
from crm.kpis.rules.measures import Given, Measure
from crm.quality import queries as quality
from crm.records.models import Activity, Ticket
from crm.usage import queries as usage
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound

TOP, BOTTOM = cohorts.TOP, cohorts.BOTTOM
PEOPLE = "person"
"""What lies behind figures of use: people, not records."""
PROVISIONAL = timedelta(days=7)
_TIMELY, _CREATED, _CYCLE = "activity-timeliness", "contact-creation", "sales-cycle"
Counter = Callable[[Kpi, Ask, Scope], list[Cell]]


class Figures:
    """Figures that were asked for together, each by what was asked."""

    def __init__(self, scope: Scope, cells: Mapping[Ask, list[Cell]]) -> None:
        self._scope, self._cells = scope, cells
        self._given: dict[str, Given] = {}

    def measure(self, ask: Ask) -> Measure:
        """A figure in all."""
        return figure(kpi(ask.key), ask.window, total(self._cells[ask]), self._told(ask))

    def segments(self, ask: Ask) -> list[tuple[Any, Measure]]:
        """A figure told apart, the largest n first."""
        one = kpi(ask.key)
        ranked = sorted(self._cells[ask], key=lambda cell: (-cell.n, str(cell.segment)))
        return [(cell.segment, figure(one, ask.window, cell, self._told(ask))) for cell in ranked]

    def weekly(self, ask: Ask) -> list[Measure]:
        """A figure of each of the weeks."""
        one, found = kpi(ask.key), {cell.segment: cell for cell in self._cells[ask]}
        return [
            figure(one, ask.window.between(week, week + WEEK - DAY), found.get(week, Cell(week)), self._told(ask))
            for week in ask.weeks
        ]

    def _told(self, ask: Ask) -> Given:
        """What a figure is compared with, asked once for all its weeks and segments."""
        if ask.key not in self._given:
            self._given[ask.key] = given(kpi(ask.key), ask.window, self._scope)
        return self._given[ask.key]


def together(
    asks: Iterable[Ask], access: Access, *, teams: Iterable[int] | None = None, person_id: int | None = None,
    people: Iterable[int] = (),
) -> Figures:  # fmt: skip
    """Several figures over what the reader may see, of some teams or one person where that is chosen.

    ``people`` are counted besides the teams. Those over records take one statement, those from tallies a few, however
    many are asked for. Raises NotFound.
    """
    wanted, scope = list(dict.fromkeys(asks)), scope_of(access, teams, person_id, people)
    for each in wanted:
        if each.by and each.by not in kpi(each.key).segments:
            raise NotFound("%(label)s is not told apart by that.", label=kpi(each.key).label)
    plain = [each for each in wanted if _is_plain(each)]
    found = cohorts.answers(plain, scope) | _timely([each for each in wanted if each.key == _TIMELY], scope)
    found |= helpdesk.answers([each for each in wanted if each.key in helpdesk.KEYS], scope)
    found |= cohorts.cycled([each for each in wanted if each.key == _CYCLE], scope)
    for each in wanted:
        if each not in found:
            counter = _by_week if each.weeks else _COUNTERS[each.key]
            found[each] = counter(kpi(each.key), each, scope)
        elif each.key == _CREATED:
            found[each] = _by_user_days(found[each], each, scope)
    return Figures(scope, found)


def measure(
    key: str, window: Window, access: Access, *, teams: Iterable[int] | None = None, person_id: int | None = None,
    people: Iterable[int] = (),
) -> Measure:  # fmt: skip
    """A figure over what the reader may see, of some teams or one person where that is chosen. Raises NotFound.

    ``value`` None is unknown, and ``why`` says why.
    """
    ask = Ask(kpi(key).key, window)
    return together([ask], access, teams=teams, person_id=person_id, people=people).measure(ask)


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
    ask = Ask(kpi(key).key, window, by)
    return together([ask], access, teams=teams, person_id=person_id).segments(ask)


def weekly(
    key: str, weeks: Sequence[date], window: Window, access: Access, *, teams: Iterable[int] | None = None,
    person_id: int | None = None,
) -> list[Measure]:  # fmt: skip
    """A figure of ISO weeks that follow each other, as it is now; what is a stock has no past but its snapshots."""
    if kpi(key).stands:
        return []
    ask = ask_of_weeks(key, weeks, window)
    return together([ask], access, teams=teams, person_id=person_id).weekly(ask)


def ask_of_weeks(key: str, weeks: Sequence[date], window: Window) -> Ask:
    """ISO weeks that follow each other, looked at from the same moment as a stretch."""
    return Ask(key, window.between(weeks[0], weeks[-1] + WEEK - DAY), weeks=tuple(weeks))


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
    if key in helpdesk.KEYS:
        tickets = helpdesk.behind(key, window, scope, top=part == TOP)
        return "ticket", tickets.order_by(Ticket.created_at.desc(), Ticket.id.desc())
    if key in cohorts.SOURCES:
        kind, found = cohorts.behind(key, usual(one, window), scope, part)
        table = found.column_descriptions[0]["entity"]
        return kind, found.order_by(getattr(table, cohorts.counted_at(key)).desc(), table.id.desc())
    return (PEOPLE if key in ("weekly-active", "stickiness") else ""), None


def people(
    window: Window, access: Access, *, teams: Iterable[int] | None = None, person_id: int | None = None
) -> list[usage.Week]:
    """How every user did in the ISO weeks of a stretch: what lies behind weekly use."""
    return usage.weeks(weeks_in(window), window, scope_of(access, teams, person_id))


def scope_of(
    access: Access, teams: Iterable[int] | None = None, person_id: int | None = None, people: Iterable[int] = ()
) -> Scope:
    """A choice of teams and a person, or of teams and people besides, as sources take it."""
    return Scope(access, None if teams is None else frozenset(teams), person_id, frozenset(people))


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


def given(one: Kpi, window: Window, scope: Scope) -> Given:
    """What a figure is compared with."""
    target, row = targets().get(one.key), baseline() if one.key == _CREATED else None
    if row is None:
        return Given(target)
    if row.contacts is not None and row.users:
        return Given(target, (Decimal(row.contacts), Decimal(row.users * ((row.until - row.since).days + 1))))
    ask = Ask(_CREATED, window.between(row.since, row.until))
    before = total(_by_user_days(cohorts.answers([ask], scope)[ask], ask, scope))
    return Given(target, (before.top, before.bottom))


def figure(one: Kpi, window: Window, cell: Cell, told: Given) -> Measure:
    """A figure from what was counted."""
    target = told.target
    value, why = measures.value_of(one, cell), measures.why_unknown(one, cell)
    top, bottom = cell.top, cell.bottom if one.bottom else None
    if one.key == "contact-creation":
        value, why = measures.growth_of(cell, told)
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
        beside=measures.beside_of(one, cell),
    )


def _is_provisional(one: Kpi, window: Window) -> bool:
    """Whether entries that come late may still change it."""
    if one.key == "activity-timeliness":
        return window.end > window.now - PROVISIONAL
    return not one.stands and window.end > window.now


# What each figure counts.


def _is_plain(ask: Ask) -> bool:
    """Whether a figure is counted over records as they are."""
    return ask.key in cohorts.SOURCES and ask.key != _CYCLE and not (ask.key == _CREATED and ask.weeks)


def _campaigns(one: Kpi, ask: Ask, scope: Scope) -> list[Cell]:
    found = cohorts.campaigns(ask.window, scope)
    return [_campaign(one, found)] if found.count else []


def _campaign(one: Kpi, found: cohorts.Campaigns) -> Cell:
    if one.key == "click-through":
        return Cell(None, Decimal(found.clicks), Decimal(found.reach), found.reach)
    if one.key == "cost-per-lead":
        return Cell(None, found.cost, Decimal(found.leads), found.leads, found.lacking)
    return Cell(None, found.revenue, found.cost, found.count, found.lacking)


def _complete(_one: Kpi, ask: Ask, scope: Scope) -> list[Cell]:
    """From the tallies of the quality of data, which hold for each owner and team."""
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for each in quality.tallies(scope.access):
        if not scope.holds(each.team_id, each.owner_id):
            continue
        slot = sums[getattr(each, {"object": "kind"}.get(ask.by, ask.by)) if ask.by else None]
        found = quality.total([each])
        slot[0] += found.valid
        slot[1] += found.required
    return [Cell(segment, Decimal(top), Decimal(n), n) for segment, (top, n) in sums.items()]


def _timely(asks: Sequence[Ask], scope: Scope) -> dict[Ask, list[Cell]]:
    """The same tallies answer for all stretches, weeks and segments: they are read once, as finely as any needs."""
    if not asks:
        return {}
    spans = [(each.window.since, each.window.until) for each in asks]
    begins = {day for first, last in spans for day in (first, last + DAY)} | {
        week for ask in asks for week in ask.weeks
    }
    whole = asks[0].window.between(min(spans)[0], max(last for _first, last in spans))
    covered, end = usual(KPIS[_TIMELY], whole), whole.now - counts.IN_TIME
    apart = counts.APART & {each.by for each in asks}
    inside = [day for day in begins if covered.since <= day <= covered.until]
    found = counts.activities(covered, scope, end, apart, inside) if end > whole.start else []
    return {each: _timely_in(each, found) for each in asks}


def _timely_in(ask: Ask, found: Iterable[ActivityCount]) -> list[Cell]:
    inside = (each for each in found if ask.window.since <= each.day <= ask.window.until)
    return _grouped(inside, (lambda each: monday(each.day)) if ask.weeks else attrgetter(ask.by) if ask.by else _whole)


def _whole(_each: object) -> None:
    """Not told apart."""


def _grouped(found: Iterable[ActivityCount], segment_of: Callable[[ActivityCount], Any]) -> list[Cell]:
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for each in found:
        if each.kind in counts.INTERACTIONS and each.origin == "entered":
            slot = sums[segment_of(each)]
            slot[0] += each.in_time
            slot[1] += each.count
    return [Cell(segment, Decimal(top), Decimal(n), n) for segment, (top, n) in sums.items()]


def _activities(window: Window, scope: Scope, part: str) -> Select[Any]:
    covered = usual(KPIS["activity-timeliness"], window)
    return counts.interactions(covered, scope, late=False if part == TOP else None)


def _weekly_active(_one: Kpi, ask: Ask, scope: Scope) -> list[Cell]:
    return _active(usage.weeks(weeks_in(ask.window), ask.window, scope), ask.by)


def _active(found: Iterable[usage.Week], by: str) -> list[Cell]:
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for each in found:
        if each.counts:
            slot = sums[_segment(each.user, by)]
            slot[0] += each.sign_ins >= measures.ENOUGH_SIGN_INS
            slot[1] += 1
    return [Cell(segment, Decimal(top), Decimal(n), n) for segment, (top, n) in sums.items()]


def _sticky(_one: Kpi, ask: Ask, scope: Scope) -> list[Cell]:
    """Users of a weekday on average, of all of the stretch; beside it the same over all days, and by week."""
    users = usage.users(scope)
    days = usage.active_days(ask.window, [user.id for user in users])
    groups: dict[Any, set[int]] = defaultdict(set)
    for user in users:
        groups[_segment(user, ask.by)].add(user.id)
    return [measures.stuck(segment, ids, days, ask.window) for segment, ids in groups.items()]


def _segment(user: usage.User, by: str) -> Any:
    return {"team_id": user.team_id, "owner_id": user.id}.get(by)


def _by_user_days(created: Sequence[Cell], ask: Ask, scope: Scope) -> list[Cell]:
    """Contacts created, by days of users: those enabled on each day of the stretch that has come."""
    found, users = {cell.segment: cell for cell in created}, usage.users(scope)
    if ask.by not in ("team_id", "owner_id"):
        days = sum(_user_days(user, ask.window) for user in users)
        return [replace(cell, bottom=Decimal(days)) for cell in found.values()] or [Cell(None, bottom=Decimal(days))]
    sums: dict[Any, int] = defaultdict(int)
    for user in users:
        sums[_segment(user, ask.by)] += _user_days(user, ask.window)
    return [
        replace(found.get(segment, Cell(segment)), bottom=Decimal(sums.get(segment, 0))) for segment in {*found, *sums}
    ]


def _user_days(user: usage.User, window: Window) -> int:
    first = max(window.since, user.since.astimezone(window.zone).date())
    return max(0, (min(window.until, window.today) - first).days + 1)


_COUNTERS: Mapping[str, Counter] = {
    "weekly-active": _weekly_active,
    "data-completeness": _complete,
    "stickiness": _sticky,
    "campaign-roi": _campaigns,
    "click-through": _campaigns,
    "cost-per-lead": _campaigns,
}
"""Figures that are not a plain count of records or activities."""


def _by_week(one: Kpi, ask: Ask, scope: Scope) -> list[Cell]:
    """What such a figure counts in each of some weeks, from as few statements as in one where that can be."""
    if one.key == "weekly-active":
        found: dict[date, list[usage.Week]] = defaultdict(list)
        for each in usage.weeks(ask.weeks, ask.window, scope):
            found[each.monday].append(each)
        return [replace(total(_active(found[week], "")), segment=week) for week in ask.weeks]
    spans = {week: ask.window.between(week, week + WEEK - DAY) for week in ask.weeks}
    if one.key == _CREATED:
        made, users = {cell.segment: cell for cell in cohorts.answers([ask], scope)[ask]}, usage.users(scope)
        days = {week: Decimal(sum(_user_days(user, span) for user in users)) for week, span in spans.items()}
        return [replace(made.get(week, Cell(week)), bottom=days[week]) for week in ask.weeks]
    if one.key == "stickiness":
        days_here = usage.active_days(ask.window, ids := {user.id for user in usage.users(scope)})
        return [measures.stuck(week, ids, days_here, span) for week, span in spans.items()]
    by_week = cohorts.weekly_campaigns(ask.weeks, ask.window, scope).items()
    return [replace(_campaign(one, each), segment=week) for week, each in by_week]
