"""Who is asking, and which sessions there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from flask import g, session
from sqlalchemy import bindparam, select
from sqlalchemy.exc import OperationalError

from accounts.access.models import Membership
from accounts.access.queries import as_actor
from accounts.people.models import Person
from accounts.signin import rules
from accounts.signin.models import OneTimeLink, SignInSession
from infra.database import db
from infra.transaction import transaction
from kernel.actor import Actor

TOKEN = "sid"  # noqa: S105  # the name of a place, not a secret
"""Where the browser's signed cookie holds the session's token."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its person sees it."""

    id: int
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    stays: bool
    current: bool


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A one-time link that can still be used, and who it is for."""

    id: int
    person_id: int
    name: str
    email: str
    purpose: str


_WHO = (
    select(
        SignInSession.id,
        SignInSession.person_id,
        SignInSession.created_at,
        SignInSession.last_seen_at,
        SignInSession.stays,
        Person.name,
        Person.email,
        Membership.role,
        Membership.scope,
    )
    .join(Person, Person.id == SignInSession.person_id)
    .outerjoin(Membership, Membership.person_id == Person.id)
    .where(SignInSession.token_hash == bindparam("token_hash"), Person.active)
)
"""Asked at every request, so built once."""


def load_actor() -> Actor | None:
    """Whoever holds the session that the cookie names, in one statement; None without a session that holds."""
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    rows = db.session.execute(_WHO, {"token_hash": rules.token_hash(token)}).all()
    if not rows:
        return None
    found = rows[0]
    if not rules.session_holds(_times(found), g.now):
        return None
    actor = as_actor(found.person_id, found.name, found.email, ((row.role, row.scope) for row in rows))
    g.session_id = found.id
    if g.now - found.last_seen_at >= rules.SEEN_EVERY:
        _mark_seen(found.id, actor)
    return actor


def sessions_of(person_id: int, now: datetime, current_id: int | None) -> list[SessionRow]:
    """The sessions of a person that still hold, latest use first."""
    found = db.session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == person_id)
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    )
    return [
        SessionRow(row.id, row.device, row.address, row.created_at, row.last_seen_at, row.stays, row.id == current_id)
        for row in found
        if rules.session_holds(_times(row), now)
    ]


def usable_link(token: str, now: datetime) -> LinkRow | None:
    """The link behind a token, unless it was used, replaced or is too old, or its person can't sign in."""
    row = db.session.execute(
        select(OneTimeLink, Person)
        .join(Person, Person.id == OneTimeLink.person_id)
        .where(
            OneTimeLink.token_hash == rules.token_hash(token),
            OneTimeLink.ended_at.is_(None),
            OneTimeLink.expires_at > now,
            Person.active,
            Person.email.is_not(None),
        )
    ).first()
    if row is None:
        return None
    link, person = row
    return LinkRow(link.id, person.id, person.name, person.email or "", link.purpose)


def _times(row: Any) -> rules.SessionTimes:
    return rules.SessionTimes(row.created_at, row.last_seen_at, row.stays)


def _mark_seen(found_id: int, actor: Actor) -> None:
    """Write the last use down; a page that can be read is shown even where nothing can be written."""
    try:
        with transaction(actor, "session.seen") as work:
            row = work.session.get(SignInSession, found_id)
            if row is not None:
                row.last_seen_at = g.now
    except OperationalError:
        log.warning("session_not_marked", session=found_id)
