"""The schema's versions: upgrade, downgrade, and what is missing. One connection, one transaction, both databases."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from infra.database import Base
from kernel.errors import Problem


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


def drift(engine: Engine) -> list[Any]:
    """What models and database disagree on; empty when the migrations are whole."""
    with engine.connect() as connection:
        found: list[Any] = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
        return found


def keep_copy(engine: Engine, folder: Path, at: datetime) -> Path | None:
    """Copy an SQLite database aside before it is changed, page by page while others work; returns the copy.

    None for a database that is empty or that is not a file of ours.
    """
    if engine.dialect.name != "sqlite" or current(engine) is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"before-{newest_name(engine)}-{at:%Y%m%dT%H%M%S}.db"
    with engine.connect() as connection, contextlib.closing(sqlite3.connect(target)) as copy:
        cast("sqlite3.Connection", connection.connection.driver_connection).backup(copy)
    return target


def newest_name(engine: Engine) -> str:
    """The current revision as part of a file name."""
    return current(engine) or "empty"


@contextlib.contextmanager
def _migrating(engine: Engine, folder: Path) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    with engine.connect() as connection, _foreign_keys_off(connection), connection.begin():
        config.attributes["connection"] = connection
        yield config
        _check_references(connection)


@contextlib.contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
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


def _check_references(connection: Connection) -> None:
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
