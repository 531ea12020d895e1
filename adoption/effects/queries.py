"""The figure of a group and of the others, before and after something was done for the group."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from adoption.crew.rules import Crew
from adoption.effects.rules import Count, Effect, Sides, difference, refusal, weeks_after, weeks_before
from adoption.kept import queries as keeping
from crm.access.queries import access_of
from crm.counts.rules.cells import Ask
from crm.counts.rules.windows import Window
from crm.kpis import queries as kpis
from crm.kpis.rules.definitions import Unit, kpi
from crm.usage import queries as usage
from kernel.actor import SYSTEM

MOST = 10
"""So many of the latest are looked at."""
TEAM = "team_id"
Counts = Mapping[Hashable, Count]


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done for some teams (none: for one person): its figure by key, or else a feature."""

    id: int
    teams: frozenset[int | None]
    kpi: str
    feature: str
    offered: date
    ended: date


def effects(crew: Crew, done: Sequence[Done], now: datetime, zone: tzinfo) -> dict[int, Effect]:
    """What followed each of the latest, by its number; a handful of statements for all, none where all are refused."""
    whole, found, open_ones = Window(now.astimezone(zone).date(), now.astimezone(zone).date(), now, zone), {}, []
    for each in sorted(done, key=lambda one: one.ended)[-MOST:]:
        size = sum(member.team_id in each.teams for member in crew.members) if each.teams else 1
        first, last, weeks = weeks_after(each.ended, whole.today)
        refused = refusal(size, len(crew.members) - size, weeks)
        if refused is not None:
            found[each.id] = refused
        else:
            open_ones.append((each, whole.between(*weeks_before(each.offered)), whole.between(first, last)))
    counted = _counted(crew, open_ones)
    for each, before, after in open_ones:
        found[each.id] = _effect(each, counted[each.id, before], counted[each.id, after])
    return found


def _effect(one: Done, before: Counts, after: Counts) -> Effect:
    mine_before, rest_before = _split(before, one.teams)
    mine_after, rest_after = _split(after, one.teams)
    return difference(Sides(mine_before, mine_after, rest_before, rest_after))


def _split(found: Counts, teams: frozenset[int | None]) -> tuple[Count, Count]:
    mine = [each for team, each in found.items() if team in teams]
    rest = [each for team, each in found.items() if team not in teams]
    return _sum(mine), _sum(rest)


def _sum(found: Sequence[Count]) -> Count:
    return Count(sum(e.top for e in found), sum(e.bottom for e in found), any(e.rate for e in found))


def _counted(crew: Crew, wanted: Sequence[tuple[Done, Window, Window]]) -> dict[tuple[int, Window], Counts]:
    """The numerator and denominator of each team in each stretch."""
    asks: dict[tuple[int, Window], Ask] = {}
    found: dict[tuple[int, Window], Counts] = {}
    for one, before, after in wanted:
        for window in (before, after):
            if not one.kpi:
                found[one.id, window] = _opened(crew, one.feature, window)
            elif kpi(one.kpi).stands:
                found[one.id, window] = _kept(crew, one.kpi, window)
            else:
                asks[one.id, window] = Ask(one.kpi, window, TEAM)
    if asks:
        figures = kpis.together(asks.values(), access_of(SYSTEM), teams=crew.teams, people=crew.people)
        found |= {key: _parts(figures, ask) for key, ask in asks.items()}
    return found


def _parts(figures: kpis.Figures, ask: Ask) -> Counts:
    rate = kpi(ask.key).unit is Unit.CHANGE
    return {
        team: Count(float(each.numerator or 0), float(each.denominator or 0), rate)
        for team, each in figures.segments(ask)
    }


def _kept(crew: Crew, key: str, window: Window) -> Counts:
    """A stock at the last day that was kept of each team in a stretch."""
    found = keeping.of_teams(crew, key, window.since, window.until)
    return {each.team_id: Count(each.top, each.bottom) for each in found}


def _opened(crew: Crew, feature: str, window: Window) -> Counts:
    """How many people of each team opened a feature in a stretch."""
    log = usage.by_person(window, crew.ids)
    tops: dict[Hashable, list[int]] = {}
    for each in crew.members:
        slot = tops.setdefault(each.team_id, [0, 0])
        slot[0] += feature in log.get(each.id, {})
        slot[1] += 1
    return {team: Count(top, bottom) for team, (top, bottom) in tops.items()}
