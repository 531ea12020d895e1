"""Signing in and out, one-time links, passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from accounts.access.queries import actor_of
from accounts.devices import service as devices
from accounts.notices.service import tell
from accounts.passwords import service as passwords
from accounts.people import queries as people
from accounts.people.events import PersonSwitchedOff
from accounts.people.models import Person
from accounts.policy.queries import policy
from accounts.secondfactor import queries as factors
from accounts.secondfactor import service as second_factor
from accounts.signin import queries, rules
from accounts.signin.models import OneTimeLink, SignInSession
from accounts.tries import service as tries
from accounts.tries.rules import Tried, Visit
from infra.backup.events import Restored
from infra.database import db
from infra.sealed import digest_of
from infra.transaction import Work, transaction
from kernel.actor import INSTANCE, SYSTEM, Actor
from kernel.errors import NotFound, RuleBroken, TooMany


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened: the token for the cookie, and whether it waits for the second factor."""

    token: str
    half: bool = False


def sign_in(email: str, password: str, *, stays: bool, visit: Visit) -> Opened:
    """Check a password and open a session, half of one where a second factor is on.

    The try is counted before anything is hashed. Raises TooMany while locked, RuleBroken for whatever does not fit:
    an unknown address, a wrong password and a person switched off get the same answer and cost the same work.
    """
    person = db.session.scalar(select(Person).where(Person.email == email.strip().lower()))
    _count(Tried.PASSWORD, email, person, visit)
    stored = person.password if person is not None and person.active else None
    if not passwords.matches(password, stored) or person is None:
        _note_failure(person, "wrong", visit)
        raise RuleBroken(
            "sign_in.wrong", "That e-mail address and password do not belong together. Check both and try again."
        )
    return _open(person.id, stays=stays, visit=visit, forgive=email)


def finish(waiting: queries.HalfSession, code: str, *, visit: Visit) -> str:
    """Take the code of the second factor and open the whole session under a new token.

    Raises RuleBroken for a code that does not fit or was used, TooMany while locked.
    """
    person = people.row(waiting.person_id)
    _count(Tried.CODE, str(person.id), person, visit)
    actor = actor_of(person.id) or SYSTEM
    try:
        with transaction(actor, "session.signed_in") as work:
            by = second_factor.accept(work, person.id, code, visit.now)
            tries.forgive(work, Tried.CODE, str(person.id))
            _end(work, waiting.id)
            return _open_whole(person.id, stays=waiting.stays, visit=visit, by=by)
    except RuleBroken:
        _note_failure(person, "code", visit)
        raise


def open_session(person_id: int, *, stays: bool, visit: Visit) -> str:
    """Open a whole session for somebody who proved who they are; returns the token."""
    return _open_whole(person_id, stays=stays, visit=visit)


def renew(session_id: int, *, actor: Actor) -> str:
    """Give a session another token, as after every change of what it is worth; returns it."""
    token = secrets.token_urlsafe(32)
    with transaction(actor, "session.renewed") as work:
        row = work.session.get(SignInSession, session_id)
        if row is None or row.person_id != actor.id:
            raise NotFound("That session has ended already.")
        row.token_hash = digest_of(token)
    return token


def prove_again(password: str, *, actor: Actor, session_id: int, visit: Visit) -> str:
    """Type the password once more for a sensitive act; returns the session's new token. Raises RuleBroken, TooMany."""
    passwords.prove(password, actor=actor, visit=visit)
    with transaction(actor, "session.proved") as work:
        tries.forgive(work, Tried.PASSWORD, actor.email)
        token = renew(session_id, actor=actor)
        row = work.session.get(SignInSession, session_id)
        if row is not None:
            row.proved_at = visit.now
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
                token_hash=digest_of(token),
                created_at=now,
                expires_at=now + (rules.INVITATION_LIFE if fresh else rules.RESET_LIFE),
            )
        )
    return token


def use_link(token: str, password: str, *, visit: Visit) -> Opened:
    """Set the password by a one-time link, end all other sessions and sign in, half where a second factor is on.

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
        return _open(link.person_id, stays=False, visit=visit, forgive=link.email)


def change_password(old: str, new: str, *, actor: Actor, session_id: int | None, visit: Visit) -> None:
    """Set another password and sign out everywhere else. Raises RuleBroken by field, TooMany while locked."""
    passwords.prove(old, actor=actor, visit=visit, field="old")
    fresh = passwords.checked_hash(new, email=actor.email, name=actor.name)
    with transaction(actor, "password.changed") as work:
        person = people.row(actor.id or 0)
        person.password = fresh
        _end_sessions(work, person.id, session_id)
        _end_links(work, person.id, visit.now)
        tries.forgive(work, Tried.PASSWORD, actor.email)


def set_password(person_id: int, password: str, *, actor: Actor, printed: bool = False) -> None:
    """Set a password without the rules, for people of the demo and of tests; ``printed`` is one that is no secret."""
    with transaction(actor, "password.set"):
        people.row(person_id).password = (passwords.hashed_lightly if printed else passwords.hashed)(password)


def end_sessions_of(event: PersonSwitchedOff, work: Work) -> None:
    """Somebody switched off is signed out at once, and their links end."""
    _end_sessions(work, event.person_id, None)
    _end_links(work, event.person_id, work.at)


def end_all(_event: Restored, work: Work) -> None:
    """The database went back to an older state: what was ended or used since must not come back to life."""
    work.bulk_delete(SignInSession, [SignInSession.id > 0])
    work.bulk_update(OneTimeLink, [OneTimeLink.ended_at.is_(None)], ended_at=work.at)


def _open(person_id: int, *, stays: bool, visit: Visit, forgive: str) -> Opened:
    """Open a session after a password: a half one where a second factor is on."""
    actor = actor_of(person_id)
    if actor is None:
        raise NotFound
    if not factors.has_one(person_id):
        return Opened(_open_whole(person_id, stays=stays, visit=visit, forgive=forgive))
    token = secrets.token_urlsafe(32)
    with transaction(actor, "session.half_open") as work:
        tries.forgive(work, Tried.PASSWORD, forgive)
        work.session.add(_row(person_id, token, stays=stays, visit=visit, half=True))
    return Opened(token, half=True)


def _open_whole(person_id: int, *, stays: bool, visit: Visit, forgive: str = "", by: str = "") -> str:
    actor = actor_of(person_id)
    if actor is None:
        raise NotFound
    token, device = secrets.token_urlsafe(32), rules.device_of(visit.user_agent)
    with transaction(actor, "session.signed_in") as work:
        work.session.add(_row(person_id, token, stays=stays, visit=visit))
        if forgive:
            tries.forgive(work, Tried.PASSWORD, forgive)
        _drop_old(work, person_id, visit.now)
        if devices.recognise(work, person_id, visit.browser, device, visit.now):
            work.after_commit(lambda: _tell_of_new_browser(person_id, visit))
        facts = {"address": visit.address, "device": device} | ({"second_factor": by} if by else {})
        work.note("session.signed_in", subject=f"person:{person_id}", label=actor.name, **facts)
    return token


def _row(person_id: int, token: str, *, stays: bool, visit: Visit, half: bool = False) -> SignInSession:
    return SignInSession(
        person_id=person_id,
        token_hash=digest_of(token),
        created_at=visit.now,
        last_seen_at=visit.now,
        proved_at=visit.now,
        stays=stays,
        half=half,
        device=rules.device_of(visit.user_agent),
        address=visit.address,
    )


def _tell_of_new_browser(person_id: int, visit: Visit) -> None:
    """The system tells, in an action of its own: people are not told of what they did themselves."""
    with transaction(SYSTEM, "session.new_browser", at=visit.now) as work:
        device = rules.device_of(visit.user_agent) or "Unknown device"
        facts = {"address": visit.address, "at": visit.now.isoformat()}
        tell(work, "new_device", [person_id], subject=f"account:{person_id}", label=device, scope=INSTANCE, **facts)


def _count(tried: Tried, account: str, person: Person | None, visit: Visit) -> None:
    try:
        tries.count(tried, account, visit)
    except TooMany:
        _note_failure(person, "locked", visit)
        raise


def _note_failure(person: Person | None, why: str, visit: Visit) -> None:
    subject, label = (f"person:{person.id}", person.name) if person else ("", "")
    with transaction(SYSTEM, "session.refused") as work:
        work.note("session.refused", subject=subject, label=label, why=why, address=visit.address)


def _end(work: Work, session_id: int) -> None:
    work.session.execute(delete(SignInSession).where(SignInSession.id == session_id))


def _end_sessions(work: Work, person_id: int, except_id: int | None) -> int:
    rows = work.session.scalars(select(SignInSession).where(SignInSession.person_id == person_id)).all()
    ended = [row for row in rows if row.id != except_id]
    for row in ended:
        work.session.delete(row)
    return len([row for row in ended if not row.half])


def _end_links(work: Work, person_id: int, now: datetime) -> None:
    for link in work.session.scalars(
        select(OneTimeLink).where(OneTimeLink.person_id == person_id, OneTimeLink.ended_at.is_(None))
    ):
        link.ended_at = now


def _drop_old(work: Work, person_id: int, now: datetime) -> None:
    """Sessions past their limit are of no use to anybody."""
    limit, half = now - policy().session_limit, now - rules.HALF_LIFE
    own, created = SignInSession.person_id == person_id, SignInSession.created_at
    over = (created < limit) | (SignInSession.half & (created < half))
    work.session.execute(delete(SignInSession).where(own, over))
