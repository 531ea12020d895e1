"""The records that somebody may take out, field by field, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, and_, case, select

from crm.access import rules as access_rules
from crm.access.queries import demand, reach
from crm.access.rules import Access
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field
from crm.records.models import TABLES, Stage, StageChange
from crm.usage.models import UsageHour, Visit
from infra.database import db

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Log:
    """What is kept beside the records and figures are computed from: its columns and its rows in order."""

    heads: tuple[str, ...]
    rows: Executable


LOGS: Mapping[str, Log] = {
    "sign-ins": Log(
        ("id", "person_id", "started_at", "last_at"),
        select(Visit.id, Visit.person_id, Visit.started_at, Visit.last_at).order_by(Visit.id),
    ),
    "usage": Log(
        ("id", "hour", "person_id", "feature", "opened"),
        select(UsageHour.id, UsageHour.at, UsageHour.person_id, UsageHour.feature, UsageHour.count).order_by(
            UsageHour.id
        ),
    ),
    "stages": Log(
        ("id", "key", "name", "probability", "outcome"),
        select(Stage.id, Stage.key, Stage.name, Stage.probability, Stage.outcome).order_by(Stage.id),
    ),
    "stage-changes": Log(
        ("id", "opportunity_id", "from_id", "to_id", "at", "person_id", "amount", "probability"),
        select(
            StageChange.id,
            StageChange.opportunity_id,
            StageChange.from_id,
            StageChange.to_id,
            StageChange.at,
            StageChange.person_id,
            StageChange.amount,
            StageChange.probability,
        ).order_by(StageChange.id),
    ),
}
"""What the system itself can take out besides records, by the name on the command line."""
_BOTH = (access_rules.SEE, access_rules.EXPORT)


def fields(access: Access, subject: ObjectType) -> list[Field]:
    """The fields that the reader may take out of any record at all."""
    return [
        each
        for each in subject.fields
        if access_rules.may(access, access_rules.EXPORT, subject, None, each.key)
        and access_rules.may(access, access_rules.SEE, subject, None, each.key)
    ]


def heads(access: Access, subject: ObjectType) -> list[str]:
    """The keys of the columns: the record's number first."""
    return ["id", *(each.key for each in fields(access, subject))]


def rows(access: Access, subject: ObjectType) -> Iterator[tuple[Any, ...]]:
    """Every record that the reader may see and take out, by number; a field that is hidden on a record is empty.

    Raises Refused for somebody who may take none out.
    """
    demand(access, access_rules.EXPORT, subject)
    table = TABLES[subject.key]
    columns = [_column(access, subject, each).label(each.key) for each in fields(access, subject)]
    statement = (
        select(table.id, *columns)
        .where(
            table.deleted_at.is_(None),
            reach(access, access_rules.SEE, subject, table),
            reach(access, access_rules.EXPORT, subject, table),
        )
        .order_by(table.id)
        .limit(BATCH)
    )
    last = 0
    while found := db.session.execute(statement.where(table.id > last)).all():
        yield from (tuple(row) for row in found)
        last = found[-1][0]


def _column(access: Access, subject: ObjectType, field: Field) -> Any:
    """The field where both seeing and taking out reach it, else nothing."""
    table = TABLES[subject.key]
    column = getattr(table, field.key)
    widest = [access_rules.widest(access, action, subject) for action in _BOTH]
    of_field = [access_rules.widest(access, action, subject, field.key) for action in _BOTH]
    if widest == of_field:
        return column
    reached = and_(*(reach(access, action, subject, table, field.key) for action in _BOTH))
    return case((reached, column))


def log_rows(name: str) -> Iterator[tuple[Any, ...]]:
    """All rows of a log, in batches; only the system takes it out."""
    for row in db.session.execute(LOGS[name].rows.execution_options(yield_per=BATCH)):
        yield tuple(row)
