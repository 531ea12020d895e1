"""What is backed up comes back: the same rows, files and numbers, on both databases and from one to the other."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from crm.access.queries import access_of
from crm.search import queries as search
from infra import migrate
from infra.attachments import store
from infra.audit import erasures
from infra.audit.models import AuditEntry
from infra.audit.queries import verify
from infra.backup import archive, queries, returning, service, writing
from infra.backup.models import DrillRun
from infra.backup.rules import Reason
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import Conflict, Problem
from tests import factories
from tests.fixtures.app import NOW
from tests.infra.backup.conftest import plant, plant_crm
from web.places import place

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def back_up(**more):
    return service.back_up(actor=SYSTEM, now=NOW, **more)


def restore(path, **more):
    return service.restore(path, actor=SYSTEM, now=NOW, **more)


def test_everything_comes_back_as_it_was(planted, rows, spot, tmp_path):
    before, file = rows(), tmp_path / "one.tar.gz"
    made = back_up(to=file)
    assert (made.files, made.encrypted, made.header.about.projects) == (1, False, 1)
    assert made.rows == sum(made.manifest.rows.values()) > 20
    factories.project("Made after it")
    store.path_of(spot().files, next(iter(_digests()))).unlink()
    checks, kept = restore(file)
    assert [check.passed for check in checks] == [True] * 5
    assert rows() == before
    assert [store.path_of(spot().files, digest).read_bytes() for digest in _digests()] == [b"hello files"]
    assert verify(made.manifest.head).sound
    assert kept is not None
    assert archive.read(spot().folder / kept.name.rpartition("/")[2], ()).header.about.projects == 2
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1)).all()
    assert actions == ["backup.restored"]


def test_numbers_go_on_where_they_stopped(planted, tmp_path):
    last = factories.project("Removed again")
    with transaction(SYSTEM, "project.removed") as work:
        work.session.execute(sa.text("DELETE FROM project WHERE id = :id"), {"id": last})
    back_up(to=tmp_path / "n.tar.gz")
    restore(tmp_path / "n.tar.gz")
    assert factories.project("The next") == last + 1


def test_the_database_works_on_after_a_restore(planted, tmp_path):
    back_up(to=tmp_path / "w.tar.gz")
    restore(tmp_path / "w.tar.gz")
    project = factories.project("Afterwards")
    factories.task(project, after=factories.task(project))
    assert verify().problems == ()
    assert migrate.drift(db.engine) == []


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["to postgresql", "to sqlite"])
def test_a_backup_of_one_database_comes_back_in_the_other(way, make_app, postgres_with_tables, tmp_path, rows):
    on_sqlite, on_postgres = make_app(), make_app(ROADMAP_DATABASE_URL=postgres_with_tables)
    source, target = (on_sqlite, on_postgres) if way == "to postgresql" else (on_postgres, on_sqlite)
    with source.app_context():
        plant()
        plant_crm()
        before = rows()
        back_up(to=tmp_path / "x.tar.gz")
        db.session.remove()
        db.engine.dispose()
    with target.app_context():
        restore(tmp_path / "x.tar.gz")
        assert rows() == before
        assert verify().sound
        assert _found("angstrom") == [("account", "Ångström & Söhne GmbH")]
        assert _found("lovelcae") == [("lead", "Lovelace")]
        assert migrate.drift(db.engine) == []
        assert factories.record("account", name="Made afterwards") == 2
        assert _found("afterw") == [("account", "Made afterwards")]
        factories.project("And on")
        db.session.remove()
        db.engine.dispose()


def test_an_encrypted_backup_needs_its_key(make_app, tmp_path):
    file = tmp_path / "secret.backup"
    with make_app(ROADMAP_ENCRYPTION_KEYS=KEY).app_context():
        plant()
        assert back_up(to=file).encrypted
        db.session.remove()
        db.engine.dispose()
    assert b"hello files" not in file.read_bytes()
    with make_app(ROADMAP_ENCRYPTION_KEYS=OTHER).app_context(), pytest.raises(Problem, match="is encrypted with a key"):
        restore(file)
    with make_app(ROADMAP_ENCRYPTION_KEYS=f"{OTHER},{KEY}").app_context():
        checks, kept = restore(file)
        assert all(check.passed for check in checks)
        assert kept.encrypted
        db.session.remove()
        db.engine.dispose()


BROKEN = {
    "cut": lambda data: data[: len(data) // 2],
    "cut at the very end": lambda data: data[:-4],
    "a bit": lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 4]) + data[len(data) // 2 + 1 :],
    "another file": lambda _data: b"PK\x03\x04 not ours",
    "an empty file": lambda _data: b"",
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "encrypted"])
def test_a_broken_file_is_refused_before_anything_is_touched(how, key, make_app, rows, tmp_path):
    with make_app(**({"ROADMAP_ENCRYPTION_KEYS": key} if key else {})).app_context():
        file = tmp_path / "b"
        factories.project("Present")
        back_up(to=file)
        before = rows()
        file.write_bytes(BROKEN[how](file.read_bytes()))
        with pytest.raises(Problem, match=r"This backup can't be used: .*Nothing was changed"):
            restore(file)
        assert rows() == before
        assert not list(tmp_path.glob("backups/*"))
        db.session.remove()
        db.engine.dispose()


def test_a_backup_of_a_newer_version_is_refused(planted_sqlite, tmp_path, monkeypatch):
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    back_up(to=tmp_path / "new")
    with pytest.raises(Problem, match="at schema 9999, which this version does not know"):
        restore(tmp_path / "new")
    monkeypatch.setattr("infra.backup.rules.FORMAT", 0)
    with pytest.raises(Problem, match="made by a newer version"):
        restore(tmp_path / "new")


def test_a_backup_of_an_older_schema_is_upgraded_or_left_as_it_is(any_app, spot, tmp_path):
    plant()
    zoe = db.session.scalar(sa.text("SELECT id FROM person WHERE email = 'zoe@example.org'"))
    db.session.remove()
    migrate.downgrade(db.engine, place("migrations"), "0008")
    service.write_aside(writing.here(), NOW, Reason.UPGRADE, tmp_path / "old")
    migrate.upgrade(db.engine, place("migrations"))
    restore(tmp_path / "old")
    assert migrate.current(db.engine) == migrate.newest(place("migrations"))
    assert migrate.drift(db.engine) == []
    gone = erasures.Erasure(NOW.isoformat(), f"person:{zoe}", {"name": "Erased person", "email": None}, zoe)
    erasures.remember(spot().files.parent, [gone])
    restore(tmp_path / "old", undo=True)
    assert migrate.current(db.engine) == "0008"
    assert "Ørsted" not in str(db.session.execute(sa.text("SELECT * FROM audit_entry")).all())
    db.session.remove()
    migrate.upgrade(db.engine, place("migrations"))


def test_nothing_is_restored_while_somebody_works_on_the_database(planted, rows, tmp_path):
    back_up(to=tmp_path / "b")
    before = rows()
    db.session.remove()
    connect = {"application_name": "launch90"} if db.engine.dialect.name == "postgresql" else {}
    other = sa.create_engine(db.engine.url, connect_args=connect)
    with other.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM person")).all()
        with pytest.raises(Conflict, match="Stop them first; nothing was changed"):
            restore(tmp_path / "b")
    other.dispose()
    assert rows() == before
    restore(tmp_path / "b")


def test_an_erasure_made_since_is_made_again(planted, spot, tmp_path):
    back_up(to=tmp_path / "b")
    zoe = db.session.scalar(sa.text("SELECT id FROM person WHERE email = 'zoe@example.org'"))
    erasure = erasures.Erasure(NOW.isoformat(), f"person:{zoe}", {"name": "Erased person", "email": None}, zoe)
    erasures.remember(spot().files.parent, [erasure])
    checks, _kept = restore(tmp_path / "b")
    assert checks[-1].said == "1 erasures were made again."
    left = db.session.execute(sa.text("SELECT name, email FROM person WHERE id = :id"), {"id": zoe}).one()
    assert left == ("Erased person", None)
    entries = db.session.scalars(sa.select(AuditEntry)).all()
    assert not any("Ørsted" in f"{entry.changes}{entry.label}{entry.actor_name}" for entry in entries)
    found = verify()
    assert found.sound
    assert found.erased > 0


def test_a_drill_says_what_it_looked_at_and_leaves_nothing(planted, rows, spot):
    before = rows()
    back_up(reason=Reason.DAILY, to=spot().folder)
    checks = service.drill(actor=SYSTEM, now=NOW)
    assert [(check.name, check.passed) for check in checks] == [
        ("integrity", True), ("rows", True), ("files", True), ("trail", True)
    ]  # fmt: skip
    assert rows() == before
    assert len(list(spot().folder.iterdir())) == 1
    assert queries.last_drill().passed
    if db.engine.dialect.name == "postgresql":
        left = db.session.scalars(sa.text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'launch90%'")).all()
        assert left == []


def test_a_drill_of_a_broken_backup_fails_and_is_recorded(planted_sqlite, spot):
    made = back_up(reason=Reason.DAILY)
    file = spot().folder / made.name.rpartition("/")[2]
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(Problem, match="The drill failed: This backup can't be used"):
        service.hold_monthly_drill(SYSTEM, NOW)
    assert [run.passed for run in db.session.scalars(sa.select(DrillRun))] == [False]


def test_a_content_that_the_disk_lost_does_not_keep_the_rest_from_being_saved(planted_sqlite, spot, tmp_path):
    digest = next(iter(_digests()))
    store.path_of(spot().files, digest).write_bytes(b"rotten")
    made = back_up(to=tmp_path / "b")
    assert (made.files, made.manifest.missing) == (0, [digest])
    checks = returning.rehearse(spot(), tmp_path / "b", "d")
    assert checks[2].said == "All 0 files are there. 1 were missing on the disk already."


def test_every_content_goes_in_and_no_key_does(planted_sqlite, spot, tmp_path):
    store.put(spot().files, BytesIO(b"nobody names me"), 100, NOW)
    made = back_up(to=tmp_path / "b")
    assert [name for name in made.manifest.members if "/" not in name] == ["header.json"]
    assert made.files == 2
    assert not any("key" in name for name in made.manifest.members)


def test_a_backup_that_is_there_already_is_not_written_over(planted_sqlite, tmp_path):
    (tmp_path / "b").write_text("mine")
    with pytest.raises(Problem, match="exists already"):
        back_up(to=tmp_path / "b")
    assert (tmp_path / "b").read_text() == "mine"


def test_a_wish_is_fulfilled_once_and_told_from_one_that_broke_off(planted_sqlite, spot):
    service.ask(Reason.ASKED, actor=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match="under way already"):
        service.ask(Reason.ASKED, actor=SYSTEM, now=NOW)
    assert service.make_waiting(SYSTEM, NOW) == 1
    assert service.make_waiting(SYSTEM, NOW) == 0
    row = queries.last_backup(spot().folder)
    assert (row.state, row.on_disk, row.percent, row.reason) == ("done", True, 100, "asked")
    service.ask(Reason.ASKED, actor=SYSTEM, now=NOW)
    db.session.execute(sa.text("UPDATE backup_run SET state = 'running' WHERE state = 'waiting'"))
    db.session.commit()
    service.ask(Reason.ASKED, actor=SYSTEM, now=NOW + timedelta(minutes=11))
    assert [row.state for row in queries.backups(spot().folder)] == ["waiting", "failed", "done"]


def _found(words):
    access = access_of(SYSTEM)
    return [(hit.kind, hit.name) for group in search.find(access, words, 10) for hit in group.hits]


def _digests():
    return set(db.session.scalars(sa.text("SELECT digest FROM attachment")))
