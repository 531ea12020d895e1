"""Sealing on PostgreSQL, where several writers commit at once: one holder of a lock gives entries their place.

The lock belongs to the sealing transaction itself, so that it ends with it whatever happens to the connection.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from infra.audit.trail import seal_pending
from infra.database import db

LOCK = 9_000_101
"""The number of the advisory lock."""


def seal() -> int:
    """Seal what was committed since the last time; how many entries.

    0 when there was nothing, when another process is at it, and on SQLite, where entries are sealed when written.
    """
    if db.engine.dialect.name == "sqlite":
        return 0
    with Session(db.engine) as session:
        if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
            return 0
        sealed = seal_pending(session)
        session.commit()
    return sealed
