"""The pages of a ticket: its conversation, what each step asks for, and what is wrong with what was sent."""

import pytest
from sqlalchemy import select

from crm.records.models import Ticket
from crm.tickets import service
from crm.tickets.models import CannedAnswer
from crm.tickets.service import Asked, Said
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def page(client, agent):
    return factories.sign_in(client, agent)


@pytest.fixture
def number(team):
    asked = Asked("Printer <b>silent</b>", "It hums.\n\n<script>", requester_name="Pia", requester_email="p@x.example")
    return service.receive(asked, actor=SYSTEM, now=NOW)[0]


def state(number):
    db.session.expire_all()
    return db.session.get(Ticket, number).state


def test_the_page_of_a_ticket_begins_with_what_was_said(page, number):
    text = page.get(f"/crm/tickets/{number}").text
    assert "It hums." in text
    assert "&lt;script&gt;" in text
    assert text.index("Conversation") < text.index("Timeline")
    assert "Take it" in text


def test_an_answer_is_sent_and_a_note_is_kept(page, number):
    sent = page.post(f"/crm/tickets/{number}/conversation", data={"text": "Which one?", "public": "1", "then": "wait"})
    assert (sent.status_code, state(number)) == (303, "waiting")
    page.post(f"/crm/tickets/{number}/conversation", data={"text": "Odd.", "public": "", "then": ""})
    text = page.get(f"/crm/tickets/{number}").text
    assert "Which one?" in text
    assert "note, agents only" in text


@pytest.mark.parametrize("words", ["", "  \n", "x" * 20_001])
def test_what_can_not_be_said_is_kept_in_the_box(page, number, words):
    sent = page.post(f"/crm/tickets/{number}/conversation", data={"text": words, "public": "1", "then": ""})
    assert sent.status_code == 422
    assert words.strip() in sent.text
    assert state(number) == "new"


def test_a_canned_answer_is_filled_in(page, number, agent):
    with transaction(SYSTEM, "canned.added"):
        db.session.add(CannedAnswer(name="Greeting", body="Hello {requester}, about {ticket}: {nothing}"))
    made = db.session.scalars(select(CannedAnswer.id)).one()
    text = page.get(f"/crm/tickets/{number}?canned={made}").text
    assert f"Hello Pia, about T-{number}: {{nothing}}" in text
    assert page.get(f"/crm/tickets/{number}?canned=x").status_code == 200


def test_every_step_has_its_page_and_is_taken(page, number, agent):
    for key in ("triage", "escalate", "wait", "resolve"):
        assert page.get(f"/crm/tickets/{number}/steps/{key}").status_code == 200, key
    triage = {"severity": "critical", "impact": "team", "category": "error", "queue_id": "1", "owner_id": str(agent.id)}
    assert page.post(f"/crm/tickets/{number}/steps/triage", data=triage).status_code == 303
    assert page.post(f"/crm/tickets/{number}/steps/start").status_code == 303
    assert page.post(f"/crm/tickets/{number}/steps/escalate", data={"said": "", "owner_id": ""}).status_code == 422
    assert page.post(f"/crm/tickets/{number}/steps/escalate", data={"said": "Why", "owner_id": ""}).status_code == 303
    assert page.post(f"/crm/tickets/{number}/steps/resolve", data={"resolution": ""}).status_code == 422
    assert page.post(f"/crm/tickets/{number}/steps/resolve", data={"resolution": "Cable"}).status_code == 303
    assert page.post(f"/crm/tickets/{number}/steps/close").status_code == 303
    assert page.post(f"/crm/tickets/{number}/steps/reopen", data={"said": "Back"}).status_code == 303
    assert state(number) == "reopened"


@pytest.mark.parametrize(
    ("where", "sent", "status"),
    [
        ("steps/dance", {}, 422),
        ("steps/verify", {}, 422),
        ("agent", {"owner_id": "999"}, 422),
        ("merge", {"into_id": ""}, 422),
        ("merge", {"into_id": "T-999"}, 422),
        ("merge", {"into_id": "T-99999999999999"}, 422),
        ("problem", {"problem_id": "999"}, 422),
        ("problem", {"problem_id": "x"}, 422),
        ("news", {"news": ""}, 422),
        ("steps/triage", {"severity": "worst", "impact": "team", "queue_id": "1"}, 422),
        ("steps/triage", {"severity": "low", "impact": "team", "category": "", "queue_id": "77", "owner_id": ""}, 422),
    ],
)
def test_bad_input_is_told_and_changes_nothing(page, number, where, sent, status):
    assert page.post(f"/crm/tickets/{number}/{where}", data=sent).status_code == status
    assert state(number) == "new"


def test_taken_linked_and_merged_from_the_page(page, number, agent):
    assert page.post(f"/crm/tickets/{number}/take").status_code == 303
    assert page.post(f"/crm/tickets/{number}/agent", data={"owner_id": ""}).status_code == 303
    other = service.receive(Asked("The same"), actor=SYSTEM, now=NOW)[0]
    problem = page.post(f"/crm/tickets/{number}/problem/new").location.rsplit("/", 1)[1]
    assert page.get(f"/crm/tickets/{other}/problem").status_code == 200
    assert page.post(f"/crm/tickets/{other}/problem", data={"problem_id": problem}).status_code == 303
    text = page.get(f"/crm/tickets/{problem}").text
    assert "Tell them" in text
    assert page.post(f"/crm/tickets/{problem}/news", data={"news": "Soon"}).status_code == 303
    assert page.get(f"/crm/tickets/{number}/merge").status_code == 200
    assert (
        page.post(f"/crm/tickets/{other}/merge", data={"into_id": f"t-{number}"}).location == f"/crm/tickets/{number}"
    )


def test_who_only_reads_a_ticket_has_no_box_and_no_notes(client, number, agent):
    service.reply(number, Said("Odd one.", public=False), actor=agent, now=NOW)
    reader = factories.crm_role(factories.person(), "executive")
    page = factories.sign_in(client, reader)
    text = page.get(f"/crm/tickets/{number}").text
    assert "Odd one." not in text
    assert "Take it" not in text
    assert page.get(f"/crm/tickets/{number}/steps/resolve").status_code == 403
    assert page.post(f"/crm/tickets/{number}/take").status_code == 403


def test_a_ticket_that_one_may_not_see_is_not_there(client, number):
    seller = factories.crm_role(factories.person(), "sales-representative", factories.team("North"))
    page = factories.sign_in(client, seller)
    for where in ("", "/conversation", "/steps/resolve", "/merge", "/problem"):
        assert page.get(f"/crm/tickets/{number}{where}").status_code == 404, where
