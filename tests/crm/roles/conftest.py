"""The application on PostgreSQL, for the statements that count the effect of a change."""

import pytest

from infra.database import db
from web.app import create_app
from web.settings import read


@pytest.fixture
def postgres_app(postgres, tmp_path):
    """The application on an empty PostgreSQL database."""
    with postgres.database() as url:
        settings = {"ROADMAP_DATA_DIR": str(tmp_path), "ROADMAP_SECRET_KEY": "x" * 40, "ROADMAP_DATABASE_URL": url}
        app = create_app(read(settings))
        with app.app_context():
            db.create_all()
            yield app
            db.session.remove()
            db.engine.dispose()
