"""The figures of use, read together: few statements, however many people, teams and weeks there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from adoption.crew.rules import Crew
from adoption.kept import queries as keeping
from adoption.measures.rules import ACTIVE, COMPLETE, CREATED, KEYS, PROMISED, TIMELY, Wish, stretch, weeks_since
from crm.access.queries import access_of
from crm.counts.queries import Scope
from crm.counts.rules.cells import Ask, Cell, total
from crm.counts.rules.windows import DAY, WEEK, Window, monday, weeks_in
from crm.kpis import queries as kpis
from crm.kpis.rules.control import Point
from crm.kpis.rules.definitions import KPIS, State
from crm.kpis.rules.measures import ENOUGH_SIGN_INS, Given, Measure
from crm.usage import queries as usage
from kernel.actor import SYSTEM

TEAM, PERSON = "team_id", "owner_id"
_RECORDED = (COMPLETE, CREATED, TIMELY)
_BY_WEEK = (CREATED, TIMELY)
Cells = Mapping[Hashable, Cell]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted of a roll-out's people: in all, and finely enough to add up any group of teams or people."""

    wish: Wish
    stretches: Mapping[str, Window]
    told: Mapping[str, Given]
    whole: Mapping[str, Measure]
    teams: Mapping[str, Cells]
    people: Mapping[str, Cells]
    points: Mapping[str, Sequence[Point]]
    by_week: Mapping[str, Mapping[date, Measure]]
    weeks: Sequence[usage.Week]

    def of_teams(self, ids: Iterable[int | None]) -> dict[str, Measure]:
        """Every figure of some teams together; None are the people in no team."""
        return self._sums(self.teams, ids)

    def of_people(self, ids: Iterable[int]) -> dict[str, Measure]:
        """Every figure of some people together."""
        return self._sums(self.people, ids)

    def _sums(self, cells: Mapping[str, Cells], ids: Iterable[int | None]) -> dict[str, Measure]:
        wanted = list(ids)
        return {key: self._figure(key, total(cells[key].get(each, Cell()) for each in wanted)) for key in KEYS}

    def _figure(self, key: str, cell: Cell) -> Measure:
        return kpis.figure(KPIS[key], self.stretches[key], cell, self.told[key])


def read(crew: Crew, wish: Wish) -> Reading:
    """The four figures as all readers see them: in all, by team, by person, and by week since go-live."""
    scope = kpis.scope_of(access_of(SYSTEM), crew.teams, people=crew.people)
    stretches = {key: stretch(KPIS[key], wish) for key in KEYS}
    shown = weeks_since(wish.live_since, wish.window.today)
    told = {key: kpis.given(KPIS[key], stretches[key], scope) for key in KEYS}
    asks = [Ask(key, stretches[key], by) for key in _RECORDED for by in ("", TEAM, PERSON)]
    by_week = {key: kpis.ask_of_weeks(key, shown, wish.window) for key in _BY_WEEK if shown}
    found = kpis.together([*asks, *by_week.values()], scope.access, teams=crew.teams, people=crew.people)
    used = _used(stretches[ACTIVE], shown, scope)
    inside = set(weeks_in(stretches[ACTIVE]))
    in_stretch = [each for each in used if each.monday in inside]
    parts: dict[str, dict[str, Cells]] = {
        by: {key: _cells(found.segments(Ask(key, stretches[key], by))) for key in _RECORDED} for by in (TEAM, PERSON)
    }
    parts[TEAM][ACTIVE] = _active(in_stretch, {each.user.id: each.user.team_id for each in in_stretch})
    parts[PERSON][ACTIVE] = _active(in_stretch, {each.user.id: each.user.id for each in in_stretch})
    whole = {ACTIVE: kpis.figure(KPIS[ACTIVE], stretches[ACTIVE], active(in_stretch), told[ACTIVE])}
    whole |= {key: found.measure(Ask(key, stretches[key])) for key in _RECORDED}
    flows = {key: found.weekly(ask) for key, ask in by_week.items()}
    flows[ACTIVE] = _weeks_of(used, shown, wish.window, told[ACTIVE])
    points: dict[str, Sequence[Point]] = dict.fromkeys(KEYS, ())
    points |= {key: _points(shown, many) for key, many in flows.items()} | {COMPLETE: _stock(crew, shown)}
    known = {key: dict(zip(shown, many, strict=True)) for key, many in flows.items()}
    return Reading(wish, stretches, told, whole, parts[TEAM], parts[PERSON], points, known, used)


def figures(crew: Crew, wish: Wish) -> list[Measure]:
    """Every promised figure over the audience, each in its stretch; unknown where nothing can be said."""
    return _promised(crew, {key: stretch(KPIS[key], wish) for key in PROMISED})


def exactly(crew: Crew, window: Window) -> list[Measure]:
    """The same over the days that somebody named, whatever the figure."""
    return _promised(crew, dict.fromkeys(PROMISED, window))


def _promised(crew: Crew, stretches: Mapping[str, Window]) -> list[Measure]:
    asks = {key: Ask(key, days) for key, days in stretches.items()}
    found = kpis.together(asks.values(), access_of(SYSTEM), teams=crew.teams, people=crew.people)
    return [found.measure(asks[key]) for key in PROMISED]


def unknown(window: Window, why: str) -> list[Measure]:
    """Every promised figure where nothing may be said yet."""
    targets = kpis.targets()
    return [
        Measure(
            key, None, None, None, 0, targets.get(key), State.UNKNOWN, KPIS[key].rule,
            window.since, window.until, KPIS[key].unit, key, why,
        )
        for key in PROMISED
    ]  # fmt: skip


def active(weeks: Iterable[usage.Week]) -> Cell:
    """Weeks of people in which they were here often enough, of those that count."""
    counted = [each for each in weeks if each.counts]
    hits = sum(each.sign_ins >= ENOUGH_SIGN_INS for each in counted)
    return Cell(None, Decimal(hits), Decimal(len(counted)), len(counted))


def _active(weeks: Iterable[usage.Week], group_of: Mapping[int, int | None]) -> dict[Hashable, Cell]:
    groups: dict[Hashable, list[usage.Week]] = defaultdict(list)
    for each in weeks:
        groups[group_of[each.user.id]].append(each)
    return {group: active(many) for group, many in groups.items()}


def _used(window: Window, shown: Sequence[date], scope: Scope) -> list[usage.Week]:
    """How everybody did in all weeks that are looked at: they follow each other."""
    wanted = sorted({*weeks_in(window), *shown})
    mondays = [wanted[0] + WEEK * number for number in range((wanted[-1] - wanted[0]).days // 7 + 1)]
    return usage.weeks(mondays, window, scope)


def _weeks_of(used: Iterable[usage.Week], shown: Sequence[date], window: Window, told: Given) -> list[Measure]:
    by_week: dict[date, list[usage.Week]] = defaultdict(list)
    for each in used:
        by_week[each.monday].append(each)
    return [
        kpis.figure(KPIS[ACTIVE], window.between(week, week + WEEK - DAY), active(by_week[week]), told)
        for week in shown
    ]


def _cells(segments: Iterable[tuple[Hashable, Measure]]) -> dict[Hashable, Cell]:
    """What was counted of each segment, so that segments can be added up."""
    return {
        segment: Cell(None, each.numerator or Decimal(0), each.denominator or Decimal(0), each.n)
        for segment, each in segments
    }


def _points(weeks: Sequence[date], found: Sequence[Measure]) -> list[Point]:
    return [
        Point(week, None if each.value is None else float(each.value), each.n)
        for week, each in zip(weeks, found, strict=True)
    ]


def _stock(crew: Crew, weeks: Sequence[date]) -> list[Point]:
    """What stands, as it was seen at the last kept day of each week: a stock has no other past."""
    if not weeks:
        return []
    found = keeping.stock(crew, COMPLETE, weeks[0], weeks[-1] + WEEK - DAY)
    kept = {monday(each.day): (each.top, each.bottom, each.n) for each in found}
    least = KPIS[COMPLETE].least
    return [
        Point(week, top / bottom if n >= least and bottom else None, n)
        for week in weeks
        for top, bottom, n in [kept.get(week, (0.0, 0.0, 0))]
    ]


def before(crew: Crew, today: Window) -> list[Measure]:
    """The four figures as they are before go-live, over their usual days up to today: what use will be held against."""
    stretches = {
        key: today.between(today.until - timedelta(days=max(1, KPIS[key].days) - 1), today.until) for key in KEYS
    }
    stretches[ACTIVE] = today.between(monday(today.until) - WEEK, monday(today.until) - DAY)
    asks = [Ask(key, days) for key, days in stretches.items()]
    found = kpis.together(asks, access_of(SYSTEM), teams=crew.teams, people=crew.people)
    return [found.measure(each) for each in asks]
