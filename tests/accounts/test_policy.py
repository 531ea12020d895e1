"""The policy of signing in: what it holds, and what follows for whom."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.access import queries as access
from accounts.policy import queries, rules, service
from accounts.policy.rules import Forced, Policy, Starters
from accounts.secondfactor.models import SecondFactor
from infra.audit.models import AuditEntry
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.fixtures.app import NOW

FORM = {"forced": "nobody", "grace_days": "7", "idle_minutes": "480", "session_days": "14", "password_length": "12"}
FORM |= {"starters": "everybody"}


def hold(**wanted):
    return service.change(replace(queries.policy(), **wanted), actor=SYSTEM, now=NOW)


def test_without_a_policy_everything_is_as_it_was_delivered(app):
    assert queries.policy() == Policy()


def test_a_policy_is_kept_and_entered_in_the_trail(app, client):
    admin = factories.sign_in(client, factories.administrator())
    assert "nobody" in admin.get("/admin/policy").text
    sent = FORM | {"forced": "leaders", "grace_days": "3", "starters": "leaders", "password_length": "16"}
    assert admin.post("/admin/policy", data=sent).status_code == 303
    kept = queries.policy()
    assert asdict(kept) == asdict(Policy(Forced.LEADERS, NOW, 3, 480, 14, 16, Starters.LEADERS))
    assert "administrators and project managers" in admin.get("/admin/policy").text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "policy.changed")).one()
    assert entry.changes["password_length"] == [None, 16]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("grace_days", "-1", "from 0 to 90"),
        ("grace_days", "91", "from 0 to 90"),
        ("grace_days", "soon", "Not a valid integer"),
        ("idle_minutes", "4", "from 5 to 10080"),
        ("idle_minutes", "99999999999999999999", "from 5 to 10080"),
        ("session_days", "0", "from 1 to 90"),
        ("session_days", "", "Type a whole number"),
        ("password_length", "8", "from 12 to 64"),
        ("password_length", "65", "from 12 to 64"),
        ("forced", "me", "Not a valid choice"),
        ("starters", "", "Not a valid choice"),
    ],
)
def test_what_cannot_hold_is_refused_and_what_was_typed_is_kept(app, client, field, typed, says):
    answer = factories.sign_in(client, factories.administrator()).post("/admin/policy", data=FORM | {field: typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert queries.policy() == Policy()
    assert f'value="{typed}"' in answer.text or field in ("forced", "starters") or not typed


def test_a_session_cannot_rest_longer_than_it_lives():
    with pytest.raises(RuleBroken) as caught:
        rules.checked(Policy(idle_minutes=3 * 24 * 60, session_days=2))
    assert (caught.value.field, caught.value.params["most"]) == ("idle_minutes", 2880)


@pytest.mark.parametrize(
    ("before", "after", "since"),
    [
        (Forced.NOBODY, Forced.LEADERS, NOW + timedelta(days=1)),
        (Forced.LEADERS, Forced.EVERYBODY, NOW + timedelta(days=1)),
        (Forced.EVERYBODY, Forced.LEADERS, NOW),
        (Forced.LEADERS, Forced.LEADERS, NOW),
        (Forced.LEADERS, Forced.NOBODY, None),
    ],
)
def test_the_time_of_grace_begins_anew_only_when_more_are_asked(before, after, since):
    known = Policy(before, None if before is Forced.NOBODY else NOW)
    assert rules.changed(known, Policy(after), NOW + timedelta(days=1)).forced_since == since


@pytest.mark.parametrize(
    ("forced", "role", "led"),
    [
        ("nobody", "administrator", False),
        ("leaders", "administrator", True),
        ("leaders", "manager", True),
        ("leaders", "member", False),
        ("everybody", "executive", True),
    ],
)
def test_who_must_have_a_second_factor_is_led_there_once_the_grace_is_over(app, client, clock, forced, role, led):
    project = factories.project()
    who = factories.administrator() if role == "administrator" else factories.person(projects={project: role})
    hold(forced=Forced(forced), grace_days=2)
    factories.sign_in(client, who)
    assert client.get("/my-work").status_code == 200
    assert ("asks for a second factor" in client.get("/account/second-factor").text) is led
    clock.now += timedelta(days=2)
    factories.sign_in(client, who)
    answer = client.get("/my-work")
    assert (answer.location == "/account/second-factor") is led
    assert client.get("/account/second-factor").status_code == 200
    assert client.get("/healthz").status_code == 200
    fragment = client.get("/my-work", headers={"HX-Request": "true"})
    assert (fragment.headers.get("HX-Redirect") == "/account/second-factor") is led
    assert client.post("/sign-out").status_code == 302


def test_whoever_has_one_is_not_led_anywhere(app, client):
    who = factories.person()
    hold(forced=Forced.EVERYBODY, grace_days=0)
    with transaction(SYSTEM, "second_factor.begun") as work:
        work.session.add(SecondFactor(person_id=who.id, secret_text="x", created_at=NOW, confirmed_at=NOW))
    assert factories.sign_in(client, who).get("/my-work").status_code == 200


def test_sessions_last_as_long_as_the_policy_says(app, client, clock):
    who = factories.person()
    hold(idle_minutes=30, session_days=1)
    factories.sign_in(client, who)
    clock.now += timedelta(minutes=29)
    assert client.get("/account").status_code == 200
    clock.now += timedelta(minutes=30)
    assert client.get("/account").status_code == 302
    factories.sign_in(client, who)
    for _ in range(72):
        clock.now += timedelta(minutes=20)
        status = client.get("/account").status_code
    assert status == 302


def test_a_new_password_is_as_long_as_the_policy_says(app, client):
    hold(password_length=20)
    factories.sign_in(client, factories.person(password=True))
    answer = client.post("/account/password", data={"old": factories.PASSWORD, "password": "seven quiet hero"})
    assert answer.status_code == 422
    assert "at least 20 characters" in answer.text


@pytest.mark.parametrize(
    ("starters", "role", "status"),
    [
        ("everybody", "person", 200),
        ("leaders", "person", 403),
        ("leaders", "member", 403),
        ("leaders", "manager", 200),
        ("leaders", "administrator", 200),
    ],
)
def test_who_may_start_a_roll_out(app, client, starters, role, status):
    project = factories.project()
    roles = {project: role} if role in ("member", "manager") else {}
    who = factories.person(role="administrator" if role == "administrator" else "person", projects=roles)
    hold(starters=Starters(starters))
    factories.sign_in(client, who)
    assert client.get("/projects/new").status_code == status
    assert ('href="/projects/new"' in client.get("/").text) is (status == 200)
    actor = access.actor_of(who.id)
    assert actor is not None
    assert ("starter" in actor.roles_in("instance")) is (status == 200)
