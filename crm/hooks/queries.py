"""Reading webhooks and what became of their messages."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from crm.hooks import rules
from crm.hooks.models import Delivery, Hook
from infra.database import db
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages of a hook came in lately, how many are given up, how many wait, and when the last was tried."""

    delivered: int = 0
    given_up: int = 0
    waiting: int = 0
    last: datetime | None = None


def hooks() -> list[Hook]:
    """Every hook by name."""
    return list(db.session.scalars(select(Hook).order_by(func.lower(Hook.name), Hook.id)))


def hook(hook_id: int) -> Hook:
    """One hook. Raises NotFound."""
    found = db.session.get(Hook, hook_id)
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def names() -> dict[str, str]:
    """What hooks are called, by number; those that are off are said to be."""
    return {str(each.id): each.name for each in hooks()}


def tallies(since: datetime) -> dict[int, Tally]:
    """The messages of each hook since a moment, counted by one statement."""
    rows = db.session.execute(
        select(
            Delivery.hook_id,
            _count(rules.DELIVERED),
            _count(rules.GIVEN_UP),
            _count(rules.WAITING, rules.SENDING),
            func.max(Delivery.tried_at),
        )
        .where(Delivery.created_at >= since)
        .group_by(Delivery.hook_id)
    )
    return {number: Tally(int(good), int(bad), int(waits), last) for number, good, bad, waits, last in rows}


def _count(*states: str) -> ColumnElement[int]:
    return func.sum(case((Delivery.state.in_(states), 1), else_=0))


def deliveries(hook_id: int, state: str = "", before: int | None = None, limit: int = 50) -> list[Delivery]:
    """The messages of a hook, the newest first."""
    wanted = select(Delivery).where(Delivery.hook_id == hook_id).order_by(Delivery.id.desc()).limit(limit)
    wanted = wanted.where(Delivery.state == state) if state else wanted
    wanted = wanted.where(Delivery.id < before) if before else wanted
    return list(db.session.scalars(wanted))


def delivery(delivery_id: int) -> Delivery:
    """One message. Raises NotFound."""
    found = db.session.get(Delivery, delivery_id)
    if found is None:
        raise NotFound("There is no such message.")
    return found


def due(now: datetime) -> ColumnElement[bool]:
    """The condition for messages to be sent now: those that wait, and those whose sender fell silent."""
    return and_(or_(Delivery.state == rules.WAITING, Delivery.state == rules.SENDING), Delivery.next_try_at <= now)


def anything_due(now: datetime) -> bool:
    """Whether a message is due, asked before a lock is taken."""
    return db.session.scalar(select(Delivery.id).where(due(now)).limit(1)) is not None


def about(records: Collection[tuple[str, int]], words: Sequence[str]) -> list[dict[str, Any]]:
    """The messages about some records (object, number) or with any of some words in them, as rows."""
    table = Delivery.__table__
    found = []
    for row in db.session.execute(select(table)).mappings():
        said = json.loads(row["body"])
        inside = said.get("data") or {}
        if (inside.get("object"), inside.get("id")) in records or _says(said, words):
            found.append(dict(row))
    return found


def _says(said: Any, words: Sequence[str]) -> bool:
    text = json.dumps(said, ensure_ascii=False).casefold()
    return any(each.casefold() in text for each in words)
