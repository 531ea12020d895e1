"""The application on PostgreSQL, for the statements that count the effect of a change."""

import pytest

from infra.database import db


@pytest.fixture
def postgres_app(make_app, postgres_with_tables):
    """The application on a PostgreSQL database of its own."""
    app = make_app(ROADMAP_DATABASE_URL=postgres_with_tables)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
