"""A record whose name is hidden is called by its number, wherever it is spoken of."""

import pytest

from accounts.notices.models import Notice
from crm.access.models import CrmGrant, CrmRole
from crm.merging import service as merging
from crm.records import service
from crm.sharing import service as sharing
from crm.sharing.service import ShareData
from crm.tags import queries as tag_queries
from crm.tags import service as tags
from infra import subjects
from infra.comments import service as comments
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")
NAME = "Kestrel Dams"
FUNCTIONS = ("bulk_edit", "merge", "access", "quality", "share")


@pytest.fixture
def boss(app):
    return factories.crm_role(factories.person("Boss"), "crm-administrator")


@pytest.fixture
def reader(app):
    """Somebody who does all with accounts, and may not read how they are called."""
    with transaction(SYSTEM, "crm_role.created") as work:
        role = CrmRole(key="nameless", name="Nameless")
        role.grants = [
            CrmGrant(object="account", action=each, visibility=4, fields=["industry", "owner_id"])
            for each in ("see", "edit", "delete")
        ]
        role.grants += [CrmGrant(object="function", action=each, visibility=4, fields=None) for each in FUNCTIONS]
        work.session.add(role)
    return factories.crm_role(factories.person("Reader"), "nameless")


@pytest.fixture
def account(boss):
    return factories.record("account", by=boss, name=NAME)


@pytest.fixture
def browser(client, reader):
    return factories.sign_in(client, reader)


def spoken(answer):
    assert answer.status_code == 200, answer.text
    assert NAME not in answer.text
    return answer.text


def test_pages_that_speak_of_records_call_them_by_their_number(browser, account, boss, reader):
    other = factories.record("account", by=boss, name=NAME)
    called = f"Account {account}"
    bulk = {"ids": [account], "act": "industry", "industry": "pharma", "step": "value", "confirm": "no"}
    assert called in spoken(browser.post("/crm/accounts/bulk", data=bulk))
    question = f"/crm/setup/ask?person={reader.id}&action=see&object=account&record={account}"
    assert called in spoken(browser.get(question))
    assert called in spoken(browser.get(f"/crm/merge/accounts?ids={account}"))
    assert called in spoken(browser.get(f"/crm/merge/accounts?ids={account},{other}"))
    merging.merge("account", account, [other], {}, actor=boss, now=NOW)
    assert called in spoken(browser.get(f"/crm/accounts/{account}"))
    assert called in spoken(browser.post(f"/crm/accounts/{account}/delete", follow_redirects=True))
    assert called in spoken(browser.get("/crm/bin"))
    assert called not in spoken(browser.get("/crm/bin?q=Kestrel"))


def test_a_notice_of_a_share_names_it_to_whom_it_is_named(account, boss, reader):
    sharing.share("account", account, ShareData(f"person:{reader.id}"), actor=boss, now=NOW)
    assert [each.label for each in db.session.query(Notice)] == [f"Account {account}"]


def test_the_tags_to_choose_from_hang_on_records_that_one_sees(client, boss):
    mine = factories.crm_role(factories.person(), "sales-representative")
    for name, owner in (("Seen", mine), ("Secret", boss), ("Gone", mine)):
        lead = factories.record("lead", by=owner)
        tags.put("lead", lead, name, actor=boss)
        if name == "Gone":
            service.remove("lead", [lead], actor=boss, now=NOW)
    assert {each.name for each in tag_queries.tags()} == {"Seen", "Secret", "Gone"}
    page = factories.sign_in(client, mine).get("/crm/leads").text
    assert [each in page for each in ("Seen", "Secret", "Gone")] == [True, False, False]


def test_talk_about_a_record_calls_it_by_its_number(browser, account, boss, reader):
    told = comments.add_comment(f"crm_account:{account}", "What do you think, @Reader?", actor=boss)
    assert told.transaction_id
    labels = {row.person_id: row.label for row in db.session.scalars(db.select(Notice))}
    assert labels == {reader.id: f"Account {account}"}
    form = browser.post(f"/comments/crm_account/{account}", data={"text": ""}).text
    assert f"Account {account}" in form
    assert NAME not in form
    assert subjects.find(f"crm_account:{account}", boss).label == NAME
