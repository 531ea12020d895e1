"""Commands on the database: create it, bring it to the newest schema, write a migration."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from infra import migrate
from infra.command import with_app
from infra.database import db
from infra.wires import wires
from web.places import place


@click.command()
@with_app
def init() -> None:
    """Create the data folder and the database, or bring an older one to the newest schema.

    Example: roadmap init
    """
    settings = wires().settings
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    ensure_schema()
    click.echo(f"Ready: {_where(settings.database_url)}")


@click.command()
@with_app
def upgrade() -> None:
    """Bring the database to the newest schema; an SQLite database is copied aside first.

    Example: roadmap upgrade
    """
    settings = wires().settings
    before, wanted = migrate.current(db.engine), migrate.newest(place("migrations"))
    if before == wanted:
        click.echo(f"Nothing to do: the database is at {wanted}.")
        return
    copy = ensure_schema()
    click.echo(f"Upgraded {_where(settings.database_url)} from {before or 'empty'} to {wanted}.")
    if copy:
        click.echo(f"The database as it was: {copy}")


def ensure_schema() -> Path | None:
    """Upgrade where needed; returns the copy that was kept of an older SQLite database."""
    if migrate.current(db.engine) == migrate.newest(place("migrations")):
        return None
    copy = migrate.keep_copy(db.engine, wires().settings.data_dir / "backups", wires().clock())
    migrate.upgrade(db.engine, place("migrations"))
    return copy


def is_current() -> bool:
    """Whether the database is at the schema that the code wants."""
    return migrate.current(db.engine) == migrate.newest(place("migrations"))


def _where(url: str) -> str:
    return current_app.extensions["sqlalchemy"].engine.url.render_as_string(hide_password=True) if url else ""


COMMANDS = (init, upgrade)
