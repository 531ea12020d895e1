"""What waits for a person or a team: next steps, open deals, leads that nobody called yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.queries import reach
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records.models import TABLES, Opportunity, Stage
from infra.database import db

MOST = 8
MOST_STEPS = 2 * MOST
WAITING = ("new", "mql")
"""The states in which a lead waits for somebody to speak to them."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A next step that is due; ``kind`` and ``id`` are the record's."""

    kind: str
    id: int
    name: str
    step: str
    on: date
    href: str


@dataclass(frozen=True, slots=True)
class Steps:
    """The first next steps that are due; how many are late, and how many are due in all."""

    rows: list[StepRow]
    late: int
    total: int


@dataclass(frozen=True, slots=True)
class StageSum:
    """The open deals of a stage: how many, and what they are worth in each currency."""

    name: str
    count: int
    sums: tuple[tuple[str, Decimal], ...]


def team_of(access: Access) -> list[tuple[int, str]]:
    """The people of the reader's team and of those below it; nobody for who looks after no others."""
    widest = access_rules.widest(access, access_rules.SEE, OBJECTS["activity"])
    if widest is None or widest < access_rules.TEAM:
        return []
    mine = {access.team_id, *access.below} - {None}
    everybody = widest is access_rules.ALL
    below = widest is not access_rules.TEAM
    return [
        (each.person_id, each.name)
        for each in teams.members()
        if each.active and (everybody or each.team_id in mine) and (below or each.team_id == access.team_id)
    ]


def steps(access: Access, owners: Sequence[int], today: date) -> Steps:
    """Next steps of these people that were due before today or are today, the longest waiting first."""
    asked = (_steps(access, OBJECTS[kind], owners, today) for kind in ("opportunity", "lead"))
    found: dict[bool, list[StepRow]] = {True: [], False: []}
    totals: dict[tuple[str, bool], int] = {}
    for kind, number, name, step, on, total in db.session.execute(union_all(*asked)):
        found[on < today].append(StepRow(kind, number, name, step, on, f"/crm/{OBJECTS[kind].plural}/{number}"))
        totals[kind, on < today] = total
    late, due = (sorted(found[each], key=lambda row: (row.on, row.name))[:MOST_STEPS] for each in (True, False))
    return Steps(late + due, sum(count for (_kind, each), count in totals.items() if each), sum(totals.values()))


def _steps(access: Access, subject: ObjectType, owners: Sequence[int], today: date) -> Select[Any]:
    """Late ones are counted and cut apart from today's: a long backlog hides nothing that is due today."""
    table = TABLES[subject.key]
    still = (
        table.outcome == "open" if subject.key == "opportunity" else table.status.not_in(("converted", "disqualified"))
    )
    late = table.next_step_on < today
    ranked = (
        select(
            literal(subject.key).label("kind"),
            table.id,
            table.name,
            table.next_step,
            table.next_step_on,
            func.count().over(partition_by=late).label("total"),
            func.row_number().over(partition_by=late, order_by=(table.next_step_on, table.id)).label("place"),
        )
        .where(
            table.owner_id.in_(sorted(owners)),
            table.next_step_on <= today,
            table.next_step != "",
            still,
            *_shown(access, subject, "name", "next_step", "next_step_on"),
        )
        .subquery()
    )
    told = [column for column in ranked.c if column.key != "place"]
    return select(*told).where(ranked.c.place <= MOST_STEPS)


def _shown(access: Access, subject: ObjectType, *keys: str) -> list[ColumnElement[bool]]:
    """Only live records of which the reader may see all these fields."""
    table: Any = TABLES[subject.key]
    seen = [reach(access, access_rules.SEE, subject, table, key) for key in keys]
    return [table.deleted_at.is_(None), *seen]


def open_deals(access: Access, owners: Sequence[int]) -> list[StageSum]:
    """The open deals of these people by stage, in the order of the stages."""
    subject = OBJECTS["opportunity"]
    rows = db.session.execute(
        select(Stage.position, Stage.id, Stage.name, Opportunity.currency, func.count(), func.sum(Opportunity.amount))
        .join(Stage, Stage.id == Opportunity.stage_id)
        .where(
            Opportunity.owner_id.in_(sorted(owners)),
            Opportunity.outcome == "open",
            *_shown(access, subject, "stage_id", "amount", "currency"),
        )
        .group_by(Stage.position, Stage.id, Stage.name, Opportunity.currency)
        .order_by(Stage.position, Stage.id, Opportunity.currency)
    )
    found = []
    for (_position, _id, name), group in groupby(rows, key=lambda row: row[:3]):
        mine = [row[3:] for row in group]
        sums = tuple((currency, amount) for currency, _count, amount in mine if amount is not None)
        found.append(StageSum(name, sum(count for _currency, count, _amount in mine), sums))
    return found


def waiting_leads(access: Access, owners: Sequence[int]) -> tuple[list[Any], int]:
    """Leads of these people that nobody has spoken to, the newest first, and how many: they know why they asked."""
    subject, table = OBJECTS["lead"], TABLES["lead"]
    conditions = (
        table.owner_id.in_(sorted(owners)),
        table.status.in_(WAITING),
        *_shown(access, subject, "name", "company", "status", "created_at"),
    )
    rows = db.session.execute(
        select(table.id, table.name, table.company, table.created_at, func.count().over().label("total"))
        .where(*conditions)
        .order_by(table.created_at.desc(), table.id.desc())
        .limit(MOST)
    ).all()
    return list(rows), rows[0].total if rows else 0
