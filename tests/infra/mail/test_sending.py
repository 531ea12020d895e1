import io
import logging
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from infra.attachments import store
from infra.attachments.service import remove_orphans
from infra.database import db
from infra.mail import jobs, post, queries, service
from infra.mail.models import Mail
from infra.mail.rules import MOST_TRIES, MailFile, State
from infra.transaction import transaction
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import Conflict, NotFound
from tests.factories import administrator
from tests.fixtures.app import NOW

TO = "maren@norvane.example"


@pytest.fixture(autouse=True)
def quiet_server(caplog):
    caplog.set_level(logging.CRITICAL, "mail.log")


def queued(to=TO, subject="Due tomorrow", text="Cleanse addresses is due.", **more):
    with transaction(SYSTEM, "report.issued") as work:
        service.queue(work, to, subject, text, **more)
    return db.session.scalars(select(Mail.id).order_by(Mail.id.desc())).first()


def stored(mail_id):
    db.session.expire_all()
    return db.session.get(Mail, mail_id)


def test_mail_is_sent_with_text_and_page_and_every_header_it_needs(mailing, desk):
    number = queued(text="Cleanse <addresses>:\nhttps://roadmap.example.org/notices/4", unsubscribe="/account/notices")
    assert jobs.send_mail(SYSTEM, NOW) == "1 sent"
    ((to, message),) = desk.received
    assert to == [TO]
    assert message["From"] == "Launch90 <launch90@roadmap.example.org>"
    assert (message["To"], message["Subject"]) == (TO, "Due tomorrow")
    assert message["List-Unsubscribe"] == "<https://roadmap.example.org/account/notices>"
    assert message["Message-ID"] == f"<{stored(number).reference}@roadmap.example.org>"
    assert message["Date"] == "Wed, 18 Feb 2026 09:10:00 +0000"
    text, page = (part.get_content() for part in message.iter_parts())
    assert text.startswith("Cleanse <addresses>:")
    assert '<a href="https://roadmap.example.org/notices/4">' in page
    assert "Cleanse &lt;addresses&gt;" in page
    assert (stored(number).state, stored(number).sent_at) == (State.SENT, NOW)
    assert jobs.send_mail(SYSTEM, NOW + timedelta(days=1)) == ""
    assert len(desk.received) == 1


def test_a_file_goes_along_and_is_no_orphan_before(mailing, desk):
    folder = wires().settings.files_dir
    kept = store.put(folder, io.BytesIO(b"%PDF-1.7 report"), 1000, NOW)
    queued(files=[MailFile("Status report.pdf", "application/pdf", kept.digest)])
    assert remove_orphans(SYSTEM, NOW + timedelta(days=3)) == 0
    service.send_due(NOW)
    (_to, message) = desk.received[0]
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Status report.pdf", b"%PDF-1.7 report")
    assert remove_orphans(SYSTEM, NOW + timedelta(days=3)) == 1


def test_a_mail_whose_file_is_gone_is_given_up_in_words(mailing, desk):
    number = queued(files=[MailFile("a.pdf", "application/pdf", "ab" * 32)])
    service.send_due(NOW)
    assert stored(number).state == State.GIVEN_UP
    assert "file that goes with this mail is missing" in stored(number).error
    assert desk.received == []


def test_the_server_may_refuse_one_and_take_the_others(mailing, desk):
    desk.answers["gone@norvane.example"] = "550 No such person"
    bad, good = queued("gone@norvane.example"), queued()
    assert jobs.send_mail(SYSTEM, NOW) == "1 sent, 1 refused"
    assert stored(bad).state == State.GIVEN_UP
    assert stored(bad).error == "The mail server refuses gone@norvane.example: 550 No such person"
    assert stored(good).state == State.SENT


def test_a_hesitant_server_is_asked_again_later_and_later_until_it_is_given_up(mailing, desk):
    desk.answers[TO] = "451 Come back later"
    number, now, waits = queued(), NOW, []
    for _ in range(MOST_TRIES):
        service.send_due(now)
        waits.append((stored(number).next_try_at - now).total_seconds() // 60)
        now = stored(number).next_try_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 0]
    assert stored(number).state == State.GIVEN_UP
    service.retry(number, actor=administrator())
    desk.answers.clear()
    service.send_due(now)
    assert stored(number).state == State.SENT


def test_a_server_that_hangs_up_harms_that_mail_only(mailing, desk):
    desk.answers["cut@norvane.example"] = "hang up"
    cut, other = queued("cut@norvane.example"), queued()
    service.send_due(NOW)
    assert (stored(cut).state, stored(cut).tries) == (State.FAILED, 1)
    assert stored(other).state == State.SENT


def test_a_server_that_is_down_makes_mail_wait_without_counting_tries(make_app, tmp_path):
    app = make_app(ROADMAP_SMTP_URL="smtp://127.0.0.1:9")
    with app.app_context():
        number = queued()
        assert jobs.send_mail(SYSTEM, NOW) == ""
        assert "127.0.0.1:9 can't be reached" in queries.standing().trouble
        assert (stored(number).state, stored(number).tries) == (State.WAITING, 0)
        assert stored(number).next_try_at == NOW + timedelta(minutes=1)
        db.session.remove()
        db.engine.dispose()


def test_a_server_that_refuses_our_own_address_makes_all_mail_wait(mailing, desk):
    desk.sender_answer = "550 Who are you"
    first, second = queued(), queued()
    assert "refuses our own address: 550 Who are you" in service.send_due(NOW).trouble
    assert {stored(first).state, stored(second).state} == {State.WAITING}


def test_without_a_server_mail_waits(app):
    number = queued()
    assert jobs.send_mail(SYSTEM, NOW) == ""
    assert stored(number).state == State.WAITING
    assert not queries.standing().has_server
    assert queries.standing().waiting == 1


def test_a_sender_that_died_is_replaced_when_its_lease_is_over(mailing, desk, monkeypatch):
    number = queued()
    monkeypatch.setattr(post, "connect", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        service.send_due(NOW)
    monkeypatch.undo()
    assert stored(number).state == State.SENDING
    assert service.send_due(NOW + timedelta(minutes=9)).sent == 0
    assert service.send_due(NOW + timedelta(minutes=10)).sent == 1


def test_a_one_time_link_is_forgotten_once_it_was_sent_or_cancelled(mailing, desk):
    sent, cancelled = queued(text="https://x/secret", secret=True), None
    service.send_due(NOW)
    cancelled = queued(text="https://x/secret", secret=True)
    service.cancel(cancelled, actor=administrator())
    assert "https://x/secret" in desk.received[0][1].get_body(("plain",)).get_content()
    assert {stored(sent).text, stored(cancelled).text, stored(cancelled).html} == {""}
    assert stored(cancelled).state == State.CANCELLED
    assert service.send_due(NOW + timedelta(days=1)).sent == 0


def test_what_was_sent_can_be_neither_cancelled_nor_sent_again(mailing, desk):
    number, ada = queued(), administrator()
    service.send_due(NOW)
    for act in (service.cancel, service.retry):
        with pytest.raises(Conflict):
            act(number, actor=ada)
    with pytest.raises(NotFound):
        service.retry(99, actor=ada)


def test_everything_that_is_stuck_can_be_tried_again_at_once(mailing, desk):
    desk.answers[TO] = "550 Full"
    queued()
    queued()
    service.send_due(NOW)
    desk.answers.clear()
    assert service.retry_all(actor=administrator()) == 2
    assert service.send_due(NOW).sent == 2


def test_mail_that_ended_long_ago_is_forgotten_and_what_waits_is_not(mailing, desk):
    sent = queued()
    service.send_due(NOW)
    waiting = queued("later@norvane.example")
    assert jobs.prune_mail(SYSTEM, NOW + timedelta(days=90)) == 0
    assert jobs.prune_mail(SYSTEM, NOW + timedelta(days=91)) == 1
    assert (stored(sent), stored(waiting).state) == (None, State.WAITING)


def test_an_address_in_any_script_reaches_a_server_that_knows_them(mailing, desk):
    queued("zoë@norvane.example")
    assert service.send_due(NOW).sent == 1
    assert desk.received[0][0] == ["zoë@norvane.example"]


def test_two_senders_never_send_the_same_mail(either_app, desk, monkeypatch):
    settings = wires().settings
    object.__setattr__(settings, "smtp_url", desk.url)
    for number in range(30):
        queued(f"person{number}@norvane.example")

    def turn():
        with either_app.app_context():
            while queries.anything_due(NOW):
                service.send_due(NOW)
            db.session.remove()

    senders = [threading.Thread(target=turn) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert sorted(to[0] for to, _message in desk.received) == sorted(
        f"person{each}@norvane.example" for each in range(30)
    )
    db.session.rollback()
    assert set(db.session.scalars(select(Mail.state))) == {State.SENT.value}
