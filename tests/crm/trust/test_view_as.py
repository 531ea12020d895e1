"""Looking as somebody else: never upwards, nothing written, nothing taken out, both named in the trail."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from accounts.people import service as people
from accounts.people.models import Person
from accounts.signin.models import SignInSession
from crm.access.queries import access_of
from crm.access.rules import Access
from crm.records.models import Lead
from crm.trust import queries
from crm.trust.rules import viewing
from infra.audit.models import AuditEntry
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM, Actor
from kernel.errors import Refused
from kernel.permission import Grant, Visibility
from tests import factories

OWN, TEAM, ALL = Visibility.OWN, Visibility.TEAM, Visibility.ALL


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie Claes"), "sales-representative", north)


@pytest.fixture
def admin(app):
    return factories.crm_role(factories.person("Ada Admin"), "crm-administrator")


@pytest.fixture
def browser(app, admin, sofie):
    """The administrator's browser, looking as Sofie."""
    found = factories.sign_in(app.test_client(), admin)
    assert found.post(f"/crm/setup/view-as/{sofie.id}").status_code == 303
    return found


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


@pytest.mark.parametrize(
    ("mine", "theirs", "more"),
    [
        (Grant("a", "lead", "see", ALL), Grant("b", "lead", "see", ALL), ()),
        (Grant("a", "lead", "see", TEAM), Grant("b", "lead", "see", OWN), ()),
        (Grant("a", "lead", "see", TEAM), Grant("b", "lead", "see", ALL), ("see leads (all)",)),
        (Grant("a", "lead", "see", OWN), Grant("b", "lead", "see", OWN), ("see leads (own)",)),
        (Grant("a", "lead", "see", ALL, frozenset({"name"})), Grant("b", "lead", "see", OWN), ("see leads (own)",)),
        (Grant("a", "function", "quality"), Grant("b", "function", "merge"), ("merge records",)),
    ],
)
def test_what_another_may_do_beyond_oneself(mine, theirs, more):
    assert viewing.beyond(Access(1, (mine,), team_id=5), Access(2, (theirs,), team_id=5)) == more


def test_a_page_is_the_others_and_says_so_loudly(browser, sofie):
    page = browser.get("/crm/setup/view-as")
    assert page.status_code == 403, "a representative has no such page"
    assert "You see the CRM as" in page.text
    assert "Sofie Claes" in page.text
    assert 'action="/crm/view-as/stop"' in page.text
    leads = browser.get("/crm/leads").text
    assert 'action="/crm/view-as/stop"' in leads
    assert "/my-work" not in leads.split('class="side"', 1)[1].split("</section>", 1)[0], (
        "closed places are not offered"
    )


def test_beginning_and_stopping_stand_in_the_trail_and_name_both(browser, admin):
    answer = browser.post("/crm/view-as/stop", follow_redirects=True)
    assert "You see the CRM as yourself again." in answer.text
    begun, ended = entries("view_as.begun"), entries("view_as.ended")
    assert [(each.actor_id, each.label) for each in begun + ended] == [(admin.id, "Sofie Claes")] * 2
    assert browser.get("/crm/setup/view-as").status_code == 200


def test_signing_out_ends_the_view(browser, admin):
    assert browser.post("/sign-out").status_code in (302, 303)
    assert len(entries("view_as.ended")) == 1
    assert db.session.scalar(select(func.count(SignInSession.id))) == 0


def test_no_write_passes_at_any_door(app, browser):
    """Every route of every method but reading is refused before its view runs."""
    before = db.session.scalar(select(func.max(Person.id)))
    wrong = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            if rule.endpoint in ("trust.stop_view", "sign_in.out"):
                continue
            values = {name: _value(converter) for name, converter in rule._converters.items()}
            address = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
            answer = browser.open(address, method=method)
            if answer.status_code not in (400, 403, 404):
                wrong.append(f"{method} {address}: {answer.status_code}")
    assert wrong == []
    assert db.session.scalar(select(func.max(Person.id))) == before
    assert {each.label for each in entries("view_as.begun")} == {"Sofie Claes"}


def _value(converter) -> object:
    return 1 if converter.regex == r"\d+" else min(getattr(converter, "items", {"x"}))


def test_even_a_write_that_reached_a_service_is_refused(app, sofie, admin):
    seen_as = Actor(sofie.id, sofie.name, sofie.email, sofie.memberships, admin)
    with pytest.raises(Refused, match="nothing can be changed"):
        factories.record("lead", by=seen_as)
    assert db.session.scalar(select(func.count(Lead.id))) == 0


def test_what_a_page_writes_by_the_way_is_dropped_and_its_notes_name_both(app, sofie, admin):
    seen_as = Actor(sofie.id, sofie.name, sofie.email, sofie.memberships, admin)
    with app.test_request_context("/crm"):
        with transaction(seen_as, "record.created") as work:
            work.session.get(Person, sofie.id).title = "Changed"
            work.note("crm.looked", label="a page")
        assert db.session.get(Person, sofie.id).title == ""
    (noted,) = entries("crm.looked")
    assert (noted.actor_id, noted.changes["seen_as"]) == (admin.id, [None, "Sofie Claes"])


def test_other_pages_and_files_stay_closed(browser):
    for path in ("/", "/account", "/account/second-factor", "/notices", "/admin/people"):
        assert browser.get(path).status_code == 403, path
    assert browser.get("/crm/leads?format=csv").status_code in (403, 404)


def test_an_error_shows_the_way_to_a_page_that_is_open(browser):
    for path in ("/", "/crm/leads/999999"):
        page = browser.get(path).text
        assert 'class="btn btn--primary" href="/crm"' in page
        assert 'href="/"' not in page


def test_a_refusal_names_who_really_knocked(browser, admin):
    browser.post("/account/theme")
    refused = entries("access.refused")
    assert {(each.actor_id, each.changes["seen_as"][1]) for each in refused} == {(admin.id, "Sofie Claes")}


def test_never_upwards(app, sofie, admin, north):
    boss = factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True)
    client = factories.sign_in(app.test_client(), boss)
    assert client.post(f"/crm/setup/view-as/{sofie.id}").status_code == 403, "the function is not held"
    everything = factories.administrator()
    assert "whole instance" in queries.obstacle_to_view(admin, queries.holder(everything.id))
    assert queries.obstacle_to_view(everything, queries.holder(admin.id)) == ""


def test_one_record_that_is_not_ones_own_to_see_is_an_obstacle(app, sofie, north):
    mine = access_of(factories.crm_role(factories.person("Lead of North"), "sales-manager", north))
    theirs = access_of(sofie)
    factories.record("lead", by=sofie)
    assert not queries._strays(mine, theirs)
    factories.record("lead", owner_id=sofie.id, team_id=factories.team("South"))
    assert queries._strays(mine, theirs)


def test_the_view_is_over_once_it_would_not_be_allowed(app, browser, sofie):
    factories.crm_role(sofie, "executive")
    assert browser.get("/crm/setup/view-as").status_code == 403, "an administrator may do all that an executive may"
    people.switch_off(sofie.id, actor=SYSTEM)
    answer = browser.get("/crm/setup/view-as", follow_redirects=True)
    assert "The view ended" in answer.text
    assert len(entries("view_as.ended")) == 1
