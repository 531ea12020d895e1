"""Commands on the database: create it, bring it to the newest schema and back, with a backup before."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from infra import migrate
from infra.audit.queries import verify
from infra.backup import queries, service
from infra.backup.cli import come_back
from infra.backup.rules import Made, Reason, check_reason
from infra.backup.writing import here
from infra.command import with_app
from infra.database import db
from infra.transaction import note
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Problem
from web.places import place


@click.command()
@with_app
def init() -> None:
    """Create the data folder and the database, or bring an older one to the newest schema.

    Example: roadmap init
    """
    settings = wires().settings
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    made = ensure_schema()
    click.echo(f"Ready: {_where(settings.database_url)}")
    if made:
        click.echo(_way_back(made))


@click.command()
@click.option("--no-backup", default=None, metavar="REASON", help="Go without a backup before; say why.")
@click.option("--undo", is_flag=True, help="Take back the last upgrade: restore the backup that was made before it.")
@click.option("--yes", is_flag=True, help="With --undo: replace without asking.")
@with_app
def upgrade(no_backup: str | None, *, undo: bool, yes: bool) -> None:
    """Bring the database to the newest schema. Everything is backed up first; an error changes nothing.

    Example: roadmap upgrade
    """
    if undo:
        _take_back(yes=yes)
        return
    before, wanted = migrate.current(db.engine), newest()
    if before == wanted:
        click.echo(f"Nothing to do: the database is at {wanted}.")
        return
    why = None if no_backup is None else check_reason(no_backup)
    made = ensure_schema(without_backup=why)
    found = verify()
    if not found.sound:
        raise Problem("upgrade.trail", "The database was upgraded, but the audit trail does not verify any more.")
    click.echo(f"Upgraded {_where(wires().settings.database_url)} from {before or 'empty'} to {wanted}.")
    click.echo(f"The audit trail's {found.sealed:,} sealed entries verify.")
    if made:
        click.echo(_way_back(made))


def ensure_schema(*, without_backup: str | None = None) -> Made | None:
    """Upgrade where needed, after a backup of what was there; returns that. ``without_backup`` says why none is."""
    before = migrate.current(db.engine)
    if before == newest():
        return None
    now, made = wires().clock(), None
    if before and without_backup is None:
        made = service.write_aside(here(), now, Reason.UPGRADE)
    db.session.remove()
    migrate.upgrade(db.engine, place("migrations"))
    if made:
        service.record(made, now, Reason.UPGRADE, 0, SYSTEM)
    if before:
        note(SYSTEM, "database.upgraded", label=newest(), before=before, without_backup=without_backup or "")
    return made


def newest() -> str:
    """The schema that the code wants."""
    return migrate.newest(place("migrations")) or ""


def is_current() -> bool:
    """Whether the database is at the schema that the code wants."""
    return migrate.current(db.engine) == newest()


def _take_back(*, yes: bool) -> None:
    file = queries.newest_file(here().folder, Reason.UPGRADE)
    if file is None:
        raise NotFound("No backup was made before an upgrade. Restore another one: roadmap restore FILE.")
    click.echo(f"Taking back the upgrade with {file}")
    come_back(file, "text", yes=yes, undo=True)
    schema = migrate.current(db.engine)
    click.echo(f"The database is at schema {schema} again. Install the version that fits before you start the server;")
    click.echo("this one upgrades it anew.")


def _way_back(made: Made) -> str:
    path = Path(made.name)
    return f"The way back: roadmap upgrade --undo (or, with the older version: roadmap restore {path})"


def _where(url: str) -> str:
    return current_app.extensions["sqlalchemy"].engine.url.render_as_string(hide_password=True) if url else ""


COMMANDS = (init, upgrade)
