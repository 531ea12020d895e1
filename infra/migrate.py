"""The schema's versions: upgrade, downgrade, and what is missing. One connection, one transaction, both databases."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from infra.database import Base
from kernel.errors import Problem

SEARCH = "_sought"
"""What names of an index for searching hold: it follows from other rows, and is neither kept nor compared."""


def is_ours(name: str | None, kind: str, _parents: object = None) -> bool:
    """Whether a table or an index is one that models and backups speak of."""
    return kind not in ("table", "index") or SEARCH not in (name or "")


def upgrade(engine: Engine, folder: Path, revision: str = "head") -> None:
    """Bring the database to a revision, the newest by default. Nothing is half done: an error changes nothing."""
    with _migrating(engine, folder) as config:
        command.upgrade(config, revision)


def downgrade(engine: Engine, folder: Path, revision: str) -> None:
    """Take the database back to an older revision; ``base`` is empty."""
    with _migrating(engine, folder) as config:
        command.downgrade(config, revision)


def write_revision(engine: Engine, folder: Path, message: str, number: str) -> None:
    """Write a migration with what the models have and the database lacks."""
    with _migrating(engine, folder) as config:
        command.revision(config, message, autogenerate=True, rev_id=number)


def current(engine: Engine) -> str | None:
    """The revision that the database is at, or None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest(folder: Path) -> str | None:
    """The revision that the code wants."""
    return ScriptDirectory(str(folder)).get_current_head()


def knows(folder: Path, revision: str) -> bool:
    """Whether the code has the way from this revision to the newest."""
    try:
        return ScriptDirectory(str(folder)).get_revision(revision) is not None
    except CommandError:
        return False


def drift(engine: Engine) -> list[Any]:
    """What models and database disagree on; empty when the migrations are whole."""
    with engine.connect() as connection:
        found: list[Any] = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours}), Base.metadata
        )
        return found


@contextlib.contextmanager
def _migrating(engine: Engine, folder: Path) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    with engine.connect() as connection, foreign_keys_off(connection), connection.begin():
        config.attributes["connection"] = connection
        yield config
        check_references(connection)


@contextlib.contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Batch mode replaces tables; with foreign keys on, SQLite would silently delete what hangs on them.

    The switch has no effect within a transaction, so it is thrown on the driver before one begins.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def check_references(connection: Connection) -> None:
    """Raise Problem where a row of SQLite points at nothing; PostgreSQL checks by itself."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        raise Problem(
            "migrate.broken",
            "The migration would leave broken references in %(tables)s; nothing was changed.",
            tables=tables,
        )
