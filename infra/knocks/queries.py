"""Reading knocks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from infra.database import db
from infra.knocks.models import Knock
from infra.knocks.rules import Door


def count(door: Door, visitor: str, now: datetime) -> int:
    """How often a visitor knocked in the stretch of time that runs."""
    mine = Knock.key == door.key(visitor), Knock.begins == door.begins(now)
    return db.session.scalar(select(Knock.times).where(*mine)) or 0
