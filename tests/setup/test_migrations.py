"""The migrations: from nothing to the newest schema and back, equal to the models, on both databases."""

from datetime import date, datetime

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, insert, inspect, text

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


def test_rows_outlive_the_way_back_and_forth(engine):
    """What an older version wrote is there after an upgrade; what a step back keeps comes back as it was."""
    migrate.upgrade(engine, MIGRATIONS, BEFORE_CRM)
    write(engine, OLD_ROWS)
    older = rows(engine)
    migrate.upgrade(engine, MIGRATIONS, FIRST_OF_CRM)
    write(engine, CRM_ROWS)
    first = rows(engine)
    for revision in LATER:
        migrate.upgrade(engine, MIGRATIONS, revision)
        assert_kept(first, rows(engine))
    assert migrate.drift(engine) == []
    for revision in reversed([FIRST_OF_CRM, *LATER[:-1]]):
        migrate.downgrade(engine, MIGRATIONS, revision)
        assert_kept(first, rows(engine))
    assert rows(engine) == first
    migrate.downgrade(engine, MIGRATIONS, BEFORE_CRM)
    assert rows(engine) == older


BEFORE_CRM, FIRST_OF_CRM = "0012", "0013"
CHAIN = [each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
"""Every revision in the order in which they follow each other, whatever their numbers."""
LATER = CHAIN[CHAIN.index(FIRST_OF_CRM) + 1 :]
OLD_ROWS = {
    "person": {"name": "Zoë Ørsted", "email": "zoe@example.org"},
    "sign_in_session": {"person_id": 1, "token_hash": "x" * 64},
}
CRM_ROWS = {
    "team": {"name": "Nørth"},
    "crm_account": {"name": "Ångström & Söhne", "owner_id": 1, "team_id": 1},
    "crm_contact": {"name": "Ada Lovelace", "last_name": "Lovelace", "account_id": 1, "owner_id": 1},
    "crm_opportunity": {"name": "Framework", "account_id": 1, "stage_id": 1, "amount": 1999, "owner_id": 1},
    "crm_lead": {"name": "Grace Hopper", "last_name": "Hopper", "email": "grace@example.org"},
    "record_share": {"object": "account", "record_id": 1, "person_id": 1},
}
"""A row a table of what an older version may hold; `write` fills in whatever else must not be empty."""


def write(engine, wanted):
    known = MetaData()
    known.reflect(engine, only=[*wanted])
    with engine.begin() as connection:
        for name, given in wanted.items():
            table = known.tables[name]
            needed = {column.name: plain(column) for column in table.columns if must_be_given(column)}
            connection.execute(insert(table), needed | given)


def must_be_given(column):
    return not (column.nullable or column.server_default is not None or column.primary_key or column.foreign_keys)


def plain(column):
    kind = column.type.python_type
    plain_values = {str: "x", int: 1, bool: True, datetime: datetime(2026, 2, 18, 9, 10), date: date(2026, 2, 18)}
    return plain_values.get(kind, {})


def rows(engine):
    """Every row of every table by its columns, but for what searches."""
    names = [each for each in inspect(engine).get_table_names() if migrate.is_ours(each, "table")]
    with engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY id")).mappings()]
            for name in names
            if name != "alembic_version"
        }


def assert_kept(before, after):
    """Whatever was there is there, with what newer columns add."""
    for name, held in before.items():
        assert [{key: row.get(key) for key in old} for old, row in zip(held, after[name], strict=True)] == held
