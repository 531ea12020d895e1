"""Signing in and out, one-time links, passwords."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update

from accounts.access.queries import actor_of
from accounts.passwords import service as passwords
from accounts.people import queries as people
from accounts.people.events import PersonSwitchedOff
from accounts.people.models import Person
from accounts.signin import queries, rules
from accounts.signin.models import OneTimeLink, SignInSession, SignInTry
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import SYSTEM, Actor
from kernel.errors import NotFound, RuleBroken, TooMany

_COUNTING = 9001
"""The number of PostgreSQL's lock under which tries are counted; SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request comes from."""

    address: str
    user_agent: str
    now: datetime


def sign_in(email: str, password: str, *, stays: bool, visit: Visit) -> str:
    """Check a password and open a session; returns the token for the cookie.

    The try is counted before anything is hashed. Raises TooMany while locked, RuleBroken for whatever does not fit:
    an unknown address, a wrong password and a person switched off get the same answer and cost the same work.
    """
    try_id = _count_try(email, visit)
    _refuse_locked(try_id, email, visit)
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    stored = person.password if person is not None and person.active else None
    if not passwords.matches(password, stored) or person is None:
        _note_failure(person, "wrong", visit)
        raise RuleBroken(
            "sign_in.wrong", "That e-mail address and password do not belong together. Check both and try again."
        )
    return open_session(person.id, stays=stays, visit=visit, forgive=rules.key_of("account", email))


def open_session(person_id: int, *, stays: bool, visit: Visit, forgive: str | None = None) -> str:
    """Open a session for somebody who proved who they are; ``forgive`` names the failed tries to forget."""
    actor = actor_of(person_id)
    if actor is None:
        raise NotFound
    token = secrets.token_urlsafe(32)
    with transaction(actor, "session.signed_in") as work:
        work.session.add(
            SignInSession(
                person_id=person_id,
                token_hash=rules.token_hash(token),
                created_at=visit.now,
                last_seen_at=visit.now,
                stays=stays,
                device=rules.device_of(visit.user_agent),
                address=visit.address,
            )
        )
        if forgive:
            _forget_tries(work, SignInTry.account_key == forgive)
        _drop_old(work, person_id, visit.now)
        facts = {"address": visit.address, "device": rules.device_of(visit.user_agent)}
        work.note("session.signed_in", subject=f"person:{person_id}", label=actor.name, **facts)
    return token


def sign_out(session_id: int, *, actor: Actor) -> None:
    """End one of the actor's own sessions. Raises NotFound for one that is not theirs."""
    with transaction(actor, "session.signed_out") as work:
        row = work.session.get(SignInSession, session_id)
        if row is None or row.person_id != actor.id:
            raise NotFound("That session has ended already.")
        device = row.device
        work.session.delete(row)
        work.note("session.signed_out", subject=f"person:{actor.id}", label=actor.name, device=device)


def sign_out_everywhere(person_id: int, *, actor: Actor, except_session: int | None = None) -> int:
    """End every session of a person, but one if wanted; returns how many ended."""
    with transaction(actor, "session.signed_out_everywhere") as work:
        ended = _end_sessions(work, person_id, except_session)
        label = people.person(person_id).name
        work.note("session.signed_out_everywhere", subject=f"person:{person_id}", label=label, sessions=ended)
    return ended


def make_link(person_id: int, *, now: datetime, actor: Actor) -> str:
    """Make the one link with which a person sets a password; earlier ones end. Raises RuleBroken; returns the token."""
    with transaction(actor, "person.invited") as work:
        person = people.row(person_id)
        if person.email is None:
            raise RuleBroken("sign_in.no_email", "Give the person an e-mail address first: they sign in with it.")
        if not person.active:
            raise RuleBroken("sign_in.switched_off", "This person is switched off. Switch them on first.")
        token = secrets.token_urlsafe(32)
        _end_links(work, person_id, now)
        fresh = person.password is None
        work.session.add(
            OneTimeLink(
                person_id=person_id,
                purpose="invitation" if fresh else "new password",
                token_hash=rules.token_hash(token),
                created_at=now,
                expires_at=now + (rules.INVITATION_LIFE if fresh else rules.RESET_LIFE),
            )
        )
    return token


def use_link(token: str, password: str, *, visit: Visit) -> str:
    """Set the password by a one-time link, end all other sessions and sign in; returns the session's token.

    Raises NotFound for a link that was used, replaced or is too old, RuleBroken for a password that will not do.
    """
    link = queries.usable_link(token, visit.now)
    if link is None:
        raise NotFound("This link was used already or is too old. Ask an administrator for a new one.")
    fresh = passwords.checked_hash(password, email=link.email, name=link.name)
    actor = actor_of(link.person_id) or SYSTEM
    with transaction(actor, "link.used") as work:
        still = queries.usable_link(token, visit.now)
        if still is None:
            raise NotFound("This link was used already or is too old. Ask an administrator for a new one.")
        _end_links(work, link.person_id, visit.now)
        people.row(link.person_id).password = fresh
        _end_sessions(work, link.person_id, None)
        work.note("link.used", subject=f"person:{link.person_id}", label=link.name, address=visit.address)
        return open_session(link.person_id, stays=False, visit=visit, forgive=rules.key_of("account", link.email))


def change_password(old: str, new: str, *, actor: Actor, session_id: int | None, visit: Visit) -> None:
    """Set another password and sign out everywhere else. Raises RuleBroken by field, TooMany while locked."""
    own = people.row(actor.id or 0)
    try_id = _count_try(actor.email, visit)
    _refuse_locked(try_id, actor.email, visit)
    if not passwords.matches(old, own.password):
        _note_failure(own, "wrong", visit)
        raise RuleBroken("sign_in.old_password", "That is not the present password.", field="old")
    fresh = passwords.checked_hash(new, email=actor.email, name=actor.name)
    with transaction(actor, "password.changed") as work:
        person = people.row(own.id)
        person.password = fresh
        _end_sessions(work, person.id, session_id)
        _end_links(work, person.id, visit.now)
        _forget_tries(work, SignInTry.account_key == rules.key_of("account", actor.email))


def set_password(person_id: int, password: str, *, actor: Actor) -> None:
    """Set a password without the rules, for people of the demo and of tests."""
    with transaction(actor, "password.set"):
        people.row(person_id).password = passwords.hashed(password)


def end_sessions_of(event: PersonSwitchedOff, work: Work) -> None:
    """Somebody switched off is signed out at once, and their links end."""
    _end_sessions(work, event.person_id, None)
    _end_links(work, event.person_id, work.at)


def _count_try(email: str, visit: Visit) -> int:
    """Write the try down and commit, so that tries at the same time see each other; old ones are dropped.

    One at a time: a try with a smaller number is in the database before a later one is counted.
    """
    with transaction(SYSTEM, "sign_in.tried") as work:
        if work.session.get_bind().dialect.name == "postgresql":
            work.session.execute(select(func.pg_advisory_xact_lock(_COUNTING)))
        row = SignInTry(
            at=visit.now, account_key=rules.key_of("account", email), address_key=rules.key_of("address", visit.address)
        )
        work.session.add(row)
        work.session.execute(delete(SignInTry).where(SignInTry.at < visit.now - rules.TRIES_KEPT))
        work.session.flush()
        return row.id


def _refuse_locked(try_id: int, email: str, visit: Visit) -> None:
    """Turn a try away while its account or address has too many failures; such a try does not count itself."""
    ends = [
        rules.locked_until(_failures(column == rules.key_of(kind, value), try_id, visit.now), limit)
        for column, kind, value, limit in (
            (SignInTry.account_key, "account", email, rules.TRIES_PER_ACCOUNT),
            (SignInTry.address_key, "address", visit.address, rules.TRIES_PER_ADDRESS),
        )
    ]
    until = max((end for end in ends if end is not None), default=None)
    if until is None:
        return
    with transaction(SYSTEM, "sign_in.refused") as work:
        _forget_tries(work, SignInTry.id == try_id)
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    _note_failure(person, "locked", visit)
    raise TooMany("sign_in.locked", "Too many tries. You can try again at %(until)s.", until=until)


def _failures(key: ColumnElement[bool], try_id: int, now: datetime) -> Sequence[datetime]:
    """The tries that count against a key and were written down before this one."""
    return db.session.scalars(
        select(SignInTry.at).where(
            key, SignInTry.counts, SignInTry.id < try_id, SignInTry.at > now - rules.WINDOW, SignInTry.at <= now
        )
    ).all()


def _forget_tries(work: Work, which: ColumnElement[bool]) -> None:
    work.session.execute(update(SignInTry).where(which, SignInTry.counts).values(counts=False))


def _note_failure(person: Person | None, why: str, visit: Visit) -> None:
    subject, label = (f"person:{person.id}", person.name) if person else ("", "")
    with transaction(SYSTEM, "session.refused") as work:
        work.note("session.refused", subject=subject, label=label, why=why, address=visit.address)


def _end_sessions(work: Work, person_id: int, except_id: int | None) -> int:
    rows = work.session.scalars(select(SignInSession).where(SignInSession.person_id == person_id)).all()
    ended = [row for row in rows if row.id != except_id]
    for row in ended:
        work.session.delete(row)
    return len(ended)


def _end_links(work: Work, person_id: int, now: datetime) -> None:
    for link in work.session.scalars(
        select(OneTimeLink).where(OneTimeLink.person_id == person_id, OneTimeLink.ended_at.is_(None))
    ):
        link.ended_at = now


def _drop_old(work: Work, person_id: int, now: datetime) -> None:
    """Sessions past their absolute limit are of no use to anybody."""
    work.session.execute(
        delete(SignInSession).where(
            SignInSession.person_id == person_id, SignInSession.created_at < now - rules.ABSOLUTE_LIMIT
        )
    )
