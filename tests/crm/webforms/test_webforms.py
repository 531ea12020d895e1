"""Web forms: what people send becomes a lead with their consent; programs get thanks and nothing else."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.consent.models import Consent
from crm.fields.events import MayDropField
from crm.records.models import Lead
from crm.webforms import queries, rules, service
from crm.webforms.models import FormEntry, WebForm
from crm.webforms.rules import Asked, FormData
from infra.database import db
from infra.wires import ask
from kernel.errors import RuleBroken
from tests import factories

PAGE = "/crm/setup/forms"
ASKED = (Asked("first_name"), Asked("last_name", required=True), Asked("email", required=True), Asked("company"))
DATA = FormData("Fair", "Talk to us", ASKED, {"region": "nordics"}, purpose="news", wording="Send me news.")


@pytest.fixture
def admin(app):
    return factories.crm_role(factories.person("Ada Admin"), "crm-administrator")


@pytest.fixture
def form(admin):
    return db.session.get(WebForm, service.add(DATA, actor=admin)[0])


@pytest.fixture
def visitor(app):
    return app.test_client()


def fill(visitor, form, clock, wait=30, **typed):
    """Open the form, wait, and send it."""
    page = visitor.get(f"/f/{form.token}").text
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    clock.now += timedelta(seconds=wait)
    return visitor.post(
        f"/f/{form.token}", data={"last_name": "Dahl", "email": "ida@fjord.example", "stamp": stamp} | typed
    )


def leads():
    return list(db.session.scalars(select(Lead).order_by(Lead.id)))


def entries():
    return [each.came for each in db.session.scalars(select(FormEntry).order_by(FormEntry.id))]


def test_what_a_visitor_sends_becomes_a_lead_with_consent_and_proof(visitor, form, clock):
    answer = fill(visitor, form, clock, first_name="Ida", company="Fjord", agreed="1")
    assert (answer.status_code, answer.location) == (303, f"/f/{form.token}/thanks")
    (lead,) = leads()
    assert (lead.name, lead.company, lead.region, lead.source, lead.owner_id) == (
        "Ida Dahl",
        "Fjord",
        "nordics",
        "web",
        None,
    )
    consent = db.session.scalars(select(Consent)).one()
    assert (consent.given, consent.wording, consent.channel, consent.record_id) == (
        True,
        "Send me news.",
        "form",
        lead.id,
    )
    assert "Fair" in consent.proof
    assert "Thank you" in visitor.get(answer.location).text


def test_an_unticked_box_is_kept_as_a_no(visitor, form, clock):
    fill(visitor, form, clock)
    assert db.session.scalars(select(Consent.given)).one() is False


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"last_name": ""}, "Fill this in."),
        ({"email": "nobody"}, "nobody"),
        ({"last_name": "x" * 500}, "at most 120"),
        ({"stamp": "forged"}, "open for very long"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(visitor, form, clock, typed, said):
    answer = fill(visitor, form, clock, **({"company": "Fjord & <b>Sons</b>"} | typed))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Fjord &amp; &lt;b&gt;Sons&lt;/b&gt;" in answer.text
    assert leads() == []


def test_nothing_is_sent_without_consent_where_it_is_needed(visitor, form, admin, clock):
    service.change(
        form.id,
        FormData(**{**{each: getattr(DATA, each) for each in DATA.__slots__}, "consent_needed": True}),
        actor=admin,
    )
    assert "Without your consent" in fill(visitor, form, clock).text
    assert fill(visitor, form, clock, agreed="1").status_code == 303


@pytest.mark.parametrize(("wait", "typed"), [(1, {}), (30, {rules.TRAP: "https://spam.example"})])
def test_a_program_gets_the_same_thanks_and_makes_no_lead(visitor, form, clock, wait, typed):
    assert fill(visitor, form, clock, wait=wait, **typed).status_code == 303
    assert (leads(), entries()) == ([], ["spam"])


def test_the_same_wish_twice_is_one_lead(visitor, form, clock):
    fill(visitor, form, clock)
    fill(visitor, form, clock, email="IDA@fjord.example")
    clock.now += timedelta(minutes=11)
    fill(visitor, form, clock)
    assert entries() == ["taken", "twice", "taken"]
    assert len(leads()) == 2


def test_who_sends_too_often_is_asked_to_wait(visitor, form, clock):
    answers = [fill(visitor, form, clock, wait=4, email=f"i{n}@fjord.example").status_code for n in range(12)]
    assert answers.count(429) == 2


def test_what_strangers_may_not_set_is_not_taken(visitor, form, clock):
    fill(visitor, form, clock, status="converted", owner_id="1", description="not asked for")
    (lead,) = leads()
    assert (lead.status, lead.owner_id, lead.description) == ("new", None, "")


def test_a_closed_form_is_not_found(visitor, form, admin):
    service.switch(form.id, on=False, actor=admin)
    assert visitor.get(f"/f/{form.token}").status_code == 404
    assert visitor.post(f"/f/{form.token}").status_code == 404
    assert visitor.get("/f/none").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Give the form a name"),
        ({"asked": (Asked("last_name"),)}, "ask for both"),
        ({"asked": (*ASKED, Asked("owner_id"))}, "of the list once"),
        ({"asked": (*ASKED, Asked("company"))}, "of the list once"),
        ({"wording": ""}, "word for word"),
        ({"purpose": "spying"}, "purpose of the list"),
        ({"purpose": "", "consent_needed": True}, "Consent to what"),
        ({"next_page": "http://fjord.example"}, "https://"),
        ({"next_page": "javascript:alert(1)"}, "https://"),
        ({"intro": "x" * 1001}, "At most"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(admin, wrong, said):
    with pytest.raises(RuleBroken) as problem:
        service.add(replace(DATA, **wrong), actor=admin)
    assert said in problem.value.message


def test_a_form_is_written_on_its_page_and_shown_with_what_came(app, admin, visitor, clock):
    browser = factories.sign_in(app.test_client(), admin)
    sent = {
        "name": "Fair",
        "ask_email": "1",
        "required_email": "1",
        "ask_company": "1",
        "place_company": "1",
    }
    assert browser.post(f"{PAGE}/new", data=sent).status_code == 303
    (row,) = queries.forms()
    assert [key for key, _required in row.form.asked] == ["company", "last_name", "email"]
    fill(visitor, row.form, clock, company="Fjord")
    page = browser.get(f"{PAGE}/{row.form.id}").text
    assert f"/f/{row.form.token}" in page
    assert "Dahl" in page
    assert browser.post(f"{PAGE}/new", data=sent | {"fixed_region": "moon"}).status_code == 422


def test_entries_are_forgotten_after_their_time_and_leads_stay(visitor, form, clock):
    fill(visitor, form, clock)
    assert service.prune(clock.now + rules.KEPT + timedelta(days=1)) == 1
    assert (entries(), len(leads())) == ([], 1)


def test_a_field_that_a_form_asks_for_is_not_deleted_unasked(form):
    assert [each.sentence for each in ask(MayDropField("lead", "company", "Company"))] == ["The web form “Fair”"]
    assert not [each for each in ask(MayDropField("contact", "company", "Company")) if "Fair" in each.sentence]


def test_a_form_stands_on_the_websites_that_it_names_and_is_sent_without_a_cookie(app, admin, clock):
    data = replace(DATA, framed_by="https://www.Fjord.example/\nhttps://shop.fjord.example:8443", next_page="")
    form = db.session.get(WebForm, service.add(data, actor=admin)[0])
    visitor = app.test_client(use_cookies=False)
    page = visitor.get(f"/f/{form.token}")
    sites = "https://www.fjord.example https://shop.fjord.example:8443"
    assert f"frame-ancestors {sites};" in page.headers["Content-Security-Policy"]
    assert fill(visitor, form, clock).status_code == 303
    assert f"frame-ancestors {sites};" in visitor.get(f"/f/{form.token}/thanks").headers["Content-Security-Policy"]
    assert [each.last_name for each in leads()] == ["Dahl"]


def test_a_form_without_a_website_is_framed_by_nobody_and_leads_where_it_says(visitor, admin, clock):
    form = db.session.get(WebForm, service.add(replace(DATA, next_page="https://fjord.example/ta"), actor=admin)[0])
    policy = visitor.get(f"/f/{form.token}").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none';" in policy
    assert "form-action 'self' https://fjord.example;" in policy


@pytest.mark.parametrize(
    "text",
    [
        "fjord.example",
        "http://fjord.example",
        "https://fjord.example/page",
        "https://*",
        "https://fjord.example; script-src *",
        "https://fjord.example'",
        "https://user@fjord.example",
        "javascript:alert(1)",
        " ".join(f"https://w{each}.example" for each in range(21)),
    ],
)
def test_what_is_no_website_is_refused(admin, text):
    with pytest.raises(RuleBroken):
        service.add(replace(DATA, framed_by=text), actor=admin)


def test_the_page_of_a_form_gives_what_to_put_on_a_website(client, admin):
    number = service.add(replace(DATA, framed_by="https://fjord.example", title='Say "hi" & more'), actor=admin)[0]
    page = factories.sign_in(client, admin).get(f"{PAGE}/{number}").text
    assert "&lt;iframe src=" in page
    assert "Say &amp;#34;hi&amp;#34; &amp;amp; more" in page
