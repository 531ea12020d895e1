"""A full disk, a read-only one, no permission, a database that is away: a sentence, and nothing half done."""

import errno
import sqlite3

import click
import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from infra.backup import archive, cli, service
from infra.database import db
from infra.http import public
from infra.jobs import service as jobs
from infra.jobs.models import JobRun
from infra.jobs.rules import Every, Job
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import Problem
from tests import factories
from tests.fixtures.app import NOW


class _FullDisk:
    """A file that takes a little and then no more, as a full disk does."""

    def __init__(self, file, takes):
        self._file, self._left = file, takes

    def write(self, data):
        self._left -= len(data)
        if self._left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)


def test_a_full_disk_leaves_nothing_of_a_backup(planted_sqlite, tmp_path, monkeypatch):
    real = archive.Writer
    monkeypatch.setattr(archive, "Writer", lambda out, header, key: real(_FullDisk(out, 5000), header, key))
    with pytest.raises(Problem, match=r"can't be written to .*: no space left on device. Nothing is left of it"):
        service.back_up(actor=SYSTEM, now=NOW, to=tmp_path / "safe" / "b")
    assert list((tmp_path / "safe").iterdir()) == []


def test_a_folder_that_can_not_be_made_is_said(planted_sqlite, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="Nothing is left of it"):
        service.back_up(actor=SYSTEM, now=NOW, to=tmp_path / "file" / "b")


SAID = [
    (sqlite3.OperationalError("database or disk is full"), "disk is full"),
    (sqlite3.OperationalError("attempt to write a readonly database"), "disk is read-only"),
    (sqlite3.OperationalError("database is locked"), "Too many people save"),
    (psycopg.errors.DiskFull("could not extend file: No space left on device"), "disk is full"),
    (psycopg.errors.AdminShutdown("terminating connection due to administrator command"), "be reached just now"),
    (psycopg.OperationalError("connection failed: Connection refused"), "be reached just now"),
]


@pytest.mark.parametrize(("error", "said"), SAID, ids=[str(error)[:24] for error, _said in SAID])
def test_what_the_database_refuses_is_a_503_with_a_sentence(make_app, error, said):
    app = make_app()

    @app.get("/fails")
    @public
    def fails():
        raise sa.exc.OperationalError("INSERT", {}, error)

    page = app.test_client().get("/fails")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert said in page.text
    assert "Nothing was changed" in page.text
    details = app.test_client().get("/fails", headers={"Accept": "application/json"})
    assert details.mimetype == "application/problem+json"
    assert "INSERT" not in details.text


READ_ONLY = psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EROFS, "Read-only file system"), 503),
        (OSError(errno.ENOENT, "No such file"), 500),
        (sa.exc.TimeoutError("QueuePool limit"), 503),
        (sa.exc.InternalError("x", {}, READ_ONLY), 503),
        (sa.exc.DBAPIError("x", {}, Exception("lost"), connection_invalidated=True), 503),
        (sa.exc.IntegrityError("x", {}, Exception("UNIQUE constraint failed")), 500),
    ],
)
def test_other_refusals_are_told_from_our_own_faults(make_app, error, status):
    app = make_app()

    @app.get("/fails")
    @public
    def fails():
        raise error

    assert app.test_client().get("/fails").status_code == status


def test_a_database_that_is_full_refuses_a_write_and_goes_on_being_read(app, client):
    browser = factories.sign_in(client, factories.administrator())
    project = factories.project()
    db.session.remove()
    pages = db.session.scalar(sa.text("PRAGMA page_count"))
    db.session.remove()

    @sa.event.listens_for(db.engine, "begin")
    def limit(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    db.engine.dispose()
    for number in range(200):
        answer = browser.post(f"/projects/{project}/tasks/add", data={"name": f"{number} " + "x" * 190})
        if answer.status_code == 503:
            break
    assert answer.status_code == 503
    assert "disk is full" in answer.text
    assert browser.get("/").status_code in {200, 302}
    assert browser.get(f"/projects/{project}").status_code == 200


def test_a_job_that_can_not_even_be_recorded_does_not_stop_the_timetable(app, monkeypatch):
    def away(*_args, **_more):
        raise sa.exc.OperationalError("x", {}, Exception("gone"))

    monkeypatch.setattr(jobs, "transaction", away)
    outcome = jobs.run(Job("try", "Try", Every(1), lambda _actor, _now: "done"), NOW)
    assert outcome.result == "done"


def test_a_wrong_clock_neither_loses_nor_repeats_a_backup(planted_sqlite, clock):
    first = service.back_up(actor=SYSTEM, now=NOW, reason="daily")
    second = service.back_up(actor=SYSTEM, now=NOW, reason="daily")
    assert first.name != second.name
    clock.now = NOW.replace(year=2020)
    service.back_up(actor=SYSTEM, now=clock.now, reason="daily")
    assert service.prune(SYSTEM, clock.now) <= 1
    with transaction(SYSTEM, "job.run") as work:
        work.session.add(JobRun(job="x", started_at=clock.now, milliseconds=1))


def test_a_command_says_what_the_disk_refuses(app, monkeypatch):
    def full(**_more):
        raise sa.exc.OperationalError("x", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(service, "back_up", full)
    answer = CliRunner().invoke(click.Group(commands={"backup": cli.backup}), ["backup"], obj=lambda: app)
    assert answer.exit_code == 1
    assert "Error: The server's disk is full" in answer.output
