"""Setting a second factor up, accepting its codes once each, switching it off."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, select, update

from accounts.notices.service import tell
from accounts.passwords.service import prove
from accounts.people import queries as people
from accounts.secondfactor import queries, rules
from accounts.secondfactor.models import RecoveryCode, SecondFactor
from accounts.tries import service as tries
from accounts.tries.rules import Tried, Visit
from infra.sealed import digest_of
from infra.transaction import Work, transaction
from kernel.actor import INSTANCE, Actor
from kernel.errors import Conflict, RuleBroken


def begin(*, actor: Actor, now: datetime) -> None:
    """Make a secret for the actor's app; it counts once a code confirmed it. Raises Conflict when one is on."""
    person_id = actor.id or 0
    with transaction(actor, "second_factor.begun") as work:
        if queries.has_one(person_id):
            raise Conflict("second_factor.on", "Your second factor is on already.")
        work.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
        secret = pyotp.random_base32()
        work.session.add(SecondFactor(person_id=person_id, secret_text=secret, created_at=now))


def confirm(code: str, *, actor: Actor, visit: Visit) -> list[str]:
    """Switch the second factor on by a first code; gives the recovery codes, which nobody sees again.

    Raises RuleBroken for a code that does not fit, Conflict when nothing was begun, TooMany.
    """
    person_id = actor.id or 0
    tries.count(Tried.CODE, str(person_id), visit)
    with transaction(actor, "second_factor.set_up") as work:
        row = queries.row_of(person_id)
        if row is None or row.confirmed_at is not None:
            raise Conflict("second_factor.none", "There is nothing to confirm. Begin again.")
        if not _accept_app_code(work, row, code, visit.now):
            raise _wrong_code()
        work.session.refresh(row)
        row.confirmed_at = visit.now
        codes = _new_codes(work, person_id)
        tries.forgive(work, Tried.CODE, str(person_id))
        work.note("second_factor.set_up", subject=f"person:{person_id}", label=actor.name, address=visit.address)
    return codes


def accept(work: Work, person_id: int, code: str, now: datetime) -> str:
    """Take a code of the app or a recovery code, once; says which it was. Raises RuleBroken for any other."""
    row = queries.row_of(person_id)
    if row is not None and row.confirmed_at is not None and _accept_app_code(work, row, code, now):
        return "app"
    if row is not None and _spend_recovery_code(work, person_id, code, now):
        return "recovery code"
    raise _wrong_code()


def new_codes(password: str, *, actor: Actor, visit: Visit) -> list[str]:
    """Make ten other recovery codes; the ones before are void. Raises RuleBroken, Conflict, TooMany."""
    prove(password, actor=actor, visit=visit)
    person_id = actor.id or 0
    with transaction(actor, "second_factor.codes_made") as work:
        if not queries.has_one(person_id):
            raise Conflict("second_factor.off", "Your second factor is off.")
        codes = _new_codes(work, person_id)
        work.note("second_factor.codes_made", subject=f"person:{person_id}", label=actor.name, address=visit.address)
    return codes


def switch_off(password: str, code: str, *, actor: Actor, visit: Visit) -> None:
    """Switch the actor's second factor off. Needs password and code; raises RuleBroken by field, TooMany."""
    prove(password, actor=actor, visit=visit)
    person_id = actor.id or 0
    tries.count(Tried.CODE, str(person_id), visit)
    with transaction(actor, "second_factor.switched_off") as work:
        accept(work, person_id, code, visit.now)
        _remove(work, person_id)
        tries.forgive(work, Tried.CODE, str(person_id))
        work.note("second_factor.switched_off", subject=f"person:{person_id}", label=actor.name, address=visit.address)


def reset(person_id: int, *, actor: Actor) -> None:
    """Take away the second factor of somebody who lost phone and codes, and tell them. Raises Conflict for none."""
    with transaction(actor, "second_factor.reset") as work:
        person = people.person(person_id)
        if not queries.has_one(person_id):
            raise Conflict("second_factor.off", "This person has no second factor.")
        _remove(work, person_id)
        work.note("second_factor.reset", subject=f"person:{person_id}", label=person.name)
        account = f"account:{person_id}"
        tell(work, "second_factor_reset", [person_id], subject=account, label=person.name, scope=INSTANCE)


def _accept_app_code(work: Work, row: SecondFactor, code: str, now: datetime) -> bool:
    """Whether the app's code fits; the step is taken by one statement, so that of two at a time one gets it."""
    step = rules.accepted_step(row.secret_text, code, now, row.last_step)
    if step is None:
        return False
    later = update(SecondFactor).where(SecondFactor.id == row.id, SecondFactor.last_step < step).values(last_step=step)
    return bool(work.session.connection().execute(later).rowcount)


def _spend_recovery_code(work: Work, person_id: int, typed: str, now: datetime) -> bool:
    digest = digest_of(rules.cleaned_recovery_code(typed))
    own = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    unused = work.session.scalars(select(RecoveryCode).where(*own)).all()
    fits = [row.id for row in unused if hmac.compare_digest(row.digest, digest)]
    spend = update(RecoveryCode).where(RecoveryCode.id.in_(fits), RecoveryCode.used_at.is_(None)).values(used_at=now)
    return bool(work.session.connection().execute(spend).rowcount)


def _new_codes(work: Work, person_id: int) -> list[str]:
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [rules.recovery_code(secrets.token_bytes(rules.RECOVERY_BYTES)) for _ in range(rules.RECOVERY_CODES)]
    work.session.add_all(RecoveryCode(person_id=person_id, digest=digest_of(code)) for code in codes)
    return codes


def _remove(work: Work, person_id: int) -> None:
    for model in (SecondFactor, RecoveryCode):
        work.session.execute(delete(model).where(model.person_id == person_id))


def _wrong_code() -> RuleBroken:
    return RuleBroken(
        "second_factor.code",
        "That code does not fit, or was used already. Wait for the next one in your app and type that.",
        field="code",
    )
