"""Records are kept as long as rules say: seen before it is switched on, carried out at night, with a log."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.notices.models import Notice
from crm.consent import queries as consent
from crm.consent import service as consents
from crm.consent.rules import ConsentData
from crm.records.models import Lead
from crm.retention import queries, rules, service
from crm.retention.rules import RetentionData
from infra.audit.queries import verify
from infra.database import db
from infra.undo.service import undo
from kernel.errors import Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

OLD = NOW - timedelta(days=800)
RULE = RetentionData("Old leads", "lead", "created_at", 24, "bin")


@pytest.fixture
def ada(app):
    return factories.administrator()


def lead(ada, at=OLD, **more):
    return factories.record("lead", by=ada, at=at, **more)


def made(ada, data=RULE):
    number, _work = service.add(data, actor=ada, now=NOW)
    return number


@given(st.datetimes(datetime(2000, 1, 31), datetime(2100, 1, 1)), st.integers(1, 240))
def test_so_many_months_ago_is_never_later_and_has_no_more_days(now, months):
    found = rules.before(now, months)
    assert found < now
    assert (now.year - found.year) * 12 + now.month - found.month == months


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"object": "product"}, "object"),
        ({"months": 0}, "months"),
        ({"months": 241}, "months"),
        ({"basis": "moon"}, "action"),
        ({"object": "activity", "action": "erase"}, "action"),
        ({"object": "activity", "basis": "idle"}, "action"),
        ({"field": "status", "value": "no such"}, "narrowed"),
        ({"field": "stage_id", "value": "1"}, "narrowed"),
    ],
)
def test_a_rule_that_can_never_hold_is_refused(change, field):
    data = {"name": "R", "object": "lead", "basis": "created_at", "months": 24, "action": "bin", **change}
    with pytest.raises(RuleBroken) as problem:
        rules.check(RetentionData(**data))
    assert problem.value.field == field


def test_a_rule_is_off_until_it_is_switched_on_and_leaves_what_is_restricted(ada):
    old, held, young = lead(ada), lead(ada), lead(ada, at=NOW)
    consents.restrict("lead", held, "claim", actor=ada, now=NOW)
    rule = made(ada)
    assert service.run_all(ada, NOW) == 0
    assert [row.id for row in queries.preview(queries.rule(rule), NOW)] == [old]
    work = service.switch(rule, on=True, actor=ada)
    assert service.run_all(ada, NOW) == 1
    rows = {row.id: row.deleted_at is not None for row in db.session.scalars(select(Lead))}
    assert rows == {old: True, held: False, young: False}
    run = queries.runs(rule)[0]
    assert (run.found, run.done, run.held) == (1, 1, 1)
    assert service.run_all(ada, NOW) == 0, "twice does no harm"
    service.change(rule, RULE, actor=ada)
    assert not queries.rule(rule).active, "a changed rule is looked at again"
    assert work.action == "retention.switched"


def test_an_idle_lead_is_one_with_which_nothing_happened(ada):
    alive, idle = lead(ada), lead(ada)
    factories.record("activity", by=ada, lead_id=alive, kind="call", occurred_at=NOW - timedelta(days=3))
    rule = queries.rule(made(ada, RetentionData("Idle", "lead", "idle", 12, "bin")))
    assert [row.id for row in queries.preview(rule, NOW)] == [idle]


def test_what_is_erased_by_age_says_nothing_and_may_be_asked_anew(ada):
    old = lead(ada, last_name="Maertens", email="ines@example.org")
    rule = made(ada, RetentionData("Erase", "lead", "created_at", 24, "erase"))
    assert service.run(rule, actor=ada, now=NOW) == 1
    assert db.session.get(Lead, old).email == ""
    assert verify().sound
    assert service.run(rule, actor=ada, now=NOW) == 0, "what is erased is not found again"
    again = lead(ada, at=NOW, email="ines@example.org")
    consents.note("lead", again, ConsentData("news", True, NOW, "form", proof="x"), actor=ada, now=NOW)
    assert consent.may_write_to("lead", [again], "news")[again], "nobody objected: time was up"


def test_owners_are_told_once(ada):
    owner = factories.crm_role(factories.person(), "sales-representative")
    for _each in range(3):
        lead(ada, owner_id=owner.id, status="disqualified", disqualified_reason="no")
    lead(ada, owner_id=owner.id)
    narrowed = RetentionData("Disqualified", "lead", "created_at", 24, "tell", "status", "disqualified")
    rule = made(ada, narrowed)
    assert service.run(rule, actor=ada, now=NOW) == 3
    service.run(rule, actor=ada, now=NOW)
    (notice,) = db.session.scalars(select(Notice).where(Notice.person_id == owner.id)).all()
    assert notice.params["count"] == 3


def test_only_who_answers_for_personal_data_makes_rules(ada):
    seller = factories.crm_role(factories.person(), "sales-manager")
    with pytest.raises(Refused):
        made(seller)
    rule = made(ada)
    gone = service.remove(rule, actor=ada)
    undo(gone.transaction_id, actor=ada)
    assert queries.rule(rule).name == "Old leads"


def test_the_pages_show_what_a_rule_would_do(client, ada):
    lead(ada, last_name="Maertens")
    browser = factories.sign_in(client, ada)
    assert "no rule is on" in browser.get("/crm/setup/retention").text
    sent = {"name": "Old", "object": "lead", "basis": "created_at", "months": "24", "action": "erase", "narrowed": ""}
    assert browser.post("/crm/setup/retention", data=sent | {"months": "never"}).status_code == 422
    assert browser.post("/crm/setup/retention", data=sent | {"narrowed": "contact:source:web"}).status_code == 422
    answer = browser.post("/crm/setup/retention", data=sent)
    assert answer.status_code == 303
    assert "no rule is on" in browser.get("/crm/setup/retention").text, "a rule that never ran"
    page = browser.get(answer.location).text
    assert "It finds one record now" in page
    assert "Maertens" in page
    assert browser.post(f"{answer.location}/on").status_code == 303
    assert browser.post(f"{answer.location}/run").status_code == 303
    assert "One rule is carried out each night" in browser.get("/crm/setup/retention").text
    assert "Nothing is that old" in browser.get(answer.location).text
    assert browser.post(answer.location, data=sent | {"name": "Older"}).status_code == 303
    assert browser.post(f"{answer.location}/off").status_code == 303
    assert browser.post(f"{answer.location}/remove").status_code == 303
