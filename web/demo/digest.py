"""One number for the whole content of a database, to show that the same day gives the same demo."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from infra.database import Base, db

VOLATILE = frozenset({"password", "fs_uniquifier", "salts", "digests", "hash", "transaction_id", "token_hash"})
"""Columns that hold chance on purpose: secrets, salts and what is derived from them."""
SKIPPED = frozenset({"sign_in_session", "sign_in_try", "job_run"})
"""Tables that tell of the running instance rather than of its content."""


def digest() -> str:
    """The SHA-256 over every row of every table in a fixed order, without what is left to chance, in hex."""
    total = hashlib.sha256()
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name):
        if table.name in SKIPPED:
            continue
        columns = [column for column in table.columns if column.name not in VOLATILE]
        total.update(f"{table.name}:{','.join(column.name for column in columns)}\n".encode())
        for row in db.session.execute(select(*columns).order_by(*table.primary_key.columns)):
            total.update(repr(tuple(row)).encode())
    return total.hexdigest()
