"""Gathering the portfolio for those who decide: the same statements, however many roll-outs there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import func, select

from adoption.glance import queries as glances
from adoption.glance.rules import Glance
from desk.portfolio import queries as portfolio
from desk.portfolio.queries import Rollout
from infra.database import db
from kernel.actor import Actor
from phases.foreseen.models import Foreseen
from readiness.across import queries as gates
from readiness.across.rules import Blocking, GateStop, by_week, main_gate
from readiness.benefits import queries as benefits
from readiness.benefits.models import ObjectiveBaseline, ObjectiveDay, ObjectiveOutcome
from readiness.benefits.rules.aims import chosen
from readiness.decisions import queries as taken
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.decision import Decision
from readiness.health import queries as health
from readiness.health.rules.whole import Health
from readiness.signoffs.models import ReadinessRound, ReadinessSignOff
from readiness.verdict import queries as verdicts
from readiness.verdict.queries import Day
from reports.board.rules import asks
from reports.board.rules.aims import NO_AIMS, Aimed, Aims
from reports.board.rules.asks import Ask, Kind
from reports.board.rules.lines import Ready, end_of_week, mondays, ready_of
from reports.board.rules.summary import Summary, ordered, summary
from reports.issued.models import IssuedReport
from reports.issued.queries import STATUS
from reports.issued.rules.framing import Decision as Wanted
from roadmap.projects.queries import ProjectRow
from roadmap.standing.rules.standing import Standing

ACTIVE, ARCHIVED = "active", "archived"
REPORT_DAYS = 7
"""A decision that a report asks for is news for so long."""
NOTHING = Blocking()
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """A roll-out as those who decide see it. ``weeks`` are its scores of the ISO weeks of the trend.

    ``unanswered`` is how many contradictions to the claimed health nobody has said anything to.
    """

    rollout: Rollout
    gate: GateStop | None
    kept: Day | None
    blocking: Blocking
    ready: Ready
    weeks: tuple[float | None, ...]
    glance: Glance
    aims: Aims
    unanswered: int = 0

    @property
    def project(self) -> ProjectRow:
        """The project."""
        return self.rollout.project

    @property
    def id(self) -> int:
        """Its number."""
        return self.rollout.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.rollout.name

    @property
    def health(self) -> Health:
        """Its health, claimed and computed."""
        return self.rollout.health

    @property
    def standing(self) -> Standing:
        """How its plan stands."""
        return self.rollout.standing

    @property
    def decision(self) -> Decision | None:
        """What was computed last for the gate that decides; None where no day was kept."""
        return self.kept.decision if self.kept else None

    @property
    def score(self) -> float | None:
        """The score that was kept last; None is unknown."""
        return self.kept.score if self.kept else None

    @property
    def foreseen(self) -> date | None:
        """When it goes live: P80 where a forecast was kept, else by the plan; once live the day on which it did."""
        row = None if self.standing.live else self.health.forecast
        return row.p80.date() if row else self.standing.go_live

    @property
    def slip(self) -> int | None:
        """Days from the target to that day; None where either is unknown."""
        row = None if self.standing.live else self.health.forecast
        return row.slip(self.standing.target) if row else self.standing.slip

    @property
    def late(self) -> int:
        """The same, 0 where it is unknown."""
        return self.slip or 0

    @property
    def use(self) -> float | None:
        """The share of weekly active people in percent; None where it is unknown, not shown, or nobody is live."""
        measure = self.glance.use if self.glance.shown else None
        return None if measure is None or measure.value is None else float(100 * measure.value)


@dataclass(frozen=True, slots=True)
class Board:
    """All that the page, the weekly mail and the deck say: one look at one moment."""

    today: date
    now: datetime
    mondays: tuple[date, ...]
    lines: tuple[Line, ...]
    asks: tuple[Ask, ...]
    summary: Summary[Line]
    archived: int


def board(actor: Actor, now: datetime, zone: tzinfo, only: int | None = None) -> Board:
    """The roll-outs that an actor may see, what can't go first; archived ones are counted only.

    ``only`` leaves one of them.
    """
    today = now.astimezone(zone).date()
    every = [each for each in portfolio.rollouts(actor, today) if only in (None, each.id)]
    shown = [each for each in every if each.project.state != ARCHIVED]
    ids = [each.id for each in shown]
    stops, seen = gates.gates(ids), glances.glances(ids, now, zone)
    weeks = mondays(today)
    said = health.answered(each.health.claim.id for each in shown if each.health.claim)
    lines = ordered(_lines(shown, stops, seen, weeks, said, today))
    asked = _asks([each for each in lines if each.project.state == ACTIVE], stops, said, today)
    return Board(today, now, weeks, tuple(lines), tuple(asked), summary(lines), len(every) - len(shown))


def _lines(
    shown: Sequence[Rollout],
    stops: Mapping[int, list[GateStop]],
    seen: Mapping[int, Glance],
    weeks: tuple[date, ...],
    said: Mapping[int, frozenset[str]],
    today: date,
) -> list[Line]:
    main = {each.id: main_gate(stops.get(each.id, ())) for each in shown}
    ids = [gate.id for gate in main.values() if gate is not None]
    kept, scores = verdicts.newest(ids), gates.scores(ids, weeks[0])
    blocking = gates.in_the_way(list(kept.values()))
    aims = _aims([each.id for each in shown])
    found = []
    for each in shown:
        gate = main[each.id]
        number = gate.id if gate else 0
        last = kept.get(number)
        found.append(
            Line(
                rollout=each,
                gate=gate,
                kept=last,
                blocking=blocking.get(number, NOTHING),
                ready=_ready(each, gate, last, seen[each.id], today),
                weeks=by_week(scores.get(number, {}), weeks),
                glance=seen[each.id],
                aims=aims.get(each.id, NO_AIMS),
                unanswered=_unanswered(each.health, said),
            )
        )
    return found


def _unanswered(health: Health, said: Mapping[int, frozenset[str]]) -> int:
    known = said.get(health.claim.id, NOBODY) if health.claim else NOBODY
    return sum(each.key not in known for each in health.contradictions)


def _ready(each: Rollout, gate: GateStop | None, last: Day | None, seen: Glance, today: date) -> Ready:
    day = gate.day if gate and gate.day else each.standing.go_live
    live = each.standing.live or seen.live_since is not None
    return ready_of(last.decision if last else None, day, today, live=live, running=each.project.state == ACTIVE)


def _asks(
    lines: Sequence[Line], stops: Mapping[int, list[GateStop]], answered: Mapping[int, frozenset[str]], today: date
) -> list[Ask]:
    names = {each.id: each.name for each in lines}
    closed = taken.closed(list(names))
    found: list[Ask] = []
    for each in lines:
        open_gates = [stop for stop in stops.get(each.id, ()) if stop.id not in closed]
        found += asks.of_gates(each.id, each.name, open_gates, today)
    found += _rounds(names, closed, today)
    for each in lines:
        said = answered.get(each.health.claim.id, NOBODY) if each.health.claim else NOBODY
        found += asks.of_health(each.id, each.name, each.health, said, today)
    return asks.ordered([*found, *_waivers(names, today), *_from_reports(names, today)])


def _rounds(names: Mapping[int, str], closed: frozenset[int], today: date) -> Iterable[Ask]:
    """Sign-offs that were asked for by the end of this week at gates that no decision closed since: one statement."""
    newest = select(func.max(ReadinessRound.id)).where(ReadinessRound.project_id.in_(names))
    given = (
        select(func.count(ReadinessSignOff.seat.distinct()))
        .where(ReadinessSignOff.round_id == ReadinessRound.id, ReadinessSignOff.stale_at.is_(None))
        .scalar_subquery()
    )
    gate = ReadinessGate.id, ReadinessGate.key, ReadinessGate.name
    query = (
        select(ReadinessRound.project_id, *gate, ReadinessRound.due, given)
        .join(ReadinessGate, ReadinessGate.id == ReadinessRound.gate_id)
        .where(ReadinessRound.id.in_(newest.group_by(ReadinessRound.gate_id)))
    )
    for project_id, gate_id, key, name, due, count in db.session.execute(query):
        if gate_id not in closed and (due is None or due <= end_of_week(today)):
            yield Ask(Kind.SIGN_OFF, project_id, names[project_id], name, due, key=key, number=gate_id, count=count)


def _waivers(names: Mapping[int, str], today: date) -> Iterable[Ask]:
    for row in gates.waivers_due(list(names), today, end_of_week(today)):
        kind = Kind.WAIVER if row.asked else Kind.LAPSE
        yield Ask(
            kind,
            row.project_id,
            names[row.project_id],
            row.statement,
            None if row.asked else row.until,
            row.asked_by,
            row.criterion_id,
        )


def _from_reports(names: Mapping[int, str], today: date) -> Iterable[Ask]:
    """What the newest report of each roll-out asks for, as long as the report is news: one statement."""
    newest = select(func.max(IssuedReport.id)).where(IssuedReport.project_id.in_(names), IssuedReport.kind == STATUS)
    query = select(IssuedReport.project_id, IssuedReport.number, IssuedReport.decisions).where(
        IssuedReport.id.in_(newest.group_by(IssuedReport.project_id)),
        IssuedReport.as_of > today - timedelta(days=REPORT_DAYS),
    )
    for project_id, number, decisions in db.session.execute(query):
        for each in decisions:
            asked = Wanted.read(each)
            yield Ask(Kind.ASKED, project_id, names[project_id], asked.what, asked.by, asked.who, number)


def _aims(project_ids: Sequence[int]) -> dict[int, Aims]:
    """What is aimed at in each roll-out, how far it is, and what was said of it: one statement."""
    frozen = select(ObjectiveBaseline.objective_id).distinct()
    query = (
        select(Foreseen, Foreseen.id.in_(frozen), ObjectiveOutcome.outcome, ObjectiveDay)
        .outerjoin(ObjectiveOutcome, ObjectiveOutcome.objective_id == Foreseen.id)
        .outerjoin(ObjectiveDay, (ObjectiveDay.objective_id == Foreseen.id) & benefits.is_kept_last())
        .where(Foreseen.project_id.in_(project_ids), Foreseen.kind == "objective")
        .order_by(Foreseen.position, Foreseen.id)
    )
    rows: dict[int, list[Foreseen]] = defaultdict(list)
    aimed: dict[int, Aimed] = {}
    for row, based, outcome, day in db.session.execute(query):
        rows[row.project_id].append(row)
        aimed[row.id] = Aimed(row.id, row.name, bool(based), outcome or "", benefits.kept(day))
    return {number: Aims([aimed[each.id] for each in chosen(found)]) for number, found in rows.items()}
