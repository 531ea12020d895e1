"""Remembering what somebody looked at, and their stars: small writes that no trail needs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from crm.access.queries import access_of
from crm.objects.rules.catalogue import OBJECTS
from crm.recent.models import SeenRecord, StarredRecord
from crm.recent.queries import KEPT
from crm.records import queries
from infra.database import db
from infra.transaction import transaction
from kernel.actor import Actor

STILL = timedelta(minutes=10)
"""Looking again within this time is the same look: nothing is written."""


def look(kind: str, record_id: int, *, actor: Actor, now: datetime) -> None:
    """Remember that somebody looked at a record; the caller made sure that they may see it."""
    if actor.id is None or _looked_just_now(actor.id, kind, record_id, now):
        return
    try:
        with transaction(actor, "record.seen", at=now) as work:
            row = db.session.scalar(_seen(actor.id, kind, record_id))
            if row is None:
                _forget_oldest(actor.id)
                work.session.add(SeenRecord(person_id=actor.id, object=kind, record_id=record_id, at=now))
            else:
                row.at = now
    except IntegrityError:
        return  # two windows of one person opened it at once: one of them is enough


def star(kind: str, record_id: int, *, on: bool, actor: Actor, now: datetime) -> None:
    """Star a record or take the star away; twice is the same as once. Raises NotFound for one that is not seen."""
    queries.get(access_of(actor), OBJECTS[kind], record_id)
    with transaction(actor, "record.starred", at=now) as work:
        query = select(StarredRecord).where(
            StarredRecord.person_id == actor.id, StarredRecord.object == kind, StarredRecord.record_id == record_id
        )
        row = db.session.scalar(query)
        if on and row is None:
            work.session.add(StarredRecord(person_id=actor.id, object=kind, record_id=record_id, at=now))
        elif not on and row is not None:
            work.session.delete(row)


def _seen(person_id: int, kind: str, record_id: int) -> Select[SeenRecord]:
    return select(SeenRecord).where(
        SeenRecord.person_id == person_id, SeenRecord.object == kind, SeenRecord.record_id == record_id
    )


def _looked_just_now(person_id: int, kind: str, record_id: int, now: datetime) -> bool:
    found = db.session.scalar(_seen(person_id, kind, record_id))
    return found is not None and now - found.at < STILL


def _forget_oldest(person_id: int) -> None:
    query = select(SeenRecord).where(SeenRecord.person_id == person_id).order_by(SeenRecord.at.desc())
    for row in db.session.scalars(query.offset(KEPT - 1)):
        db.session.delete(row)
