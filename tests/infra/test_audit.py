import json
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from accounts.calendars.models import CalendarException, WorkCalendar
from accounts.people.models import Company
from infra.audit import queries, rules, trail
from infra.audit.models import AuditEntry
from infra.audit.sealing import seal
from infra.database import db
from infra.transaction import transaction
from kernel.actor import Actor
from web.app import create_app
from web.settings import read

ANN = Actor(1, "Ann")


@pytest.fixture
def chain(app):
    """Three entries in a chain."""
    for name in "abc":
        _add(name)
    return app


def _add(name):
    with transaction(ANN, "company.added") as work:
        work.session.add(Company(name=name))


def _tamper(sequence, **values):
    db.session.execute(sa.update(AuditEntry).where(AuditEntry.sequence == sequence).values(**values))
    db.session.commit()


def test_an_untouched_chain_verifies_and_knows_its_anchor(chain):
    found = queries.verify()
    assert (found.sealed, found.unsealed, found.erased, found.sound) == (3, 0, 0, True)
    assert queries.verify(anchor=found.head).sound
    assert not queries.verify(anchor="0" * 64).sound
    _add("d")
    assert queries.verify(anchor=found.head).sound


def test_a_row_that_its_list_lets_go_leaves_an_entry_with_all_that_it_held(app):
    with transaction(ANN, "calendar.added") as work:
        calendar = WorkCalendar(name="North", week=[[]] * 7)
        calendar.exceptions = [CalendarException(day=date(2026, 5, day), name="Free", periods=[]) for day in (1, 2)]
        work.session.add(calendar)
    with transaction(ANN, "calendar.changed"):
        calendar.exceptions[0].name = "Renamed in passing"
        calendar.exceptions.clear()
    gone = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == "removed").order_by(AuditEntry.id)).all()
    assert [(each.changes["day"], each.changes["name"]) for each in gone] == [
        (["2026-05-01", None], ["Free", None]),
        (["2026-05-02", None], ["Free", None]),
    ]


def test_a_row_that_moves_from_one_list_to_another_is_not_told_as_removed(app):
    with transaction(ANN, "calendar.added") as work:
        old, new = WorkCalendar(name="North", week=[[]] * 7), WorkCalendar(name="South", week=[[]] * 7)
        old.exceptions = [CalendarException(day=date(2026, 5, 1), name="Free", periods=[])]
        work.session.add_all([old, new])
    with transaction(ANN, "calendar.changed"):
        new.exceptions.append(old.exceptions.pop())
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.kind, entry.changes) == ("changed", {"calendar_id": [old.id, new.id]})


def test_an_altered_value_is_found(chain):
    _tamper(2, changes={"name": [None, "forged"]})
    assert "Entry 2" in queries.verify().problems[0]


@pytest.mark.parametrize("column", ["action", "subject", "kind", "transaction_id", "scope"])
def test_an_altered_fact_is_found(chain, column):
    _tamper(2, **{column: "forged"})
    assert "Entry 2 does not follow" in queries.verify().problems[0]


@pytest.mark.parametrize("values", [{"actor_name": "Bob"}, {"actor_id": 2}, {"label": "forged"}])
def test_another_author_or_name_is_found(chain, values):
    _tamper(2, **values)
    assert not queries.verify().sound


def test_a_removed_entry_is_found(chain):
    db.session.execute(sa.delete(AuditEntry).where(AuditEntry.sequence == 2))
    db.session.commit()
    assert "2 to 2 are missing" in queries.verify().problems[0]


def test_a_chain_cut_short_is_found_by_its_anchor(chain):
    head = queries.verify().head
    db.session.execute(sa.delete(AuditEntry).where(AuditEntry.sequence == 3))
    db.session.commit()
    assert not queries.verify(anchor=head).sound


def test_an_added_value_is_found(chain):
    _tamper(2, changes={"name": [None, "b"], "more": [None, 1]})
    assert not queries.verify().sound


def test_a_value_removed_without_its_salt_is_not_an_erasure(chain):
    _tamper(2, changes={})
    assert not queries.verify().sound


def test_history_is_read_newest_first(chain):
    with transaction(ANN, "company.changed") as work:
        work.session.get(Company, 1).name = "z"
    assert [entry.action for entry in queries.of_subject("company:1")] == ["company.changed", "company.added"]


def test_canonical_text_does_not_depend_on_order():
    assert rules.digest({"a": 1, "b": 2}, "s") == rules.digest({"b": 2, "a": 1}, "s")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_canonical_text_is_what_the_encoder_writes(value):
    assert rules.canonical(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_sealing_has_nothing_to_do_on_sqlite(chain):
    assert seal() == 0


def test_entries_that_came_unsealed_in_a_backup_are_sealed_on_sqlite_too(chain):
    db.session.execute(sa.update(AuditEntry).values(sequence=None, hash=None))
    db.session.commit()
    with transaction(ANN, "company.changed") as work:
        work.session.get(Company, 1).name = "z"
    assert queries.verify().sealed == 1
    db.session.rollback()
    assert (seal(), seal()) == (3, 0)
    found = queries.verify()
    assert (found.sealed, found.sound) == (4, True)


@pytest.fixture
def postgres_app(postgres_with_tables, tmp_path):
    """The application on PostgreSQL."""
    environment = {"ROADMAP_DATA_DIR": str(tmp_path), "ROADMAP_SECRET_KEY": "x" * 40}
    app = create_app(read(environment | {"ROADMAP_DATABASE_URL": postgres_with_tables}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.postgres
def test_on_postgresql_entries_are_sealed_in_commit_order_by_one(postgres_app):
    late = sa.orm.Session(db.engine)
    early = db.session.scalar(sa.text("select nextval('audit_entry_id_seq')"))
    db.session.rollback()
    _add("a")
    assert queries.verify().unsealed == 1
    assert seal() == 1
    head = queries.verify().head
    # An entry whose number is smaller, but whose transaction ends later, comes later in the chain.
    template = db.session.execute(sa.select(AuditEntry.__table__)).mappings().one()
    late.execute(sa.insert(AuditEntry.__table__).values(**{**template, "id": early, "sequence": None, "hash": None}))
    late.commit()
    late.close()
    _add("b")
    with _somebody_else_seals():
        assert seal() == 0
    assert seal() == 2
    assert seal() == 0
    found = queries.verify(anchor=head)
    assert (found.sealed, found.unsealed, found.sound) == (3, 0, True)
    order = db.session.execute(sa.select(AuditEntry.id).order_by(AuditEntry.sequence)).scalars().all()
    assert order[1] == early


@contextmanager
def _somebody_else_seals():
    with db.engine.connect() as other:
        other.execute(sa.text("select pg_advisory_lock(:key)"), {"key": trail.LOCK})
        yield
        other.execute(sa.text("select pg_advisory_unlock(:key)"), {"key": trail.LOCK})


@pytest.mark.postgres
def test_on_postgresql_an_action_of_many_rows_seals_its_own_entries(postgres_app, monkeypatch):
    monkeypatch.setattr(trail, "WORTH_SEALING", 3)
    _add("waits")
    _add_many("abc")
    found = queries.verify()
    assert (found.sealed, found.unsealed, found.sound) == (3, 1, True)
    _add_many("de")
    assert queries.verify().unsealed == 3
    assert seal() == 3
    assert queries.verify(anchor=found.head).sound


@pytest.mark.postgres
def test_on_postgresql_an_action_of_many_rows_waits_for_nobody_who_seals(postgres_app, monkeypatch):
    monkeypatch.setattr(trail, "WORTH_SEALING", 3)
    with _somebody_else_seals():
        _add_many("abc")
    assert queries.verify().unsealed == 3
    _add_many("def")
    assert seal() == 3
    found = queries.verify()
    assert (found.sealed, found.sound) == (6, True)


@pytest.mark.postgres
def test_on_postgresql_nobody_else_seals_until_an_action_of_many_rows_is_committed(postgres_app, monkeypatch):
    monkeypatch.setattr(trail, "WORTH_SEALING", 3)
    _add("waits")
    with pytest.raises(RuntimeError):
        _breaks_off()
    assert seal() == 1
    assert (queries.verify().sealed, queries.verify().sound) == (1, True)


def _breaks_off():
    with transaction(ANN, "company.added") as work:
        work.bulk_insert(Company, [{"name": name} for name in "abc"])
        trail.write(work.session, work)
        assert seal() == 0
        raise RuntimeError


def _add_many(names):
    with transaction(ANN, "company.added") as work:
        work.bulk_insert(Company, [{"name": name} for name in names])
