"""One-time links and passwords: what is accepted, once, for how long, and what is said otherwise."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from accounts.directory.cli import user
from accounts.passwords import rules as passwords
from accounts.people import service as people
from accounts.signin import rules
from accounts.signin import service as signin
from accounts.signin.models import OneTimeLink
from infra.audit.models import AuditEntry
from infra.database import db
from infra.sealed import digest_of
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.app import NOW

GOOD = "seven quiet herons"


@pytest.fixture
def bo(app):
    return factories.person("Bo Larsen", email="bo.larsen@example.org")


@pytest.fixture
def token(bo):
    return signin.make_link(bo.id, now=NOW, actor=SYSTEM)


def use(client, token, password=GOOD):
    return client.post("/sign-in/link", data={"token": token, "password": password})


def test_a_link_sets_the_password_and_signs_in(client, bo, token):
    assert "Bo Larsen" in client.get("/sign-in/link", query_string={"token": token}).text
    assert use(client, token).location == "/"
    assert client.get("/account").status_code == 200
    fresh = client.application.test_client()
    assert fresh.post("/sign-in", data={"email": bo.email, "password": GOOD}).status_code == 302


def test_looking_at_a_link_uses_nothing_up(client, token):
    for _ in range(3):
        assert client.get("/sign-in/link", query_string={"token": token}).status_code == 200


def over(client, token):
    answers = client.get("/sign-in/link", query_string={"token": token}), use(client, token, "another good one 55")
    return [answer.status_code for answer in answers] == [404, 404] and "This link is over" in answers[0].text


def test_a_used_link_is_over(client, app, token):
    use(client, token)
    assert over(app.test_client(), token)


def test_an_old_link_is_over(client, token, clock):
    clock.now += rules.INVITATION_LIFE
    assert over(client, token)


def test_a_newer_link_ends_the_older_one(client, bo, token):
    newer = signin.make_link(bo.id, now=NOW, actor=SYSTEM)
    assert over(client, token)
    assert use(client, newer).status_code == 302


def test_a_link_of_somebody_switched_off_is_over_and_stays_over(client, bo, token):
    factories.administrator()
    people.switch_off(bo.id, actor=SYSTEM)
    assert over(client, token)
    people.switch_on(bo.id, actor=SYSTEM)
    assert over(client, token)


@pytest.mark.parametrize("wrong", ["", "x", "../../etc", "<b>", "a" * 5000])
def test_a_link_that_never_was_is_over(client, app, wrong):
    assert over(client, wrong)


def test_a_link_lives_shorter_for_whoever_has_a_password(app):
    known = factories.person(password=True)
    signin.make_link(known.id, now=NOW, actor=SYSTEM)
    assert db.session.scalar(select(OneTimeLink.expires_at)) == NOW + rules.RESET_LIFE


def test_a_new_password_by_link_ends_all_sessions(app, bo, token):
    before = factories.sign_in(app.test_client(), bo)
    use(app.test_client(), token)
    assert before.get("/account").status_code == 302


def test_neither_token_nor_hash_is_in_the_trail(client, bo, token):
    use(client, token)
    said = str([(entry.changes, entry.label) for entry in db.session.scalars(select(AuditEntry))])
    assert token not in said
    assert digest_of(token) not in said
    assert "argon2" not in said
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "link.used")).first()


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 12"),
        ("x" * 129, "at most 128"),
        ("password1234", "among the first"),
        ("P@ssw0rd!!!!!", "among the first"),
        ("qwertyuiop12", "among the first"),
        ("123456789012", "among the first"),
        ("aaaaaaaaaaaaaaa", "among the first"),
        ("Launch90 roadmap", "among the first"),
        ("bo.larsen@example.org", "name or e-mail"),
        ("Bo.Larsen2026", "name or e-mail"),
    ],
)
def test_a_weak_password_is_refused_with_what_would_do(client, bo, token, password, says):
    answer = use(client, token, password)
    assert answer.status_code == 422
    assert says in answer.text
    assert use(client, token).status_code == 302


@pytest.mark.parametrize(
    "password",
    [GOOD, "пароль из кошки", "密码是一只快乐的大猫咪和狗", "🦊🦉🐝🐢🐙🦀🐳🦆🐌🦎🐍🦔", " blanks at both ends "],
)
def test_a_long_rare_password_will_do_in_any_script(password):
    passwords.check_password(password, email="bo.larsen@example.org", name="Bo Larsen")


def test_letters_that_look_the_same_are_the_same_whatever_keyboard_typed_them(client, bo, token):
    use(client, token, "cafe\u0301 on the corner")
    fresh = client.application.test_client()
    assert fresh.post("/sign-in", data={"email": bo.email, "password": "café on the corner"}).status_code == 302


def test_changing_the_password_ends_every_other_session(app):
    ann = factories.person(password=True)
    here, there = (factories.sign_in(app.test_client(), ann) for _ in range(2))
    assert here.post("/account/password", data={"old": PASSWORD, "password": GOOD}).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [("wrong", GOOD, "not the present"), (PASSWORD, "short", "at least 12"), ("", GOOD, "Type your present")],
)
def test_a_password_is_changed_only_by_whoever_knows_it(app, old, new, says):
    here = factories.sign_in(app.test_client(), factories.person(password=True))
    answer = here.post("/account/password", data={"old": old, "password": new})
    assert answer.status_code == 422
    assert says in answer.text


def test_guessing_the_present_password_in_an_open_session_is_throttled_too(app):
    here = factories.sign_in(app.test_client(), factories.person(password=True))
    tries = [here.post("/account/password", data={"old": "guess", "password": GOOD}) for _ in range(6)]
    assert [answer.status_code for answer in tries] == [422] * 5 + [429]
    assert "You can try again at 09:25" in tries[-1].text


def test_the_command_makes_the_first_person_an_administrator_and_prints_a_link_that_works(app, client):
    printed = CliRunner().invoke(user, ["add", "Ann@Example.org", "--name", "Ann"], obj=lambda: app)
    link = urlsplit(printed.stdout.strip())
    assert link.path == "/sign-in/link"
    assert use(client, parse_qs(link.query)["token"][0]).status_code == 302
    assert client.get("/admin").status_code == 200


def test_the_command_gives_somebody_known_a_new_link_and_role(app, client, bo):
    printed = CliRunner().invoke(
        user, ["add", bo.email, "--role", "administrator", "--format", "json"], obj=lambda: app
    )
    assert f'"id": {bo.id}' in printed.stdout
    db.session.rollback()
    assert factories.actor_of(bo.id).memberships[0].role == "administrator"


@pytest.mark.parametrize("address", ["not an address", "", "a@b@c"])
def test_the_command_refuses_what_is_no_address(app, address):
    printed = CliRunner().invoke(user, ["add", address], obj=lambda: app)
    assert printed.exit_code == 1
    assert "address" in printed.stderr


def test_who_has_no_address_gets_no_link(app):
    nameless = factories.person(email=None)
    with pytest.raises(RuleBroken, match="e-mail address first"):
        signin.make_link(nameless.id, now=NOW, actor=SYSTEM)


def test_an_hour_before_its_end_a_link_still_works(client, token, clock):
    clock.now += rules.INVITATION_LIFE - timedelta(hours=1)
    assert use(client, token).status_code == 302
