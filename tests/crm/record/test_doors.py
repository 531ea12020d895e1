"""What the forms of records ask first: whether a record is there already, and what has a page of its own."""

import pytest

from crm.records.models import Account, Contact, Lead
from infra.database import db
from tests import factories


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
