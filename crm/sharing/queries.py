"""With whom a record is shared, and with whom it could be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from accounts.people.models import Person
from accounts.teams import queries as teams
from accounts.teams.models import Team
from crm.access import rules as access_rules
from crm.access.models import RecordShare
from crm.access.rules import Access
from crm.objects.rules.catalogue import ObjectType
from crm.records import queries as records
from crm.sharing import rules
from crm.trust.queries import holders
from infra.database import db
from kernel.actor import initials
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Somebody, or a team, with whom a record is shared."""

    id: int
    name: str
    person_id: int | None
    team_id: int | None
    may_edit: bool
    until: datetime | None

    @property
    def initials(self) -> str:
        """Up to two letters that stand for the name."""
        return initials(self.name)


def shares(kind: str, record_id: int, now: datetime) -> list[ShareRow]:
    """Every share of a record that lasts, by name."""
    rows = db.session.execute(
        select(RecordShare, Person.name.label("person"), Team.name.label("team"))
        .outerjoin(Person, Person.id == RecordShare.person_id)
        .outerjoin(Team, Team.id == RecordShare.team_id)
        .where(
            RecordShare.object == kind,
            RecordShare.record_id == record_id,
            or_(RecordShare.until.is_(None), RecordShare.until > now),
        )
    )
    found = [_row(row.RecordShare, row.person or row.team or "") for row in rows]
    return sorted(found, key=lambda each: (each.name.lower(), each.id))


def share_of(kind: str, record_id: int, share_id: int) -> RecordShare:
    """One share of a record. Raises NotFound."""
    found = db.session.get(RecordShare, share_id)
    if found is None or (found.object, found.record_id) != (kind, record_id):
        raise NotFound
    return found


def may_share(access: Access, subject: ObjectType, record: records.AnyRecord) -> bool:
    """Whether the reader may share this record."""
    facts = records.facts(access, access_rules.EDIT, subject, record)
    return rules.may_share(access, subject, facts, record.owner_id)


def may_give_edit(access: Access, subject: ObjectType, record: records.AnyRecord) -> bool:
    """Whether the reader may let others edit it: only who may edit it."""
    facts = records.facts(access, access_rules.EDIT, subject, record)
    return access_rules.may(access, access_rules.EDIT, subject, facts)


def targets(subject: ObjectType, record: records.AnyRecord) -> list[tuple[str, str]]:
    """Whom a record can be shared with, as choices: teams, then people whose roles may see such records."""
    people = [
        (f"person:{each.person_id}", each.name)
        for each in holders()
        if each.active
        and each.person_id != record.owner_id
        and access_rules.may(each.access, access_rules.SEE, subject)
    ]
    return [(f"team:{each.id}", each.name) for each in teams.teams()] + people


def _row(share: RecordShare, name: str) -> ShareRow:
    return ShareRow(share.id, name, share.person_id, share.team_id, share.may_edit, share.until)
