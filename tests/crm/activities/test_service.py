"""Logging, planning, doing: what an activity belongs to, what is refused, what one undo takes back."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.activities import service
from crm.activities.service import Logged
from crm.records.models import Activity, Opportunity
from infra.database import db
from infra.undo import undo
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


def test_a_call_with_a_deal_belongs_to_its_account_and_contact_too(sofie):
    account = factories.record("account", by=sofie)
    ines = factories.record("contact", by=sofie, first_name="Ines", last_name="Maertens", account_id=account)
    deal = factories.record("opportunity", by=sofie, account_id=account, contact_id=ines)
    yesterday = NOW - timedelta(days=1)
    made, _work = service.log(
        "opportunity", deal, Logged("call", "Wants it in writing", yesterday, 14), actor=sofie, now=NOW
    )
    row = db.session.get(Activity, made)
    assert (row.opportunity_id, row.account_id, row.contact_id) == (deal, account, ines)
    assert (row.name, row.description, row.minutes) == ("Call with Ines Maertens", "Wants it in writing", 14)
    assert (row.occurred_at, row.created_at, row.state) == (yesterday, NOW, "done")


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (Logged("call", "  "), "text"),
        (Logged("pigeon", "Sent"), "kind"),
        (Logged("call", "Later", datetime(2099, 1, 1, tzinfo=UTC)), "occurred_at"),
    ],
)
def test_what_can_not_have_happened_is_refused(sofie, what, field):
    lead = factories.record("lead", by=sofie)
    with pytest.raises(RuleBroken) as broken:
        service.log("lead", lead, what, actor=sofie, now=NOW)
    assert broken.value.field == field


def test_nobody_logs_with_a_record_that_they_do_not_see(sofie):
    other = factories.crm_role(factories.person(), "sales-representative")
    lead = factories.record("lead", by=sofie)
    with pytest.raises(NotFound):
        service.log("lead", lead, Logged("call", "Hello"), actor=other, now=NOW)


def test_a_planned_call_is_moved_and_done(sofie):
    lead = factories.record("lead", by=sofie)
    made, _work = service.plan("lead", lead, "Ring back", "call", NOW + timedelta(days=1), actor=sofie, now=NOW)
    service.move(made, NOW + timedelta(days=2), actor=sofie, now=NOW)
    row = db.session.get(Activity, made)
    assert (row.state, row.due_at, row.occurred_at) == ("planned", NOW + timedelta(days=2), None)
    service.done(made, actor=sofie, now=NOW)
    db.session.expire_all()
    assert (row.state, row.occurred_at) == ("done", NOW)


def test_a_step_that_is_taken_becomes_an_activity_and_one_undo_takes_it_back(sofie):
    deal = factories.record("opportunity", by=sofie, next_step="Send the slots", next_step_on=NOW.date())
    work = service.step_done("opportunity", deal, actor=sofie, now=NOW)
    row = db.session.get(Opportunity, deal)
    assert (row.next_step, row.next_step_on) == ("", None)
    assert db.session.query(Activity).one().name == "Send the slots"
    undo(work.transaction_id, actor=sofie)
    db.session.expire_all()
    assert db.session.get(Opportunity, deal).next_step == "Send the slots"
    assert db.session.query(Activity).count() == 0
    with pytest.raises(RuleBroken):
        service.step_done("opportunity", factories.record("opportunity", by=sofie), actor=sofie, now=NOW)


def test_a_colleagues_activity_is_seen_and_not_done(sofie):
    north = factories.team("South")
    one = factories.crm_role(factories.person(), "sales-representative", north)
    two = factories.crm_role(factories.person(), "sales-representative", north)
    planned = factories.record("activity", by=one, kind="call", state="planned", due_at=NOW)
    with pytest.raises(Refused):
        service.done(planned, actor=two, now=NOW)
