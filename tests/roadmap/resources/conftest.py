"""The application on both databases, for what is read by statements of one's own."""

import pytest

from infra.database import db
from web.app import create_app
from web.settings import read


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_app(request, make_app, tmp_path):
    """The application on an empty database: on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        app = make_app()
        with app.app_context():
            yield app
        return
    with request.getfixturevalue("postgres").database() as url:
        settings = {"ROADMAP_DATA_DIR": str(tmp_path), "ROADMAP_SECRET_KEY": "x" * 40, "ROADMAP_DATABASE_URL": url}
        app = create_app(read(settings))
        with app.app_context():
            db.create_all()
            yield app
            db.session.remove()
            db.engine.dispose()
