"""The commands: what they print for people and for scripts, what they ask, and how an upgrade is taken back."""

import json

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from cryptography.fernet import Fernet

from accounts.signin import service as signin
from accounts.signin.models import OneTimeLink, SignInSession
from infra import migrate
from infra.backup import cli
from infra.database import db
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW
from web import database
from web.places import place

MIGRATIONS = place("migrations")


@pytest.fixture
def roadmap(app):
    """Runs a command on the application under test, as if typed."""

    def run(*arguments, typed=""):
        commands = {command.name: command for command in (*cli.COMMANDS, *database.COMMANDS)}
        return CliRunner().invoke(
            click.Group(commands=commands), [str(each) for each in arguments], typed, obj=lambda: app
        )

    return run


def test_a_backup_is_told_to_people_and_to_scripts(planted_sqlite, roadmap, tmp_path):
    told = roadmap("backup", tmp_path / "a.tar.gz")
    assert told.exit_code == 0
    assert "1 files, read again and sound" in told.stdout
    assert "Not encrypted" in told.stdout
    data = json.loads(roadmap("backup", "--format", "json", "--verify").stdout)
    assert (data["files"], data["encrypted"], data["verified"]) == (1, False, True)
    assert "launch90-20260218T091000Z-command.tar.gz" in data["file"]


def test_a_restore_says_what_it_replaces_and_waits_for_the_word(planted_sqlite, roadmap, tmp_path):
    file = tmp_path / "a.tar.gz"
    roadmap("backup", file)
    factories.project("Made after it")
    refused = roadmap("restore", file, typed="yes\n")
    assert refused.exit_code == 1
    assert "present: 2 projects, 2 people, newest entry of the trail 2026-02-18T09:10:00+00:00" in refused.output
    assert "backup:  1 projects, 2 people" in refused.output
    assert "Nothing was changed." in refused.output
    assert _projects() == 2
    done = roadmap("restore", file, typed="Restore\n")
    assert done.exit_code == 0, done.output
    assert "ok    The trail's" in done.output
    assert "-before-restore.tar.gz" in done.output
    assert _projects() == 1


def test_for_scripts_nothing_is_asked(planted_sqlite, roadmap, tmp_path):
    roadmap("backup", tmp_path / "a")
    data = json.loads(roadmap("restore", tmp_path / "a", "--yes", "--format", "json").stdout)
    assert all(check["passed"] for check in data["checks"])


def test_after_a_restore_nobody_is_signed_in_and_no_link_works(planted_sqlite, roadmap, tmp_path):
    who = factories.person("Ann")
    factories.sign_in(planted_sqlite.test_client(), who)
    signin.make_link(who.id, now=NOW, actor=SYSTEM)
    roadmap("backup", tmp_path / "a")
    assert roadmap("restore", tmp_path / "a", "--yes").exit_code == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInSession)) == 0
    assert db.session.scalars(sa.select(OneTimeLink.ended_at)).all() == [NOW]


def test_a_drill_has_a_status(planted_sqlite, roadmap, tmp_path):
    assert "There is no backup yet" in roadmap("drill").output
    roadmap("backup")
    assert json.loads(roadmap("drill", "--format", "json").stdout)["passed"] is True
    (tmp_path / "broken").write_bytes(b"\x1f\x8bbroken")
    broken = roadmap("drill", tmp_path / "broken")
    assert broken.exit_code == 1
    assert "FAIL  This backup can't be used: it was cut off or altered." in broken.output


@pytest.mark.parametrize("file", ["missing", "."])
def test_a_file_that_can_not_be_read_is_said(app, roadmap, file, tmp_path):
    answer = roadmap("restore", tmp_path / file)
    assert answer.exit_code == 1
    assert "can't be read: " in answer.output


def test_an_upgrade_backs_up_first_and_can_be_taken_back(planted_sqlite, roadmap):
    db.session.remove()
    migrate.downgrade(db.engine, MIGRATIONS, "0008")
    upgraded = roadmap("upgrade")
    assert upgraded.exit_code == 0, upgraded.output
    assert "from 0008 to" in upgraded.output
    assert "sealed entries verify" in upgraded.output
    assert "Nothing to do" in roadmap("upgrade").output
    undone = roadmap("upgrade", "--undo", "--yes")
    assert undone.exit_code == 0, undone.output
    assert "The database is at schema 0008 again" in undone.output
    assert migrate.current(db.engine) == "0008"
    assert roadmap("init").exit_code == 0
    assert migrate.current(db.engine) == migrate.newest(MIGRATIONS)
    assert _projects() == 1


def test_an_upgrade_without_a_backup_needs_a_reason(planted_sqlite, roadmap):
    db.session.remove()
    migrate.downgrade(db.engine, MIGRATIONS, "0008")
    refused = roadmap("upgrade", "--no-backup", " ")
    assert refused.exit_code == 1
    assert "Say why" in refused.output
    assert migrate.current(db.engine) == "0008"
    done = roadmap("upgrade", "--no-backup", "restored a minute ago")
    assert done.exit_code == 0
    assert "The way back" not in done.output
    noted = db.session.scalar(sa.text("SELECT changes FROM audit_entry WHERE action = 'database.upgraded'"))
    assert "restored a minute ago" in noted
    assert "No backup was made before an upgrade" in roadmap("upgrade", "--undo").output


def test_encrypted_where_a_key_was_named_and_not_by_the_key_of_the_data_folder(make_app, tmp_path):
    for environ, encrypted in (({}, False), ({"ROADMAP_ENCRYPTION_KEYS": Fernet.generate_key().decode()}, True)):
        app = make_app(**environ)
        group = click.Group(commands={"backup": cli.backup})
        answer = CliRunner().invoke(group, ["backup", "--format", "json"], obj=lambda app=app: app)
        assert json.loads(answer.stdout)["encrypted"] is encrypted


def _projects():
    with db.engine.connect() as connection:
        count = connection.scalar(sa.text("SELECT count(*) FROM project"))
    db.session.remove()
    return count
