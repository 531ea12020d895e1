"""Gates of many roll-outs: one statement for each question, however many roll-outs there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from accounts.people.models import Person
from infra.database import db
from readiness.across.rules import Blocking, GateStop, blocking
from readiness.gates.models import ReadinessCriterion, ReadinessGate
from readiness.verdict.models import ReadinessDay
from readiness.verdict.queries import Day
from readiness.waivers.models import CriterionWaiver
from readiness.waivers.rules import State
from roadmap.tasks.models import Task, TaskDates
from roadmap.tasks.rules.states import FINISHED


@dataclass(frozen=True, slots=True)
class WaiverDue:
    """A waiver that waits for an answer, or one that was given and lapses after ``until``."""

    project_id: int
    criterion_id: int
    statement: str
    asked: bool
    until: date
    asked_by: str


def gates(project_ids: Sequence[int]) -> dict[int, list[GateStop]]:
    """The gates of some roll-outs with their milestones, by roll-out."""
    query = (
        select(
            ReadinessGate.id,
            ReadinessGate.project_id,
            ReadinessGate.key,
            ReadinessGate.name,
            ReadinessGate.position,
            ReadinessGate.minimum_score,
            ReadinessGate.milestone_id,
            Task.name,
            TaskDates.finish,
            Task.percent_complete,
        )
        .outerjoin(Task, Task.id == ReadinessGate.milestone_id)
        .outerjoin(TaskDates, TaskDates.task_id == ReadinessGate.milestone_id)
        .where(ReadinessGate.project_id.in_(project_ids))
        .order_by(ReadinessGate.position, ReadinessGate.id)
    )
    found: dict[int, list[GateStop]] = defaultdict(list)
    for row in db.session.execute(query):
        day = row.finish.date() if row.finish else None
        reached = (row.percent_complete or 0) >= FINISHED
        found[row.project_id].append(GateStop(*row[:7], row[7] or "", day, reached))
    return found


def scores(gate_ids: Sequence[int], since: date) -> dict[int, dict[date, float | None]]:
    """The score of some gates on each kept day since a day, by gate."""
    query = select(ReadinessDay.gate_id, ReadinessDay.day, ReadinessDay.score).where(
        ReadinessDay.gate_id.in_(gate_ids), ReadinessDay.day >= since
    )
    found: dict[int, dict[date, float | None]] = defaultdict(dict)
    for gate_id, day, score in db.session.execute(query):
        found[gate_id][day] = score
    return found


def in_the_way(days: Sequence[Day]) -> dict[int, Blocking]:
    """What stood in the way of some gates on the days that they were kept last, by gate."""
    ids = [each.gate_id for each in days]
    query = select(ReadinessCriterion.gate_id, ReadinessCriterion.key).where(
        ReadinessCriterion.gate_id.in_(ids), ReadinessCriterion.must_have, ReadinessCriterion.asked
    )
    must: dict[int, set[str]] = defaultdict(set)
    for gate_id, key in db.session.execute(query):
        must[gate_id].add(key)
    return {each.gate_id: blocking(each.lines, frozenset(must[each.gate_id])) for each in days}


def waivers_due(project_ids: Sequence[int], today: date, until: date) -> list[WaiverDue]:
    """Waivers that wait for an answer, and given ones whose last day comes by ``until``; the soonest first."""
    given = (CriterionWaiver.state == State.GIVEN) & CriterionWaiver.until.between(today, until)
    query = (
        select(
            CriterionWaiver.project_id,
            CriterionWaiver.criterion_id,
            ReadinessCriterion.statement,
            CriterionWaiver.state,
            CriterionWaiver.until,
            Person.name,
        )
        .join(ReadinessCriterion, ReadinessCriterion.id == CriterionWaiver.criterion_id)
        .outerjoin(Person, Person.id == CriterionWaiver.asked_by_id)
        .where(CriterionWaiver.project_id.in_(project_ids), (CriterionWaiver.state == State.ASKED) | given)
        .where(ReadinessCriterion.asked)
        .order_by(CriterionWaiver.until, CriterionWaiver.id)
    )
    return [
        WaiverDue(project_id, criterion_id, statement, state == State.ASKED, last, by or "")
        for project_id, criterion_id, statement, state, last, by in db.session.execute(query)
    ]
