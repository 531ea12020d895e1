"""The recycle bin: who sees what in it, the way back, and what is purged with what."""

from datetime import timedelta

import pytest

from crm.bin import jobs
from crm.notes import service as notes
from crm.notes.models import Note
from crm.notes.service import NoteData
from crm.records import service
from crm.records.models import Account, Contact, Opportunity, StageChange
from infra.audit.models import AuditEntry
from infra.database import db
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def boss(app):
    return factories.crm_role(factories.person("Boss"), "sales-manager", factories.team("North"), leads=True)


def test_what_was_deleted_is_listed_and_comes_back(client, boss):
    lead = factories.record("lead", by=boss, last_name="Maertens")
    service.remove("lead", [lead], actor=boss, now=NOW)
    browser = factories.sign_in(client, boss)
    page = browser.get("/crm/bin").text
    assert "Maertens" in page
    assert "30 days" in page
    assert "Maertens" not in browser.get("/crm/bin?q=nobody").text
    assert "Maertens" not in browser.get("/crm/bin?object=account").text
    assert "Maertens" in browser.get("/crm/bin?object=lead&q=MAERT").text
    assert browser.post(f"/crm/bin/lead/{lead}/restore").status_code == 303
    assert browser.get(f"/crm/leads/{lead}").status_code == 200


def test_nobody_sees_in_the_bin_what_they_could_not_delete(client, boss):
    lead = factories.record("lead", by=boss, last_name="Maertens")
    service.remove("lead", [lead], actor=boss, now=NOW)
    other = factories.crm_role(factories.person(), "sales-manager", factories.team("South"))
    browser = factories.sign_in(client, other)
    assert "Maertens" not in browser.get("/crm/bin").text
    assert browser.post(f"/crm/bin/lead/{lead}/restore").status_code == 404
    assert browser.post("/crm/bin/nothing/1/restore").status_code == 404


def test_after_a_month_it_is_gone_with_what_was_its_own_and_others_stay(boss):
    account = factories.record("account", by=boss)
    contact = factories.record("contact", by=boss, account_id=account)
    deal = factories.record("opportunity", by=boss, account_id=account)
    notes.add("account", account, NoteData("", "Remember"), actor=boss, now=NOW)
    service.remove("account", [account], actor=boss, now=NOW)
    service.remove("opportunity", [deal], actor=boss, now=NOW)
    assert jobs.purge_bin(SYSTEM, NOW + timedelta(days=29)) == 0
    assert jobs.purge_bin(SYSTEM, NOW + timedelta(days=31)) == 2
    assert jobs.purge_bin(SYSTEM, NOW + timedelta(days=31)) == 0
    db.session.expire_all()
    assert db.session.get(Account, account) is None
    assert db.session.get(Contact, contact).account_id is None
    assert [db.session.query(each).count() for each in (Opportunity, StageChange, Note)] == [0, 0, 0]
    assert db.session.query(AuditEntry).filter_by(action="record.purged", subject=f"crm_account:{account}").count() == 1
