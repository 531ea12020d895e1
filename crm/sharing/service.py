"""Sharing a record, and taking that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.notices.service import tell
from accounts.teams import queries as teams
from crm.access import rules as access_rules
from crm.access.models import RecordShare
from crm.access.queries import access_of
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.records import queries as records
from crm.sharing import queries, rules
from crm.trust.queries import holder
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Refused, RuleBroken

UNDOABLE = {"record.shared": "crm.use", "record.unshared": "crm.use"}
"""What can be taken back."""
_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class ShareData:
    """With whom (``person:4`` or ``team:2``), whether to edit, until when."""

    with_whom: str
    may_edit: bool = False
    until: datetime | None = None

    @property
    def person_id(self) -> int | None:
        """The person's number, where it is one."""
        return self._number("person")

    @property
    def team_id(self) -> int | None:
        """The team's number, where it is one."""
        return self._number("team")

    def _number(self, kind: str) -> int | None:
        said, _, number = self.with_whom.partition(":")
        return (
            int(number)
            if said == kind and number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
            else None
        )


def share(kind: str, record_id: int, data: ShareData, *, actor: Actor, now: datetime) -> Work:
    """Share a record, or change how it is shared. Raises NotFound, Refused, RuleBroken."""
    subject = OBJECTS[kind]
    with transaction(actor, "record.shared") as work:
        record = _shareable(kind, record_id, actor, hold=True)
        if data.may_edit and not queries.may_give_edit(access_of(actor), subject, record):
            raise Refused(
                "You may read this record and let others read it. Only who may edit it can let others edit it."
            )
        told = _check_target(kind, record, data)
        row = _existing(kind, record_id, data) or RecordShare(
            object=kind, record_id=record_id, person_id=data.person_id, team_id=data.team_id
        )
        row.may_edit, row.until, row.shared_by, row.shared_at = data.may_edit, data.until, actor.id, now
        work.session.add(row)
        key = records.key_of(kind, record_id)
        for label, people in _by_name(subject, record, told).items():
            tell(work, "record_shared", people, subject=key, label=label, scope=key)
    return work


def unshare(kind: str, record_id: int, share_id: int, *, actor: Actor) -> Work:
    """Take a share back. Raises NotFound, Refused."""
    with transaction(actor, "record.unshared") as work:
        _shareable(kind, record_id, actor)
        work.session.delete(queries.share_of(kind, record_id, share_id))
    return work


def _shareable(kind: str, record_id: int, actor: Actor, *, hold: bool = False) -> records.AnyRecord:
    """The record, if it may be shared. ``hold`` it for a new share: whoever comes second finds that of the first."""
    subject, access = OBJECTS[kind], access_of(actor)
    record = records.get(access, subject, record_id, hold=hold)
    if not queries.may_share(access, subject, record):
        raise Refused("Only the owner, or who may edit it and share records, can share this.")
    return record


def _check_target(kind: str, record: records.AnyRecord, data: ShareData) -> list[int]:
    """The people to be told. Raises RuleBroken, NotFound."""
    if data.team_id is not None:
        team = teams.row(data.team_id)
        return [each.person_id for each in teams.members() if each.team_id == team.id and each.active]
    found = holder(data.person_id)
    if found is None or not found.active:
        raise RuleBroken("sharing.whom", "Choose a person or a team from the list.", field="with_whom")
    if found.person_id == record.owner_id:
        raise RuleBroken("sharing.own", "It is %(name)s’s record already.", field="with_whom", name=found.name)
    rules.check_use(found.name, found.access, OBJECTS[kind], may_edit=data.may_edit)
    return [found.person_id]


def _by_name(subject: ObjectType, record: records.AnyRecord, told: list[int]) -> dict[str, list[int]]:
    """Who is told, by what the record is called for them: it counts as their own now."""
    found: dict[str, list[int]] = {}
    for person_id in told:
        who = holder(person_id)
        named = who is not None and access_rules.may(who.access, access_rules.SEE, subject, None, "name")
        found.setdefault(record.name if named else records.unnamed(subject, record.id), []).append(person_id)
    return found


def _existing(kind: str, record_id: int, data: ShareData) -> RecordShare | None:
    whom = (
        RecordShare.person_id == data.person_id if data.person_id is not None else RecordShare.team_id == data.team_id
    )
    return db.session.scalar(
        select(RecordShare).where(RecordShare.object == kind, RecordShare.record_id == record_id, whom)
    )
