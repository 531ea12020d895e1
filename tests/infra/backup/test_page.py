"""The page of backups: what it says first, what it lists, what it lets an administrator do."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from infra.audit.models import AuditEntry
from infra.backup import service
from infra.backup.rules import Reason
from infra.database import db
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def admin(app, client):
    return factories.sign_in(client, factories.administrator())


def head(page):
    return page.text.split('<p class="answer">')[1].split("</p>")[0].strip()


def test_an_empty_page_teaches(admin):
    page = admin.get("/admin/backups")
    assert head(page) == "There is no backup yet;\nno drill has shown that one can come back."
    assert "Nothing is saved." in page.text
    assert "One is made each night" in page.text
    assert "Backups are not encrypted" in page.text


def test_the_sentence_says_how_safe_it_is(admin, clock):
    service.back_up(actor=SYSTEM, now=NOW, reason=Reason.DAILY)
    service.drill(actor=SYSTEM, now=NOW)
    clock.now = NOW + timedelta(hours=3)
    page = admin.get("/admin/backups")
    assert head(page) == "Last backup 3 hours ago, verified;\nlast drill 3 hours ago, passed."
    assert "every night" in page.text
    clock.now = NOW + timedelta(days=41)
    factories.sign_in(admin, factories.administrator("Other"))
    page = admin.get("/admin/backups")
    assert "the nightly one was missed" in page.text
    assert "No backup has come back on trial for 40 days" in page.text


def test_back_up_now_is_done_by_the_timetable_once(admin, app):
    assert admin.post("/admin/backups").status_code == 303
    assert "It waits for the timetable" in admin.get("/admin/backups").text
    admin.post("/admin/backups")
    assert "under way already" in admin.get("/admin/backups").text
    service.make_waiting(SYSTEM, NOW)
    page = admin.get("/admin/backups")
    assert "on request" in page.text
    assert "Ada Admin" in page.text


def test_a_failure_is_listed_with_its_reason(admin, app):
    service.ask(Reason.ASKED, actor=SYSTEM, now=NOW)
    folder = app.extensions["launch90"].settings.backup_dir
    folder.write_text("in the way")
    with pytest.raises(Exception, match="can't be written"):
        service.make_waiting(SYSTEM, NOW)
    page = admin.get("/admin/backups")
    assert "Failed" in page.text
    assert "Nothing is left of it." in page.text


def test_a_download_is_noted_and_only_backups_leave(admin, app):
    made = service.back_up(actor=SYSTEM, now=NOW, reason=Reason.DAILY)
    name = made.name.rpartition("/")[2]
    with admin.get(f"/admin/backups/{name}") as answer:
        assert answer.data[:2] == b"\x1f\x8b"
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    noted = db.session.scalars(sa.select(AuditEntry.label).where(AuditEntry.action == "backup.downloaded")).all()
    assert noted == [name]
    for wrong in ("secret_key", "..%2Fsecret_key", "launch90.db", "launch90-20260101T000000Z-daily.tar.gz"):
        assert admin.get(f"/admin/backups/{wrong}").status_code == 404
