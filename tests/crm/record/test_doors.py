"""What the forms of records ask first: whether a record is there already, and what has a page of its own."""

import re
from decimal import Decimal

import pytest

from crm.conversion import service as conversion
from crm.records import queries as records
from crm.records import service
from crm.records.models import Account, Contact, Lead, Opportunity
from crm.tags import service as tags
from crm.tags.models import Tag
from infra.database import db
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie Claes"), "sales-representative", factories.team("North"))


@pytest.fixture
def browser(client, sofie):
    return factories.sign_in(client, sofie)


def test_records_that_a_new_one_may_be_are_offered_and_what_was_typed_stays(browser, sofie):
    there = factories.record("contact", by=sofie, first_name="Ines", last_name="Maertens", email="ines@kestrel.example")
    sent = {"first_name": "Inès", "last_name": "Maertens", "email": "ines@kestrel.example", "owner_id": sofie.id}
    asked = browser.post("/crm/contacts/new", data=sent | {"title": "Buyer"})
    assert asked.status_code == 422
    assert f'href="/crm/contacts/{there}"' in asked.text
    assert 'value="Buyer"' in asked.text
    assert f'name="known" value="{there}"' in asked.text
    assert db.session.query(Contact).count() == 1
    assert browser.post("/crm/contacts/new", data=sent | {"known": str(there)}).status_code == 303
    assert db.session.query(Contact).count() == 2


def test_a_name_alone_is_reason_enough_to_ask(browser, sofie):
    factories.record("account", by=sofie, name="Kestrel Biologics")
    sent = {"name": "kestrel biologics", "owner_id": sofie.id}
    assert browser.post("/crm/accounts/new", data=sent).status_code == 422
    assert browser.post("/crm/accounts/new", data=sent | {"name": "Osprey"}).status_code == 303
    assert db.session.query(Account).count() == 2


def test_nobody_learns_by_a_new_record_what_they_may_not_see(browser, sofie):
    factories.record("contact", last_name="Hidden", first_name="Ada", email="ada@kestrel.example")
    sent = {"first_name": "Ada", "last_name": "Hidden", "email": "ada@kestrel.example", "owner_id": sofie.id}
    assert browser.post("/crm/contacts/new", data=sent).status_code == 303


@pytest.mark.parametrize("status", ["converted", "disqualified", "Converted"])
def test_a_form_neither_converts_a_lead_nor_gives_it_up(browser, sofie, status):
    made = factories.record("lead", by=sofie)
    opened = browser.get(f"/crm/leads/{made}?edit=status").text
    assert 'value="mql"' in opened
    assert 'value="converted"' not in opened
    answer = browser.post(f"/crm/leads/{made}/fields/status", data={"status": status})
    assert answer.status_code == 422
    assert "on its page" in answer.text
    assert browser.post("/crm/leads/new", data={"last_name": "X", "status": status}).status_code == 422
    assert db.session.get(Lead, made).status == "new"


def test_an_open_deal_is_won_with_one_press_on_its_page_and_lost_with_a_reason(browser, sofie):
    deal = factories.record("opportunity", by=sofie, name="Clean room")
    text = browser.get(f"/crm/opportunities/{deal}").text
    form = text.split(f'action="/crm/pipeline/{deal}/move"')[1].split("</form>")[0]
    assert "Mark as won" in form
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert f"/crm/pipeline/{deal}/move?to=" in text
    lost = browser.get(re.search(rf'href="(/crm/pipeline/{deal}/move\?[^"]+)"', text)[1].replace("&amp;", "&")).text
    assert 'name="back" value="record"' in lost
    answer = browser.post(f"/crm/pipeline/{deal}/move", data=sent)
    assert (answer.status_code, answer.location) == (303, f"/crm/opportunities/{deal}")
    row = db.session.get(Opportunity, deal)
    assert (row.outcome, row.closes_on) == ("won", NOW.date())
    assert "Mark as won" not in browser.get(f"/crm/opportunities/{deal}").text


def test_a_lead_is_converted_from_the_head_of_its_page_while_it_is_open(browser, sofie):
    lead = factories.record("lead", by=sofie)
    head = browser.get(f"/crm/leads/{lead}").text.split("</header>")[1]
    assert f'href="/crm/leads/{lead}/convert"' in head
    conversion.disqualify(lead, "No budget", actor=sofie, now=NOW)
    assert f"/crm/leads/{lead}/convert" not in browser.get(f"/crm/leads/{lead}").text


def test_only_what_a_deal_itself_names_is_counted_as_hidden(browser, sofie):
    hidden = factories.record("contact", last_name="Secretive")
    deal = factories.record("opportunity", by=sofie, contact_id=hidden)
    text = browser.get(f"/crm/opportunities/{deal}").text
    assert "One contact is hidden" in text
    assert "Secretive" not in text
    account = factories.record("account", by=sofie, name="Kestrel")
    factories.record("contact", last_name="Unknown", account_id=account)
    text = browser.get(f"/crm/accounts/{account}").text
    assert "Kestrel" in text
    assert not re.search("(is|are) hidden|Unknown", text)


def test_a_deal_says_how_its_account_stands_by_what_the_reader_sees(browser, sofie):
    account = factories.record("account", by=sofie, name="Kestrel")
    deal = factories.record("opportunity", by=sofie, account_id=account, amount=Decimal(1200))
    won = factories.record("opportunity", by=sofie, account_id=account, amount=Decimal(500), closes_on=NOW.date())
    stage = next(each.id for each in records.stages() if each.outcome == "won")
    service.change("opportunity", won, {"stage_id": stage}, actor=sofie, now=NOW)
    factories.record("opportunity", account_id=account, amount=Decimal(99000))
    card = browser.get(f"/crm/opportunities/{deal}").text.split("Won in 12 months")[1].split("</section>")[0]
    assert re.findall(r'class="num">([^<]+)<', card) == ["1, €\N{NO-BREAK SPACE}500", "1, €\N{NO-BREAK SPACE}1,200"]


def test_the_list_one_came_from_leads_on_to_the_next_record(browser, sofie):
    made = [factories.record("account", by=sofie, name=name) for name in ("Alder", "Birch", "Cedar")]
    assert 'aria-label="In the list"' not in browser.get(f"/crm/accounts/{made[1]}").text
    browser.get("/crm/accounts?view=all")
    text = browser.get(f"/crm/accounts/{made[1]}").text
    assert re.search(rf'href="/crm/accounts/{made[0]}"[^>]*rel="prev"', text)
    assert re.search(rf'href="/crm/accounts/{made[2]}"[^>]*rel="next"', text)


def test_the_breadcrumb_leads_from_the_crm_to_the_record(browser, sofie):
    deal = factories.record("opportunity", by=sofie, name="Clean <b>room")
    crumbs = browser.get(f"/crm/opportunities/{deal}").text.split('class="crumbs"')[1].split("</nav>")[0]
    assert re.findall(r"<(?:a|span)[^>]*>([^<]+)<", crumbs) == ["CRM", "Opportunities", "Clean &lt;b&gt;room"]


def test_a_list_is_narrowed_to_a_tag(browser, sofie):
    for name in ("Alder", "Birch"):
        factories.record("account", by=sofie, name=name)
    row = db.session.query(Account).filter_by(name="Birch").one()
    tags.put("account", row.id, "Key", actor=sofie)
    number = db.session.query(Tag.id).scalar()
    text = browser.get(f"/crm/accounts?tag={number}").text
    assert "Birch" in text
    assert "Alder" not in text
    assert browser.get("/crm/accounts?tag=nonsense").status_code in (200, 404, 422)
