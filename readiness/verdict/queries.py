"""Gates judged on the evidence of the moment, and as they were on earlier days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, func, select

from infra.database import db
from readiness.evidence import queries as evidence
from readiness.evidence.rules import Look
from readiness.gates import queries as asked
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.decision import Decision, Standing, stand
from readiness.gates.rules.definitions import GO_LIVE, Gate
from readiness.gates.rules.results import Result, judge
from readiness.verdict.models import ReadinessDay
from readiness.waivers import queries as waivers
from roadmap.projects.models import Project
from roadmap.tasks.models import Task, TaskDates


@dataclass(frozen=True, slots=True)
class Day:
    """A gate as it was on a day."""

    gate_id: int
    day: date
    at: datetime
    decision: Decision
    score: float | None
    confidence: float
    lines: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Point:
    """A kept day without its lines: what a history is drawn from."""

    day: date
    decision: Decision
    score: float | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Latest:
    """The last kept day of the gate that is asked first, and the score that a go needs there."""

    key: str
    name: str
    point: Point
    least: float


@dataclass(frozen=True, slots=True)
class Stop:
    """A milestone of the plan: when it ends by the plan as it stands, or ended."""

    id: int
    name: str
    is_go_live: bool
    day: date
    reached: bool


def standings(gates: Iterable[Gate], look: Look) -> list[Standing]:
    """Some gates of one project, judged now: every source is asked once for all of them."""
    many = list(gates)
    found = evidence.evidence([each for gate in many for each in gate.criteria], look)
    waived = waivers.standing([look.project_id], look.today)
    return [
        stand(gate, [judge(each, found[each.id], look.now, waived.get(each.id)) for each in gate.criteria])
        for gate in many
    ]


def standing(gate: Gate, look: Look) -> Standing:
    """One gate, judged now."""
    return standings([gate], look)[0]


def days(gate_id: int, since: date, until: date) -> list[Day]:
    """A gate as it was on the days that were kept, in their order."""
    query = select(ReadinessDay).where(
        ReadinessDay.gate_id == gate_id, ReadinessDay.day >= since, ReadinessDay.day <= until
    )
    return [_day(row) for row in db.session.scalars(query.order_by(ReadinessDay.day))]


def asked_on(gate_id: int, day: date) -> Mapping[str, Any] | None:
    """What was asked on a kept day, as `rules.asked_at` keeps it; None where only the answers were kept."""
    query = select(ReadinessDay.asked).where(ReadinessDay.gate_id == gate_id, ReadinessDay.day == day)
    return db.session.scalar(query)


def day_before(gate_id: int, day: date) -> Day | None:
    """The last that was kept on a day or before it; None where nothing was."""
    query = select(ReadinessDay).where(ReadinessDay.gate_id == gate_id, ReadinessDay.day <= day)
    row = db.session.scalars(query.order_by(ReadinessDay.day.desc()).limit(1)).first()
    return None if row is None else _day(row)


def newest(gate_ids: Sequence[int]) -> dict[int, Day]:
    """The last kept day of several gates: one statement, for pages that show many projects."""
    last = select(func.max(ReadinessDay.id)).where(ReadinessDay.gate_id.in_(gate_ids)).group_by(ReadinessDay.gate_id)
    return {row.gate_id: _day(row) for row in db.session.scalars(select(ReadinessDay).where(ReadinessDay.id.in_(last)))}


def newest_before(gate_ids: Sequence[int], day: date) -> dict[int, Day]:
    """The last day of several gates that was kept before a day: one statement."""
    query = select(func.max(ReadinessDay.id)).where(ReadinessDay.gate_id.in_(gate_ids), ReadinessDay.day < day)
    rows = db.session.scalars(select(ReadinessDay).where(ReadinessDay.id.in_(query.group_by(ReadinessDay.gate_id))))
    return {row.gate_id: _day(row) for row in rows}


def points(gate_id: int, since: date, until: date) -> list[Point]:
    """The way of a gate over the days that were kept, without their lines: one statement."""
    query = select(ReadinessDay.day, ReadinessDay.decision, ReadinessDay.score, ReadinessDay.confidence).where(
        ReadinessDay.gate_id == gate_id, ReadinessDay.day >= since, ReadinessDay.day <= until
    )
    return [_point(*row) for row in db.session.execute(query.order_by(ReadinessDay.day))]


def latest(project_ids: Sequence[int]) -> dict[int, Latest]:
    """The last kept day of each project's main gate: one statement, however many projects."""
    query = (
        select(
            ReadinessGate.project_id,
            ReadinessGate.key,
            ReadinessGate.name,
            ReadinessGate.minimum_score,
            ReadinessDay.day,
            ReadinessDay.decision,
            ReadinessDay.score,
            ReadinessDay.confidence,
        )
        .join(ReadinessDay, ReadinessDay.gate_id == ReadinessGate.id)
        .where(ReadinessDay.id.in_(_last_days(project_ids)))
        .order_by(*_main_gate_first())
    )
    found: dict[int, Latest] = {}
    for project_id, key, name, least, day, decision, score, confidence in db.session.execute(query):
        found.setdefault(project_id, Latest(key, name, _point(day, decision, score, confidence), least))
    return found


def failing_lately(project_ids: Sequence[int], until: date = date.max) -> dict[int, list[str]]:
    """The must-haves that failed on the last kept day of each project's main gate: for pages of many projects.

    ``until``: days after it don't count.
    """
    query = (
        select(ReadinessDay.project_id, ReadinessDay.lines)
        .join(ReadinessGate, ReadinessGate.id == ReadinessDay.gate_id)
        .where(ReadinessDay.id.in_(_last_days(project_ids).where(ReadinessDay.day <= until)))
        .order_by(*_main_gate_first())
    )
    found: dict[int, list[str]] = {}
    for project_id, lines in db.session.execute(query):
        failing = [each["statement"] for each in lines if each.get("must_have") and each["result"] == Result.FAIL]
        found.setdefault(project_id, failing)
    return found


def failing_at(now: datetime) -> Callable[[Sequence[int]], Mapping[int, Sequence[str]]]:
    """What tells the must-haves that fail at this moment at the main gate of some projects, each judged anew."""

    def told(project_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
        every = asked.gates_of(list(project_ids))
        zones = _zones(project_ids)
        found: dict[int, list[str]] = {}
        for number, rows in every.items():
            main = asked.main_gate(rows)
            if main is not None:
                must = replace(main, criteria=tuple(each for each in main.criteria if each.must_have))
                stands = standing(must, Look(number, now, now.astimezone(ZoneInfo(zones[number])).date()))
                found[number] = [each.criterion.statement for each in stands.lines if each.result is Result.FAIL]
        return found

    return told


def _zones(project_ids: Sequence[int]) -> dict[int, str]:
    query = select(Project.id, Project.timezone).where(Project.id.in_(project_ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


def decision_column(project_id: int) -> ColumnElement[str]:
    """The decision that was kept last for a project's main gate, as a column that the navigation reads with others."""
    query = select(ReadinessDay.decision).join(ReadinessGate, ReadinessGate.id == ReadinessDay.gate_id)
    found = query.where(ReadinessDay.project_id == project_id).order_by(*_main_gate_first())
    return found.order_by(ReadinessDay.day.desc()).limit(1).scalar_subquery()


def stops(project_id: int, task_ids: Sequence[int]) -> list[Stop]:
    """Some milestones and every go-live of a project: one statement."""
    query = (
        select(Task.id, Task.name, Task.is_go_live, TaskDates.finish, Task.actual_finish)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .where(Task.project_id == project_id, Task.id.in_(task_ids) | Task.is_go_live)
        .order_by(TaskDates.finish, Task.id)
    )
    return [
        Stop(number, name, live, (done or finish).date(), done is not None)
        for number, name, live, finish, done in db.session.execute(query)
    ]


def _last_days(project_ids: Sequence[int]) -> Select[Any]:
    found = select(func.max(ReadinessDay.id)).where(ReadinessDay.project_id.in_(project_ids))
    return found.group_by(ReadinessDay.gate_id)


def _main_gate_first() -> tuple[ColumnElement[Any], ...]:
    """The order in which the gate that pages ask first comes first (`gates.queries.main_gate`)."""
    main = case((ReadinessGate.key == GO_LIVE, 0), else_=1)
    return main, ReadinessGate.position.desc(), ReadinessGate.id.desc()


def _point(day: date, decision: str, score: float | None, confidence: float) -> Point:
    return Point(day, Decision(decision), score, confidence)


def _day(row: ReadinessDay) -> Day:
    return Day(row.gate_id, row.day, row.at, Decision(row.decision), row.score, row.confidence, row.lines)
