"""A breach is known at once, its 72 hours run through nights and weekends, and it ends when nothing is owed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.notices.models import Notice
from desk.breaches import queries, rules, service
from desk.breaches.rules import BreachData, Clock
from desk.breaches.service import Told
from infra.database import db
from kernel.errors import Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

FRIDAY = datetime(2026, 2, 13, 17, 0, tzinfo=UTC)


@pytest.fixture
def ada(app):
    return factories.administrator()


def entered(ada, **more):
    data = {"title": "A list went to a wrong address", "found_at": FRIDAY, **more}
    return service.enter(BreachData(**data), actor=ada, now=NOW)[0]


@given(st.integers(0, 200 * 60))
def test_the_clock_runs_by_the_calendar(minutes):
    now = FRIDAY + timedelta(minutes=minutes)
    late = minutes > 72 * 60
    assert rules.clock(FRIDAY, "unknown", None, now) is (Clock.LATE if late else Clock.RUNNING)
    assert rules.clock(FRIDAY, "some", now, now) is (Clock.TOLD_LATE if late else Clock.TOLD)
    assert rules.clock(FRIDAY, "none", None, now) is Clock.NOT_OWED
    assert (rules.warning(FRIDAY, now) == "late") is late


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"found_at": NOW + timedelta(minutes=1)}, "found_at"),
        ({"risk": "?"}, "risk"),
        ({"affected": -1}, "affected"),
        ({"what": "x" * 5001}, "what"),
        ({"risk": "none"}, "consequences"),
    ],
)
def test_a_breach_that_can_not_be_is_refused(change, field):
    with pytest.raises(RuleBroken) as problem:
        rules.check(BreachData(**{"title": "T", "found_at": FRIDAY, **change}), NOW)
    assert problem.value.field == field


def test_those_who_answer_hear_of_it_at_once_and_as_time_runs_out(ada):
    keeper = factories.crm_role(factories.person("Karel"), "crm-administrator")
    found = entered(ada, found_at=NOW)
    for hours in (1, 25, 26, 49, 67, 71, 73, 80):
        service.watch(ada, NOW + timedelta(hours=hours))
    kinds = db.session.scalars(select(Notice.kind).where(Notice.person_id == keeper.id).order_by(Notice.id)).all()
    assert kinds == ["breach_entered", "breach_clock", "breach_clock", "breach_clock", "breach_late"]
    service.note_told(found, Told("authority", NOW, "R-1"), actor=ada, now=NOW)
    assert service.watch(ada, NOW + timedelta(days=9)) == 0


def test_a_late_notice_says_why_and_a_breach_ends_when_nothing_is_owed(ada):
    found = entered(ada)
    with pytest.raises(RuleBroken, match="judge"):
        service.close(found, actor=ada, now=NOW)
    service.change(found, BreachData("List", FRIDAY, "high", 12), actor=ada, now=NOW)
    with pytest.raises(RuleBroken, match="authority"):
        service.close(found, actor=ada, now=NOW)
    with pytest.raises(RuleBroken) as problem:
        service.note_told(found, Told("authority", NOW, "R-1"), actor=ada, now=NOW)
    assert problem.value.field == "why_late"
    with pytest.raises(RuleBroken):
        service.note_told(found, Told("authority", FRIDAY - timedelta(hours=1), "R-1"), actor=ada, now=NOW)
    service.note_told(found, Told("authority", NOW, "R-1", "Nobody was there"), actor=ada, now=NOW)
    assert queries.row(queries.breach(found), NOW).clock is Clock.TOLD_LATE
    with pytest.raises(RuleBroken, match="concerns"):
        service.close(found, actor=ada, now=NOW)
    service.note_told(found, Told("people", NOW, "By mail"), actor=ada, now=NOW)
    service.close(found, actor=ada, now=NOW)
    service.reopen(found, actor=ada)
    with pytest.raises(Refused):
        entered(factories.crm_role(factories.person(), "sales-manager"))


def test_the_pages_count_the_hours_and_write_the_letters(client, ada):
    browser = factories.sign_in(client, ada)
    assert "No clock is running" in browser.get("/crm/privacy/breaches").text
    sent = {"title": "A <b>list</b> went out", "found_at": "2026-02-17T12:00", "risk": "high", "affected": ""}
    assert browser.post("/crm/privacy/breaches/new", data=sent | {"found_at": "noon"}).status_code == 422
    assert browser.post("/crm/privacy/breaches/new", data=sent | {"affected": "many"}).status_code == 422
    answer = browser.post("/crm/privacy/breaches/new", data=sent | {"what": "Sent to a wrong address"})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "hours are left" in page
    assert "&lt;b&gt;list" in page
    letter = browser.get(f"{answer.location}/letter/authority").text
    assert "Sent to a wrong address" in letter
    assert "Not known yet" in letter
    assert browser.get(f"{answer.location}/letter/people").status_code == 200
    told = {"whom": "authority", "told_at": "2026-02-18T09:00", "how": "R-2"}
    assert browser.post(f"{answer.location}/told", data=told | {"told_at": ""}).status_code == 422
    assert browser.post(f"{answer.location}/close").status_code == 422
    assert browser.post(f"{answer.location}/told", data=told).status_code == 303
    assert browser.post(answer.location, data=sent | {"affected": "12"}).status_code == 303
    assert "told in time" in browser.get("/crm/privacy/breaches").text
