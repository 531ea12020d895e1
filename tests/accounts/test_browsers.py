"""A sign-in from a browser that was not seen before is told; a known one is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.devices.models import KnownBrowser
from accounts.notices import queries
from accounts.notices.models import Notice
from infra.database import db
from infra.sealed import digest_of
from infra.wires import wires
from tests import factories
from tests.factories import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ann(app):
    return factories.person("Ann", email="ann@example.org", password=True)


def enter(client, email="ann@example.org"):
    return client.post("/sign-in", data={"email": email, "password": PASSWORD}, headers={"User-Agent": FIREFOX})


def notices():
    db.session.expire_all()
    return [(notice.kind, notice.person_id, notice.label) for notice in db.session.scalars(select(Notice))]


def test_the_first_browser_is_no_news_another_is_and_then_no_more(app, ann, monkeypatch):
    first, second = app.test_client(), app.test_client()
    enter(first)
    assert notices() == []
    enter(second)
    assert notices() == [("new_device", ann.id, "Firefox, Linux")]
    for browser in (first, second):
        browser.post("/sign-out")
        enter(browser)
    assert len(notices()) == 1
    notice = db.session.scalars(select(Notice)).one()
    assert notice.params == {"address": "127.0.0.1", "at": "2026-02-18T09:10:00+00:00"}
    danish = replace(wires(), settings=replace(wires().settings, timezone="Europe/Copenhagen"))
    monkeypatch.setattr(queries, "wires", lambda: danish)
    assert "at Wed 18 Feb, 10:10, from 127.0.0.1" in queries.sentence(notice)
    assert notice.mail == "now"


def test_the_cookie_is_random_lasts_and_lies_in_the_database_as_a_hash(client, ann):
    cookie = enter(client).headers.getlist("Set-Cookie")
    kept = next(each for each in cookie if each.startswith("browser="))
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert f"Max-Age={400 * 24 * 3600}" in kept
    token = client.get_cookie("browser").value
    assert db.session.scalars(select(KnownBrowser.token_hash)).all() == [digest_of(token)]


def test_a_browser_that_two_people_use_is_known_for_each(client, ann):
    bob = factories.person("Bob", email="bob@example.org", password=True)
    enter(client)
    client.post("/sign-out")
    enter(client, "bob@example.org")
    rows = db.session.execute(select(KnownBrowser.person_id, KnownBrowser.token_hash)).all()
    assert {row.person_id for row in rows} == {ann.id, bob.id}
    assert len({row.token_hash for row in rows}) == 1


def test_a_wrong_password_makes_no_browser_known(client, ann):
    client.post("/sign-in", data={"email": "ann@example.org", "password": "wrong password"})
    assert db.session.scalars(select(KnownBrowser)).all() == []


def test_a_planted_cookie_is_no_more_than_a_new_browser(app, ann):
    enter(app.test_client())
    browser = app.test_client()
    browser.set_cookie("browser", "x" * 900)
    enter(browser)
    assert len(notices()) == 1


def test_a_browser_can_be_forgotten_by_its_person_only(app, ann):
    mine, theirs = app.test_client(), app.test_client()
    enter(mine)
    number = db.session.scalars(select(KnownBrowser.id)).one()
    factories.sign_in(theirs, factories.person())
    assert theirs.post(f"/account/browsers/{number}/forget").status_code == 404
    assert "Firefox, Linux" in mine.get("/account").text
    assert mine.post(f"/account/browsers/{number}/forget").status_code == 303
    assert db.session.scalars(select(KnownBrowser)).all() == []


def test_a_browser_that_was_not_used_for_long_is_dropped(app, ann, clock):
    enter(app.test_client())
    clock.now += timedelta(days=401)
    enter(app.test_client())
    assert len(db.session.scalars(select(KnownBrowser)).all()) == 1


def test_the_notice_leads_to_the_account(app, ann):
    for _ in range(2):
        browser = app.test_client()
        enter(browser)
    notice = db.session.scalars(select(Notice)).one()
    led = browser.get(f"/notices/{notice.id}")
    assert led.status_code in (302, 303, 404)
