"""Sealed columns: unreadable where they lie, readable with any key, and moved to the newest one."""

import json

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, insert, select, type_coerce

from infra import keys
from infra.audit.models import AuditEntry
from infra.database import db
from infra.sealed import KeyMissing, SealedText, box, digest_of, seal, unseal
from kernel.actor import SYSTEM
from web import keys as command
from web.settings import SettingsError, read

OLD, NEW, OTHER = (letter * 43 + "=" for letter in "onx")
drawer = MetaData()
letters = Table(
    "sealed_letter", drawer, Column("id", Integer, primary_key=True), Column("name", String), Column("body", SealedText)
)


@pytest.fixture
def open_drawer(make_app):
    """Applications with the given keys, on one database that has a table with a sealed column."""
    pushed = []

    def make(*held):
        app = make_app(ROADMAP_ENCRYPTION_KEYS=",".join(held))
        context = app.app_context()
        context.push()
        pushed.append(context)
        drawer.create_all(db.engine)
        return app

    yield make
    for context in reversed(pushed):
        db.session.remove()
        db.engine.dispose()
        context.pop()


def put(*bodies):
    with db.engine.begin() as connection:
        for body in bodies:
            connection.execute(insert(letters).values(name="n", body=body))


def as_it_lies():
    with db.engine.connect() as connection:
        return list(connection.scalars(select(type_coerce(letters.c.body, Text)).order_by(letters.c.id)))


def bodies():
    with db.engine.connect() as connection:
        return list(connection.scalars(select(letters.c.body).order_by(letters.c.id)))


def test_what_lies_in_the_database_tells_nothing(open_drawer):
    open_drawer(NEW)
    put("meet me at noon", None, "")
    assert bodies() == ["meet me at noon", None, ""]
    first, none, _ = as_it_lies()
    assert none is None
    assert "noon" not in first
    assert Fernet(NEW).decrypt(first.encode()) == b"meet me at noon"


@given(plain=st.binary(max_size=300))
def test_whatever_is_sealed_comes_back(plain):
    held = box((NEW, OLD))
    assert held.decrypt(held.encrypt(plain)) == plain
    assert held.decrypt(box((OLD,)).encrypt(plain)) == plain


def test_a_key_that_is_missing_or_a_byte_that_was_altered_is_said_in_words(open_drawer):
    open_drawer(OLD)
    sealed = seal(b"secret")
    with pytest.raises(KeyMissing):
        unseal(sealed[:-4] + b"AAA=")
    open_drawer(NEW)
    with pytest.raises(KeyMissing, match="ROADMAP_ENCRYPTION_KEYS"):
        unseal(sealed)


def test_rotating_moves_everything_to_the_newest_key_in_batches(open_drawer, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 3)
    open_drawer(OLD)
    put(*(f"letter {number}" for number in range(7)), None)
    open_drawer(NEW, OLD)
    put("fresh")
    assert keys.standing((NEW, OLD), drawer) == [keys.Standing("sealed_letter.body", newest=1, older=7)]
    assert keys.rotate((NEW, OLD), actor=SYSTEM, metadata=drawer) == 7
    assert keys.standing((NEW,), drawer) == [keys.Standing("sealed_letter.body", newest=8)]
    notes = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "keys.rotated")).all()
    assert [note.label for note in notes] == ["sealed_letter.body"] * 3
    open_drawer(NEW)
    assert bodies() == [*(f"letter {number}" for number in range(7)), None, "fresh"]


def test_a_rotation_that_was_broken_off_goes_on(open_drawer, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    open_drawer(OLD)
    put("a", "b", "c", "d")
    open_drawer(NEW, OLD)
    seal_again, calls = keys._seal_again, []

    def break_off(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return seal_again(*arguments)

    monkeypatch.setattr(keys, "_seal_again", break_off)
    with pytest.raises(KeyboardInterrupt):
        keys.rotate((NEW, OLD), actor=SYSTEM, metadata=drawer)
    monkeypatch.setattr(keys, "_seal_again", seal_again)
    before = as_it_lies()
    assert keys.rotate((NEW, OLD), actor=SYSTEM, metadata=drawer) == 2
    assert as_it_lies()[:2] == before[:2]
    assert bodies() == ["a", "b", "c", "d"]


def test_what_no_key_opens_stays_as_it_is(open_drawer):
    open_drawer(OTHER)
    put("lost")
    before = as_it_lies()
    open_drawer(NEW, OLD)
    assert keys.rotate((NEW, OLD), actor=SYSTEM, metadata=drawer) == 0
    assert keys.standing((NEW, OLD), drawer) == [keys.Standing("sealed_letter.body", lost=1)]
    assert as_it_lies() == before


def test_the_commands(app):
    made = CliRunner().invoke(command.keys, ["new"]).output.strip()
    assert len(Fernet(made).encrypt(b"x")) > 40
    rotated = CliRunner().invoke(command.keys, ["rotate", "--format", "json"], obj=lambda: app)
    assert rotated.exit_code == 0
    assert json.loads(rotated.output)["sealed_again"] == 0


def test_a_digest_is_sha_256_in_hex():
    assert digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("held", ["abc", f"{NEW},abc", "x" * 44], ids=["short", "second", "long"])
def test_a_key_that_is_none_is_named(tmp_path, held):
    with pytest.raises(SettingsError, match=r"ROADMAP_ENCRYPTION_KEYS: key [12] is no Fernet key"):
        read({"ROADMAP_DATA_DIR": str(tmp_path), "ROADMAP_ENCRYPTION_KEYS": held})


def test_outside_production_a_key_is_made_once_and_kept(tmp_path):
    first, second = (read({"ROADMAP_DATA_DIR": str(tmp_path)}).encryption_keys for _ in range(2))
    assert first == second
    assert (tmp_path / "encryption_key").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == ["encryption_key", "secret_key"]
