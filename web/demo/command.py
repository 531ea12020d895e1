"""`roadmap demo`: a data folder with three roll-outs in it, the sign-ins printed, then served."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import click
from platformdirs import user_data_path
from sqlalchemy import event

from infra import migrate
from infra.command import format_option, print_data, table
from infra.database import db
from infra.pdf import maker
from web.app import create_app
from web.clock import TODAY, morning_of, system_clock
from web.demo.cast import COMPANY, PASSWORD, PLAYERS, ROLLOUTS, SIGN_INS
from web.demo.digest import digest
from web.demo.play import play, weeks
from web.demo.scenes.reports import TOKEN as SHARED
from web.demo.stage import StoryClock
from web.places import place
from web.serving import HOST, PORT, run
from web.settings import Settings, read

MARK = "demo.day"
"""A file in the data folder that says which day the demo was made for."""

RARELY = (200_000, 20, 100)
"""How often Python looks for cycles while twenty-five thousand records come in: a quarter of the time went there."""


@click.command()
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--no-serve", is_flag=True, help="Only make the data folder.")
@click.option("--fresh", is_flag=True, help="Throw the demo's data away and make it anew.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the demo plays; default: today.")
@format_option
def demo(port: int, *, no_serve: bool, fresh: bool, today: Any, output: str) -> None:
    """Make a lived-in demo, print its sign-ins and serve it.

    Example: roadmap demo --port 8090
    """
    settings = demo_settings(os.environ)
    if settings.is_production:
        raise click.ClickException("The demo has passwords that everybody knows: it is not made in production.")
    day = today.date() if today else None
    made_for = _prepare(settings, day, fresh=fresh)
    data = _describe(settings, made_for, digested=output == "json")
    print_data(output, data, lambda: _text(data, port, served=not no_serve))
    if not no_serve:
        os.environ.update(ROADMAP_DATA_DIR=str(settings.data_dir), ROADMAP_DATABASE_URL=_plain_url(settings))
        if day:
            os.environ[TODAY] = made_for.isoformat()
        run(HOST, port)


def demo_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of the demo: a data folder of its own unless one is named."""
    folder = environ.get("ROADMAP_DATA_DIR") or str(user_data_path("launch90-demo", appauthor=False))
    return read({**environ, "ROADMAP_DATA_DIR": folder})


def _plain_url(settings: Settings) -> str:
    return settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)


def _prepare(settings: Settings, day: date | None, *, fresh: bool) -> date:
    """Make the demo unless it is there for this day; returns the day that it was made for."""
    mark = settings.data_dir / MARK
    made_for = date.fromisoformat(mark.read_text().strip()) if mark.exists() else None
    if made_for is not None and not fresh and day in (None, made_for):
        return made_for
    wanted = day or system_clock().date()
    _make(settings, wanted)
    mark.write_text(wanted.isoformat())
    return wanted


def _make(settings: Settings, day: date) -> None:
    """Play the story into a new database; an SQLite one is put in place only when it is whole."""
    _refuse_foreign(settings)
    if not settings.database_url.startswith("sqlite"):
        _play_into(settings, day)
        return
    target = Path(settings.database_url.removeprefix("sqlite:///"))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as aside:
        fresh = Path(aside) / "new.db"
        _play_into(replace(settings, database_url=f"sqlite:///{fresh}"), day)
        for leftover in (target, target.with_name(f"{target.name}-wal"), target.with_name(f"{target.name}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.move(fresh, target)


def _refuse_foreign(settings: Settings) -> None:
    """Never throw away a database that is not a demo."""
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    is_file = settings.database_url.startswith("sqlite") and path.exists()
    if is_file and not (settings.data_dir / MARK).exists():
        raise click.ClickException(
            f"{path} holds a database that is not a demo. Name another folder in ROADMAP_DATA_DIR; nothing was changed."
        )


def _play_into(settings: Settings, day: date) -> None:
    gc.set_threshold(*RARELY)
    clock = StoryClock(morning_of(day))
    app = create_app(settings, clock)
    with app.app_context(), app.test_request_context():
        event.listen(db.engine, "connect", _hurry)
        Thread(target=maker(Path(str(app.static_folder))).warm, daemon=True).start()
        migrate.upgrade(db.engine, place("migrations"))
        with click.progressbar(length=weeks(), label="Making the demo", file=sys.stderr) as bar:
            play(day, clock, lambda _what: bar.update(1))
        db.session.remove()
        db.engine.dispose()


def _hurry(connection: Any, _record: object) -> None:
    """Don't wait for the disk at each of a thousand actions: what is not whole is thrown away anyway."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def _describe(settings: Settings, day: date, *, digested: bool) -> dict[str, Any]:
    """What there is to say of the demo; the digest reads every row of it, so that only who asks for data gets it."""
    players = {player.key: player for player in PLAYERS}
    return {
        "data_dir": str(settings.data_dir),
        "organisation": COMPANY,
        "today": day.isoformat(),
        **({"digest": _digest(settings)} if digested else {}),
        "sign_ins": [
            {"role": role, "name": players[key].name, "email": players[key].email, "password": PASSWORD}
            for role, key in SIGN_INS
        ],
        "projects": list(range(1, len(ROLLOUTS) + 1)),
    }


def _digest(settings: Settings) -> str:
    with create_app(settings).app_context():
        content = digest()
        db.engine.dispose()
    return content


def _text(data: dict[str, Any], port: int, *, served: bool) -> str:
    rows = [[each["role"], each["email"], each["password"]] for each in data["sign_ins"]]
    lines = [
        f"{data['organisation']}, {data['today']}. Data: {data['data_dir']}",
        "",
        table(rows, ["role", "e-mail", "password"]),
    ]
    lines += ["", f"A share link without sign-in: /s/{SHARED}"]
    if served:
        lines += ["", f"Open http://{HOST}:{port} and sign in with any of them. Ctrl-C stops."]
    return "\n".join(lines)


COMMANDS = (demo,)
