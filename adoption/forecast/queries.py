"""The weeks of the four figures of adoption since go-live, and their forecast, over the whole crew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from adoption.crew import queries as crews
from adoption.crew.rules import Crew
from adoption.forecast.rules import weeks as calendar
from adoption.forecast.rules.outlook import Outlook, outlook
from adoption.forecast.rules.weeks import HORIZON, WEEK, Kind, Series, WeekCount
from adoption.kept import queries as keeping
from crm.access.queries import access_of
from crm.counts.rules.windows import DAY, Window
from crm.kpis import queries as kpis
from crm.kpis.rules.definitions import Kpi, Unit, kpi
from crm.kpis.rules.measures import Measure
from crm.usage.rules import SMALLEST_GROUP
from infra.memo import remembered
from kernel.actor import SYSTEM

KEYS = ("weekly-active", "data-completeness", "contact-creation", "activity-timeliness")
"""The figures of adoption."""
NOTHING = Series(Kind.SHARE, ())


@dataclass(frozen=True, slots=True)
class Forecast:
    """A figure on its way to week 12. ``outlook`` None: there is none, and ``why`` is a key of charts.reasons."""

    kpi: Kpi
    target: float | None
    series: Series
    outlook: Outlook | None
    why: str = ""

    @property
    def values(self) -> tuple[tuple[int, float], ...]:
        """What each week showed that is over, by its number."""
        return tuple((each.number, _shown(self.series, each)) for each in self.series.weeks)


@dataclass(frozen=True, slots=True)
class Ahead:
    """All four, and the Monday of week 12; ``begins`` None: not live yet."""

    begins: date | None
    figures: tuple[Forecast, ...]
    live_since: date | None = None

    @property
    def ends(self) -> date | None:
        """The Monday of week 12."""
        return None if self.begins is None else self.begins + WEEK * (HORIZON - 1)


@remembered
def ahead(project_id: int, now: datetime, zone: tzinfo) -> Ahead:
    """Where a roll-out stands in week 12, by each figure."""
    return ahead_of(project_id, now, zone, {})


def ahead_of(project_id: int, now: datetime, zone: tzinfo, known: Mapping[str, Mapping[date, Measure]]) -> Ahead:
    """The same where a page has counted weeks already: figures whose weeks are all ``known`` are not asked again."""
    crew, today = crews.crew(project_id), now.astimezone(zone).date()
    if crew.live_since is None:
        return Ahead(None, _without("not-live"))
    begins = calendar.first_monday(crew.live_since)
    if len(crew.members) < SMALLEST_GROUP:
        return Ahead(begins, _without("too-few"), crew.live_since)
    found = _counted(crew, Window(begins, today, now, zone), crew.live_since, known)
    return Ahead(begins, tuple(_forecast(key, found[key]) for key in KEYS), crew.live_since)


def _without(why: str) -> tuple[Forecast, ...]:
    return tuple(Forecast(kpi(key), _goal(key), NOTHING, None, why) for key in KEYS)


def _goal(key: str) -> float | None:
    target = kpis.targets().get(key)
    return None if target is None else float(target)


def _forecast(key: str, series: Series | None) -> Forecast:
    if series is None:
        return Forecast(kpi(key), _goal(key), NOTHING, None, "no-baseline")
    if series.weeks and series.weeks[-1].number >= HORIZON:
        return Forecast(kpi(key), _goal(key), series, None, "over")
    found = outlook(series, _goal(key))
    return Forecast(kpi(key), _goal(key), series, found, "" if found else "few")


def _shown(series: Series, week: WeekCount) -> float:
    share = week.top / week.bottom
    return share if series.kind is Kind.SHARE else share / series.usual - 1


def _counted(
    crew: Crew, window: Window, live_since: date, known: Mapping[str, Mapping[date, Measure]]
) -> dict[str, Series | None]:
    """The series of all four: what is counted live by week, and the stock from the days that were kept."""
    flows = {key: calendar.mondays(live_since, window.today, kpi(key).ripens) for key in KEYS if not kpi(key).stands}
    asks = {
        key: kpis.ask_of_weeks(key, weeks, window)
        for key, weeks in flows.items()
        if weeks and not set(weeks) <= set(known.get(key, ()))
    }
    figures = kpis.together(asks.values(), access_of(SYSTEM), teams=crew.teams, people=crew.people)
    found: dict[str, Series | None] = {}
    for key in KEYS:
        if kpi(key).stands:
            found[key] = Series(Kind.SHARE, _kept(key, crew, calendar.mondays(live_since, window.today)))
        elif flows[key]:
            counted = figures.weekly(asks[key]) if key in asks else [known[key][week] for week in flows[key]]
            found[key] = _series(kpi(key), counted)
        else:
            found[key] = Series(Kind.SHARE, ())
    return found


def _series(one: Kpi, measured: Sequence[Measure]) -> Series | None:
    tops = [float(each.numerator or 0) for each in measured]
    bottoms = [float(each.denominator or 0) for each in measured]
    made = calendar.counted(
        WeekCount(number, top, bottom) for number, (top, bottom) in enumerate(zip(tops, bottoms, strict=True), 1)
    )
    if one.unit is not Unit.CHANGE:
        return Series(Kind.SHARE, made)
    growths = [None if each.value is None else float(each.value) for each in measured]
    usual = calendar.usual_of(tops, bottoms, growths)
    return Series(Kind.GROWTH, made, usual) if usual else None


def _kept(key: str, crew: Crew, weeks: Sequence[date]) -> tuple[WeekCount, ...]:
    """A stock at the end of each week, from the days that were kept of the crew."""
    if not weeks:
        return ()
    last: dict[date, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for each in keeping.stock(crew, key, weeks[0], weeks[-1] + WEEK - DAY):
        last[each.day - DAY * each.day.weekday()] = each.top, each.bottom
    return calendar.counted(WeekCount(number, *last[week]) for number, week in enumerate(weeks, 1))
