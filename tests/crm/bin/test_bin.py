"""The recycle bin: who sees what in it, the way back, and what is purged with what."""

from datetime import timedelta

import pytest

from crm.bin import jobs
from crm.campaigns.models import CampaignMember
from crm.deals.models import DealContact
from crm.notes import service as notes
from crm.notes.models import Note
from crm.notes.service import NoteData
from crm.records import service
from crm.records.models import Account, Contact, Lead, Opportunity, StageChange
from infra.attachments.models import Attachment
from infra.audit.models import AuditEntry
from infra.comments.models import Comment
from infra.database import db
from infra.transaction import transaction
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


def test_what_was_said_and_attached_goes_too_and_what_named_it_lets_go(boss):
    account, contact, deal, campaign, lead = (
        factories.record(kind) for kind in ("account", "contact", "opportunity", "campaign", "lead")
    )
    with transaction(boss, "record.changed") as work:
        key = {"scope": f"crm_contact:{contact}", "author_id": boss.id, "author_name": "Boss", "created_at": NOW}
        file = {"name": "a.pdf", "digest": "0" * 64, "size": 1, "content_type": "application/pdf"}
        work.session.add(Comment(subject=f"crm_contact:{contact}", text="Private", **key))
        work.session.add(Attachment(subject=f"crm_contact:{contact}", **key, **file))
        work.session.add(DealContact(opportunity_id=deal, contact_id=contact, part="decides"))
        for each in ({"contact_id": contact}, {"lead_id": lead}):
            work.session.add(CampaignMember(campaign_id=campaign, status_at=NOW, added_at=NOW, **each))
        became = {"account_id": account, "contact_id": contact, "opportunity_id": deal}
        for key_of, value in became.items():
            setattr(db.session.get(Lead, lead), key_of, value)
    for kind, number in (("account", account), ("contact", contact), ("campaign", campaign), ("opportunity", deal)):
        service.remove(kind, [number], actor=factories.administrator(), now=NOW)
    assert jobs.purge_bin(SYSTEM, NOW + timedelta(days=31)) == 4
    db.session.expire_all()
    assert [db.session.query(each).count() for each in (Comment, Attachment, DealContact, CampaignMember)] == [0] * 4
    row = db.session.get(Lead, lead)
    assert (row.account_id, row.contact_id, row.opportunity_id) == (None, None, None)
