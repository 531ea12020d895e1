"""Alembic's environment: run on the connection that infra.migrate opened, in batches where SQLite needs them."""

from __future__ import annotations

from alembic import context

from infra.database import Base
from infra.migrate import is_ours

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
