"""Reading notices: always one person's own."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from accounts.notices.models import NoticeChoice
from accounts.notices.rules import KINDS, Mailing, Ways
from accounts.people.models import Person
from infra.database import db


def ways_of(kind: str, person_ids: Collection[int]) -> dict[int, Ways]:
    """By which ways a kind reaches each of these people, in one statement; whoever can't sign in is left out."""
    rows = db.session.execute(
        select(Person.id, NoticeChoice.in_app, NoticeChoice.mail)
        .outerjoin(NoticeChoice, (NoticeChoice.person_id == Person.id) & (NoticeChoice.kind == kind))
        .where(Person.id.in_(person_ids), Person.active, Person.email.is_not(None))
        .order_by(Person.id)
    )
    return {row.id: KINDS[kind].ways if row.mail is None else Ways(row.in_app, Mailing(row.mail)) for row in rows}
