"""A lead becomes an account, a contact and a deal: once, whole, with its activities, and it can be taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from crm.access.queries import access_of
from crm.conversion import queries, rules, service
from crm.conversion.rules import ConversionData, DealData
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.records.models import Account, Activity, Contact, Lead, Opportunity
from infra.database import db
from infra.undo.service import undo
from kernel.errors import Conflict, NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

DEAL = DealData("Titration cells", Decimal("52700.50"), "EUR", None, None)


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie Claes"), "sales-representative", factories.team("North"))


@pytest.fixture
def lead(sofie):
    return factories.record(
        "lead",
        by=sofie,
        first_name="Ines",
        last_name="Maertens",
        company="Oakfield",
        email="ines@oakfield.example",
        industry="pharma",
        product_interest="Cells",
        source="web",
    )


def new(deal=DEAL, **more):
    return ConversionData(
        **{"account_id": None, "account_name": "Oakfield", "contact_id": None, "deal": deal, "owner_id": None, **more}
    )


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_what_a_lead_carries_over(sofie, lead):
    call = factories.record("activity", by=sofie, lead_id=lead, kind="call")
    done, _work = service.convert(lead, new(), actor=sofie, now=NOW)
    account, contact = db.session.get(Account, done.account_id), db.session.get(Contact, done.contact_id)
    deal = db.session.get(Opportunity, done.opportunity_id)
    assert (account.name, account.industry, account.origin, account.owner_id) == (
        "Oakfield",
        "pharma",
        "converted",
        sofie.id,
    )
    assert (contact.name, contact.email, contact.account_id) == ("Ines Maertens", "ines@oakfield.example", account.id)
    assert (deal.amount, deal.lead_id, deal.product_line, deal.source) == (Decimal("52700.50"), lead, "Cells", "web")
    assert (done.status, done.converted_at, done.mql_at, done.sql_at) == ("converted", NOW, NOW, NOW)
    moved = db.session.get(Activity, call)
    assert (moved.account_id, moved.contact_id, moved.opportunity_id) == (account.id, contact.id, deal.id)


def test_once_only(sofie, lead):
    service.convert(lead, new(deal=None), actor=sofie, now=NOW)
    with pytest.raises(Conflict, match="already"):
        service.convert(lead, new(), actor=sofie, now=NOW)
    assert (count(Account), count(Opportunity)) == (1, 0)


def test_it_is_taken_back_in_one_step(sofie, lead):
    factories.record("activity", by=sofie, lead_id=lead)
    _lead, work = service.convert(lead, new(), actor=sofie, now=NOW)
    undo(work.transaction_id, actor=sofie)
    db.session.expire_all()
    row = db.session.get(Lead, lead)
    assert (row.status, row.converted_at, row.account_id, row.mql_at) == ("new", None, None, None)
    assert (count(Account), count(Contact), count(Opportunity)) == (0, 0, 0)


def test_who_converted_takes_it_back_though_an_activity_that_moved_along_is_hidden_from_them(sofie, lead):
    colleague = factories.crm_role(factories.person(), "sales-representative", factories.team("South"))
    call = factories.record("activity", by=colleague, lead_id=lead, kind="call")
    with pytest.raises(NotFound):
        records.get(access_of(sofie), OBJECTS["activity"], call)
    _lead, work = service.convert(lead, new(), actor=sofie, now=NOW)
    back = undo(work.transaction_id, actor=sofie)
    db.session.expire_all()
    assert (db.session.get(Lead, lead).status, db.session.get(Activity, call).account_id) == ("new", None)
    undo(back.transaction_id, actor=sofie)
    db.session.expire_all()
    assert (db.session.get(Lead, lead).status, count(Account)) == ("converted", 1)
    assert db.session.get(Activity, call).account_id is not None


def test_existing_records_are_offered_with_the_reason_and_used(sofie, lead):
    account = factories.record("account", name="OAKFIELD")
    contact = factories.record("contact", by=sofie, last_name="Maertens", email="Ines@Oakfield.example")
    access, row = access_of(sofie), db.session.get(Lead, lead)
    assert [(each.id, each.reasons) for each in queries.account_like(row, access)] == [(account, ("same name",))]
    (alike,) = queries.contact_like(row, access)
    assert (alike.id, alike.reasons) == (contact, ("same e-mail", "same last name"))
    done, _work = service.convert(lead, new(account_id=account, contact_id=contact), actor=sofie, now=NOW)
    assert (done.account_id, done.contact_id, count(Account), count(Contact)) == (account, contact, 1, 1)


def test_who_may_not(sofie, lead):
    colleague = factories.crm_role(factories.person(), "sales-representative")
    with pytest.raises(NotFound):
        service.convert(lead, new(), actor=colleague, now=NOW)
    marketer = factories.crm_role(factories.person(), "marketing-specialist")
    with pytest.raises(Refused):
        service.convert(lead, new(), actor=marketer, now=NOW)
    assert count(Account) == 0
    hidden = factories.record("contact", last_name="Hidden")
    with pytest.raises(NotFound):
        service.convert(lead, new(contact_id=hidden), actor=sofie, now=NOW)
    assert db.session.get(Lead, lead).status == "new"


def test_the_way_keeps_when_a_step_was_first_reached(sofie, lead):
    later = NOW + timedelta(days=2)
    service.advance(lead, "mql", actor=sofie, now=NOW)
    service.advance(lead, "contacted", actor=sofie, now=later)
    service.advance(lead, "mql", actor=sofie, now=later)
    assert db.session.get(Lead, lead).mql_at == NOW
    with pytest.raises(RuleBroken):
        service.advance(lead, "converted", actor=sofie, now=later)
    with pytest.raises(RuleBroken, match="why"):
        service.disqualify(lead, "  ", actor=sofie, now=later)
    service.disqualify(lead, "No budget this year", actor=sofie, now=later)
    with pytest.raises(RuleBroken, match="given up"):
        service.convert(lead, new(), actor=sofie, now=later)
    service.reopen(lead, actor=sofie, now=later)
    row = db.session.get(Lead, lead)
    assert (row.status, row.disqualified_reason) == ("mql", "")
    with pytest.raises(RuleBroken):
        service.reopen(lead, actor=sofie, now=later)


def test_a_value_is_carried_only_where_it_is_seen_and_may_be_written():
    lead = {"email": "a@b.example", "phone": ""}
    assert rules.carried({"email": "email", "phone": "phone"}, lead, ["email", "phone"], ["email", "phone"]) == {
        "email": "a@b.example"
    }
    assert rules.carried({"email": "email"}, lead, [], ["email"]) == {}
    assert rules.carried({"email": "email"}, lead, ["email"], []) == {}


def test_the_page_keeps_what_was_typed_and_converts(client, sofie, lead):
    factories.record("account", name="Oakfield")
    factories.sign_in(client, sofie)
    page = client.get(f"/crm/leads/{lead}/convert")
    assert "same name" in page.text
    sent = {"account": "new", "account_name": "Oakfield two", "contact": "new", "with_deal": "y", "deal_name": "D"}
    sent |= {"currency": "EUR", "owner_id": str(sofie.id)}
    wrong = client.post(f"/crm/leads/{lead}/convert", data=sent | {"amount": "1.234"})
    assert wrong.status_code == 422
    assert 'value="1.234"' in wrong.text
    for odd in ({}, sent | {"currency": "XXX"}, sent | {"account": "999"}, sent | {"deal_name": "A" * 10_000}):
        assert client.post(f"/crm/leads/{lead}/convert", data=odd).status_code == 422
    assert client.post(f"/crm/leads/{lead}/convert", data=sent | {"amount": "1.234,50"}).status_code == 303
    assert client.post(f"/crm/leads/{lead}/convert", data=sent).status_code == 409
    assert "Converted" in client.get(f"/crm/leads/{lead}/way").text
    assert client.post(f"/crm/leads/{lead}/reopen").status_code == 303
    assert client.post(f"/crm/leads/{lead}/way", data={"status": "x"}).status_code == 422
    assert client.post(f"/crm/leads/{lead}/way", data={"status": "contacted"}).status_code == 303
    assert client.post(f"/crm/leads/{lead}/disqualify", data={"reason": ""}).status_code == 422
    assert client.get("/crm/leads/999/convert").status_code == 404
