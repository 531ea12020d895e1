"""Write a migration with what the models have and the newest migration lacks.

Run as `python -m scripts.new_migration "what changes"`; read and complete what comes out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from infra import migrate
from infra.database import db
from web.app import create_app
from web.places import place
from web.settings import read


def write(message: str) -> str:
    """Compare models and migrations on an empty SQLite database; returns the number of the new migration."""
    folder = place("migrations")
    number = f"{max(int(each.name[:4]) for each in (folder / 'versions').glob('[0-9]*.py')) + 1:04d}"
    with tempfile.TemporaryDirectory() as aside:
        app = create_app(read({"ROADMAP_DATA_DIR": aside, "ROADMAP_SECRET_KEY": "x" * 40}))
        with app.app_context():
            migrate.upgrade(db.engine, Path(folder))
            migrate.write_revision(db.engine, Path(folder), message, number)
            db.engine.dispose()
    return number


if __name__ == "__main__":
    message = sys.argv[1:]
    if len(message) != 1:
        sys.exit('Say what changes: python -m scripts.new_migration "add a table of …"')
    print(f"Wrote migration {write(message[0])}.")
