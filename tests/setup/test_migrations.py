"""The migrations: from nothing to the newest schema and back, equal to the models, on both databases."""

import pytest
from sqlalchemy import create_engine, inspect

from infra import migrate
from web import wiring
from web.places import place

MIGRATIONS = place("migrations")
URLS = ["sqlite", pytest.param("fresh_postgres_url", marks=pytest.mark.postgres)]


@pytest.fixture(params=URLS, ids=["sqlite", "postgres"])
def engine(request, tmp_path):
    url = f"sqlite:///{tmp_path}/t.db"
    if request.param != "sqlite":
        url = request.getfixturevalue(request.param).replace("postgresql://", "postgresql+psycopg://")
    wiring.load_models()
    made = create_engine(url)
    yield made
    made.dispose()


def tables(engine):
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_up_is_what_the_models_say(engine):
    migrate.upgrade(engine, MIGRATIONS)
    assert tables(engine)
    assert migrate.drift(engine) == []
    assert migrate.current(engine) == migrate.newest(MIGRATIONS)


def test_down_leaves_nothing_and_up_again_works(engine):
    migrate.upgrade(engine, MIGRATIONS)
    migrate.downgrade(engine, MIGRATIONS, "base")
    assert tables(engine) == set()
    migrate.upgrade(engine, MIGRATIONS)
    assert migrate.drift(engine) == []
