"""Counting tries in the database, before anything is hashed or compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update

from accounts.tries import rules
from accounts.tries.models import SignInTry
from accounts.tries.rules import Tried, Visit
from infra.database import db
from infra.transaction import Work, transaction
from kernel.actor import SYSTEM
from kernel.errors import TooMany

_COUNTING = 9001
"""The number of PostgreSQL's lock under which tries are counted; SQLite has one writer anyway."""
_SLACK = timedelta(minutes=1)


def count(tried: Tried, account: str, visit: Visit) -> None:
    """Write a try down, then raise TooMany while its account or address had too many; such a try does not count."""
    try_id = _write_down(tried, account, visit)
    limits = (
        (SignInTry.account_key == rules.key_of(tried, account), rules.PER_ACCOUNT[tried]),
        (SignInTry.address_key == rules.key_of("address", visit.address), rules.TRIES_PER_ADDRESS),
    )
    ends = [rules.locked_until(_counting(key, try_id, visit), limit) for key, limit in limits]
    until = max((end for end in ends if end is not None), default=None)
    if until is not None:
        with transaction(SYSTEM, "sign_in.refused") as work:
            _forget(work, SignInTry.id == try_id)
        raise TooMany("sign_in.locked", "Too many tries. You can try again at %(until)s.", until=until)


def forgive(work: Work, tried: Tried, account: str) -> None:
    """What was typed was right: the tries of the account count no longer."""
    _forget(work, SignInTry.account_key == rules.key_of(tried, account))


def _write_down(tried: Tried, account: str, visit: Visit) -> int:
    """Commit the try, so that tries at the same time see each other; old ones are dropped.

    One at a time: a try with a smaller number is in the database before a later one is counted. Tries from the future
    are left by a clock that was put back; they count from now on, as nobody could wait for them to pass.
    """
    with transaction(SYSTEM, "sign_in.tried") as work:
        if work.session.get_bind().dialect.name == "postgresql":
            work.session.execute(select(func.pg_advisory_xact_lock(_COUNTING)))
        keys = rules.key_of(tried, account), rules.key_of("address", visit.address)
        row = SignInTry(at=visit.now, account_key=keys[0], address_key=keys[1])
        work.session.add(row)
        work.session.execute(delete(SignInTry).where(SignInTry.at < visit.now - rules.TRIES_KEPT))
        work.session.execute(update(SignInTry).where(SignInTry.at > visit.now + _SLACK).values(at=visit.now))
        work.session.flush()
        return row.id


def _counting(key: ColumnElement[bool], try_id: int, visit: Visit) -> Sequence[datetime]:
    """The tries that count against a key and were written down before this one."""
    recent = SignInTry.at > visit.now - rules.WINDOW
    return db.session.scalars(select(SignInTry.at).where(key, SignInTry.counts, SignInTry.id < try_id, recent)).all()


def _forget(work: Work, which: ColumnElement[bool]) -> None:
    work.session.execute(update(SignInTry).where(which, SignInTry.counts).values(counts=False))
