"""How PostgreSQL finds words among 10,000 activities: what it is asked, and the plans that it makes."""

import pytest
from sqlalchemy import event, text

from crm.access.queries import access_of
from crm.records.models import Contact
from crm.search import queries, rules
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.postgres
FILL = """
    INSERT INTO crm_activity (name, kind, state, direction, outcome, description, created_at, changed_at, occurred_at,
                              origin, owner_id)
    SELECT (ARRAY['Sent the offer', 'Call about the offer', 'Visit', 'Reference'])[1 + i % 4]
           || CASE WHEN i % 5000 = 0 THEN ' quetzal' ELSE '' END,
           'call', 'done', '', '', '', now(), now(), now() - i * interval '1 minute', 'entered', :owner
    FROM generate_series(1, 10000) AS i
"""


@pytest.fixture
def asked(make_app, postgres_with_tables):
    """What was asked of PostgreSQL, with 10,000 activities in it."""
    app = make_app(ROADMAP_DATABASE_URL=postgres_with_tables)
    with app.app_context():
        owner = factories.person("Oskar")
        db.session.execute(text(FILL), {"owner": owner.id})
        db.session.execute(text("SELECT gin_clean_pending_list('crm_activity_sought')"))
        db.session.execute(text("ANALYZE crm_activity"))
        db.session.commit()
        sent = []
        event.listen(db.engine, "before_cursor_execute", lambda *told: sent.append(told[2:4]))
        yield sent
        db.session.remove()
        db.engine.dispose()


def plans(asked, table="crm_activity"):
    """The plans of what was asked of a table; nothing that was asked is left."""
    wanted = [each for each in asked if f"FROM {table}" in each[0] and each[0].startswith("SELECT")]
    asked.clear()
    connection = db.session.connection()
    return ["\n".join(connection.exec_driver_sql(f"EXPLAIN {said}", values).scalars()) for said, values in wanted]


def test_a_plan_is_made_for_the_values_that_are_asked_and_never_compiled(asked):
    shown = [db.session.scalar(text(f"SHOW {name}")) for name in ("jit", "plan_cache_mode")]
    assert shown == ["off", "force_custom_plan"]


def test_a_rare_word_is_found_by_the_index_however_often_one_asks(asked):
    reader = access_of(factories.administrator())
    asked.clear()
    for _ in range(12):
        found = queries.find(reader, "quetzal", 25, ["activity"])
    assert [len(group.hits) for group in found] == [2]
    (plan,) = set(plans(asked))
    assert "crm_activity_sought" in plan
    assert "Seq Scan on crm_activity" not in plan


def test_a_word_of_half_the_names_is_asked_once_and_read_from_the_newest(asked):
    reader = access_of(factories.administrator())
    asked.clear()
    (group,) = queries.find(reader, "offer", 25, ["activity"])
    assert (len(group.hits), group.more) == (25, True)
    (plan,) = plans(asked)
    assert "Limit" in plan
    assert "Seq Scan on crm_activity" not in plan


def test_a_name_with_a_typo_is_found_by_its_pieces_not_by_reading_all_from_the_newest(asked):
    names = ["Ida Maertens" if number % 40 == 0 else f"Ida Dahl{number}" for number in range(6000)]
    kept = {"origin": "entered", "created_at": NOW, "changed_at": NOW}
    with transaction(SYSTEM, "record.created") as work:
        work.bulk_insert(Contact, [{"name": name, "last_name": name, **kept} for name in names])
    db.session.execute(text("SELECT gin_clean_pending_list('crm_contact_sought')"))
    db.session.execute(text("ANALYZE crm_contact"))
    db.session.commit()
    reader = access_of(factories.administrator())
    asked.clear()
    (group,) = queries.find(reader, "maertnes", 25, ["contact"])
    assert (len(group.hits), group.more) == (25, True)
    near = plans(asked, "crm_contact")[-1]
    assert near.count("Bitmap Index Scan on crm_contact_sought") >= len(rules.pieces("maertnes"))
    assert "Index Scan Backward" not in near
