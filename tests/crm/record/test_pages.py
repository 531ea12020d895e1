"""The page of a record and its forms, through a browser without scripts."""

import re
from decimal import Decimal
from html import unescape

import pytest

from crm.activities import service as activities
from crm.objects.rules.catalogue import OBJECTS
from crm.records import service
from crm.records.models import Lead, Opportunity
from infra.database import db
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie Claes"), "sales-representative", north)


@pytest.fixture
def boss(north):
    return factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True)


@pytest.fixture
def browser(client, sofie):
    return factories.sign_in(client, sofie)


def base_of(text):
    return re.search(r'name="base" value="([^"]+)"', text).group(1)


@pytest.mark.parametrize("kind", OBJECTS)
def test_every_object_has_its_page_and_its_forms(client, kind):
    admin = factories.sign_in(client, factories.administrator())
    made, plural = factories.record(kind), OBJECTS[kind].plural
    for address in (f"/crm/{plural}/{made}", f"/crm/{plural}/new", f"/crm/{plural}/{made}/edit"):
        assert admin.get(address).status_code == 200, address


def test_a_deal_shows_its_stages_figures_and_account(browser, sofie):
    account = factories.record("account", name="Kestrel Biologics", by=sofie)
    deal = factories.record(
        "opportunity", by=sofie, name="Clean room package", account_id=account, amount=Decimal(142000), next_step="Call"
    )
    text = browser.get(f"/crm/opportunities/{deal}").text
    assert "Clean room package" in text
    assert "€\N{NO-BREAK SPACE}142,000" in text
    assert "€\N{NO-BREAK SPACE}14,200" in text, "weighted by the 10 % of the first stage"
    assert f'href="/crm/accounts/{account}"' in text
    assert 'aria-current="step">Qualify' in text
    assert "Next:" in text


@pytest.mark.parametrize(("kind", "most"), [("account", 22), ("contact", 23), ("opportunity", 24), ("lead", 21)])
def test_a_record_asks_few_statements(browser, sofie, asked, kind, most):
    """The reader, the record, what hangs on it: a panel a statement or two, however much there is."""
    account = factories.record("account", by=sofie)
    made = account if kind == "account" else factories.record(kind, by=sofie)
    for _each in range(3):
        factories.record("contact", by=sofie, account_id=account)
        activities.plan(kind, made, "Ring back", "call", NOW, actor=sofie, now=NOW)
    address = f"/crm/{OBJECTS[kind].plural}/{made}"
    browser.get(address)
    with asked() as sent:
        browser.get(address)
    assert len(sent) <= most, (len(sent), [each[:100] for each in sent])


def test_what_one_may_not_see_is_not_there(client, boss):
    lead = factories.record("lead", by=boss)
    other = factories.sign_in(client, factories.crm_role(factories.person(), "sales-representative"))
    assert other.get(f"/crm/leads/{lead}").status_code == 404
    assert other.get("/crm/leads/999999").status_code == 404
    assert other.post(f"/crm/leads/{lead}/edit", data={}).status_code == 404


def test_a_hidden_field_is_in_no_place_of_the_page(browser, sofie):
    made = factories.record("contact", by=sofie, last_name="Dams")
    service.change("contact", made, {"private_phone": "+32477123456"}, actor=factories.administrator(), now=NOW)
    text = browser.get(f"/crm/contacts/{made}").text
    assert "Private phone" not in text
    assert "+32477123456" not in text
    assert browser.get(f"/crm/contacts/{made}?edit=private_phone").status_code == 404


def test_a_new_lead_is_kept_with_what_was_read(browser, sofie):
    sent = {"first_name": "Ines", "last_name": "Maertens", "status": "new", "value": "1,234.56", "owner_id": sofie.id}
    answer = browser.post("/crm/leads/new", data=sent)
    assert answer.status_code == 303, answer.text
    row = db.session.query(Lead).one()
    assert (row.name, row.value) == ("Ines Maertens", Decimal("1234.56"))


def test_what_can_not_be_read_is_said_beside_the_field_and_stays(browser, sofie):
    sent = {"last_name": "Dams", "email": "nobody", "status": "new", "country": "Atlantis", "owner_id": sofie.id}
    answer = browser.post("/crm/leads/new", data=sent)
    assert answer.status_code == 422
    assert 'value="nobody"' in answer.text
    assert "name@example.org" in answer.text
    assert "Not saved: 2 things to mend" in answer.text
    assert db.session.query(Lead).count() == 0


def test_all_that_is_wrong_is_said_at_once_each_by_the_name_of_its_field(browser, sofie):
    made = factories.record("lead", by=sofie, last_name="Dams")
    sent = {"base": base_of(browser.get(f"/crm/leads/{made}/edit").text), "first_name": "x" * 500, "last_name": " "}
    answer = browser.post(f"/crm/leads/{made}/edit", data=sent | {"email": "nobody"})
    said = unescape(answer.text)
    assert (answer.status_code, "Not saved: 3 things to mend" in said) == (422, True)
    assert '<a href="#f-first_name">First name has 500 characters; at most 120 fit.</a>' in said
    assert '<a href="#f-last_name">Last name is needed.</a>' in said
    assert '<a href="#f-email">E-mail: “nobody”' in said
    assert all(f'id="f-{key}-error"' in said for key in ("first_name", "last_name", "email"))


def test_a_field_is_changed_in_place(browser, sofie):
    made = factories.record("account", by=sofie, name="Kestrel")
    opened = browser.get(f"/crm/accounts/{made}?edit=industry").text
    sent = {"base": base_of(opened), "industry": "biotechnology"}
    assert browser.post(f"/crm/accounts/{made}/fields/industry", data=sent).status_code == 303
    assert "Biotechnology" in browser.get(f"/crm/accounts/{made}").text


def test_a_word_that_is_no_industry_is_refused_and_said(browser, sofie):
    made = factories.record("account", by=sofie, name="Kestrel")
    opened = browser.get(f"/crm/accounts/{made}?edit=industry").text
    answer = browser.post(f"/crm/accounts/{made}/fields/industry", data={"base": base_of(opened), "industry": "n/a"})
    assert answer.status_code == 422
    assert "“n/a” is none of the choices: Biotechnology" in answer.text


def test_two_people_change_one_field_and_the_second_is_asked(browser, sofie, boss):
    made = factories.record("lead", by=sofie, company="Kestrel")
    opened = browser.get(f"/crm/leads/{made}?edit=company").text
    service.change("lead", made, {"company": "Osprey"}, actor=boss, now=NOW)
    sent = {"base": base_of(opened), "company": "Kestrel Biologics"}
    answer = browser.post(f"/crm/leads/{made}/fields/company", data=sent)
    assert answer.status_code == 422
    assert "Osprey" in answer.text
    assert 'value="Kestrel Biologics"' in answer.text
    again = browser.post(f"/crm/leads/{made}/fields/company", data={**sent, "base": base_of(answer.text)})
    assert again.status_code == 303
    db.session.expire_all()
    assert db.session.get(Lead, made).company == "Kestrel Biologics"


def test_a_form_that_was_open_keeps_what_others_changed_elsewhere(browser, sofie, boss):
    made = factories.record("lead", by=sofie, company="Kestrel", value=Decimal("1200.50"))
    opened = browser.get(f"/crm/leads/{made}/edit").text
    service.change("lead", made, {"value": Decimal(9000), "title": "Buyer"}, actor=boss, now=NOW)
    sent = {"base": base_of(opened), "last_name": "Dams", "value": "1200.50", "title": "", "company": "Osprey"}
    answer = browser.post(f"/crm/leads/{made}/edit", data=sent)
    assert answer.status_code == 303, answer.text
    db.session.expire_all()
    row = db.session.get(Lead, made)
    assert (row.company, row.title, row.value, row.name) == ("Osprey", "Buyer", Decimal(9000), "Dams")


def test_an_account_is_picked_by_its_name_without_scripts(browser, sofie):
    account = factories.record("account", by=sofie, name="Kestrel Biologics")
    sent = {"name": "Clean room", "account_id": "", "account_id-q": "kestrel biologics", "owner_id": sofie.id}
    stage = {"stage_id": "1", "currency": "EUR"}
    answer = browser.post("/crm/opportunities/new", data=sent | stage)
    assert answer.status_code == 303, answer.text
    assert db.session.query(Opportunity).one().account_id == account
    asked = browser.get("/crm/pick/account?field=account_id&account_id-q=kest").text
    assert f'value="{account}"' in asked


def test_two_of_one_name_are_asked_about(browser, sofie):
    for _each in range(2):
        factories.record("account", by=sofie, name="Kestrel")
    sent = {"name": "Clean room", "account_id": "", "account_id-q": "Kestrel", "owner_id": sofie.id}
    answer = browser.post("/crm/opportunities/new", data=sent | {"stage_id": "1", "currency": "EUR"})
    assert answer.status_code == 422
    assert "Which one is meant?" in answer.text
    assert answer.text.count('type="radio" name="account_id"') == 2


def test_nobody_points_a_record_at_what_they_may_not_see(client, boss):
    other = factories.record("lead", by=boss)
    agent = factories.crm_role(factories.person(), "sales-representative")
    browser = factories.sign_in(client, agent)
    sent = {"name": "Call", "kind": "call", "state": "done", "owner_id": agent.id, "lead_id": str(other)}
    answer = browser.post("/crm/activities/new", data=sent)
    assert answer.status_code == 422
    assert "be chosen" in answer.text


def test_a_record_is_deleted_and_taken_back(client, boss):
    browser = factories.sign_in(client, boss)
    made = factories.record("lead", by=boss)
    assert browser.post(f"/crm/leads/{made}/delete").status_code == 303
    with browser.session_transaction() as session:
        undo = next(category for category, _said in session["_flashes"]).partition("|")[2]
    assert browser.get(f"/crm/leads/{made}").status_code == 404
    assert browser.post(undo).status_code == 303
    assert browser.get(f"/crm/leads/{made}").status_code == 200


def test_the_organisation_is_drawn_up_and_down(browser, sofie):
    top = factories.record("account", by=sofie, name="Norvane Group")
    middle = factories.record("account", by=sofie, name="Norvane Nordics", parent_id=top)
    factories.record("account", by=sofie, name="Norvane Oslo", parent_id=middle)
    text = browser.get(f"/crm/accounts/{middle}").text
    assert text.index("Norvane Group") < text.rindex("Norvane Oslo")
    assert "Organisation" in text


@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "\u202eevil", "a\0b", "x" * 10_000, "😀" * 50]
)
def test_hostile_text_never_breaks_a_page(browser, sofie, text):
    sent = {"last_name": text, "status": "new", "company": text, "owner_id": sofie.id}
    answer = browser.post("/crm/leads/new", data=sent)
    assert answer.status_code in (303, 422)
    assert "<script>alert" not in answer.text
    for row in db.session.query(Lead):
        assert browser.get(f"/crm/leads/{row.id}").status_code == 200


@pytest.mark.parametrize("query", ["before=nonsense", "tab=nonsense", "before=2026-02-18", "edit=nonsense", "edit="])
def test_an_address_that_is_wrong_is_no_failure(browser, sofie, query):
    made = factories.record("lead", by=sofie)
    assert browser.get(f"/crm/leads/{made}?{query}").status_code in (200, 404)


def test_a_reader_gets_no_way_to_change(client, boss):
    made = factories.record("opportunity", by=boss)
    reader = factories.sign_in(client, factories.crm_role(factories.person(), "executive"))
    text = reader.get(f"/crm/opportunities/{made}").text
    assert f"/{made}/edit" not in text
    assert "?edit=" not in text
    assert reader.get(f"/crm/opportunities/{made}/edit").status_code == 403


def test_a_page_says_where_it_lies(browser, sofie):
    made = factories.record("activity", by=sofie, name="Call Ines")
    crumbs = re.search(
        r'<nav class="crumbs".*?</nav>', browser.get(f"/crm/activities/{made}/edit").text, re.DOTALL
    ).group()
    assert re.findall(r'href="([^"]+)"', crumbs) == ["/crm", "/crm/activities", f"/crm/activities/{made}"]
    assert f"ACT-{made}" in browser.get(f"/crm/activities/{made}").text


def test_the_way_of_a_lead_stands_above_its_timeline(browser, sofie):
    text = browser.get(f"/crm/leads/{factories.record('lead', by=sofie)}").text
    assert text.index("/convert") < text.index('id="timeline"') < text.index("Shared with")


def test_a_new_activity_asks_at_once_when_and_with_whom(browser):
    text = browser.get("/crm/activities/new").text
    more = text.index("More fields")
    assert max(text.index(f'id="f-{key}"') for key in ("due_at", "occurred_at", "account_id")) < more
    assert text.index('id="f-minutes"') > more


def test_a_country_is_named_on_its_record_and_in_the_list(browser, sofie):
    made = factories.record("account", by=sofie, country="DK")
    for address in (f"/crm/accounts/{made}", "/crm/accounts?columns=name&columns=country"):
        assert "Denmark" in browser.get(address).text, address
