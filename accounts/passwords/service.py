"""Hashing by Flask-Security: argon2id, checked and made in one place.

Flask-Security's own pages, session and user loading stay unused; why stands in docs/decisions.
"""

from __future__ import annotations

from typing import Any

import flask_security
from flask import Flask, current_app

from accounts.passwords import rules
from accounts.people import queries as people
from accounts.people.models import Person
from accounts.policy.queries import policy
from accounts.tries import service as tries
from accounts.tries.rules import Tried, Visit
from infra.transaction import transaction
from kernel.actor import SYSTEM, Actor
from kernel.errors import RuleBroken

COST = {"argon2__time_cost": 3, "argon2__memory_cost": 64 * 1024, "argon2__parallelism": 4}
"""What one guess costs: 64 MiB and three passes over them (RFC 9106, second recommended option)."""
LEAST_COST = {"time_cost": 1, "memory_cost": 8 * 1024, "parallelism": 1}
"""For a password that is printed for everybody: whoever wants it need not guess, so a guess may cost little."""


class _NobodyHere(flask_security.UserDatastore):
    """Flask-Security asks for a store of users; ours are loaded by the session table, never by it."""

    def __init__(self) -> None:
        super().__init__(Person, None)  # type: ignore[arg-type]  # roles are memberships, kept elsewhere

    def find_user(self, *_args: Any, **_kwargs: Any) -> None:
        """Nobody is found this way."""


def prepare(app: Flask) -> None:
    """Set Flask-Security up for its hashing: no pages, no tokens."""
    app.config.setdefault("SECURITY_PASSWORD_HASH", "argon2")
    app.config.update(
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=COST,
    )
    flask_security.Security(app, _NobodyHere(), register_blueprint=False)
    app.extensions["launch90.nobody"] = None


def hashed(password: str) -> str:
    """The hash to store of a password that was checked."""
    return flask_security.hash_password(normalised(password))


def hashed_lightly(password: str) -> str:
    """The same at the least cost, with a salt of its own: only for passwords that are no secret, such as the demo's."""
    argon2 = current_app.extensions["security"].pwd_context.handler("argon2")
    return str(argon2.using(**LEAST_COST).hash(normalised(password)))


def checked_hash(password: str, *, email: str, name: str) -> str:
    """Check a new password by the rules and the policy, and hash it. Raises RuleBroken."""
    rules.check_password(normalised(password), email=email, name=name, shortest=policy().password_length)
    return hashed(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one; without a stored one the same work is done and the answer is no."""
    typed = normalised(password)
    if stored is None or len(typed) > rules.LONGEST:
        flask_security.verify_password(typed[: rules.LONGEST], _nobodys_hash())
        return False
    return bool(flask_security.verify_password(typed, stored))


def prove(password: str, *, actor: Actor, visit: Visit, field: str = "password") -> None:
    """See that the actor knows their own password; the try is counted first. Raises RuleBroken, TooMany."""
    tries.count(Tried.PASSWORD, actor.email, visit)
    if matches(password, people.row(actor.id or 0).password):
        return
    with transaction(SYSTEM, "session.refused") as work:
        facts = {"why": "wrong", "address": visit.address}
        work.note("session.refused", subject=f"person:{actor.id}", label=actor.name, **facts)
    raise RuleBroken("sign_in.old_password", "That is not the present password.", field=field)


def normalised(password: str) -> str:
    """One spelling for what looks the same, whatever keyboard typed it (NFKD)."""
    return str(current_app.extensions["security"].password_util.normalize(password))


def _nobodys_hash() -> str:
    """A hash that no password is checked against in earnest, made once an application."""
    kept = current_app.extensions
    if kept["launch90.nobody"] is None:
        kept["launch90.nobody"] = flask_security.hash_password("nobody signs in with this")
    return str(kept["launch90.nobody"])
