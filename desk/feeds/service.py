"""Making and withdrawing calendar addresses."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import func, select

from desk.feeds.models import CalendarFeed, FeedReading
from infra.knocks import service as doors
from infra.knocks.rules import READ, WRONG
from infra.sealed import digest_of
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import SYSTEM, Actor, project_scope
from kernel.errors import NotFound, RuleBroken

MOST = 20
"""How many addresses somebody may have at once."""


def make(project_id: int | None, *, actor: Actor) -> str:
    """Make an address for one's own work or for the plan of a project; returns its token, kept as a hash only.

    Raises NotFound for a plan that one may not see, RuleBroken for too many.
    """
    if project_id is not None and not wires().policy.decide(actor, "plan.see", project_scope(project_id)):
        raise NotFound
    token = secrets.token_urlsafe(32)
    with transaction(actor, "feed.made") as work:
        mine = (CalendarFeed.person_id == actor.id, CalendarFeed.revoked_at.is_(None))
        if (work.session.scalar(select(func.count(CalendarFeed.id)).where(*mine)) or 0) >= MOST:
            text = "You have %(most)s calendar addresses. Withdraw one that you no longer use first."
            raise RuleBroken("feed.many", text, most=MOST)
        row = CalendarFeed(person_id=actor.id, project_id=project_id, token_hash=digest_of(token), created_at=work.at)
        work.session.add(row)
    return token


def revoke(feed_id: int, *, actor: Actor) -> Work:
    """Withdraw an address of one's own, at once and for good. Raises NotFound."""
    with transaction(actor, "feed.revoked") as work:
        row = work.session.get(CalendarFeed, feed_id)
        if row is None or row.person_id != actor.id:
            raise NotFound
        row.revoked_at = row.revoked_at or work.at
    return work


def admit(visitor: str, now: datetime) -> None:
    """Let a visitor knock, within limits. Raises TooMany."""
    doors.refuse(WRONG, visitor, now)
    doors.knock(READ, visitor, now)


def mark_wrong(visitor: str, now: datetime) -> None:
    """Count an address that there is not."""
    doors.knock(WRONG, visitor, now)


def mark_read(feed: CalendarFeed, now: datetime) -> None:
    """Remember that an address was read."""
    with transaction(SYSTEM, "feed.read") as work:
        row = work.session.scalar(select(FeedReading).where(FeedReading.feed_id == feed.id))
        if row is None:
            work.session.add(FeedReading(feed_id=feed.id, at=now))
        else:
            row.at = now
