"""What goes out about tickets stays in its thread, and machines do not answer machines."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from crm.mailbox import service as mailbox
from crm.queues import queries as queues
from crm.queues.models import Queue
from crm.replies import rules
from crm.tickets import queries
from crm.tickets import service as tickets
from crm.tickets.models import TicketMessage
from crm.tickets.rules import Part
from crm.tickets.service import Said
from infra.database import db
from infra.mail.letters import compose, letter_of
from infra.mail.models import Mail
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests.crm.mailbox.test_service import NOW, mail

LONG = "a" * 110 + "@mail.fjord.example"
"""As long as some mail servers make their names."""


@pytest.fixture
def queue(app):
    return change(queues.first().id)


def change(queue_id, **more):
    with transaction(SYSTEM, "queue.changed"):
        for key, value in {"address": "help@norvane.example", **more}.items():
            setattr(db.session.get(Queue, queue_id), key, value)
    return queue_id


def sent():
    """Every mail as a mail server gets it."""
    db.session.expire_all()
    found = db.session.scalars(select(Mail).order_by(Mail.id))
    source = [compose(letter_of(each), ("Us", "us@norvane.example"), "https://x.example", Path()) for each in found]
    return [message_from_bytes(each.as_bytes(), policy=policy.default) for each in source]


def take(queue, number, **more):
    return mailbox.take(mail(number=number, **more), queue, now=NOW).ticket_id


def test_whoever_writes_a_ticket_by_mail_is_told_once_that_it_arrived(queue):
    number = take(queue, 1)
    (one,) = sent()
    assert (one["To"], one["Reply-To"], one["Subject"]) == (
        "ida@fjord.example",
        "help@norvane.example",
        f"[T-{number}] Printer",
    )
    assert (one["Auto-Submitted"], one["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert (one["In-Reply-To"], one["References"]) == ("<1@fjord.example>", "<1@fjord.example>")
    assert f"T-{number}" in one.get_body(("plain",)).get_content()
    take(queue, 2, more="In-Reply-To: <1@fjord.example>\r\n")
    assert len(sent()) == 1


def test_an_acknowledgement_is_no_response(queue):
    number = take(queue, 1)
    said = db.session.scalars(select(TicketMessage).where(TicketMessage.ticket_id == number)).all()
    assert [(each.direction, each.automatic) for each in said] == [("in", False), ("out", True)]
    assert queries.row(number).first_response_at is None


@pytest.mark.parametrize(
    "more",
    [
        {"more": "Auto-Submitted: auto-replied\r\n"},
        {"more": "Precedence: bulk\r\n"},
        {"more": "Return-Path: <>\r\n"},
        {"more": "List-Id: <all.fjord.example>\r\n"},
        {"more": "X-Auto-Response-Suppress: OOF\r\n"},
        {"more": "Authentication-Results: mx; dmarc=fail\r\n"},
        {"sender": "MAILER-DAEMON@fjord.example"},
        {"sender": "no-reply@fjord.example"},
        {"sender": "help@norvane.example"},
    ],
)
def test_no_machine_no_list_no_forger_and_not_we_ourselves_are_told(queue, more):
    take(queue, 1, **more)
    assert sent() == []


def test_what_we_sent_and_what_comes_back_is_no_ticket(queue):
    number = take(queue, 1)
    tickets.reply(number, Said("Is it on?"), actor=SYSTEM, now=NOW)
    own = sent()[-1]["Message-ID"].strip("<>")
    back = mail().replace(b"<1@fjord.example>", f"<{own.replace('x.example', 'localhost')}>".encode())
    assert mailbox.take(back, queue, now=NOW).why == "we wrote it ourselves: a loop"


def test_who_writes_much_is_not_told_each_time(queue):
    for each in range(8):
        take(queue, each + 1)
    assert len(sent()) == 5


def test_a_queue_says_it_in_its_own_words_or_not_at_all(queue):
    change(queue, acknowledgement="Hei {requester}: {ticket}, {subject}.")
    number = take(queue, 1)
    assert sent()[0].get_body(("plain",)).get_content().strip() == f"Hei Ida Dahl: T-{number}, Printer."
    change(queue, acknowledges=False)
    take(queue, 2)
    assert len(sent()) == 1


def test_an_answer_names_all_mails_before_it_and_its_own_name_leads_back(queue):
    number = take(queue, 1)
    tickets.reply(number, Said("Is it on?"), actor=SYSTEM, now=NOW)
    answer = sent()[-1]
    assert answer["Auto-Submitted"] == "no"
    assert answer["X-Auto-Response-Suppress"] is None
    names = answer["References"].split()
    assert (names[0], answer["In-Reply-To"], len(names)) == ("<1@fjord.example>", names[-1], 2)
    back = mailbox.take(
        mail("Yes.", sender="boss@fjord.example", number=9, more=f"In-Reply-To: {names[-1]}\r\n"), queue, now=NOW
    )
    assert (back.came, back.ticket_id) == ("reply", number)


def test_notes_among_agents_are_in_no_thread(queue):
    number = take(queue, 1)
    tickets.reply(number, Said("She is angry.", public=False), actor=SYSTEM, now=NOW)
    note = db.session.scalars(select(TicketMessage).where(TicketMessage.public.is_(False))).one()
    assert note.reference == ""


def test_long_names_stay_whole_in_the_headers(queue):
    source = mail().replace(b"<1@fjord.example>", f"<{LONG}>".encode())
    number = mailbox.take(source, queue, now=NOW).ticket_id
    for each in range(25):
        tickets.reply(number, Said("m", Part.REQUESTER, reference=f"{each}.{LONG}"), actor=SYSTEM, now=NOW)
    tickets.reply(number, Said("Is it on?"), actor=SYSTEM, now=NOW)
    row = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    raw = compose(letter_of(row), ("Us", "us@norvane.example"), "https://x.example", Path()).as_bytes()
    assert f"In-Reply-To: <24.{LONG}>".encode() in raw
    assert f"<{LONG}>".encode() in raw
    assert max(len(line) for line in raw.splitlines()) < 998


def test_a_thread_names_its_first_mail_and_the_last_ones():
    many = rules.named([str(each) for each in range(50)])
    assert (len(many), many[0], many[1], many[-1]) == (20, "0", "31", "49")
