"""Rules of retention, and the records that each finds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, select

from crm.consent.models import Restriction
from crm.forgetting.rules import called
from crm.records.models import TABLES, Activity
from crm.retention import rules
from crm.retention.models import RetentionRule, RetentionRun
from crm.retention.rules import PEOPLE, Action
from infra.database import db
from kernel.errors import NotFound

SHOWN, LOGGED = 50, 30


def all_rules() -> list[RetentionRule]:
    """Every rule by object and name."""
    order = RetentionRule.object, RetentionRule.name, RetentionRule.id
    return list(db.session.scalars(select(RetentionRule).order_by(*order)))


def rule(rule_id: int) -> RetentionRule:
    """One rule. Raises NotFound."""
    found = db.session.get(RetentionRule, rule_id)
    if found is None:
        raise NotFound
    return found


def due(found: RetentionRule, now: datetime, *, held: bool = False) -> Select[Any]:
    """The records whose time is up; ``held``: those of them whose use is restricted, else the others."""
    table = TABLES[found.object]
    kept = exists().where(
        Restriction.object == found.object, Restriction.record_id == table.id, Restriction.lifted_at.is_(None)
    )
    query = select(table).where(table.deleted_at.is_(None), *_up(found, table, now), kept if held else ~kept)
    return query.order_by(table.id)


def _up(found: RetentionRule, table: Any, now: datetime) -> list[ColumnElement[bool]]:
    cut = rules.before(now, found.months)
    since = table.created_at if found.basis == "created_at" else table.changed_at
    conditions: list[ColumnElement[bool]] = [since < cut]
    if found.basis == "idle":
        about = Activity.lead_id if found.object == "lead" else Activity.contact_id
        happened = func.coalesce(Activity.occurred_at, Activity.due_at, Activity.created_at) >= cut
        conditions.append(~exists().where(about == table.id, Activity.deleted_at.is_(None), happened))
    if found.field:
        conditions.append(getattr(table, found.field) == found.value)
    if found.action == Action.ERASE and found.object in PEOPLE:
        conditions.append(table.name != literal(called(found.object, 0)[:-1]) + cast(table.id, String))
    return conditions


def count(found: RetentionRule, now: datetime, *, held: bool = False) -> int:
    """How many records a rule finds now."""
    return (
        db.session.scalar(select(func.count()).select_from(due(found, now, held=held).order_by(None).subquery())) or 0
    )


def preview(found: RetentionRule, now: datetime) -> list[Any]:
    """The first records that a rule finds."""
    return list(db.session.scalars(due(found, now).limit(SHOWN)))


def runs(rule_id: int) -> list[RetentionRun]:
    """What a rule did, the last first."""
    query = select(RetentionRun).where(RetentionRun.rule_id == rule_id)
    return list(db.session.scalars(query.order_by(RetentionRun.id.desc()).limit(LOGGED)))


def last_runs() -> dict[int, RetentionRun]:
    """The last run of each rule."""
    newest = select(func.max(RetentionRun.id)).group_by(RetentionRun.rule_id)
    return {each.rule_id: each for each in db.session.scalars(select(RetentionRun).where(RetentionRun.id.in_(newest)))}
