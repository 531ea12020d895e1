"""Asking for help: a report from any page, what its author sees of it, and the last word."""

from io import BytesIO

import pytest
from sqlalchemy import select

from crm.queues import queries as queues
from crm.records.models import Ticket
from crm.tickets import service
from crm.tickets.service import Said
from desk.support import queries
from infra.attachments.models import Attachment
from infra.database import db
from kernel.actor import SYSTEM
from roadmap.helpdesk import service as helpdesk
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")
GOOD = {
    "name": "Leads do not open",
    "description": "I press and nothing happens.",
    "severity": "high",
    "impact": "team",
    "project_id": "",
    "page": "/crm/leads?q=secret",
}


@pytest.fixture
def who(app):
    return factories.person("Ines Asks")


@pytest.fixture
def page(client, who):
    return factories.sign_in(client, who)


def asked():
    db.session.expire_all()
    return db.session.scalars(select(Ticket)).one()


def sent(browser, **values):
    return browser.post("/support/new", data=GOOD | values, headers={"User-Agent": "Firefox 140"})


def test_every_page_leads_to_a_report_about_itself(page):
    text = page.get("/my-work").text
    assert 'href="/support/new?page=/my-work"' in text
    assert "/my-work" in page.get("/support/new?page=/my-work").text


def test_a_report_is_a_ticket_with_page_and_browser(page, who):
    answer = sent(page, file=(BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 64), "screen.png"))
    row = asked()
    assert (answer.status_code, answer.location) == (303, f"/support/{row.id}")
    assert (row.reported_page, row.browser, row.requester_id) == ("/crm/leads", "Firefox 140", who.id)
    assert (row.kind, row.priority, row.channel) == ("incident", "high", "page")
    assert queues.names()[row.queue_id] == "Help desk of the roll-out"
    assert db.session.scalars(select(Attachment.subject)).all() == [f"support:{row.id}"]
    assert "screen.png" in page.get(answer.location).text


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"name": "x" * 251},
        {"description": "x" * 10_001},
        {"severity": "worst"},
        {"impact": ""},
        {"project_id": "77"},
        {"project_id": "x"},
    ],
)
def test_what_can_not_be_kept_is_told_and_stays_typed(page, values):
    answer = sent(page, **values)
    assert answer.status_code == 422
    assert "Leads do not open" in answer.text or "name" in values
    assert db.session.scalars(select(Ticket)).all() == []


def test_hostile_words_are_only_words(page):
    sent(page, name="<script>alert(1)</script> =1+1", page="https://evil.example/x")
    row = asked()
    assert row.reported_page == ""
    assert "<script>alert(1)" not in page.get(f"/support/{row.id}").text


def test_a_file_that_can_not_be_kept_does_not_lose_the_report(page):
    sent(page, file=(BytesIO(b"MZ" + b"0" * 64), "evil.exe"))
    assert asked().name == "Leads do not open"
    assert db.session.scalars(select(Attachment)).all() == []


def test_only_who_asked_reads_it_here(page, who, client):
    sent(page)
    number = asked().id
    other = factories.sign_in(client, factories.person("Otto"))
    assert other.get(f"/support/{number}").status_code == 404
    assert other.post(f"/support/{number}", data={"text": "x"}).status_code == 404
    assert other.post(f"/support/{number}/steps/withdraw", data={"text": ""}).status_code == 404
    assert other.post(f"/files/support/{number}", data={"file": (BytesIO(b"x"), "x.txt")}).status_code == 404


def test_they_answer_and_say_that_it_works(page, who):
    sent(page)
    number = asked().id
    service.reply(number, Said("Note", public=False), actor=SYSTEM, now=NOW)
    service.reply(number, Said("Which lead?", then="wait"), actor=SYSTEM, now=NOW)
    text = page.get(f"/support/{number}").text
    assert "Which lead?" in text
    assert "Note" not in text.split("Conversation")[1].split("About it")[0]
    assert "waits for your word" in page.get("/support").text
    assert page.post(f"/support/{number}", data={"text": ""}).status_code == 422
    assert page.post(f"/support/{number}", data={"text": "All of them"}).status_code == 303
    service.resolve(number, {"resolution": "Fixed."}, actor=SYSTEM, now=NOW)
    assert "Does it work now?" in page.get(f"/support/{number}").text
    assert page.post(f"/support/{number}/steps/reopen", data={"text": ""}).status_code == 422
    assert page.post(f"/support/{number}/steps/verify", data={"text": ""}).status_code == 303
    assert asked().state == "verified"
    assert page.post(f"/support/{number}/steps/close", data={"text": ""}).status_code == 422
    assert page.get("/support").status_code == 200


def test_withdrawn_and_back_again(page):
    sent(page)
    number = asked().id
    assert page.post(f"/support/{number}/steps/withdraw", data={"text": ""}).status_code == 303
    assert page.post(f"/support/{number}/steps/reopen", data={"text": "It is back"}).status_code == 303
    assert asked().state == "reopened"


def test_a_roll_out_has_a_queue_of_its_own(page, who, client):
    project = factories.project()
    member = factories.person("Maja", projects={project: "member"})
    assert queries.places(member) == []
    made, _work = helpdesk.open_queue(project, None, actor=SYSTEM)
    assert helpdesk.open_queue(project, None, actor=SYSTEM)[0] == made
    assert [number for number, _name in queries.places(member)] == [project]
    theirs = factories.sign_in(client, member)
    text = theirs.get(f"/support/new?page=/projects/{project}/risks").text
    assert f'<option value="{project}" selected' in text
    sent(theirs, project_id=str(project))
    assert asked().queue_id == made


def test_the_merged_one_leads_to_what_it_became(page, who):
    sent(page)
    first = asked().id
    sent(page, name="Again")
    second = db.session.scalars(select(Ticket.id).order_by(Ticket.id.desc())).first()
    service.merge(second, first, actor=SYSTEM, now=NOW)
    assert page.get(f"/support/{second}").location == f"/support/{first}"


def test_agents_see_the_files_of_who_asked(page, client):
    sent(page, file=(BytesIO(b"hello"), "log.txt"))
    number = asked().id
    agent = factories.crm_role(factories.person(), "service-agent", factories.team("Service"))
    theirs = factories.sign_in(client, agent)
    assert "log.txt" in theirs.get(f"/crm/tickets/{number}").text
    attachment = db.session.scalars(select(Attachment.id)).one()
    with theirs.get(f"/files/{attachment}") as answer:
        assert answer.status_code == 200
