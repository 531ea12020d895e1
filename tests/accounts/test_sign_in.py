"""Signing in: who gets in, who is kept out, for how long, and what is said."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.passwords import service as passwords
from accounts.people import service as people
from accounts.policy.rules import Policy
from accounts.signin import service as signin
from accounts.signin.models import SignInSession
from accounts.tries import rules as tries
from accounts.tries.rules import Visit
from infra.audit.models import AuditEntry
from infra.database import db
from infra.sealed import digest_of
from kernel.actor import SYSTEM
from kernel.errors import Problem, RuleBroken, TooMany
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.app import NOW, HandClock
from web.app import create_app

WRONG = "do not belong together"


@pytest.fixture
def ann(app):
    return factories.person("Ann", email="ann@example.org", password=True)


def post(client, email="ann@example.org", password=PASSWORD, **more):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def test_the_right_password_opens_a_session_and_leads_on(client, ann):
    answer = post(client, next="/account")
    assert (answer.status_code, answer.location) == (302, "/account")
    assert client.get("/account").status_code == 200


def test_the_address_may_be_typed_in_capitals_and_with_spaces(client, ann):
    assert post(client, email=" Ann@Example.ORG ").status_code == 302


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("ann@example.org", "wrong password", WRONG),
        ("nobody@example.org", PASSWORD, WRONG),
        ("<script>alert(1)</script>", PASSWORD, WRONG),
        ("ann@example.org' OR 1=1 --", PASSWORD, WRONG),
        ("ann@example.org", "x" * 900, WRONG),
        ("ann@example.org", "", "Type your password"),
        ("", PASSWORD, "Type your e-mail"),
        ("a" * 300 + "@example.org", PASSWORD, "254"),
    ],
)
def test_what_does_not_fit_is_refused_and_what_was_typed_is_kept(client, ann, email, password, says):
    answer = post(client, email, password)
    assert answer.status_code == 422
    assert says in answer.text
    assert "<script>alert" not in answer.text
    assert not email or answer.text.count('name="email"') == 1
    assert password not in answer.text or not password
    assert client.get("/account").status_code == 302


def test_unknown_wrong_and_switched_off_get_the_same_answer(client, ann, monkeypatch):
    factories.administrator()
    work = []
    verify = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda typed, stored: work.append(1) or verify(typed, stored))
    wrong = post(client, password="not the password").text
    unknown = post(client, email="nob@example.org", password="not the password").text
    people.switch_off(ann.id, actor=SYSTEM)
    off = post(client).text
    bare = [re.sub(r'nonce="[^"]*"|(ann|nob)@', "", text) for text in (wrong, unknown, off)]
    assert bare[0] == bare[1] == bare[2]
    assert len(work) == 3


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "mailto:x@y", "/a\nb"])
def test_after_signing_in_nobody_is_led_to_another_site(client, ann, target):
    assert post(client, next=target).location == "/"


def test_the_cookie_is_a_new_one_after_signing_in(client, ann):
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["left"] = "over"
        session["sid"] = "planted"
    post(client)
    with client.session_transaction() as session:
        assert session["sid"] != "planted"
        assert "left" not in session


def test_the_token_is_in_the_database_as_a_hash_only(client, ann):
    post(client)
    with client.session_transaction() as session:
        token = session["sid"]
    assert db.session.scalars(select(SignInSession.token_hash)).all() == [digest_of(token)]


def test_too_many_tries_lock_the_account_and_the_lock_ends_by_itself(client, ann, clock):
    for _ in range(tries.TRIES_PER_ACCOUNT):
        assert post(client, password="wrong password").status_code == 422
    locked = post(client)
    assert locked.status_code == 429
    assert "You can try again at 09:25" in locked.text
    clock.now += tries.WINDOW
    assert post(client).status_code == 302


def test_tries_while_locked_do_not_make_the_lock_longer(client, ann, clock):
    for _ in range(tries.TRIES_PER_ACCOUNT):
        post(client, password="wrong password")
    clock.now += tries.WINDOW - timedelta(seconds=1)
    assert post(client, password="wrong password").status_code == 429
    clock.now += timedelta(seconds=1)
    assert post(client).status_code == 302


def test_an_unknown_account_is_locked_just_the_same(client, app):
    answers = [post(client, email="no@example.org").status_code for _ in range(tries.TRIES_PER_ACCOUNT + 1)]
    assert answers == [422] * tries.TRIES_PER_ACCOUNT + [429]


def test_signing_in_forgets_the_failures_of_the_account(client, ann):
    for _ in range(2):
        for _ in range(tries.TRIES_PER_ACCOUNT - 1):
            post(client, password="wrong password")
        assert post(client).status_code == 302


def test_a_network_address_that_tries_many_accounts_is_locked(app, monkeypatch):
    monkeypatch.setattr(passwords, "matches", lambda typed, stored: False)
    visit = Visit("192.0.2.7", "", NOW)
    for number in range(tries.TRIES_PER_ADDRESS):
        with pytest.raises(RuleBroken):
            signin.sign_in(f"p{number}@example.org", "guess", stays=False, visit=visit)
    with pytest.raises(TooMany):
        signin.sign_in("another@example.org", "guess", stays=False, visit=visit)


def test_the_count_survives_a_restart(client, ann, app):
    for _ in range(tries.TRIES_PER_ACCOUNT):
        post(client, password="wrong password")
    db.session.remove()
    assert post(make_again(app).test_client()).status_code == 429


def make_again(app):
    again = create_app(app.extensions["launch90"].settings, HandClock())
    again.config.update(WTF_CSRF_ENABLED=False)
    return again


def tries_at_once(app, how_many=12):
    """The answers to wrong passwords for one account that arrive together."""

    def attempt(number):
        with app.app_context():
            try:
                signin.sign_in("ann@example.org", f"guess {number}", stays=False, visit=Visit("192.0.2.9", "", NOW))
            except Problem as problem:
                return problem.status
            finally:
                db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        return sorted(pool.map(attempt, range(how_many)))


ALL_COUNTED = [422] * tries.TRIES_PER_ACCOUNT + [429] * (12 - tries.TRIES_PER_ACCOUNT)


def test_tries_at_the_same_time_are_all_counted_before_any_hashing(app, ann, monkeypatch):
    hashed = []
    monkeypatch.setattr(passwords, "matches", lambda typed, stored: bool(hashed.append(typed)))
    assert tries_at_once(app) == ALL_COUNTED
    assert len(hashed) == tries.TRIES_PER_ACCOUNT


@pytest.mark.postgres
def test_on_postgresql_tries_at_the_same_time_are_all_counted_too(make_app, postgres_with_tables, monkeypatch):
    monkeypatch.setattr(passwords, "matches", lambda typed, stored: False)
    app = make_app(ROADMAP_DATABASE_URL=postgres_with_tables)
    assert tries_at_once(app) == ALL_COUNTED
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("stays", "rests", "times", "still"),
    [
        (False, Policy().idle_limit - timedelta(seconds=1), 1, True),
        (False, Policy().idle_limit, 1, False),
        (False, timedelta(hours=7), 40, True),
        (False, timedelta(hours=7), 48, False),
        (True, timedelta(days=13), 1, True),
        (True, timedelta(days=14), 1, False),
    ],
)
def test_a_session_ends_by_rest_and_by_age(client, ann, clock, stays, rests, times, still):
    post(client, **({"stays": "y"} if stays else {}))
    for _ in range(times):
        clock.now += rests
        status = client.get("/account").status_code
    assert (status == 200) is still


def test_last_use_is_written_at_most_once_a_minute_and_not_into_the_trail(client, ann, clock):
    post(client)
    entries = len(db.session.scalars(select(AuditEntry.id)).all())
    seen = []
    for _ in range(4):
        clock.now += timedelta(seconds=31)
        client.get("/account")
        db.session.expire_all()
        seen.append(db.session.scalar(select(SignInSession.last_seen_at)) - NOW)
    assert [int(after.total_seconds()) for after in seen] == [0, 62, 62, 124]
    assert len(db.session.scalars(select(AuditEntry.id)).all()) == entries


def test_sign_out_ends_the_session_even_for_a_kept_cookie(client, ann):
    post(client)
    with client.session_transaction() as session:
        kept = dict(session)
    assert client.post("/sign-out").status_code == 302
    with client.session_transaction() as session:
        session.update(kept)
    assert client.get("/account").status_code == 302


def test_signing_out_everywhere_ends_every_browser(app, ann):
    browsers = [factories.sign_in(app.test_client(), ann) for _ in range(3)]
    other = factories.sign_in(app.test_client(), factories.person())
    assert browsers[0].post("/account/sessions/end-all").location == "/sign-in"
    assert [browser.get("/account").status_code for browser in browsers] == [302, 302, 302]
    assert other.get("/account").status_code == 200


def test_one_session_of_many_can_be_ended_but_nobody_elses(app, ann):
    here, there = (factories.sign_in(app.test_client(), ann) for _ in range(2))
    stranger = factories.sign_in(app.test_client(), factories.person())
    second = db.session.scalars(select(SignInSession.id).where(SignInSession.person_id == ann.id)).all()[1]
    assert stranger.post(f"/account/sessions/{second}/end").status_code == 404
    assert there.get("/account").status_code == 200
    assert here.post(f"/account/sessions/{second}/end").status_code == 302
    assert there.get("/account").status_code == 302


def test_somebody_switched_off_is_out_at_once(app, ann):
    factories.administrator()
    browser = factories.sign_in(app.test_client(), ann)
    people.switch_off(ann.id, actor=SYSTEM)
    assert browser.get("/account").status_code == 302


def test_sign_in_refusal_and_sign_out_are_in_the_trail_without_what_was_typed(client, ann):
    post(client, email="my secret password", password="wrong password")
    post(client, password="wrong password")
    post(client)
    client.post("/sign-out")
    notes = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("session.%"))).all()
    said = [(note.action, note.subject, note.actor_id) for note in notes]
    me = f"person:{ann.id}"
    assert said == [
        ("session.refused", "", None),
        ("session.refused", me, None),
        ("session.signed_in", me, ann.id),
        ("session.signed_out", me, ann.id),
    ]
    assert "secret" not in str([note.changes for note in notes])


def test_a_request_costs_one_statement_to_know_who_asks(client, ann, asked):
    factories.sign_in(client, ann)
    client.get("/sign-in")  # the first request after half an hour is kept as a sign-in
    with asked() as seen:
        client.get("/sign-in")
    assert len(seen) == 1
