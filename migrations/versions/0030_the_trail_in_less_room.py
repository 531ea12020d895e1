"""the trail in less room

An entry of which nothing was erased needs one salt: the salts and digests of its values follow from it. What was
written before stays as it is. The way back writes out what the older version reads. Three indexes of activities hold
those only that are about a lead, a deal or a campaign.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ABOUT = ("lead_id", "opportunity_id", "campaign_id")
BATCH = 1000
SALT = 32
ENTRY = sa.table(
    "audit_entry",
    sa.column("id", sa.Integer),
    sa.column("actor_id", sa.Integer),
    sa.column("actor_name", sa.String),
    sa.column("label", sa.String),
    sa.column("changes", sa.JSON),
    sa.column("salt", sa.String),
    sa.column("salts", sa.JSON),
    sa.column("digests", sa.JSON),
)


def upgrade() -> None:
    """Go forwards."""
    op.add_column("audit_entry", sa.Column("salt", sa.String(length=22), nullable=True))
    for about in ABOUT:
        _index(about, sa.text(f"deleted_at IS NULL AND {about} IS NOT NULL"))


def downgrade() -> None:
    """Go backwards."""
    for about in ABOUT:
        _index(about, sa.text("deleted_at IS NULL"))
    _expand(op.get_bind())
    op.drop_column("audit_entry", "salt")


def _index(about: str, live: sa.TextClause) -> None:
    """Make an index of activities anew, of those rows."""
    name = f"ix_crm_activity_{about}_occurred_at"
    op.drop_index(name, "crm_activity")
    op.create_index(name, "crm_activity", [about, "occurred_at"], sqlite_where=live, postgresql_where=live)


def _expand(connection: sa.Connection) -> None:
    """Write out the salts and digests of each entry that has one salt, a batch at a time."""
    last = 0
    fill = (
        sa.update(ENTRY)
        .where(ENTRY.c.id == sa.bindparam("number"))
        .values(salts=sa.bindparam("salts"), digests=sa.bindparam("digests"))
    )
    page = sa.select(ENTRY).where(ENTRY.c.salt.is_not(None)).order_by(ENTRY.c.id).limit(BATCH)
    while rows := connection.execute(page.where(ENTRY.c.id > last)).all():
        connection.execute(fill, [{"number": row.id, **_written_out(row)} for row in rows])
        last = rows[-1].id


def _written_out(row: sa.Row[Any]) -> dict[str, dict[str, str]]:
    values = {**row.changes, "@who": [row.actor_id, row.actor_name], "@label": row.label}
    names = sorted(values)
    stream = hashlib.shake_256(row.salt.encode()).hexdigest(SALT // 2 * len(names))
    salts = {name: stream[place * SALT : place * SALT + SALT] for place, name in enumerate(names)}
    return {"salts": salts, "digests": {name: _digest(value, salts[name]) for name, value in values.items()}}


def _digest(value: object, salt: str) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{salt}|{text}".encode()).hexdigest()
