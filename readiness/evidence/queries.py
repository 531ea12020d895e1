"""Evidence as it is read: each source is asked once for all of its criteria."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from accounts.people.models import Person
from infra.database import db
from readiness.evidence.models import CriterionStatement
from readiness.evidence.rules import Look, Source, Statement, declared
from readiness.gates.rules.definitions import Criterion
from readiness.gates.rules.results import Evidence
from readiness.measured.queries import BackupDrill, DataQuality, Kpis, Measurements, PermissionTests, Surveys
from readiness.planned.queries import ActionItems, Checklists, HealthSource, Risks, Tasks
from readiness.signoffs.queries import SignOffs
from readiness.supported.queries import Tickets


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """A source whose feature is not there yet: what it would say is unknown, and may be stated by hand."""

    key: str
    label: str

    def answers(self, _subject: str) -> bool:
        """Never."""
        return False

    def read(self, criteria: Sequence[Criterion], _look: Look) -> Mapping[int, Evidence]:
        """Nothing is known."""
        return {each.id: Evidence(why="nothing in this system measures it yet") for each in criteria}

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """Whatever one likes."""
        return ()


_ALL: tuple[Source, ...] = (
    Checklists(),
    Tasks("milestone", "Milestone", ("milestone",)),
    Tasks("task", "Task", ("task", "summary")),
    Risks(),
    HealthSource(),
    Kpis(),
    DataQuality(),
    PermissionTests(),
    BackupDrill(),
    Measurements(),
    ActionItems(),
    SignOffs(),
    Surveys(),
    Tickets(),
    NotBuilt("training", "Training"),
    NotBuilt("tests", "Test runs"),
    NotBuilt("migration", "Migration"),
)
SOURCES: Mapping[str, Source] = {each.key: each for each in _ALL}
"""Everything that a criterion can ask: a new source is a class and a line."""


def evidence(criteria: Iterable[Criterion], look: Look) -> dict[int, Evidence]:
    """What is known of criteria of one project, by their numbers. A statement answers where nothing measures."""
    asked: dict[str, list[Criterion]] = defaultdict(list)
    for each in criteria:
        asked[each.source].append(each)
    found: dict[int, Evidence] = {}
    for key, many in asked.items():
        source = SOURCES.get(key) or NotBuilt(key, key)
        told = source.read(many, look)
        found |= {each.id: told.get(each.id) or Evidence(why="the source says nothing of it") for each in many}
    return found | _stated(criteria_by_id(asked), found, look)


def criteria_by_id(asked: Mapping[str, Sequence[Criterion]]) -> dict[int, Criterion]:
    """The same criteria by their numbers."""
    return {each.id: each for many in asked.values() for each in many}


def may_state(criterion: Criterion) -> bool:
    """Whether a statement may answer: only where no feature measures what is asked."""
    source = SOURCES.get(criterion.source)
    return source is None or not source.answers(criterion.subject)


def _stated(criteria: Mapping[int, Criterion], found: Mapping[int, Evidence], look: Look) -> dict[int, Evidence]:
    silent = [each for number, each in criteria.items() if may_state(each) and found[number].value is None]
    newest = statements(look.project_id, [each.id for each in silent]) if silent else {}
    return {
        each.id: declared(newest[each.id][0], each)
        for each in silent
        if each.id in newest and newest[each.id][0].stands(look.today)
    }


def statements(project_id: int, criterion_ids: Sequence[int]) -> dict[int, list[Statement]]:
    """What was signed on some criteria, the newest first: one statement of SQL."""
    query = (
        select(CriterionStatement, Person.name)
        .outerjoin(Person, Person.id == CriterionStatement.signed_by_id)
        .where(CriterionStatement.project_id == project_id, CriterionStatement.criterion_id.in_(criterion_ids))
        .order_by(CriterionStatement.id.desc())
    )
    found: dict[int, list[Statement]] = defaultdict(list)
    for row, name in db.session.execute(query):
        found[row.criterion_id].append(
            Statement(
                row.id,
                row.criterion_id,
                row.value,
                row.text,
                row.signed_at,
                row.until,
                name or "",
                row.signed_by_id,
                row.withdrawn_at is not None,
            )
        )
    return found
