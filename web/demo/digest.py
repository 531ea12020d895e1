"""One number for the whole content of a database, to show that the same day gives the same demo."""

from __future__ import annotations

import hashlib

from sqlalchemy import ColumnElement, Table, select

from infra.database import Base, db

VOLATILE = frozenset(
    {
        "password",
        "fs_uniquifier",
        "salt",
        "salts",
        "digests",
        "hash",
        "transaction_id",
        "transactions",
        "chain",
        "token",
        "token_hash",
        "reference",
        "signing_key",
        "old_key",
    }
)
"""Columns that hold chance on purpose: secrets, salts and what is derived from them; in the trail's changes, too."""
WITHIN_AN_ACTION = {"audit_entry": ("at", "action", "subject", "id")}
"""Entries of one action stand in no order: SQLAlchemy keeps changed rows in a set. Their numbers are left out."""
SKIPPED = frozenset({"sign_in_session", "sign_in_try", "job_run", "crm_hook_delivery"})
"""Tables that tell of the running instance rather than of its content."""


def digest() -> str:
    """The SHA-256 over every row of every table in a fixed order, without what is left to chance, in hex."""
    total = hashlib.sha256()
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name):
        if table.name in SKIPPED:
            continue
        columns = _columns(table)
        total.update(f"{table.name}:{','.join(column.name for column in columns)}\n".encode())
        for row in db.session.execute(select(*columns).order_by(*_order(table))):
            total.update(repr(tuple(_settled(value) for value in row)).encode())
    return total.hexdigest()


def _settled(value: object) -> object:
    if isinstance(value, dict):
        return {key: _settled(part) for key, part in value.items() if key not in VOLATILE}
    return value


def _columns(table: Table) -> list[ColumnElement[object]]:
    unordered = {"id", "sequence"} if table.name in WITHIN_AN_ACTION else set()
    return [column for column in table.columns if column.name not in VOLATILE | unordered]


def _order(table: Table) -> list[ColumnElement[object]]:
    names = WITHIN_AN_ACTION.get(table.name)
    return [table.columns[name] for name in names] if names else list(table.primary_key.columns)
