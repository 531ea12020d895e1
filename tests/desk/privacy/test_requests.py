"""Requests about personal data: deadlines, the file over the whole product, and people who leave nothing behind."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from accounts.access.queries import actor_of
from accounts.notices.models import Notice
from accounts.people.models import Person
from accounts.signin.models import SignInSession
from crm.consent import queries as consent
from crm.notes import service as notes
from crm.notes.models import Note
from crm.notes.service import NoteData
from crm.records import service as records
from crm.records.models import Contact, Lead
from desk.privacy import charts, queries, rules, service
from desk.privacy.models import PrivacyRequest
from desk.privacy.rules import RequestData
from infra.audit.models import AuditEntry
from infra.audit.queries import verify
from infra.comments import service as comments
from infra.comments.models import Comment
from infra.database import db
from infra.personal import queries as personal
from kernel.errors import NotFound, Refused, RuleBroken
from roadmap.tasks.models import Task
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)


@pytest.fixture
def ada(app):
    return factories.administrator()


@pytest.fixture
def contact(ada):
    return factories.record("contact", by=ada, first_name="Ines", last_name="Maertens", email="ines@example.org")


def entered(kind, subject, ada, *, proved=True, received=TODAY):
    made, _work = service.enter(RequestData(kind, subject, received, "mail"), actor=ada, now=NOW, today=TODAY)
    if proved:
        service.change(made, "called back", "", actor=ada)
    return made


def member(name, **more):
    who = factories.person(name, **more)
    return factories.crm_role(who, "sales-representative", factories.team(f"Team {who.id}"))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_an_answer_is_due_a_month_later_and_never_less_than_28_days(day):
    assert 28 <= (rules.due_of(day) - day).days <= 31
    assert 89 <= (rules.due_of(day, extended=True) - day).days <= 92


@pytest.mark.parametrize(
    "data",
    [
        RequestData("access", "", TODAY, "mail"),
        RequestData("access", "crm_account:1", TODAY, "mail"),
        RequestData("access", "person:x", TODAY, "mail"),
        RequestData("access", "person:99999999999", TODAY, "mail"),
        RequestData("everything", "person:1", TODAY, "mail"),
        RequestData("access", "person:1", TODAY, "pigeon"),
        RequestData("access", "person:1", TODAY + timedelta(days=1), "mail"),
        RequestData("access", "person:1", TODAY - timedelta(days=400), "mail"),
        RequestData("access", "person:1", TODAY, "mail", "x" * 2001),
    ],
)
def test_a_request_that_can_not_be_is_refused(data):
    with pytest.raises(RuleBroken):
        rules.check(data, TODAY)


def test_a_request_about_nobody_is_not_found(ada):
    with pytest.raises(NotFound):
        entered("access", "crm_contact:4711", ada)


def test_whoever_does_not_answer_for_personal_data_does_nothing(contact):
    seller = member("Sofie")
    with pytest.raises(Refused):
        entered("access", f"crm_contact:{contact}", seller)


def test_the_file_holds_what_the_whole_product_holds(contact, ada, app):
    notes.add("contact", contact, NoteData("", "Likes tea", confidential=True), actor=ada, now=NOW)
    comments.add_comment(f"crm_contact:{contact}", "=SUM(A1) <b>on leave</b>", actor=ada)
    deal = factories.record("opportunity", by=ada, name="Machines", contact_id=contact)
    call = factories.record("activity", by=ada, name="Call", kind="call", contact_id=contact)
    comments.add_comment(f"crm_activity:{call}", "She agreed", actor=ada)
    factories.record("contact", by=ada, last_name="Somebody else", email="other@example.org")
    whose = queries.who(f"crm_contact:{contact}")
    with app.test_request_context():
        made = charts.archive(whose, queries.held(whose), NOW)
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        data, page = json.loads(packed.read("data.json")), packed.read("data.html").decode()
    held = data["held"]
    assert held["crm_contact"][0]["email"] == "ines@example.org"
    assert held["crm_opportunity"][0]["id"] == deal
    assert "Likes tea" in str(held["crm_note"])
    assert {each["text"] for each in held["comment"]} == {"=SUM(A1) <b>on leave</b>", "She agreed"}
    assert "&lt;b&gt;on leave" in page
    assert "Somebody else" not in str(data)
    assert any(each["on"] == f"crm_contact:{contact}" for each in data["history"])


def test_who_works_here_gets_their_own_words_and_not_the_customers(ada, app):
    sofie = member("Sofie Adler")
    factories.record("contact", by=sofie, last_name="Customer", email="c@example.org")
    factories.sign_in(app.test_client(), sofie)
    project = factories.project(actor=ada)
    factories.task(project, "Write it down", owner_id=sofie.id)
    whose = queries.who(f"person:{sofie.id}")
    with app.test_request_context():
        made = charts.archive(whose, queries.held(whose), NOW)
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        data = json.loads(packed.read("data.json"))
    held = data["held"]
    assert held["person"][0]["name"] == "Sofie Adler"
    assert held["task"][0]["name"] == "Write it down"
    assert held["sign_in_session"]
    assert "token" not in str(held)
    assert "password" not in str(held)
    assert held["crm_contact"][0]["as"] == "created_by, owner_id"
    assert "c@example.org" not in str(data)


def test_every_table_that_points_to_people_is_found():
    """A new room needs no line: a reference, or a number that is somebody's by its name, is enough."""
    linked = {name for name in personal._models() if personal.links_of(name)}
    assert {"task", "comment", "crm_contact", "crm_consent", "sign_in_session", "mail", "absence"} <= linked


def test_the_file_waits_until_it_is_known_who_asks(contact, ada):
    made = entered("access", f"crm_contact:{contact}", ada, proved=False)
    with pytest.raises(RuleBroken) as problem:
        service.check_file(made, actor=ada)
    assert problem.value.field == "identity"
    with pytest.raises(RuleBroken):
        service.close(made, "Sent", refused=False, actor=ada, now=NOW)
    service.close(made, "We can't tell who you are", refused=True, actor=ada, now=NOW)
    with pytest.raises(RuleBroken, match="ended"):
        service.change(made, "x", "", actor=ada)
    service.reopen(made, actor=ada)
    service.extend(made, "Much to read", actor=ada)
    assert queries.row(made).due == date(2026, 5, 18)


def test_an_erasure_is_asked_for_proved_and_typed(contact, ada):
    other = entered("access", f"crm_contact:{contact}", ada)
    with pytest.raises(RuleBroken):
        service.erase(other, "erase", None, actor=ada, now=NOW)
    made = entered("erasure", f"crm_contact:{contact}", ada, proved=False)
    with pytest.raises(RuleBroken):
        service.erase(made, "erase", None, actor=ada, now=NOW)
    service.change(made, "called back", "", actor=ada)
    with pytest.raises(RuleBroken):
        service.erase(made, "yes", None, actor=ada, now=NOW)
    with pytest.raises(RuleBroken):
        service.close(made, "Done", refused=False, actor=ada, now=NOW)
    assert db.session.get(Contact, contact).email == "ines@example.org"
    assert service.erase(made, " Erase ", None, actor=ada, now=NOW) > 0
    assert db.session.get(Contact, contact).email == ""
    service.close(made, "Done", refused=False, actor=ada, now=NOW)


def test_an_owner_an_author_and_a_requester_is_erased_and_the_work_goes_on(ada, app):
    """What they own goes to somebody else, what they wrote stays without a name, their own requests are emptied."""
    sofie, pieter = member("Sofie Adler", email="sofie@example.org"), member("Pieter")
    project = factories.project(actor=ada)
    task = factories.task(project, "Write it down", owner_id=sofie.id)
    lead = factories.record("lead", by=sofie)
    closed = factories.record("lead", by=sofie)
    records.change("lead", closed, {"status": "disqualified", "disqualified_reason": "no"}, actor=ada, now=NOW)
    twin = factories.record("contact", by=ada, first_name="Sofie", last_name="Adler", email="sofie@example.org")
    notes.add("lead", lead, NoteData("", "Called"), actor=sofie, now=NOW)
    comments.add_comment(f"crm_lead:{lead}", "I am on it", actor=actor_of(sofie.id))
    factories.sign_in(app.test_client(), sofie)
    made = entered("erasure", f"person:{sofie.id}", ada)
    with pytest.raises(RuleBroken, match="tasks: 1") as problem:
        service.erase(made, "erase", None, actor=ada, now=NOW)
    assert problem.value.field == "successor"
    with pytest.raises(RuleBroken):
        service.erase(made, "erase", sofie.id, actor=ada, now=NOW)
    service.erase(made, "erase", pieter.id, actor=ada, now=NOW)
    row = db.session.get(Person, sofie.id)
    assert (row.name, row.email, row.active, row.password) == (f"Erased person {sofie.id}", None, False, None)
    assert db.session.get(Task, task).owner_id == pieter.id
    assert db.session.get(Lead, lead).owner_id == pieter.id
    assert db.session.get(Lead, closed).owner_id == sofie.id, "figures count on"
    assert db.session.get(Contact, twin).email == ""
    assert db.session.scalar(select(Note.author_name)) == "(erased)"
    comment = db.session.scalar(select(Comment))
    assert (comment.author_name, comment.text) == ("(erased)", "I am on it")
    sessions = select(func.count()).select_from(SignInSession).where(SignInSession.person_id == sofie.id)
    assert db.session.scalar(sessions) == 0
    said = "\n".join(
        f"{each.actor_name} {each.label} {each.changes}" for each in db.session.scalars(select(AuditEntry))
    )
    assert "Sofie" not in said
    assert "sofie@" not in said
    assert verify().sound


def test_nobody_erases_themselves_and_only_administrators_erase_who_works_here(ada):
    keeper = factories.crm_role(factories.person("Karel"), "crm-administrator")
    other = member("Sofie")
    made = entered("erasure", f"person:{other.id}", keeper)
    with pytest.raises(Refused):
        service.erase(made, "erase", None, actor=keeper, now=NOW)
    own = entered("erasure", f"person:{ada.id}", ada)
    with pytest.raises(RuleBroken):
        service.erase(own, "erase", None, actor=ada, now=NOW)


def test_an_objection_and_a_restriction_do_what_they_say(contact, ada):
    service.object_to(entered("objection", f"crm_contact:{contact}", ada), actor=ada, now=NOW)
    assert not consent.may_write_to("contact", [contact], "surveys")[contact]
    service.restrict(entered("restriction", f"crm_contact:{contact}", ada), actor=ada, now=NOW)
    with pytest.raises(RuleBroken):
        records.change("contact", contact, {"title": "x"}, actor=ada, now=NOW)


def test_those_who_answer_are_told_once_before_and_once_after_the_day(contact, ada):
    made = entered("access", f"crm_contact:{contact}", ada)
    due = queries.row(made).due
    keeper = factories.crm_role(factories.person("Karel"), "crm-administrator")
    for day in (
        due - timedelta(days=8),
        due - timedelta(days=7),
        due,
        due + timedelta(days=1),
        due + timedelta(days=2),
    ):
        service.tell_due(ada, datetime(day.year, day.month, day.day, 9, tzinfo=UTC), day)
    kinds = db.session.scalars(select(Notice.kind).where(Notice.person_id == keeper.id).order_by(Notice.id)).all()
    assert kinds == ["privacy_due", "privacy_late"]


def test_the_pages_lead_from_the_request_to_the_answer(client, contact, ada):
    browser = factories.sign_in(client, ada)
    assert "No request is open" in browser.get("/crm/privacy").text
    assert f"crm_contact:{contact}" in browser.get("/crm/privacy/new?q=maert").text
    assert "nothing is held" in browser.get("/crm/privacy/new?q=nobody").text
    assert browser.get("/crm/privacy/new?subject=<script>").status_code == 200
    sent = {"subject": f"crm_contact:{contact}", "kind": "erasure", "received": "2026-02-18", "channel": "mail"}
    assert browser.post("/crm/privacy/new", data=sent | {"received": "soon"}).status_code == 422
    assert browser.post("/crm/privacy/new", data=sent | {"subject": "crm_contact:x"}).status_code == 422
    answer = browser.post("/crm/privacy/new", data=sent)
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert "the answer is due" in page.text
    assert "Ines Maertens" in page.text
    assert browser.post(answer.location, data={"identity": "called back"}).status_code == 303
    asked = browser.get(f"{answer.location}/erase")
    assert asked.status_code == 200
    assert "can’t be taken back" in asked.text
    assert asked.text.count("Worked out from the rest") <= 1
    assert asked.text.count("Type “erase”") == 1
    assert browser.post(f"{answer.location}/erase", data={"confirmation": "no"}).status_code == 422
    assert browser.post(f"{answer.location}/erase", data={"confirmation": "erase"}).status_code == 303
    assert browser.post(f"{answer.location}/close", data={"answer": ""}).status_code == 422
    assert browser.post(f"{answer.location}/close", data={"answer": "It is done."}).status_code == 303
    assert "Erased contact" in browser.get("/crm/privacy?state=done").text


def test_the_file_comes_as_a_zip(client, contact, ada):
    browser = factories.sign_in(client, ada)
    made = entered("access", f"crm_contact:{contact}", ada)
    answer = browser.get(f"/crm/privacy/{made}/file")
    assert answer.status_code == 200
    assert zipfile.is_zipfile(io.BytesIO(answer.data))
    assert "rows was made" in db.session.get(PrivacyRequest, made).result


def test_the_file_comes_as_a_pdf_too(client, contact, ada):
    browser = factories.sign_in(client, ada)
    made = entered("access", f"crm_contact:{contact}", ada)
    answer = browser.get(f"/crm/privacy/{made}/file?format=pdf")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")


def test_where_else_they_are_named_leads_to_the_records(client, contact, ada):
    account = factories.record("account", by=ada, name="Fjord", description="Ines Maertens decides")
    made = entered("erasure", f"crm_contact:{contact}", ada)
    page = factories.sign_in(client, ada).get(f"/crm/privacy/{made}/mentions").text
    assert f'href="/crm/accounts/{account}"' in page
    assert "Ines Maertens decides" in page
