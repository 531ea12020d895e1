"""Who may be written to for what: unknown is a no, proof is asked for, an objection outlives the record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from crm.campaigns import service as campaigns
from crm.consent import queries, rules, service
from crm.consent.models import Consent, Objection
from crm.consent.rules import SHIPPED, Basis, ConsentData, Purpose, Standing
from crm.records import service as records
from infra.database import db
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW


def answer(purpose="news", given=True, at=NOW, **more):
    return ConsentData(purpose, given, at, "form", proof="form of today", **more)


@pytest.fixture
def ada(app):
    return factories.administrator()


@pytest.fixture
def seller(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


@pytest.fixture
def lead(seller):
    return factories.record("lead", by=seller, email="ines@example.org")


def may(kind, number, purpose="news"):
    return queries.may_write_to(kind, [number], purpose)[number]


@given(st.booleans(), st.booleans(), st.sampled_from([None, True, False]), st.sampled_from(SHIPPED))
def test_nobody_is_written_to_against_their_word(restricted, objected, given, purpose):
    found = rules.verdict(purpose, Standing(given, restricted, objected))
    if restricted or (purpose.basis is Basis.CONSENT and (objected or given is not True)):
        assert not found.yes
    if found.yes and purpose.basis is Basis.INTEREST:
        assert given is not False
        assert not objected
    assert found.because


def test_a_purpose_out_of_use_writes_to_nobody():
    assert not rules.verdict(Purpose("x", "X", "", Basis.CONTRACT, active=False), Standing(given=True)).yes


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (ConsentData("news", True, NOW, "form"), "proof"),
        (ConsentData("nothing", True, NOW, "form", proof="x"), "purpose"),
        (ConsentData("service", True, NOW, "form", proof="x"), "purpose"),
        (ConsentData("news", True, NOW, "pigeon", proof="x"), "channel"),
        (ConsentData("news", True, NOW, "form", wording="x" * 2001, proof="x"), "wording"),
        (ConsentData("news", False, NOW, "form", proof="x" * 501), "proof"),
    ],
)
def test_an_answer_that_proves_nothing_is_not_kept(data, field):
    with pytest.raises(RuleBroken) as problem:
        rules.check(data, SHIPPED)
    assert problem.value.field == field


@pytest.mark.parametrize("day", [date(2026, 2, 19), date(1960, 1, 1)])
def test_a_day_that_can_not_be_is_refused(day):
    with pytest.raises(RuleBroken):
        rules.moment_of(day, datetime(2026, 2, 18, 9, tzinfo=UTC), UTC)


def test_unknown_is_a_no_and_the_last_answer_counts(lead, seller):
    assert not may("lead", lead)
    service.note("lead", lead, answer(), actor=seller, now=NOW)
    assert may("lead", lead)
    service.note("lead", lead, answer(given=False, at=NOW - timedelta(days=9)), actor=seller, now=NOW)
    assert may("lead", lead), "what was said before does not count"
    work = service.note("lead", lead, answer(given=False, at=NOW + timedelta(minutes=1)), actor=seller, now=NOW)
    assert may("lead", lead).because == "They withdrew their consent."
    undo(work.transaction_id, actor=seller)
    assert may("lead", lead)
    assert queries.counts()["news"] == (1, 0)


def test_what_a_lead_answered_holds_for_the_contact_that_it_became(lead, seller):
    service.note("lead", lead, answer(), actor=seller, now=NOW)
    contact = factories.record("contact", by=seller, email="ines@example.org")
    with transaction(SYSTEM, "record.changed") as work:
        row = db.session.get(records.TABLES["lead"], lead)
        row.contact_id = contact
        work.session.flush()
    assert may("contact", contact)
    assert len(queries.history("contact", contact)) == 1
    service.note("contact", contact, answer(given=False, at=NOW + timedelta(days=1)), actor=seller, now=NOW)
    assert not may("contact", contact)


def test_an_objection_stops_the_address_wherever_it_is(lead, seller):
    service.note("lead", lead, answer(), actor=seller, now=NOW)
    service.object_to("lead", lead, actor=seller, now=NOW)
    again = factories.record("contact", by=seller, email="INES@example.org")
    service.note("contact", again, answer(), actor=seller, now=NOW)
    assert not may("lead", lead)
    assert not may("contact", again)
    assert may("contact", again, "service"), "what they asked for is still answered"
    assert "ines" not in str(list(db.session.scalars(select(Objection.address))))
    service.end_objection("lead", lead, actor=seller)
    assert may("contact", again)


def test_an_objection_needs_an_address(seller):
    bare = factories.record("lead", by=seller)
    with pytest.raises(RuleBroken):
        service.object_to("lead", bare, actor=seller, now=NOW)


def test_what_is_restricted_is_kept_and_not_used(lead, seller, ada):
    service.note("lead", lead, answer(), actor=seller, now=NOW)
    with pytest.raises(Refused):
        service.restrict("lead", lead, "looked into", actor=seller, now=NOW)
    work = service.restrict("lead", lead, "looked into", actor=ada, now=NOW)
    assert not may("lead", lead, "service")
    with pytest.raises(RuleBroken, match="restricted"):
        records.change("lead", lead, {"company": "Other"}, actor=seller, now=NOW)
    with pytest.raises(RuleBroken, match="restricted"):
        records.remove("lead", [lead], actor=ada, now=NOW)
    with pytest.raises(RuleBroken):
        service.restrict("lead", lead, "again", actor=ada, now=NOW)
    service.lift("lead", lead, actor=ada, now=NOW)
    records.change("lead", lead, {"company": "Other"}, actor=seller, now=NOW)
    assert work.action == "restriction.begun"


def test_who_may_not_see_or_edit_a_record_notes_nothing(lead):
    other = factories.crm_role(factories.person(), "sales-representative", factories.team("South"))
    with pytest.raises(NotFound):
        service.note("lead", lead, answer(), actor=other, now=NOW)
    reader = factories.crm_role(factories.person(), "executive")
    with pytest.raises(Refused):
        service.note("lead", lead, answer(), actor=reader, now=NOW)
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 0


def test_a_purpose_that_people_answered_for_keeps_its_basis(lead, seller, ada):
    service.add_purpose("Samples by post", "", "consent", actor=ada)
    made = queries.purposes()[-1]
    assert made.key == "samples-by-post"
    service.note("lead", lead, answer("samples-by-post"), actor=seller, now=NOW)
    with pytest.raises(RuleBroken) as problem:
        service.change_purpose(Purpose(made.key, made.name, "", Basis.CONTRACT), actor=ada)
    assert problem.value.field == "basis"
    service.change_purpose(Purpose("news", "Our newsletter", "", Basis.CONSENT, active=False), actor=ada)
    assert queries.purpose("news").name == "Our newsletter"
    with pytest.raises(RuleBroken):
        service.note("lead", lead, answer("news"), actor=seller, now=NOW)
    with pytest.raises(Refused):
        service.add_purpose("Other", "", "consent", actor=seller)


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "News and offers by e-mail"])
def test_a_purpose_needs_a_name_of_its_own(name, ada):
    with pytest.raises(RuleBroken):
        service.add_purpose(name, "", "consent", actor=ada)


def test_a_thousand_are_judged_by_a_handful_of_statements(seller, asked):
    numbers = [factories.record("contact", by=seller, email=f"c{n}@example.org") for n in range(12)]
    with asked() as few:
        queries.may_write_to("contact", numbers[:2], "news")
    with asked() as many:
        queries.may_write_to("contact", numbers, "news")
    assert len(few) == len(many) <= 5


def test_the_pages_say_what_holds(client, lead, seller, ada):
    browser = factories.sign_in(client, seller)
    address = f"/crm/leads/{lead}/consent"
    sent = {"purpose": "news", "given": "yes", "day": "2026-02-17", "channel": "phone", "proof": "=cmd|' /C calc'!A0"}
    assert browser.post(address, data=sent | {"proof": ""}).status_code == 422
    assert browser.post(address, data=sent | {"day": "yesterday"}).status_code == 422
    assert browser.post(address, data=sent | {"purpose": "<script>"}).status_code == 422
    assert browser.post(address, data=sent).status_code == 303
    page = browser.get(address).text
    assert "may be written to for 3 of 5 purposes" in page
    assert "may be written to" in browser.get(f"/crm/leads/{lead}").text
    assert browser.post(f"{address}/objection").status_code == 303
    assert "They objected" in browser.get(address).text
    assert browser.post(f"{address}/restriction", data={"reason": "x"}).status_code == 403
    office = factories.sign_in(client, ada)
    assert office.post(f"{address}/restriction", data={"reason": ""}).status_code == 422
    assert office.post(f"{address}/restriction", data={"reason": "looked into"}).status_code == 303
    assert "looked into" in office.get(f"/crm/leads/{lead}").text
    setup = office.get("/crm/setup/purposes").text
    assert "News and offers by e-mail" in setup
    assert office.post("/crm/setup/purposes", data={"name": "", "basis": "consent"}).status_code == 422
    changed = {"name": "Our news", "basis": "consent", "active": "y"}
    assert office.post("/crm/setup/purposes/news", data=changed).status_code == 303
    assert "Our news" in office.get("/crm/setup/purposes/news").text
    assert office.get("/crm/setup/purposes/none").status_code == 404


def test_a_campaign_says_whom_it_may_write_to(client, lead, seller, ada):
    campaign = factories.record("campaign", by=ada, kind="mail", starts_on=date(2026, 2, 1))
    campaigns.add(campaign, [("lead", lead)], "targeted", actor=ada, now=NOW)
    address = f"/crm/campaigns/{campaign}/members"
    browser = factories.sign_in(client, ada)
    assert "No consent is known." in browser.get(address).text
    service.note("lead", lead, answer(), actor=seller, now=NOW)
    assert "They agreed." in browser.get(address).text
