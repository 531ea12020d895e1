"""Serving the application with granian."""

from __future__ import annotations

import os
import socket

import click
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import select

from accounts.people.models import Person
from infra.command import with_app
from infra.database import db
from infra.wires import wires
from web.database import ensure_schema
from web.demo.cast import DOMAIN
from web.wsgi import NO_SCHEDULER

HOST = "127.0.0.1"
PORT = 8090
THREADS = 4


@click.command()
@click.option("--host", default=HOST, show_default=True, help="The address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes answer.")
@click.option("--no-scheduler", is_flag=True, help="Leave the timetable to `roadmap scheduler`.")
def serve(host: str, port: int, workers: int, *, no_scheduler: bool) -> None:
    """Serve the application; the timetable runs inside unless told otherwise.

    Example: roadmap serve --port 8090
    """
    prepare()
    click.echo(f"Launch90 is at http://{host}:{port}  (stop it with Ctrl-C)")
    run(host, port, workers, scheduler=not no_scheduler)


@with_app
def prepare() -> None:
    """See that there is a database at the newest schema, and in production that it is not the demo's."""
    ensure_schema()
    if wires().settings.is_production and holds_demo_people():
        raise click.ClickException(
            "This database holds the demo's people, whose passwords everybody knows. "
            "Start with an empty database: set ROADMAP_DATA_DIR or ROADMAP_DATABASE_URL to another place."
        )


def holds_demo_people() -> bool:
    """Whether anybody of the demo could sign in here."""
    known = select(Person.id).where(Person.email.like(f"%@{DOMAIN}"), Person.active, Person.password.is_not(None))
    return db.session.scalar(known.limit(1)) is not None


def run(host: str, port: int, workers: int = 1, *, scheduler: bool = True) -> None:
    """Listen until stopped; a port that is taken ends the command with status 1."""
    if is_taken(host, port):
        raise click.ClickException(f"Port {port} is taken: choose another with --port.")
    if not scheduler:
        os.environ[NO_SCHEDULER] = "1"
    Granian(
        "web.wsgi:make",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        log_access=False,
        websockets=False,
    ).serve()


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


COMMANDS = (serve,)
