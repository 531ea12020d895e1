"""The second factor: set up, asked for, accepted once, and taken away."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text, select, type_coerce

from accounts.directory import cli
from accounts.notices.models import Notice
from accounts.secondfactor import queries, rules
from accounts.secondfactor import service as second_factor
from accounts.secondfactor.models import RecoveryCode, SecondFactor
from accounts.signin import service as signin
from accounts.signin.models import SignInSession
from accounts.tries.rules import TRIES_PER_ACCOUNT, WINDOW, Visit
from infra.audit.models import AuditEntry
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.app import NOW

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_MINUTE = timedelta(seconds=30)
CODE = re.compile(r"[0-9a-hjkmnp-tv-z]{4}(?:-[0-9a-hjkmnp-tv-z]{4}){5}")


def shown(secret, now=NOW):
    return pyotp.TOTP(secret).at(now)


@pytest.fixture
def ann(app):
    return factories.person("Ann", email="ann@example.org", password=True)


@pytest.fixture
def secured(ann, clock):
    """Ann with a second factor; gives its secret and the recovery codes. The next code is another one."""
    second_factor.begin(actor=ann, now=clock())
    secret = queries.standing(ann.id).pending
    codes = second_factor.confirm(shown(secret, clock()), actor=ann, visit=Visit("127.0.0.1", "", clock()))
    clock.now += HALF_MINUTE
    return secret, codes


def with_password(client):
    return client.post("/sign-in", data={"email": "ann@example.org", "password": PASSWORD, "next": "/account"})


def with_code(client, code):
    return client.post("/sign-in/code", data={"code": code})


@given(st.integers(0, 4_000_000_000), st.lists(st.integers(-3, 3), min_size=1, max_size=12))
def test_whatever_the_order_a_code_is_accepted_once_and_only_near_its_time(start, steps):
    last, accepted = 0, []
    now = NOW.fromtimestamp(start, NOW.tzinfo)
    for step in steps:
        code = shown(SECRET, now + step * HALF_MINUTE) if start + step * 30 >= 0 else "000000"
        found = rules.accepted_step(SECRET, code, now, last)
        if found is not None:
            accepted.append(found)
            last = found
            assert abs(found - rules.step_of(now)) <= rules.DRIFT
    assert accepted == sorted(set(accepted))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5", "-12345", "000000\x00"])
def test_what_is_no_code_is_none(typed):
    assert rules.accepted_step(SECRET, typed, NOW, 0) is None


@given(st.binary(min_size=15, max_size=15))
def test_a_recovery_code_is_known_however_it_is_typed(chance):
    code = rules.recovery_code(chance)
    assert rules.cleaned_recovery_code(code.upper().replace("-", " ").replace("0", "O").replace("1", "l")) == code


def test_it_is_set_up_with_a_picture_a_text_and_a_first_code(app, client, ann, clock):
    factories.sign_in(client, ann)
    assert "Off" in client.get("/account/second-factor").text
    assert client.post("/account/second-factor/begin").location == "/account/second-factor/set-up"
    page = client.get("/account/second-factor/set-up").text
    secret = queries.standing(ann.id).pending
    assert rules.grouped(secret) in page
    assert "<svg viewBox" in page
    assert " style=" not in page
    assert client.post("/account/second-factor/set-up", data={"code": "000000"}).status_code == 422
    assert not queries.has_one(ann.id)
    done = client.post("/account/second-factor/set-up", data={"code": shown(secret)})
    codes = CODE.findall(done.text)
    assert len(set(codes)) == rules.RECOVERY_CODES
    assert queries.standing(ann.id).on_since == clock.now
    assert codes[0] not in client.get("/account/second-factor").text
    assert client.get("/account/second-factor/set-up").location == "/account/second-factor"
    assert client.post("/account/second-factor/begin").location == "/account/second-factor"


def test_neither_secret_nor_codes_can_be_read_in_the_database_or_the_trail(app, secured):
    secret, codes = secured
    kept = str(db.session.scalars(select(type_coerce(SecondFactor.secret_text, Text))).all())
    kept += str(db.session.scalars(select(type_coerce(RecoveryCode.digest, Text))).all())
    kept += str([(entry.label, entry.changes) for entry in db.session.scalars(select(AuditEntry))])
    assert secret not in kept
    assert not [code for code in codes if code in kept]
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "second_factor.set_up")).one()


def test_after_the_password_nothing_opens_before_the_code(client, ann, secured, clock):
    assert with_password(client).location == "/sign-in/code"
    assert client.get("/account").location.startswith("/sign-in?")
    assert "Ann" in client.get("/sign-in/code").text
    with client.session_transaction() as session:
        half = session["half"]
    done = with_code(client, shown(secured[0], clock.now))
    assert done.location == "/account"
    assert client.get("/account").status_code == 200
    with client.session_transaction() as session:
        assert "half" not in session
        assert session["sid"] != half
    assert db.session.scalars(select(SignInSession.half)).all() == [False]


def test_a_code_works_once_even_in_another_browser(app, secured, clock):
    code = shown(secured[0], clock.now)
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        with_password(browser)
    assert with_code(first, code).status_code == 302
    refused = with_code(second, code)
    assert refused.status_code == 422
    assert "used already" in refused.text
    clock.now += HALF_MINUTE
    assert with_code(second, shown(secured[0], clock.now)).status_code == 302


def test_the_clocks_of_phones_may_be_a_step_off(app, secured, clock):
    for step, status in ((-2, 422), (2, 422), (1, 302)):
        browser = app.test_client()
        with_password(browser)
        assert with_code(browser, shown(secured[0], clock.now + step * HALF_MINUTE)).status_code == status


def test_a_recovery_code_works_once_and_is_counted(app, ann, secured):
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        with_password(browser)
    assert with_code(first, secured[1][3].upper()).status_code == 302
    assert with_code(second, secured[1][3]).status_code == 422
    assert queries.standing(ann.id).codes_left == 9
    signed_in = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "session.signed_in")).all()
    assert "recovery code" in str([entry.changes for entry in signed_in])


def test_guessing_codes_is_throttled_as_passwords_are(client, secured, clock):
    with_password(client)
    assert [with_code(client, "000000").status_code for _ in range(TRIES_PER_ACCOUNT)] == [422] * TRIES_PER_ACCOUNT
    locked = with_code(client, shown(secured[0], clock.now))
    assert locked.status_code == 429
    assert "You can try again at" in locked.text
    clock.now += WINDOW
    with_password(client)
    assert with_code(client, shown(secured[0], clock.now)).status_code == 302


def test_a_sign_in_does_not_wait_for_its_code_for_ever(client, secured, clock):
    with_password(client)
    clock.now += timedelta(minutes=10)
    assert with_code(client, shown(secured[0], clock.now)).location == "/sign-in"
    assert client.get("/sign-in/code").location == "/sign-in"


def test_a_one_time_link_does_not_go_around_the_code(client, ann, secured, clock):
    token = signin.make_link(ann.id, now=clock.now, actor=SYSTEM)
    done = client.post("/sign-in/link", data={"token": token, "password": "seven quiet herons"})
    assert done.location == "/sign-in/code"
    assert client.get("/account").status_code == 302


def test_a_password_that_is_changed_ends_sign_ins_that_wait(app, ann, secured, clock):
    waiting, here = app.test_client(), factories.sign_in(app.test_client(), ann)
    with_password(waiting)
    here.post("/account/password", data={"old": PASSWORD, "password": "seven quiet herons"})
    assert with_code(waiting, shown(secured[0], clock.now)).location == "/sign-in"


@pytest.mark.parametrize(
    ("password", "code", "status"),
    [(PASSWORD, "000000", 422), ("wrong", None, 422), ("", None, 422), (PASSWORD, "", 422), (PASSWORD, None, 303)],
)
def test_switching_off_needs_password_and_code(client, ann, secured, clock, password, code, status):
    factories.sign_in(client, ann)
    typed = shown(secured[0], clock.now) if code is None else code
    answer = client.post("/account/second-factor/off", data={"password": password, "code": typed})
    assert answer.status_code == status
    assert queries.has_one(ann.id) is (status != 303)


def test_new_recovery_codes_need_the_password_and_make_the_old_ones_void(client, ann, secured, clock):
    factories.sign_in(client, ann)
    assert client.post("/account/second-factor/codes", data={"password": "wrong"}).status_code == 422
    fresh = CODE.findall(client.post("/account/second-factor/codes", data={"password": PASSWORD}).text)
    assert len(fresh) == 10
    with pytest.raises(RuleBroken), transaction(ann, "session.signed_in") as work:
        second_factor.accept(work, ann.id, secured[1][0], clock.now)


def test_an_administrator_takes_it_away_and_the_person_is_told(app, client, ann, secured):
    admin = factories.administrator()
    factories.sign_in(client, admin)
    assert "Take the second factor away" in client.get(f"/admin/people/{ann.id}").text
    client.post(f"/admin/people/{ann.id}/second-factor/reset")
    assert not queries.has_one(ann.id)
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.person_id, notice.kind, notice.mail) == (ann.id, "second_factor_reset", "now")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "second_factor.reset")).one()
    assert (entry.actor_id, entry.subject) == (admin.id, f"person:{ann.id}")
    assert with_password(app.test_client()).location == "/account"


def test_the_command_takes_it_away_too(app, ann, secured):
    run = lambda email: CliRunner().invoke(cli.user, ["reset-second-factor", email], obj=lambda: app)  # noqa: E731
    assert "Taken away" in run("Ann@example.org").output
    assert not queries.has_one(ann.id)
    assert [run(email).exit_code for email in ("ann@example.org", "nobody@example.org")] == [1, 1]


def test_a_sensitive_act_asks_for_the_password_again_after_a_while(client, ann, clock):
    factories.sign_in(client, ann)
    clock.now += timedelta(minutes=16)
    led = client.post("/account/second-factor/begin", headers={"Referer": "http://localhost/account/second-factor"})
    assert led.status_code == 302 or queries.standing(ann.id).pending is not None
    clock.now += timedelta(minutes=16)
    led = client.post("/account/second-factor/begin", headers={"Referer": "http://evil.example/account/second-factor"})
    assert led.location == "/sign-in/again?next=/account/second-factor"
    again = {"next": "/account/second-factor"}
    assert client.post("/sign-in/again", data=again | {"password": "wrong"}).status_code == 422
    with client.session_transaction() as session:
        before = session["sid"]
    assert client.post("/sign-in/again", data=again | {"password": PASSWORD}).location == "/account/second-factor"
    with client.session_transaction() as session:
        assert session["sid"] != before
    assert client.post("/account/second-factor/begin").location == "/account/second-factor/set-up"


def test_a_clock_that_was_put_back_accepts_no_code_twice(app, ann, secured, clock):
    browser = app.test_client()
    with_password(browser)
    assert with_code(browser, shown(secured[0], clock.now)).status_code == 302
    clock.now -= timedelta(hours=1)
    assert browser.get("/account").status_code == 302
    with_password(browser)
    assert with_code(browser, shown(secured[0], clock.now)).status_code == 422
    assert with_code(browser, secured[1][0]).status_code == 302


def test_a_clock_that_was_put_back_gives_no_more_tries_and_locks_nobody_out(client, ann, clock):
    wrong = {"email": "ann@example.org", "password": "wrong password"}
    for _ in range(TRIES_PER_ACCOUNT):
        client.post("/sign-in", data=wrong)
    clock.now -= timedelta(days=3)
    assert client.post("/sign-in", data=wrong).status_code == 429
    clock.now += WINDOW
    assert with_password(client).status_code == 302
