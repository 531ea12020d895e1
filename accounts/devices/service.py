"""Knowing a browser again, and forgetting one."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from accounts.devices.models import KnownBrowser
from infra.sealed import digest_of
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound

KEPT = timedelta(days=400)
"""How long a browser is known after its last sign-in; browsers keep no cookie for longer."""


def new_token() -> str:
    """A token for the cookie of a browser that has none."""
    return secrets.token_urlsafe(32)


def recognise(work: Work, person_id: int, token: str, device: str, now: datetime) -> bool:
    """Note that a person signed in with the browser that holds a token; whether that is news to them.

    The first browser of all is no news. Without a token nothing is noted.
    """
    work.session.execute(delete(KnownBrowser).where(KnownBrowser.last_seen_at < now - KEPT))
    own = KnownBrowser.person_id == person_id
    known = work.session.scalar(select(KnownBrowser).where(own, KnownBrowser.token_hash == digest_of(token)))
    if known is not None:
        known.last_seen_at, known.device = now, device
        return False
    if not token:
        return False
    others = work.session.scalar(select(func.count()).select_from(KnownBrowser).where(own)) or 0
    row = KnownBrowser(person_id=person_id, token_hash=digest_of(token), device=device)
    row.first_seen_at = row.last_seen_at = now
    work.session.add(row)
    return others > 0


def forget(browser_id: int, *, actor: Actor) -> None:
    """Let one of the actor's own browsers be news again. Raises NotFound for one that is not theirs."""
    with transaction(actor, "browser.forgotten") as work:
        row = work.session.get(KnownBrowser, browser_id)
        if row is None or row.person_id != actor.id:
            raise NotFound("That browser is forgotten already.")
        device = row.device
        work.session.delete(row)
        work.note("browser.forgotten", subject=f"person:{actor.id}", label=actor.name, device=device)
