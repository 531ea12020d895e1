"""What the database or the disk refuses, in words for people: each kind with its code and its sentence."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoneFree

FULL = (
    "disk_full",
    "The server's disk is full, so nothing can be saved. Nothing was changed; tell your administrator.",
)
READ_ONLY = (
    "read_only",
    "The server's disk is read-only, so nothing can be saved. Nothing was changed; tell your administrator.",
)
BUSY = ("busy", "Too many people save at this moment. Nothing was changed; try again in a moment.")
AWAY = ("database", "The database can't be reached just now. Nothing was changed; try again in a moment.")
_SIGNS = (
    ("database or disk is full", FULL),
    ("No space left on device", FULL),
    ("could not extend file", FULL),
    ("readonly database", READ_ONLY),
    ("read-only transaction", READ_ONLY),
    ("database is locked", BUSY),
    ("lock timeout", BUSY),
    ("too many clients", BUSY),
)
"""How SQLite and PostgreSQL say it."""
_ERRNO = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY}


def trouble_of(error: BaseException) -> tuple[str, str] | None:
    """The code and the sentence (to be translated) of an error that is no fault of the program; None for any other."""
    if isinstance(error, OSError):
        return _ERRNO.get(error.errno or 0)
    if isinstance(error, NoneFree):
        return BUSY
    if isinstance(error, PendingRollbackError):
        return AWAY
    if not isinstance(error, DBAPIError):
        return None
    known = next((said for sign, said in _SIGNS if sign in str(error.orig)), None)
    lost = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
    return known or (AWAY if lost else None)
