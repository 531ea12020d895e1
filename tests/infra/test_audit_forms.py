"""The two forms of an entry: whole with one salt, expanded with a salt and a digest a value. On both databases."""

import json
import secrets
from hashlib import sha256

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from accounts.people.models import Company
from infra import migrate
from infra.audit import erasures, queries, rules
from infra.audit.models import AuditEntry
from infra.audit.sealing import seal
from infra.database import db
from infra.transaction import transaction
from kernel.actor import Actor
from tests.fixtures.app import NOW
from web.places import place

ANN, BOB = Actor(1, "Ann"), Actor(2, "Bob")
ENTRY = AuditEntry.__table__
MIGRATIONS = place("migrations")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def chain(request, make_app):
    """Three whole entries in a chain: of Ann, of Bob, of Ann; on SQLite, then on PostgreSQL."""
    other = request.param != "sqlite"
    app = make_app(**({"ROADMAP_DATABASE_URL": request.getfixturevalue("postgres_with_tables")} if other else {}))
    with app.app_context():
        for who, name in ((ANN, "a"), (BOB, "b"), (ANN, "c")):
            add(who, name)
        yield app
        db.session.remove()
        db.engine.dispose()


def add(who, name):
    with transaction(who, "company.added") as work:
        work.session.add(Company(name=name))
    seal()


def entry(sequence):
    return db.session.execute(sa.select(ENTRY).where(ENTRY.c.sequence == sequence)).mappings().one()


def tamper(sequence, **values):
    db.session.execute(sa.update(ENTRY).where(ENTRY.c.sequence == sequence).values(**values))
    db.session.commit()


def add_as_before():
    """An entry as older versions wrote it: a salt and a digest a value, each salt of its own chance."""
    values = {"name": [None, "old"], "@who": [1, "Ann"], "@label": "old"}
    salts = {name: secrets.token_hex(8) for name in values}
    digests = {name: rules.digest(value, salts[name]) for name, value in values.items()}
    row = {"changes": {"name": [None, "old"]}, "salt": None, "salts": salts, "digests": digests, "label": "old"}
    older = {**entry(1), "subject": "company:9", "sequence": None, "hash": None, **row}
    db.session.execute(sa.insert(ENTRY), {name: value for name, value in older.items() if name != "id"})
    db.session.commit()
    seal()


def erase(subject="company:2", person_id=None, **values):
    done = erasures.apply(db.session, [erasures.Erasure(NOW.isoformat(), subject, values, person_id)])
    db.session.commit()
    return done


def test_a_new_entry_has_one_salt_and_nothing_that_follows_from_it(chain):
    kept = entry(2)
    assert len(kept["salt"]) == 22
    assert (kept["salts"], kept["digests"]) == ({}, {})
    assert len({entry(number)["salt"] for number in (1, 2, 3)}) == 3
    assert queries.verify().sound


@pytest.mark.parametrize(
    "values",
    [
        {"changes": {"name": [None, "forged"]}},
        {"changes": {}},
        {"changes": {"name": [None, "b"], "more": [None, 1]}},
        {"actor_name": "Eve"},
        {"actor_name": None},
        {"label": None},
        {"salt": "A" * 22},
        {"salt": None},
        {"digests": {"more": "0" * 64}},
    ],
    ids=str,
)
def test_whatever_is_altered_in_a_whole_entry_is_found(chain, values):
    tamper(2, **values)
    found = queries.verify()
    assert not found.sound
    assert all(said.startswith("Entry 2 ") for said in found.problems)


def test_entries_of_before_stand_beside_new_ones(chain):
    add_as_before()
    add(BOB, "d")
    assert (entry(4)["salt"], len(entry(4)["salts"]), entry(5)["digests"]) == (None, 3, {})
    found = queries.verify()
    assert (found.sealed, found.sound) == (5, True)
    tamper(4, changes={"name": [None, "forged"]})
    assert queries.verify().problems == ("Entry 4 (company.added, company:9) holds other values than were sealed.",)


def test_an_erasure_expands_the_entry_and_the_chain_does_not_notice(chain):
    before = entry(2)
    opened = rules.opened(
        {**before["changes"], "@who": [2, "Bob"], "@label": "b"}, before["salt"], before["salts"], before["digests"]
    )
    assert erase(name="erased") == 1
    after = entry(2)
    assert (after["salt"], after["changes"], after["label"], after["actor_name"]) == (None, {}, None, "Bob")
    assert after["digests"] == opened.digests
    assert after["salts"] == {"@who": opened.salts["@who"]}
    assert after["hash"] == before["hash"]
    found = queries.verify()
    assert (found.erased, found.sound) == (1, True)


@pytest.mark.parametrize(
    "values",
    [
        {"actor_name": "Eve"},
        {"changes": {"name": [None, "b"]}},
        {"label": "b"},
        {"digests": {}},
        {"salts": {}},
        {"salt": "A" * 22},
    ],
    ids=str,
)
def test_whatever_is_altered_in_an_erased_entry_is_found(chain, values):
    erase(name="erased")
    tamper(2, **values)
    assert not queries.verify().sound


def test_erasing_twice_does_no_harm_and_another_field_may_follow(chain):
    erase(name="erased")
    once = entry(2)
    erase(name="erased")
    assert entry(2) == once
    erase("nothing:0", person_id=2)
    assert (entry(2)["actor_name"], entry(2)["salts"], entry(2)["digests"]) == (None, {}, once["digests"])
    found = queries.verify()
    assert (found.erased, found.sound) == (1, True)


def test_an_erased_name_goes_from_every_entry_of_its_owner_and_from_no_other(chain):
    add_as_before()
    assert erase("nothing:0", person_id=1) == 1
    left = [entry(number) for number in (1, 2, 3, 4)]
    assert [each["actor_name"] for each in left] == [None, "Bob", None, None]
    assert [each["salt"] is None for each in left] == [True, False, True, True]
    found = queries.verify()
    assert (found.erased, found.sound) == (3, True)


def test_an_entry_may_be_erased_before_it_is_sealed(chain):
    hashes = [entry(number)["hash"] for number in (1, 2, 3)]
    db.session.execute(sa.update(ENTRY).values(sequence=None, hash=None))
    db.session.commit()
    erase(name="erased")
    seal()
    assert [entry(number)["hash"] for number in (1, 2, 3)] == hashes
    assert queries.verify().sound


def test_an_older_version_reads_every_entry_as_its_own(chain):
    """The way back writes out what the salt stood for; whole again nothing becomes, and all of it verifies."""
    erase(name="erased")
    db.session.remove()
    migrate.downgrade(db.engine, MIGRATIONS, "0029")
    with db.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM audit_entry ORDER BY sequence")).mappings().all()
    assert "salt" not in rows[0]
    migrate.upgrade(db.engine, MIGRATIONS)
    expanded = entry(3)
    values = {**expanded["changes"], "@who": [1, "Ann"], "@label": "c"}
    assert rules.check_values(values, expanded["salts"], expanded["digests"]) is rules.State.SOUND
    found = queries.verify()
    assert (found.sealed, found.erased, found.sound) == (3, 1, True)


@given(st.text(), st.lists(st.text(), min_size=6, max_size=6), st.dictionaries(st.text(), st.text()))
def test_a_link_is_the_hash_of_canonical_text(previous, facts, digests):
    content = rules.canonical([previous, 7, facts, digests])
    assert rules.link(previous, 7, rules.Sealed(*facts, digests)) == sha256(content.encode()).hexdigest()


NAMES = st.dictionaries(st.text(), st.none() | st.integers() | st.text(), max_size=6)


@given(NAMES, st.text(min_size=1))
def test_both_forms_commit_to_the_same(values, salt):
    whole = rules.opened(values, salt, {}, {})
    assert whole == rules.opened(values, None, whole.salts, whole.digests)
    assert rules.check_values(whole.values, whole.salts, whole.digests) is rules.State.SOUND
    assert len(set(whole.salts.values())) == len(values)
    assert rules.drawn(salt, reversed([*values])) == whole.salts


@given(NAMES, st.text(min_size=1), st.text(), st.lists(st.text(), min_size=6, max_size=6))
def test_a_new_entry_is_linked_as_it_will_be_verified(values, salt, previous, facts):
    texts = {name: rules.canonical(value) for name, value in values.items()}
    verified = rules.link(previous, 7, rules.Sealed(*facts, rules.opened(values, salt, {}, {}).digests))
    assert rules.link_new(previous, 7, facts, texts, salt) == verified
    assert json.loads(rules.canonical_fields(texts)) == values
