"""The browsers that a person is known by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.devices.models import KnownBrowser
from infra.database import db


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """A browser as its person sees it."""

    id: int
    device: str
    first_seen_at: datetime
    last_seen_at: datetime


def browsers_of(person_id: int) -> list[BrowserRow]:
    """The browsers that a person signed in with, latest use first."""
    rows = db.session.scalars(
        select(KnownBrowser)
        .where(KnownBrowser.person_id == person_id)
        .order_by(KnownBrowser.last_seen_at.desc(), KnownBrowser.id.desc())
    )
    return [BrowserRow(row.id, row.device, row.first_seen_at, row.last_seen_at) for row in rows]
