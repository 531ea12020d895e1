"""Who may run the timetable: of all processes one, held by a lock that ends with its holder.

On PostgreSQL an advisory lock on a connection of its own (a pooled one would keep the lock after it is given back); on
SQLite a lock on a file beside the database.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

LOCK = 9_000_102
"""The number of the advisory lock."""


class Leadership(Protocol):
    """A lock that one process holds."""

    def mine(self) -> bool:
        """Whether this process holds it, taking it if it is free. Never waits."""
        ...

    def leave(self) -> None:
        """Give it back."""
        ...


def leadership(engine: Engine, folder: Path) -> Leadership:
    """The lock that fits the database."""
    return FileLeadership(folder / "scheduler.lock") if engine.dialect.name == "sqlite" else DatabaseLeadership(engine)


class FileLeadership:
    """A lock on a file; the system gives it back when the process ends."""

    def __init__(self, path: Path) -> None:
        """Remember where."""
        self._path = path
        self._handle: int | None = None

    def mine(self) -> bool:
        """Whether this process holds the file."""
        if self._handle is not None:
            return True
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def leave(self) -> None:
        """Let go of the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class DatabaseLeadership:
    """An advisory lock; the database gives it back when the connection ends."""

    def __init__(self, engine: Engine) -> None:
        """Prepare connections apart from the pool."""
        self._engine = create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None
        self._held = False

    def mine(self) -> bool:
        """Whether the lock is ours; a connection that was lost took it along, so a new one asks again."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            if self._held:
                self._connection.execute(text("SELECT 1"))
            else:
                taken = self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK})
                self._held = bool(taken)
        except SQLAlchemyError:
            self.leave()
        return self._held

    def leave(self) -> None:
        """End the connection, and the lock with it."""
        connection, self._connection, self._held = self._connection, None, False
        if connection is not None:
            connection.invalidate()
            connection.close()
