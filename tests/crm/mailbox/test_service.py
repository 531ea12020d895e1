"""Mail makes tickets, goes on with their conversations, and is written down; each mail once, machines never."""

import socketserver
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from crm.mailbox import queries, rules, service
from crm.mailbox.models import Mailbox
from crm.mailbox.service import MailboxData
from crm.queues import queries as queues
from crm.records.models import Activity, Ticket
from crm.tickets import service as tickets
from crm.tickets.models import TicketMessage
from crm.tickets.service import Said
from infra.attachments.models import Attachment
from infra.database import db
from infra.mail.inbox import Unreachable
from infra.mail.models import Mail
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories

NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)


@pytest.fixture
def queue(app):
    return queues.first().id


@pytest.fixture
def ida(app):
    account = factories.record("account", name="Fjord")
    return factories.record("contact", last_name="Dahl", email="ida@fjord.example", account_id=account)


def mail(body="It is silent.", *, sender="Ida Dahl <ida@fjord.example>", number=1, subject="Printer", more=""):
    head = f"From: {sender}\r\nTo: support@norvane.example\r\nMessage-ID: <{number}@fjord.example>\r\n"
    return f"{head}Subject: {subject}\r\n{more}\r\n{body}".encode()


def ticket():
    db.session.expire_all()
    return db.session.scalars(select(Ticket)).one()


def said():
    """What people said, and machines of others; not that we told them that it arrived."""
    return [
        (each.body, each.direction, each.automatic)
        for each in db.session.scalars(select(TicketMessage).order_by(TicketMessage.id))
        if not (each.automatic and each.direction == "out")
    ]


def test_a_mail_makes_a_ticket_of_the_contact(queue, ida):
    taken = service.take(mail(), queue, now=NOW)
    made = ticket()
    assert (taken.came, taken.ticket_id) == ("ticket", made.id)
    assert (made.name, made.channel, made.contact_id, made.requester_email) == (
        "Printer",
        "mail",
        ida,
        "ida@fjord.example",
    )
    assert made.account_id is not None
    assert said() == [("It is silent.", "in", False)]


def test_the_same_mail_is_taken_once(queue):
    service.take(mail(), queue, now=NOW)
    assert service.take(mail(), queue, now=NOW).why == "taken before"
    assert ticket()


def test_an_answer_goes_on_with_its_thread(queue):
    service.take(mail(), queue, now=NOW)
    more = "In-Reply-To: <1@fjord.example>\r\n"
    assert service.take(mail("It hums now.", number=2, more=more), queue, now=NOW).came == "reply"
    assert [each[0] for each in said()] == ["It is silent.", "It hums now."]


def test_an_answer_to_what_we_sent_finds_its_ticket_from_any_address(queue):
    number = service.take(mail(), queue, now=NOW).ticket_id
    tickets.reply(number, Said("Is it switched on?"), actor=SYSTEM, now=NOW)
    sent = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    answer = mail("Yes.", sender="boss@fjord.example", number=3, more=f"In-Reply-To: <{sent.reference}@localhost>\r\n")
    assert service.take(answer, queue, now=NOW).ticket_id == number


@pytest.mark.parametrize(
    ("sender", "more", "came"),
    [
        ("ida@fjord.example", "", "reply"),
        ("stranger@evil.example", "", "ticket"),
        ("ida@fjord.example", "Authentication-Results: mx; dmarc=fail\r\n", "ticket"),
    ],
)
def test_a_number_leads_back_only_whoever_asked(queue, sender, more, came):
    number = service.take(mail(), queue, now=NOW).ticket_id
    again = mail("Tell me all.", sender=sender, number=2, subject=f"Re: [T-{number}] Printer", more=more)
    assert service.take(again, queue, now=NOW).came == came


def test_of_a_forged_sender_nothing_is_believed_and_the_ticket_says_so(queue, ida):
    service.take(mail(more="Authentication-Results: mx; dmarc=fail\r\n"), queue, now=NOW)
    made = ticket()
    assert (made.contact_id, made.account_id, made.requester_id) == (None, None, None)
    assert any("not who they say" in body for body, _direction, _automatic in said())


def test_of_a_forged_answer_the_conversation_says_so(queue):
    service.take(mail(number=1), queue, now=NOW)
    more = "In-Reply-To: <1@fjord.example>\r\nAuthentication-Results: mx; dmarc=fail\r\n"
    assert service.take(mail("Close it.", number=2, more=more), queue, now=NOW).came == "reply"
    assert "Close it." in [body for body, _direction, _automatic in said()]
    assert "not who they say" in said()[-1][0]


def test_a_machine_makes_no_ticket_and_moves_none(queue):
    more = "Auto-Submitted: auto-replied\r\n"
    assert service.take(mail(number=1, more=more), queue, now=NOW).came == "ignored"
    number = service.take(mail(number=2), queue, now=NOW).ticket_id
    tickets.move(number, "wait", actor=SYSTEM, now=NOW, said="Which printer?")
    state = ticket().state
    away = mail("I am away.", number=3, more=f"{more}In-Reply-To: <2@fjord.example>\r\n")
    assert service.take(away, queue, now=NOW).came == "reply"
    assert (ticket().state, said()[-1]) == (state, ("I am away.", "in", True))


def test_two_machines_that_answer_each_other_are_stopped(queue):
    came = [service.take(mail(number=each), queue, now=NOW).came for each in range(rules.BUSY + 5)]
    assert came == ["ticket"] * rules.BUSY + ["ignored"] * 5


def test_a_mail_that_is_too_large_says_so_and_is_not_lost(queue):
    taken = service.take(mail("").partition(b"\r\n\r\n")[0], queue, now=NOW, left_out=50 * 2**20)
    assert taken.came == "ticket"
    assert "50 MB" in said()[0][0]


def test_files_hang_on_the_ticket_and_a_refused_one_is_named(queue):
    part = "--b\r\nContent-Disposition: attachment; filename={}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n"
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nSee.\r\n"
        + part.format("a.png", "iVBORw0KGgo=")
        + part.format("a.exe", "TVqQAAMAAAA=")
    )
    service.take(mail(body + "--b--", more='Content-Type: multipart/mixed; boundary="b"\r\n'), queue, now=NOW)
    assert [each.name for each in db.session.scalars(select(Attachment))] == ["a.png"]
    assert any("a.exe" in each[0] for each in said())


@pytest.mark.parametrize("raw", [b"", b"x", b"\xff\xfe\x00", b"From: \r\n\r\n", b"Subject: =?x?q?=FF?=\r\n\r\nhello"])
def test_a_mail_of_nobody_is_ignored_with_a_word(queue, raw):
    taken = service.take(raw, queue, now=NOW)
    assert (taken.came, bool(taken.why)) == ("ignored", True)


def test_mail_between_a_colleague_and_a_contact_is_written_down(app, ida):
    sofie = factories.crm_role(
        factories.person("Sofie", email="sofie@norvane.example"), "sales-manager", factories.team("North")
    )
    contact = factories.record("contact", last_name="Berg", email="per@berg.example", by=sofie)
    raw = mail("Here is the offer.", sender="sofie@norvane.example").replace(
        b"support@norvane", b"per@berg.example, x@norvane"
    )
    taken = service.take(raw, None, now=NOW)
    row = db.session.get(Activity, taken.activity_id)
    assert (row.kind, row.direction, row.contact_id, row.owner_id) == ("email", "out", contact, sofie.id)
    assert row.description == "Here is the offer."


def test_a_mail_about_somebody_whom_the_colleague_may_not_see_is_not_written_down(app):
    factories.crm_role(
        factories.person("Sofie", email="sofie@norvane.example"), "sales-representative", factories.team("North")
    )
    factories.record("contact", last_name="Hidden", email="hid@den.example")
    raw = mail(sender="sofie@norvane.example").replace(b"support@norvane.example", b"hid@den.example")
    assert service.take(raw, None, now=NOW).came == "ignored"


class Server(socketserver.StreamRequestHandler):
    """As much of IMAP as is asked of a server."""

    mails: tuple[bytes, ...] = ()

    def handle(self):
        self.send(b"* OK ready")
        for line in self.rfile:
            tag, _, command = line.strip().partition(b" ")
            self.answer(command)
            refused = command.startswith(b"LOGIN") and b"wrong" in command
            self.send(tag + (b" NO no such user" if refused else b" OK done"))
            if command.startswith(b"LOGOUT"):
                return

    def answer(self, command):
        if command.startswith(b"CAPABILITY"):
            self.send(b"* CAPABILITY IMAP4rev1")
        elif command.startswith((b"SELECT", b"EXAMINE")):
            self.send(b"* %d EXISTS" % len(self.mails))
            self.send(b"* OK [UIDVALIDITY 4294967295] valid")
        elif command.startswith(b"UID SEARCH"):
            after = int(command.split(b"UID ")[-1].split(b":")[0])
            found = [n for n in range(1, len(self.mails) + 1) if n >= after] or [len(self.mails)]
            self.send(b"* SEARCH " + b" ".join(b"%d" % n for n in found if n))
        elif command.startswith(b"UID FETCH"):
            number = int(command.split()[2])
            raw = self.mails[number - 1]
            if b"RFC822.SIZE" in command:
                self.send(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (number, number, len(raw)))
            else:
                part = raw.partition(b"\r\n\r\n")[0] if b"HEADER" in command else raw
                self.send(b"* %d FETCH (UID %d BODY[] {%d}" % (number, number, len(part)))
                self.wfile.write(part)
                self.send(b")")

    def send(self, line):
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server) as found:
        found.daemon_threads = True
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


@pytest.fixture
def box(server, queue):
    data = MailboxData("Support", "127.0.0.1", server.server_address[1], "support", "secret", queue, tls=False)
    service.add(data, actor=SYSTEM)
    return queries.mailboxes()[0]


def test_a_mailbox_is_read_from_where_it_was_left(box, monkeypatch):
    monkeypatch.setattr(Server, "mails", (mail(number=1), mail(number=2)))
    assert service.look(box.id, NOW) == 2
    assert service.look(box.id, NOW) == 0
    monkeypatch.setattr(Server, "mails", (mail(number=1), mail(number=2), mail(number=3)))
    assert service.look(box.id, NOW) == 1
    assert len(db.session.scalars(select(Ticket)).all()) == 3


def test_a_mail_that_is_too_large_is_not_fetched(box, monkeypatch):
    monkeypatch.setattr(rules, "LIMIT", 200)
    monkeypatch.setattr(Server, "mails", (mail("x" * 500),))
    assert service.look(box.id, NOW) == 1
    assert "ask for them in another way" in said()[0][0]


def test_a_mailbox_that_can_not_be_read_says_why(box, server):
    wrong = MailboxData("Support", "127.0.0.1", box.port, "wrong", "", box.queue_id, tls=False)
    service.change(box.id, wrong, actor=SYSTEM)
    with pytest.raises(Unreachable, match="no such user"):
        service.look(box.id, NOW)
    db.session.expire_all()
    assert "no such user" in db.session.get(Mailbox, box.id).trouble


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Fill this in"),
        ({"host": "mail.example/x"}, "name of the server only"),
        ({"port": 0}, "between 1 and 65535"),
        ({"password": ""}, "Without its password"),
        ({"user": "a\r\nLOGOUT"}, "line end"),
        ({"name": "x" * 121}, "At most 120"),
    ],
)
def test_a_mailbox_that_makes_no_sense_is_refused(app, wrong, said):
    data = {"name": "Support", "host": "mail.example", "port": 993, "user": "u", "password": "p"} | wrong
    with pytest.raises(RuleBroken) as problem:
        service.add(MailboxData(**data), actor=SYSTEM)
    assert said in problem.value.message % problem.value.params


def test_the_pages_show_no_password(app, box):
    admin = factories.crm_role(factories.person("Ada Admin"), "crm-administrator")
    browser = factories.sign_in(app.test_client(), admin)
    assert "secret" not in browser.get(f"/crm/setup/mailboxes/{box.id}").text
    assert "Support" in browser.get("/crm/setup/mailboxes").text
    sent = {"name": "", "host": "h", "port": "993", "user": "u", "password": "typed", "folder": "INBOX"}
    answer = browser.post("/crm/setup/mailboxes/new", data=sent)
    assert (answer.status_code, "typed" in answer.text) == (422, False)
