import pytest

from infra.database import db
from infra.mail import queries, service
from infra.mail.models import Mail
from infra.mail.rules import State
from infra.transaction import transaction
from kernel.actor import SYSTEM
from tests.factories import administrator, person, sign_in
from tests.fixtures.app import NOW


@pytest.fixture
def admin(client):
    return sign_in(client, administrator())


def queued(to="maren@norvane.example", subject="Due <b>tomorrow</b>", text="Cleanse addresses.", **more):
    with transaction(SYSTEM, "report.issued") as work:
        service.queue(work, to, subject, text, **more)


def put(**values):
    queued()
    with transaction(SYSTEM, "mail.sent") as work:
        mail = work.session.get(Mail, 1)
        for name, value in values.items():
            setattr(mail, name, value)


def test_the_page_teaches_while_there_is_no_mail(admin):
    page = admin.get("/admin/outbox").text
    assert "Nothing waits to be sent." in page
    assert "forgotten after ninety days" in page


def test_without_a_server_the_page_says_why_mail_waits(admin):
    queued()
    page = admin.get("/admin/outbox").text
    assert "1 mail waits" in page
    assert "No mail server is set" in page
    assert "Due &lt;b&gt;tomorrow&lt;/b&gt;" in page
    assert "Cleanse addresses." not in page
    assert "Cleanse addresses." in admin.get("/admin/outbox/1").text


def test_mails_are_filtered_by_state_and_exported(admin):
    put(state="given up", error="550 No such person", tries=12)
    queued("samira@norvane.example", "Other")
    page = admin.get("/admin/outbox?state=given+up").text
    assert "maren@norvane.example" in page
    assert "samira@norvane.example" not in page
    assert "1 was given up" in page
    assert "Given up after 12 tries" in admin.get("/admin/outbox/1").text
    assert b"samira@norvane.example" in admin.get("/admin/outbox?format=csv").data


def test_an_administrator_tries_again_and_cancels(admin):
    put(state="given up", tries=12)
    assert "Try all again" in admin.get("/admin/outbox").text
    assert "1 mail is tried again." in admin.post("/admin/outbox/retry", follow_redirects=True).text
    assert "Cancelled: it is not sent." in admin.post("/admin/outbox/1/cancel", follow_redirects=True).text
    assert queries.mail(1).state == State.CANCELLED
    assert "Waits to be sent." in admin.post("/admin/outbox/1/retry", follow_redirects=True).text


def test_what_was_sent_stays_as_it_is(admin):
    put(state="sent", sent_at=NOW)
    for act in ("retry", "cancel"):
        assert "sent already" in admin.post(f"/admin/outbox/1/{act}", follow_redirects=True).text
    db.session.rollback()
    assert queries.mail(1).state == State.SENT
    assert "Try now" not in admin.get("/admin/outbox/1").text


def test_a_one_time_link_is_not_even_shown_to_an_administrator(admin):
    queued(text="https://roadmap.example.org/sign-in/link?token=s3cret", secret=True)
    page = admin.get("/admin/outbox/1").text
    assert "s3cret" not in page
    assert "works once" in page


def test_a_mail_that_does_not_exist_is_not_found(admin):
    assert admin.get("/admin/outbox/9").status_code == 404
    assert admin.post("/admin/outbox/9/retry").status_code == 404


def test_nobody_else_reads_the_mail_of_others(client):
    queued()
    sign_in(client, person())
    assert client.get("/admin/outbox").status_code == 403
    assert client.get("/admin/outbox/1").status_code == 403
