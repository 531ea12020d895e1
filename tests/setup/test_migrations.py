"""The migrations: from nothing to the newest schema and back, equal to the models, on both databases."""

import pytest
from sqlalchemy import create_engine, inspect, text

from crm.search.models import triggers
from crm.search.rules import SOUGHT
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


def test_the_search_is_kept_by_the_triggers_that_the_models_say(tmp_path):
    """A migration that builds a table of records anew loses its triggers: it has to build the search too."""
    wiring.load_models()
    engine = create_engine(f"sqlite:///{tmp_path}/t.db")
    migrate.upgrade(engine, MIGRATIONS)
    with engine.connect() as connection:
        there = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all())
    wanted = {name: said for kind in SOUGHT for name, said in triggers(kind).items()}
    assert {name: there.get(name) for name in wanted} == wanted
    engine.dispose()
