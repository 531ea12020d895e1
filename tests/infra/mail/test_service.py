from contextlib import suppress

import pytest
from sqlalchemy import select

from infra.database import db
from infra.mail.models import Mail
from infra.mail.rules import MailFile, State
from infra.mail.service import queue
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests.fixtures.app import NOW


def queued(to="maren@norvane.example", subject="Hello", text="Hello.", **more):
    with transaction(SYSTEM, "report.issued") as work:
        queue(work, to, subject, text, **more)
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def test_a_mail_waits_in_the_outbox_from_the_moment_of_its_action(app):
    (mail,) = queued(files=[MailFile("report.pdf", "application/pdf", "ab" * 32)])
    assert (mail.state, mail.tries, mail.next_try_at, mail.created_at) == (State.WAITING, 0, NOW, NOW)
    assert mail.files == [{"name": "report.pdf", "content_type": "application/pdf", "digest": "ab" * 32}]


def test_the_same_key_is_queued_once_and_mails_without_one_always(app):
    assert len(queued(key="digest:4")) == 1
    assert len(queued(key="digest:4")) == 1
    assert len(queued()) == 2
    assert len(queued()) == 3
    assert len({mail.reference for mail in queued()}) == 4


def test_an_action_that_fails_mails_nobody(app):
    with suppress(ZeroDivisionError), transaction(SYSTEM, "report.issued") as work:
        queue(work, "maren@norvane.example", "Hello", "Hello.")
        raise ZeroDivisionError
    assert list(db.session.scalars(select(Mail))) == []


@pytest.mark.parametrize(
    "to",
    ["", "maren", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "Maren <a@b.example>", "a@b..example"],
)
def test_what_is_no_single_address_is_refused(app, to):
    with pytest.raises(RuleBroken, match="is not an e-mail address"):
        queued(to)


def test_a_subject_cannot_smuggle_in_a_header(app):
    (mail,) = queued(subject="Due\r\nBcc: all@example.org\0" + "x" * 500)
    assert mail.subject.startswith("Due Bcc: all@example.org x")
    assert len(mail.subject) == 200
