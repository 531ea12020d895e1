"""A forgotten password: the same answer for everybody, and a link for whoever signs in with the address."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from accounts.people import service as people
from infra.database import db
from infra.mail.models import Mail
from kernel.actor import SYSTEM
from tests import factories


@pytest.fixture
def mailing(make_app):
    app = make_app(ROADMAP_SMTP_URL="smtp://localhost:2525", ROADMAP_BASE_URL="http://localhost:8207")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def ask(app, email):
    return app.test_client().post("/sign-in/forgotten", data={"email": email})


def bare(answer):
    return re.sub(r'nonce="[^"]*"', "", answer.text)


def test_the_answer_tells_nothing_and_the_link_sets_a_password(mailing):
    factories.person("Ann", email="ann@example.org", password=True)
    off = factories.person("Off", email="off@example.org", password=True)
    factories.administrator()
    people.switch_off(off.id, actor=SYSTEM)
    asked = ("ann@example.org", "nobody@example.org", "off@example.org", "no address")
    answers = [ask(mailing, email) for email in asked]
    assert {(answer.status_code, bare(answer)) for answer in answers} == {(200, bare(answers[0]))}
    mail = db.session.scalars(select(Mail)).one()
    assert (mail.recipient, mail.confidential) == ("ann@example.org", True)
    address = re.search(r"http://localhost:8207(/sign-in/link\?token=\S+)", mail.text)[1]
    client = mailing.test_client()
    assert "Set your password" in client.get(address).text
    token = address.partition("token=")[2]
    assert client.post("/sign-in/link", data={"token": token, "password": "seven quiet herons"}).location == "/"
    assert client.post("/sign-in/link", data={"token": token, "password": "seven quiet herons"}).status_code == 404


@pytest.mark.parametrize("email", ["ann@example.org", "nobody@example.org"])
def test_asking_is_throttled_whether_there_is_such_an_account_or_not(mailing, email):
    factories.person("Ann", email="ann@example.org", password=True)
    assert [ask(mailing, email).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_link_goes_to_our_own_address_whatever_host_was_named(mailing):
    factories.person("Ann", email="ann@example.org", password=True)
    mailing.test_client().post(
        "/sign-in/forgotten", data={"email": "ann@example.org"}, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert "evil" not in db.session.scalars(select(Mail.text)).one()


@pytest.mark.parametrize(("email", "says"), [("", "Type your e-mail"), ("a" * 300, "254")])
def test_what_is_no_address_is_said(mailing, email, says):
    answer = ask(mailing, email)
    assert (answer.status_code, says in answer.text) == (422, True)


def test_without_a_mail_server_the_page_says_whom_to_ask(app):
    factories.person("Ann", email="ann@example.org", password=True)
    assert "Ask an administrator" in app.test_client().get("/sign-in/forgotten").text
    assert ask(app, "ann@example.org").status_code == 422
    assert db.session.scalars(select(Mail)).all() == []
