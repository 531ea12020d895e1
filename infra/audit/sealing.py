"""Sealing what was not sealed when written: one holder of a lock gives entries their place.

That is so on PostgreSQL, where several writers commit at once; an action of many rows takes the lock and seals its own.
The lock belongs to the sealing transaction itself, so that it ends with it whatever happens to the connection.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.audit.models import AuditEntry
from infra.audit.trail import may_hold, seal_pending
from infra.database import db


def seal() -> int:
    """Seal what was committed since the last time; how many entries.

    0 when there was nothing and when another process is at it. On SQLite entries are sealed when written: there it
    seals those that came unsealed, in a backup from PostgreSQL.
    """
    on_sqlite = db.engine.dialect.name == "sqlite"
    with Session(db.engine) as session:
        if on_sqlite and session.scalar(select(AuditEntry.id).where(AuditEntry.sequence.is_(None)).limit(1)) is None:
            return 0
        session.rollback()
        session.connection(execution_options={"writes": True})
        if not may_hold(session.connection()):
            return 0
        sealed = seal_pending(session)
        session.commit()
    return sealed
