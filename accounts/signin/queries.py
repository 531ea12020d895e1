"""Who is asking, and which sessions there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from flask import g, session
from sqlalchemy import bindparam, select, true
from sqlalchemy.exc import OperationalError

from accounts.access.models import Membership
from accounts.access.queries import as_actor, leads
from accounts.people.models import Person
from accounts.policy.models import SignInPolicy
from accounts.policy.queries import COLUMNS as POLICY
from accounts.policy.queries import policy, policy_of
from accounts.secondfactor.models import SecondFactor
from accounts.signin import rules
from accounts.signin.models import OneTimeLink, SignInSession
from infra.database import db
from infra.sealed import digest_of
from infra.subjects import Subject
from infra.transaction import transaction
from kernel.actor import INSTANCE, Actor

TOKEN = "sid"  # noqa: S105  # the name of a place, not a secret
"""Where the browser's signed cookie holds the session's token."""
HALF = "half"
"""Where it holds the token of a sign-in that waits for its second factor."""
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
class HalfSession:
    """A sign-in that waits for its second factor."""

    id: int
    person_id: int
    name: str
    stays: bool


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
        SignInSession.proved_at,
        SignInSession.seen_as_id,
        Person.name,
        Person.email,
        Person.created_at.label("joined"),
        Membership.role,
        Membership.scope,
        SecondFactor.confirmed_at,
        *POLICY,
    )
    .join(Person, Person.id == SignInSession.person_id)
    .outerjoin(Membership, Membership.person_id == Person.id)
    .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
    .outerjoin(SignInPolicy, true())
    .where(SignInSession.token_hash == bindparam("token_hash"), ~SignInSession.half, Person.active)
)
"""Asked at every request, so built once."""


def load_actor() -> Actor | None:
    """Whoever holds the session that the cookie names, in one statement; None without a session that holds."""
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    rows = db.session.execute(_WHO, {"token_hash": digest_of(token)}).all()
    if not rows:
        return None
    found, limits = rows[0], policy_of(rows[0])
    if not rules.session_holds(_times(found), limits, g.now):
        return None
    held = ((row.role, row.scope) for row in rows)
    actor = as_actor(found.person_id, found.name, found.email, held, limits)
    g.session_id, g.proved_at = found.id, found.proved_at or found.created_at
    g.seen_as_id = found.seen_as_id
    asked = found.confirmed_at is None and limits.asks(leads=leads(actor.memberships))
    g.factor_due = limits.deadline(found.joined) if asked else None
    if g.now - found.last_seen_at >= rules.SEEN_EVERY:
        _mark_seen(found.id, actor)
    return actor


def sessions_of(person_id: int, now: datetime, current_id: int | None) -> list[SessionRow]:
    """The sessions of a person that still hold, latest use first."""
    found = db.session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == person_id, ~SignInSession.half)
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    )
    limits = policy()
    return [
        SessionRow(row.id, row.device, row.address, row.created_at, row.last_seen_at, row.stays, row.id == current_id)
        for row in found
        if rules.session_holds(_times(row), limits, now)
    ]


def half_of(now: datetime) -> HalfSession | None:
    """The sign-in that waits for its second factor, as the browser's cookie names it; None for none, or too old."""
    token = session.get(HALF)
    if not isinstance(token, str):
        return None
    row = db.session.execute(
        select(SignInSession, Person.name)
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.token_hash == digest_of(token), SignInSession.half, Person.active)
    ).first()
    if row is None or not rules.HALF_LIFE > now - row.SignInSession.created_at >= -rules.CLOCK_SLACK:
        return None
    return HalfSession(row.SignInSession.id, row.SignInSession.person_id, row.name, row.SignInSession.stays)


def subject(person_id: int) -> Subject | None:
    """A person's own account, for notices about it; whoever follows the link sees their own."""
    return Subject(f"account:{person_id}", "", INSTANCE, "/account", "work.see", "nobody.nothing", "nobody.nothing")


def usable_link(token: str, now: datetime) -> LinkRow | None:
    """The link behind a token, unless it was used, replaced or is too old, or its person can't sign in."""
    row = db.session.execute(
        select(OneTimeLink, Person)
        .join(Person, Person.id == OneTimeLink.person_id)
        .where(
            OneTimeLink.token_hash == digest_of(token),
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
