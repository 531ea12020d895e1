"""Putting tags on records and looking after the tags there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.tags import queries, rules
from crm.tags.models import Tag, Tagging
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken

UNDOABLE = {"tag.put": "crm.use", "tag.taken": "crm.use", "tag.changed": "crm.setup"}
"""What can be taken back."""
_AT_ONCE = 500


def put(kind: str, record_id: int, name: str, *, actor: Actor) -> Work:
    """Put a tag on a record, made if there is none of that name; twice is the same as once.

    Raises NotFound, Refused for a record that one may not edit, RuleBroken for a name that is none.
    """
    wanted = rules.clean(name)
    with transaction(actor, "tag.put") as work:
        _editable(kind, record_id, actor)
        tag = _tag(work, wanted)
        if db.session.scalar(_carried(tag.id, kind, record_id)) is None:
            work.session.add(Tagging(tag_id=tag.id, object=kind, record_id=record_id))
            work.session.flush()
    return work


def put_many(work: Work, kind: str, ids: Sequence[int], name: str) -> None:
    """Put a tag on records that the caller made sure may be edited and don't carry it. Raises RuleBroken."""
    tag = _tag(work, rules.clean(name))
    work.bulk_insert(Tagging, [{"tag_id": tag.id, "object": kind, "record_id": each} for each in ids])


def take_many(work: Work, kind: str, ids: Sequence[int], tag_id: int) -> None:
    """Take a tag off records that the caller made sure may be edited."""
    for start in range(0, len(ids), _AT_ONCE):
        part = Tagging.record_id.in_(ids[start : start + _AT_ONCE])
        work.bulk_delete(Tagging, [Tagging.tag_id == tag_id, Tagging.object == kind, part])


def take(kind: str, record_id: int, tag_id: int, *, actor: Actor) -> Work:
    """Take a tag off a record. Raises NotFound, Refused."""
    with transaction(actor, "tag.taken") as work:
        _editable(kind, record_id, actor)
        row = db.session.scalar(_carried(tag_id, kind, record_id))
        if row is not None:
            work.session.delete(row)
    return work


def change(tag_id: int, name: str, colour: int, *, actor: Actor) -> Work:
    """Another name or colour. Raises NotFound, RuleBroken for a name that another tag has."""
    wanted = rules.clean(name)
    if colour not in rules.COLOURS:
        raise RuleBroken("crm.colour", "Choose one of the colours.", field="colour")
    with transaction(actor, "tag.changed") as work:
        row = queries.row(tag_id)
        taken = db.session.scalar(select(Tag.id).where(Tag.key == wanted.lower(), Tag.id != tag_id))
        if taken is not None:
            raise RuleBroken("crm.tag_taken", "There is a tag “%(name)s” already.", field="name", name=wanted)
        row.key, row.name, row.colour = wanted.lower(), wanted, colour
    return work


def remove(tag_id: int, *, actor: Actor) -> Work:
    """Take a tag away from every record that carries it. Raises NotFound."""
    with transaction(actor, "tag.removed") as work:
        row = queries.row(tag_id)
        work.bulk_delete(Tagging, [Tagging.tag_id == tag_id])
        work.session.delete(row)
    return work


def _tag(work: Work, wanted: str) -> Tag:
    """The tag of that name, made if there is none."""
    tag = db.session.scalar(select(Tag).where(Tag.key == wanted.lower()))
    if tag is None:
        count = db.session.scalar(select(func.count()).select_from(Tag)) or 0
        tag = Tag(key=wanted.lower(), name=wanted, colour=rules.COLOURS[count % len(rules.COLOURS)])
        work.session.add(tag)
        work.session.flush()
    return tag


def _editable(kind: str, record_id: int, actor: Actor) -> None:
    access, subject = access_of(actor), OBJECTS[kind]
    record = records.get(access, subject, record_id, hold=True)  # the same tag put twice at once is found by the second
    demand(access, access_rules.EDIT, subject, records.facts(access, access_rules.EDIT, subject, record))


def _carried(tag_id: int, kind: str, record_id: int) -> Any:
    return select(Tagging).where(Tagging.tag_id == tag_id, Tagging.object == kind, Tagging.record_id == record_id)
