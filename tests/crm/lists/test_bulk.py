"""Many records at once: one action, what is left out and why, and all of it taken back."""

import pytest

from crm.campaigns import service as campaigns
from crm.campaigns.models import CampaignMember
from crm.lists import service
from crm.records.models import Lead, Opportunity
from crm.records.queries import stages
from crm.tags import queries as tag_queries
from crm.tags import service as tags
from infra.database import db
from infra.lists.large import Large
from infra.undo import undo
from kernel.errors import NotFound, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def boss(app):
    return factories.crm_role(factories.person("Boss"), "sales-manager", factories.team("North"), leads=True)


@pytest.fixture
def stranger(app):
    return factories.crm_role(factories.person(), "sales-representative")


def statuses():
    return [row.status for row in db.session.scalars(db.select(Lead).order_by(Lead.id))]


def test_what_may_be_changed_is_changed_and_taken_back_as_one(boss, stranger):
    made = [factories.record("lead", by=boss, status=each) for each in ("new", "contacted", "new")]
    hidden = factories.record("lead", by=stranger)
    plan, work = service.change("lead", [*made, hidden, 999], "status", "contacted", actor=boss, now=NOW)
    assert (plan.count, plan.same, plan.left_out) == (2, 1, ())
    assert statuses() == ["contacted", "contacted", "contacted", "new"]
    undo(work.transaction_id, actor=boss)
    assert statuses() == ["new", "contacted", "new", "new"]


def test_what_is_seen_but_not_to_be_changed_is_left_out(boss, stranger):
    mine, theirs = (factories.record("account", by=each) for each in (boss, stranger))
    plan = service.plan_change("account", [mine, theirs], "kind", "customer", actor=boss, now=NOW)
    assert (plan.count, [each.id for each in plan.left_out]) == (1, [theirs])


def test_a_rule_leaves_a_record_out_and_says_why(boss):
    deal = factories.record("opportunity", by=boss)
    lost = next(each for each in stages() if each.outcome == "lost")
    plan, _work = service.change("opportunity", [deal], "stage_id", lost.id, actor=boss, now=NOW)
    assert isinstance(plan.left_out[0].problem, RuleBroken)
    assert db.session.get(Opportunity, deal).outcome == "open"


def test_a_field_that_may_not_be_written_is_no_field(boss):
    contact = factories.record("contact", by=boss)
    for field in ("private_phone", "rubbish", "origin"):
        with pytest.raises(NotFound):
            service.plan_change("contact", [contact], field, "1", actor=boss, now=NOW)


def test_many_go_into_the_bin_at_once(boss, stranger):
    made = [factories.record("lead", by=boss) for _ in range(3)]
    other = factories.record("lead", by=stranger)
    plan, work = service.remove("lead", [*made, other], actor=boss, now=NOW)
    assert plan.count == 3
    undo(work.transaction_id, actor=boss)
    assert all(row.deleted_at is None for row in db.session.scalars(db.select(Lead)))


def test_the_page_asks_shows_and_does(client, boss):
    made = [factories.record("lead", by=boss, last_name=f"Lead {number}") for number in range(3)]
    browser = factories.sign_in(client, boss)
    chosen = {"ids": [str(made[0])], "query": "status=new", "act": "status"}
    assert "The new value" in browser.post("/crm/leads/bulk", data=chosen).text
    given = {**chosen, "rows": "all", "step": "value", "status": "contacted"}
    assert "3 records change" in browser.post("/crm/leads/bulk", data=given).text
    assert statuses() == ["new"] * 3
    assert browser.post("/crm/leads/bulk", data={**given, "confirm": "yes"}).status_code == 303
    assert statuses() == ["contacted"] * 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 303),
        ({"act": "status"}, 303),
        ({"act": "rubbish", "ids": "1"}, 303),
        ({"act": "status", "ids": ["x", "-1", "9" * 30]}, 303),
        ({"act": "status", "ids": "1", "step": "value", "status": "rubbish"}, 422),
        ({"act": "value", "ids": "1", "step": "value", "value": "1.234"}, 422),
        ({"act": "-delete", "ids": "1", "query": "%%%&&=\0"}, 200),
    ],
)
def test_bad_input_is_said(client, boss, sent, status):
    factories.record("lead", by=boss)
    assert factories.sign_in(client, boss).post("/crm/leads/bulk", data=sent).status_code == status


def test_a_tag_is_put_on_and_taken_off_only_where_one_may_edit(boss, stranger):
    mine = [factories.record("account", by=boss) for _ in range(3)]
    theirs = factories.record("account", by=stranger)
    tags.put("account", mine[0], "Key account", actor=boss)
    plan, work = service.tag("account", [*mine, theirs], " key  ACCOUNT", actor=boss)
    assert (plan.count, plan.same, [each.id for each in plan.left_out]) == (2, 1, [theirs])
    (tag,) = tag_queries.tags()
    assert tag_queries.carrying("account", [*mine, theirs], tag_id=tag.id) == set(mine)
    undo(work.transaction_id, actor=boss)
    assert tag_queries.carrying("account", mine, name="Key Account") == {mine[0]}
    plan, work = service.untag("account", [*mine, theirs], tag.id, actor=boss)
    assert (plan.count, plan.same, len(plan.left_out)) == (1, 2, 1)
    assert tag_queries.tags()[0].uses == 0
    undo(work.transaction_id, actor=boss)
    assert tag_queries.tags()[0].uses == 1


def test_listed_leads_go_into_a_campaign_and_out_again(client):
    mia = factories.crm_role(factories.person("Mia"), "marketing-specialist")
    campaign = factories.record("campaign", by=mia, name="Spring webinar")
    made = [factories.record("lead", by=mia) for _ in range(3)]
    campaigns.add(campaign, [("lead", made[0])], "clicked", actor=mia, now=NOW)
    browser = factories.sign_in(client, mia)
    assert "Add to a campaign" in browser.get("/crm/leads").text
    asked = {"act": "-campaign", "rows": "all", "query": ""}
    assert "Look for it" not in browser.post("/crm/leads/bulk", data=asked).text
    named = {**asked, "step": "value", "campaign_id-q": "spring WEBINAR", "campaign_id": "", "member_status": "sent"}
    assert "2 records change, one is so already" in browser.post("/crm/leads/bulk", data=named).text
    sent = {**named, "campaign_id": str(campaign), "campaign_id-q": "", "confirm": "yes"}
    assert browser.post("/crm/leads/bulk", data=sent).status_code == 303
    rows = {row.lead_id: row.status for row in db.session.scalars(db.select(CampaignMember))}
    assert rows == {made[0]: "clicked", made[1]: "sent", made[2]: "sent"}


def test_nobody_adds_to_a_campaign_that_they_may_not_edit(boss, client):
    mia = factories.crm_role(factories.person("Mia"), "marketing-specialist")
    campaign = factories.record("campaign", by=mia)
    lead = factories.record("lead", by=boss)
    with pytest.raises(RuleBroken):
        service.add_members("lead", [lead], campaign, "sent", actor=boss, now=NOW)
    browser = factories.sign_in(client, boss)
    assert "Add to a campaign" not in browser.get("/crm/leads").text
    sent = {"act": "-campaign", "ids": str(lead), "step": "value", "campaign_id": str(campaign)}
    assert browser.post("/crm/leads/bulk", data={**sent, "member_status": "sent", "confirm": "yes"}).status_code == 303
    assert db.session.scalar(db.select(CampaignMember)) is None


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "-tag"},
        {"act": "-tag", "tag": " "},
        {"act": "-tag", "tag": "x" * 61},
        {"act": "-tag", "tag": "\u202e"},
        {"act": "-untag"},
        {"act": "-untag", "tag": "rubbish"},
        {"act": "-untag", "tag": "9" * 30},
        {"act": "-campaign"},
        {"act": "-campaign", "campaign_id": "9" * 30, "member_status": "sent"},
        {"act": "-campaign", "campaign_id": "1", "member_status": "rubbish"},
        {"act": "-campaign", "campaign_id-q": "Nothing", "member_status": "sent"},
    ],
)
def test_a_question_wants_an_answer(app, client, sent):
    ada = factories.administrator()
    lead = factories.record("lead", by=ada)
    tags.put("lead", factories.record("lead", by=ada), "Hot", actor=ada)
    answer = factories.sign_in(client, ada).post(
        "/crm/leads/bulk", data={**sent, "ids": str(lead), "step": "value", "confirm": "yes"}
    )
    assert answer.status_code == 422
    assert "error" in answer.text
    assert tag_queries.tags()[0].uses == 1


def test_of_ticked_rows_no_other_numbers_are_read(client, boss, monkeypatch):
    """With a million records that fit, ten thousand numbers would be read and thrown away."""
    ticked, _other = factories.record("lead", by=boss), factories.record("lead", by=boss)
    browser = factories.sign_in(client, boss)
    sent = {"ids": [ticked], "act": "-delete", "step": "value", "confirm": "no"}
    monkeypatch.setattr(Large, "ids", None)
    asked = browser.post("/crm/leads/bulk", data=sent)
    assert (asked.status_code, "All 2 that fit the list" in asked.text) == (200, True)
    assert browser.post("/crm/leads/bulk", data=sent | {"confirm": "yes"}).status_code == 303
    assert db.session.query(Lead).filter(Lead.deleted_at.is_(None)).count() == 1
