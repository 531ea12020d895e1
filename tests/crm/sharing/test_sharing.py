"""One record that is lent: who may lend it, what the other then may, and when that ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.notices.models import Notice
from crm.access.models import RecordShare
from crm.access.queries import access_of
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.records import service as record_service
from crm.sharing import rules, service
from crm.sharing.service import ShareData
from infra.database import db
from infra.undo import service as undo
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

LEAD = OBJECTS["lead"]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


@pytest.fixture
def pieter(app):
    return factories.crm_role(factories.person("Pieter"), "sales-representative", factories.team("South"))


@pytest.fixture
def lead(sofie):
    return factories.record("lead", by=sofie, company="Kestrel")


def share(lead, actor, whom, **more):
    return service.share("lead", lead, ShareData(f"person:{whom.id}", **more), actor=actor, now=NOW)


def sees(who, lead) -> bool:
    try:
        return records.get(access_of(who), LEAD, lead).id == lead
    except NotFound:
        return False


def test_a_shared_record_is_read_and_not_edited(sofie, pieter, lead):
    assert not sees(pieter, lead)
    share(lead, sofie, pieter)
    assert sees(pieter, lead)
    with pytest.raises(Refused):
        record_service.change("lead", lead, {"company": "Other"}, actor=pieter, now=NOW)


def test_one_shared_to_edit_is_edited_and_not_removed(sofie, pieter, lead):
    share(lead, sofie, pieter, may_edit=True)
    record_service.change("lead", lead, {"company": "Kestrel Biologics"}, actor=pieter, now=NOW)
    with pytest.raises(Refused):
        record_service.remove("lead", [lead], actor=pieter, now=NOW)


def test_a_team_sees_it_too_and_is_told(sofie, pieter, lead):
    team = access_of(pieter).team_id
    service.share("lead", lead, ShareData(f"team:{team}"), actor=sofie, now=NOW)
    assert sees(pieter, lead)
    (notice,) = db.session.scalars(select(Notice).where(Notice.kind == "record_shared"))
    assert (notice.person_id, notice.subject) == (pieter.id, f"crm_lead:{lead}")


def test_sharing_again_changes_how(sofie, pieter, lead):
    share(lead, sofie, pieter)
    share(lead, sofie, pieter, may_edit=True)
    assert [each.may_edit for each in db.session.scalars(select(RecordShare))] == [True]


def test_it_ends_by_itself(sofie, pieter, lead, clock):
    share(lead, sofie, pieter, until=NOW + timedelta(hours=1))
    assert sees(pieter, lead)
    clock.now = NOW + timedelta(hours=1)
    assert not sees(pieter, lead)
    subject = OBJECTS["lead"]
    assert db.session.scalars(records.seen(access_of(pieter), subject)).all() == []


def test_it_can_be_taken_back_and_undone(sofie, pieter, lead):
    work = share(lead, sofie, pieter)
    undo.undo(work.transaction_id, actor=sofie)
    assert not sees(pieter, lead)
    share(lead, sofie, pieter)
    service.unshare("lead", lead, db.session.scalar(select(RecordShare.id)), actor=sofie)
    assert not sees(pieter, lead)


def test_who_may_share(sofie, pieter, lead):
    share(lead, sofie, pieter, may_edit=True)
    with pytest.raises(Refused):
        share(lead, pieter, sofie)  # may edit, but neither owns it nor holds the function
    boss = factories.crm_role(factories.person("Boss"), "sales-manager", access_of(sofie).team_id)
    share(lead, boss, pieter)
    with pytest.raises(NotFound):
        share(lead, factories.crm_role(factories.person(), "sales-representative"), pieter)


def test_a_share_that_would_give_nothing_is_refused(sofie, lead):
    agent = factories.crm_role(factories.person("Ann Agent"), "service-agent")
    with pytest.raises(RuleBroken, match="No role of Ann Agent may see leads"):
        share(lead, sofie, agent)
    reader = factories.crm_role(factories.person("Rita"), "executive")
    with pytest.raises(RuleBroken, match="may edit leads"):
        share(lead, sofie, reader, may_edit=True)
    with pytest.raises(RuleBroken, match="record already"):
        share(lead, sofie, sofie)


def test_the_day_is_the_last_one_and_no_year_away():
    assert rules.end_of(None, date(2026, 2, 18), UTC) is None
    assert rules.end_of(date(2026, 2, 18), date(2026, 2, 18), UTC) == datetime(2026, 2, 19, tzinfo=UTC)
    for day in (date(2026, 2, 17), date(2027, 3, 1)):
        with pytest.raises(RuleBroken):
            rules.end_of(day, date(2026, 2, 18), UTC)


def test_the_page(app, sofie, pieter, lead):
    browser, address = factories.sign_in(app.test_client(), sofie), f"/crm/leads/{lead}/share"
    assert "Pieter" in browser.get(address).text
    answer = browser.post(address, data={"with_whom": f"person:{pieter.id}", "level": "see"}, follow_redirects=True)
    assert "Shared. They are told." in answer.text
    share_id = db.session.scalar(select(RecordShare.id))
    assert browser.post(f"{address}/{share_id}/remove").status_code == 303
    assert factories.sign_in(app.test_client(), pieter).get(address).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"with_whom": "person:99999"},
        {"with_whom": "team:<b>", "level": "see"},
        {"with_whom": "person:1", "level": "own"},
        {"with_whom": "person:1", "level": "see", "until": "31/31/2026"},
    ],
)
def test_what_can_not_be_meant_is_said(app, sofie, lead, sent):
    answer = factories.sign_in(app.test_client(), sofie).post(f"/crm/leads/{lead}/share", data=sent)
    assert answer.status_code == 422
    assert db.session.scalar(select(RecordShare.id)) is None


def test_a_share_of_another_record_is_not_found(sofie, pieter, lead):
    share(lead, sofie, pieter)
    other = factories.record("lead", by=sofie)
    with pytest.raises(NotFound):
        service.unshare("lead", other, db.session.scalar(select(RecordShare.id)), actor=sofie)
