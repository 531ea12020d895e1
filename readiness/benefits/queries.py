"""The objectives of a roll-out as they stand: aim, baseline, what has come of it so far, and how sure that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from accounts.people.models import Person
from crm.access.queries import access_of
from crm.cohorts import queries as cohorts
from crm.counts.queries import Scope
from crm.counts.rules.cells import Ask
from crm.counts.rules.windows import WEEK, Window, monday
from crm.kpis import queries as kpis
from crm.kpis.rules.definitions import KPIS, Kpi, Unit
from crm.kpis.rules.measures import Measure
from infra.database import db
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import NotFound
from phases.foreseen import queries as foreseen
from phases.foreseen.queries import Element
from readiness.benefits.models import ObjectiveAim, ObjectiveBaseline, ObjectiveDay, ObjectiveOutcome
from readiness.benefits.rules import aims, intervals, reach
from readiness.benefits.rules.aims import Aim, Answer, Baseline, Outcome
from readiness.benefits.rules.intervals import Interval
from readiness.benefits.rules.reach import Course, Kept, Reach, Verdict
from readiness.gates.rules.sources import Look
from roadmap.audience import queries as audience
from roadmap.audience.queries import Audience
from roadmap.projects import queries as projects
from roadmap.projects.models import Project
from roadmap.projects.rules import State


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective with all that is known of it. ``value`` and ``target`` are in the figure's unit, sums by 30 days.

    ``baselines`` begin with the one that counts; ``measure`` is the figure since go-live.
    """

    element: Element
    aim: Aim
    kpi: Kpi | None
    baselines: tuple[Baseline, ...]
    target: float | None
    measure: Measure | None
    value: float | None
    interval: Interval | None
    verdict: Verdict
    answer: Answer | None

    @property
    def id(self) -> int:
        """Its number."""
        return self.element.id

    @property
    def baseline(self) -> Baseline | None:
        """The one that counts."""
        return next(iter(self.baselines), None)


def objectives(look: Look) -> list[Objective]:
    """The objectives of a project: of variants only those whose first choice was dropped."""
    rows = chosen_in(look.project_id)
    crowd = audience.audience(look.project_id)
    wanted, frozen, said = aims_of(look.project_id, rows, crowd), baselines(look.project_id), answers(look.project_id)
    window, scope = today_of(look), kpis.scope_of(access_of(SYSTEM), crowd.teams, people=crowd.people)
    since = {row.id: _since_launch(wanted[row.id], crowd.live_since, window) for row in rows}
    asks = {number: Ask(wanted[number].kpi, found) for number, found in since.items() if found is not None}
    figures = kpis.together(asks.values(), access_of(SYSTEM), teams=crowd.teams, people=crowd.people) if asks else None
    return [
        _objective(
            row,
            wanted[row.id],
            tuple(each for each in frozen.get(row.id, ()) if each.kpi == wanted[row.id].kpi),
            figures.measure(asks[row.id]) if figures is not None and row.id in asks else None,
            said.get(row.id),
            crowd.live_since,
            scope,
            window,
        )
        for row in rows
    ]


def chosen_in(project_id: int) -> list[Element]:
    """What a project aims at."""
    return aims.chosen(foreseen.elements(project_id, kinds=("objective",)))


def one(look: Look, objective_id: int) -> Objective:
    """One objective inside its project. Raises NotFound."""
    found = next((each for each in objectives(look) if each.id == objective_id), None)
    if found is None:
        raise NotFound
    return found


def unanswered(project_id: int) -> list[Element]:
    """The objectives that nobody has said anything of."""
    known = answers(project_id)
    return [row for row in chosen_in(project_id) if row.id not in known]


def aims_of(project_id: int, rows: Sequence[Element], crowd: Audience) -> dict[int, Aim]:
    """What each objective aims at: by the charter, or as it was chosen since."""
    starts = crowd.live_since or projects.row_of(project_id).target_go_live
    query = select(ObjectiveAim).where(ObjectiveAim.project_id == project_id)
    by_hand = {row.objective_id: Aim(row.kpi, row.change, row.due) for row in db.session.scalars(query)}
    return {row.id: by_hand.get(row.id) or aims.aim_of(row.details, starts) for row in rows}


def baselines(project_id: int) -> dict[int, list[Baseline]]:
    """The frozen baselines by objective, the newest first: one statement."""
    query = (
        select(ObjectiveBaseline, Person.name)
        .outerjoin(Person, Person.id == ObjectiveBaseline.frozen_by_id)
        .where(ObjectiveBaseline.project_id == project_id)
        .order_by(ObjectiveBaseline.id.desc())
    )
    found: dict[int, list[Baseline]] = defaultdict(list)
    for row, name in db.session.execute(query):
        found[row.objective_id].append(
            Baseline(
                row.id, row.kpi, row.value, row.n, row.since, row.until, row.stated, row.note, row.reason, name or "",
                row.frozen_at,
            )
        )  # fmt: skip
    return found


def answers(project_id: int) -> dict[int, Answer]:
    """What was said of objectives: one statement."""
    query = (
        select(ObjectiveOutcome, Person.name)
        .outerjoin(Person, Person.id == ObjectiveOutcome.by_id)
        .where(ObjectiveOutcome.project_id == project_id)
    )
    return {
        row.objective_id: Answer(Outcome(row.outcome), row.words, name or "", row.at)
        for row, name in db.session.execute(query)
    }


def followed() -> list[tuple[int, str]]:
    """The roll-outs whose objectives are kept each night, with their zones: finished ones too, benefits come late."""
    states = (State.ACTIVE.value, State.FINISHED.value)
    query = select(Project.id, Project.timezone).where(Project.state.in_(states)).order_by(Project.id)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def is_kept_last() -> ColumnElement[bool]:
    """That a kept day of an objective is the last of its project, as a criterion of a statement that joins it."""
    every = aliased(ObjectiveDay)
    last = select(func.max(every.day)).where(every.project_id == ObjectiveDay.project_id)
    return ObjectiveDay.day == last.correlate(ObjectiveDay).scalar_subquery()


def kept(row: ObjectiveDay | None) -> Kept | None:
    """How an objective stood on a day; None where none was kept."""
    if row is None:
        return None
    return Kept(row.day, row.kpi, row.baseline, row.target, row.value, row.low, row.high, row.n, Reach(row.reach))


def today_of(look: Look) -> Window:
    """The day of the instance, as figures of the CRM count it."""
    zone = ZoneInfo(wires().settings.timezone)
    today = look.now.astimezone(zone).date()
    return Window(today, today, look.now, zone)


def measured(key: str, since: date, until: date, look: Look) -> Measure:
    """A figure over the audience, as it is counted now for some days. Raises NotFound."""
    window = today_of(look).between(since, until)
    crowd = audience.audience(look.project_id)
    return kpis.measure(key, window, access_of(SYSTEM), teams=crowd.teams, people=crowd.people)


def _since_launch(aim: Aim, live: date | None, window: Window) -> Window | None:
    """The days that count for an objective so far; None where none has come or nothing is kept.

    Weekly use is of whole ISO weeks that began after go-live.
    """
    one = KPIS.get(aim.kpi)
    if one is None or live is None or live > window.today:
        return None
    if one.stands:
        return window
    last = min(window.today, aim.due or window.today)
    if one.key == "weekly-active":
        first, last = monday(live + timedelta(days=6)), monday(last + timedelta(days=1)) - timedelta(days=1)
        return window.between(first, last) if first + WEEK - timedelta(days=1) <= last else None
    return window.between(live, last) if live <= last else None


def _objective(
    row: Element, aim: Aim, frozen: tuple[Baseline, ...], found: Measure | None, answer: Answer | None,
    live: date | None, scope: Scope, window: Window,
) -> Objective:  # fmt: skip
    one = KPIS.get(aim.kpi)
    value = interval = target = None
    if one is not None:
        target = aims.target_of(one, frozen[0].value if frozen else None, aim.change)
        value = None if found is None or found.value is None else _comparable(one, found)
        interval = None if found is None or value is None else _interval(one, found, scope, window)
    course = None
    if one is not None and value is not None and target is not None and live is not None:
        course = Course(
            value, target, live, window.today, aim.due, interval, rising=one.rising, share=one.unit is Unit.SHARE,
            stands=one.stands,
        )  # fmt: skip
    verdict = reach.judge(course) if course else Verdict(_why_not(aim, one, frozen, target, live, window.today))
    return Objective(row, aim, one, frozen, target, found, value, interval, verdict, answer)


def _why_not(
    aim: Aim, one: Kpi | None, frozen: Sequence[Baseline], target: float | None, live: date | None, today: date
) -> Reach:
    """Why nothing can be said of reaching it."""
    if one is None:
        return Reach.NOT_KEPT if aim.kpi else Reach.NO_FIGURE
    if not frozen and target is None:
        return Reach.NO_BASELINE
    return Reach.NOT_LIVE if live is None or live > today else Reach.UNKNOWN


def _comparable(one: Kpi, found: Measure) -> float:
    return aims.by_month(one.key, float(found.value or 0), (found.until - found.since).days + 1)


def _interval(one: Kpi, found: Measure, scope: Scope, window: Window) -> Interval | None:
    """How sure a value is: of shares, of what deals are worth, and of sums by their days; of nothing else."""
    if one.unit is Unit.SHARE and found.numerator is not None and found.denominator == found.n:
        return intervals.of_share(int(found.numerator), found.n)
    covered = window.between(found.since, found.until)
    if found.n < intervals.LEAST or one.key not in (*aims.SUMS, "deal-size"):
        return None
    records = cohorts.values(one.key, covered, scope)
    if one.key == "deal-size":
        return intervals.of_mean([float(value) for _at, value in records])
    by_day: dict[date, float] = defaultdict(float)
    for at, value in records:
        by_day[at.astimezone(covered.zone).date()] += float(value)
    days = [by_day.get(covered.since + timedelta(days=number), 0.0) for number in range(covered.days)]
    found_days = intervals.of_mean(days)
    return found_days.times(aims.MONTH) if found_days else None
