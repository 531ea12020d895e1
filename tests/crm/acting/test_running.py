"""Rules at work: what sets them off, what they do, what stops them, what becomes of failures."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from accounts.notices.models import Notice
from crm.acting import jobs, queries, service
from crm.acting.models import Run, Waiting
from crm.automation import service as rules
from crm.automation.rules.parts import COMPLETE, Action, Condition, Definition, Do, Op, Trigger, When
from crm.campaigns.models import CampaignMember
from crm.records import service as records
from crm.records.events import RecordsHappened
from crm.records.models import Account, Activity, Lead, Opportunity
from crm.records.queries import stages
from crm.tags.queries import of_records
from infra.audit.models import AuditEntry
from infra.database import db
from infra.mail.models import Mail
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")
CREATED = Trigger(When.CREATED)


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


@pytest.fixture
def pieter(app):
    return factories.crm_role(factories.person("Pieter"), "sales-representative")


def rule(*actions, kind="lead", trigger=CREATED, conditions=(), name="Rule", match="all"):
    definition = Definition(name, kind, trigger, tuple(conditions), actions, match)
    return rules.add(definition, actor=SYSTEM, now=NOW - timedelta(days=5), on=True)[0]


def lead(**values):
    return db.session.get(Lead, factories.record("lead", **values))


def runs():
    db.session.expire_all()
    return list(db.session.scalars(select(Run).order_by(Run.id)))


def set_rating(value="hot", **how):
    return Action(Do.SET, {"field": "rating", "value": value, **how})


def test_a_rule_works_right_after_the_write_and_signs_with_its_name():
    rule(set_rating(), conditions=[Condition("region", Op.IS, ("dach", "nordics"))], name="Hot north")
    warm, cold = lead(region="nordics"), lead(region="asia")
    db.session.expire_all()
    assert (warm.rating, cold.rating) == ("hot", "")
    (run,) = runs()
    assert (run.record_id, run.state, run.did) == (warm.id, "done", [{"do": "set", "what": "Rating: Hot", "why": ""}])
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "automation.ran").limit(1))
    assert (entry.actor_id, entry.actor_name) == (None, "Automation “Hot north”")
    assert db.session.scalar(select(func.count(Waiting.id))) == 0


def test_what_is_off_does_nothing_and_costs_no_row():
    number = rule(set_rating())
    rules.switch(number, on=False, actor=SYSTEM, now=NOW)
    assert lead().rating == ""
    assert runs() == []


def test_a_lead_is_given_by_region_then_by_interest_then_to_whoever_has_the_least(sofie, pieter):
    lines = [
        {"if": {"region": "nordics", "product_interest": "slots"}, "to": f"person:{sofie.id}"},
        {"if": {"region": "nordics"}, "to": f"person:{pieter.id}"},
    ]
    rule(Action(Do.ASSIGN, {"rows": lines, "else": "role:sales-representative", "how": "load"}))
    found = [
        lead(region="nordics", product_interest="Berth SLOTS"),
        lead(region="nordics"),
        lead(region="asia"),
        lead(region="asia"),
    ]
    db.session.expire_all()
    assert [each.owner_id for each in found] == [sofie.id, pieter.id, sofie.id, pieter.id]
    assert (found[0].team_id is not None, found[1].team_id) == (True, None)


def test_one_after_the_other_goes_on_where_it_stopped(sofie, pieter):
    rule(Action(Do.ASSIGN, {"rows": [], "else": "role:sales-representative", "how": "turn"}))
    found = [lead() for _ in range(3)]
    db.session.expire_all()
    assert [each.owner_id for each in found] == [sofie.id, pieter.id, sofie.id]


def test_nobody_to_give_it_to_is_told_and_is_no_failure(app):
    rule(Action(Do.ASSIGN, {"rows": [], "else": "role:sales-representative", "how": "load"}), set_rating())
    made = lead()
    (run,) = runs()
    assert run.state == "done"
    assert "Nobody is there" in run.did[0]["why"]
    assert db.session.get(Lead, made.id).rating == "hot"


def test_a_task_a_notice_and_a_mail_for_the_owner(sofie):
    rule(
        Action(Do.ASSIGN, {"rows": [], "else": f"person:{sofie.id}"}),
        Action(Do.TASK, {"name": "Call {name} of {company}", "kind": "call", "days": 1, "whose": "owner"}),
        Action(Do.NOTIFY, {"to": "owner", "text": "New: {name}"}),
        Action(Do.MAIL, {"to": "owner", "subject": "{name}", "body": "{company}, {region}: {link}"}),
    )
    made = lead(first_name="Ines", last_name="Maertens", company="Kestrel", region="dach")
    task = db.session.scalar(select(Activity))
    assert (task.name, task.kind, task.state, task.owner_id, task.lead_id, task.origin) == (
        "Call Ines Maertens of Kestrel",
        "call",
        "planned",
        sofie.id,
        made.id,
        "automatic",
    )
    assert task.due_at.date() == date(2026, 2, 19)
    notice = db.session.scalar(select(Notice).where(Notice.kind == "automation"))
    assert (notice.person_id, notice.params["text"]) == (sofie.id, "New: Ines Maertens")
    mail = db.session.scalar(select(Mail))
    assert (mail.recipient, mail.subject) == (sofie.email, "Ines Maertens")
    assert mail.text.startswith("Kestrel, Germany, Austria, Switzerland: ")


def test_somebody_who_may_not_see_the_record_is_told_nothing(pieter):
    rule(Action(Do.NOTIFY, {"to": f"person:{pieter.id}", "text": "{name}"}))
    lead(owner_id=None)
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.kind == "automation")) == 0
    assert runs()[0].did[0]["why"] == "Pieter may not see it."


def test_a_stage_is_reached_and_never_left_backwards(sofie):
    later = next(each for each in stages() if each.key == "proposal")
    rule(
        Action(Do.STAGE, {"stage": str(later.id), "on": "opportunity_id"}),
        kind="activity",
        conditions=[Condition("kind", Op.IS, ("email",)), Condition("name", Op.CONTAINS, ("proposal",))],
    )
    deal = factories.record("opportunity", by=sofie)
    factories.record("activity", kind="email", name="Our Proposal", opportunity_id=deal)
    db.session.expire_all()
    assert db.session.get(Opportunity, deal).stage_id == later.id
    factories.record("activity", kind="email", name="The proposal again", opportunity_id=deal)
    assert runs()[-1].did[0]["why"] == "The deal is as far already."


def test_a_deal_that_is_won_makes_a_customer(sofie):
    rules.add_shipped("email-notifications", actor=SYSTEM, now=NOW)
    number = rules.queries.rows()[0].id
    rules.switch(number, on=True, actor=SYSTEM, now=NOW)
    account = factories.record("account", by=sofie, kind="prospect")
    deal = factories.record("opportunity", by=sofie, account_id=account, name="Slots")
    won = next(each for each in stages() if each.key == "won")
    records.change("opportunity", deal, {"stage_id": won.id}, actor=sofie, now=NOW)
    db.session.expire_all()
    assert db.session.get(Account, account).kind == "customer"
    assert db.session.scalar(select(Mail.subject)) == "Won: Slots"


def test_incomplete_records_carry_a_tag_until_they_are_whole(sofie):
    for key in ("data-checks", "data-checks.mended"):
        rules.switch(rules.add_shipped(key, actor=SYSTEM, now=NOW)[0], on=True, actor=SYSTEM, now=NOW)
    made = lead(by=sofie, company="Kestrel", email="ines@kestrel.example", region="dach")
    assert [each.name for each in of_records("lead", [made.id])[made.id]] == ["Incomplete"]
    records.change("lead", made.id, {"source": "web"}, actor=sofie, now=NOW)
    assert of_records("lead", [made.id]) == {}
    records.change("lead", made.id, {"title": "Director"}, actor=sofie, now=NOW)
    assert [each.did[0]["do"] for each in runs()] == ["flag", "unflag"]


def test_a_lead_joins_a_campaign():
    campaign = factories.record("campaign")
    rule(Action(Do.CAMPAIGN, {"campaign": str(campaign), "status": "targeted"}))
    made = lead()
    assert db.session.scalar(select(CampaignMember.lead_id)) == made.id


def test_a_rule_that_sets_itself_off_is_stopped_and_told(sofie):
    rule(
        set_rating("hot"), trigger=Trigger(When.CHANGED), conditions=[Condition("rating", Op.IS, ("cold",))], name="Up"
    )
    rule(
        set_rating("cold"),
        trigger=Trigger(When.CHANGED),
        conditions=[Condition("rating", Op.IS, ("hot",))],
        name="Down",
    )
    made = lead(by=sofie, rating="cold")
    records.change("lead", made.id, {"title": "Director"}, actor=sofie, now=NOW)
    found = runs()
    assert [(each.state, each.again) for each in found] == [("done", 2), ("done", 0)]
    assert db.session.scalar(select(func.count(Waiting.id))) == 0


def test_a_rule_that_makes_more_of_what_sets_it_off_ends(sofie):
    rule(
        Action(Do.TASK, {"name": "And again", "kind": "task", "days": 1, "whose": "owner"}),
        kind="activity",
        name="More",
    )
    factories.record("activity", by=sofie)
    assert [each.state for each in runs()] == ["done"] * 6 + ["stopped"]
    assert db.session.scalar(select(func.count(Activity.id))) == 7


def test_a_failure_harms_neither_the_write_nor_the_others_and_is_tried_again(sofie):
    keeper = factories.crm_role(factories.person("Keeper"), "crm-administrator")
    lost = next(each for each in stages() if each.key == "lost")
    broken = Definition(
        "Lose",
        "opportunity",
        CREATED,
        (),
        (Action(Do.SET, {"field": "product_line", "value": "x"}), Action(Do.STAGE, {"stage": str(lost.id)})),
    )
    rules.add(broken, actor=keeper, now=NOW, on=True)
    with transaction(SYSTEM, "test.written") as work:
        deals = records.create_many(
            work,
            "opportunity",
            [{"name": "A"}, {"name": "B", "lost_reason": "price"}, {"name": "C"}],
            now=NOW,
            origin="imported",
        )
    found = {each.record_id: each for each in runs()}
    assert [found[each].state for each in deals] == ["failed", "done", "failed"]
    assert "Say why the deal was lost." in found[deals[0]].error
    assert db.session.get(Opportunity, deals[0]).product_line == ""
    told = db.session.scalars(select(Notice).where(Notice.kind == "automation_failed")).all()
    assert [(each.person_id, each.label) for each in told] == [(keeper.id, "Lose")]
    records.change("opportunity", deals[0], {"lost_reason": "price"}, actor=sofie_of(deals[0]), now=NOW)
    assert service.retry_failed(NOW) == 0
    assert service.retry_failed(NOW + timedelta(minutes=2)) == 1
    found = {each.record_id: each for each in runs()}
    assert (found[deals[0]].state, found[deals[0]].tries, found[deals[2]].tries) == ("done", 2, 2)
    for hours in (1, 3, 10, 20):
        service.retry_failed(NOW + timedelta(hours=hours))
    assert {each.state for each in runs() if each.record_id == deals[2]} == {"given-up"}


def sofie_of(_deal):
    return factories.administrator("Somebody")


def test_many_records_wait_for_the_timetable_and_what_a_process_left_is_taken_up():
    rule(set_rating())
    with transaction(SYSTEM, "test.written") as work:
        records.create_many(work, "lead", [{"last_name": f"L{n}"} for n in range(30)], now=NOW, origin="imported")
    assert runs() == []
    taken = service._take(NOW, None)
    assert (len(taken.changes), service.run_waiting(NOW)) == (30, 0)
    assert jobs.run_waiting(SYSTEM, NOW + timedelta(minutes=5)) == 30
    assert {each.rating for each in db.session.scalars(select(Lead))} == {"hot"}
    assert service.run_waiting(NOW + timedelta(minutes=9)) == 0


def test_time_since_a_moment_and_a_day_that_is_reached(sofie):
    rule(
        set_rating("cold"),
        trigger=Trigger(When.SINCE, "created_at", amount=3),
        conditions=[Condition("status", Op.IS, ("new",))],
    )
    rule(
        Action(Do.NOTIFY, {"to": "owner", "text": "Closes in two days"}),
        kind="opportunity",
        trigger=Trigger(When.REACHED, "closes_on", amount=-2),
        name="Closing",
    )
    old = lead(by=sofie, at=NOW - timedelta(days=3, hours=1))
    done = lead(by=sofie, at=NOW - timedelta(days=4), status="mql")
    young = lead(by=sofie, at=NOW - timedelta(days=2))
    ancient = lead(by=sofie, at=NOW - timedelta(days=40))
    deal = factories.record("opportunity", by=sofie, closes_on=date(2026, 2, 20))
    factories.record("opportunity", by=sofie, closes_on=date(2026, 2, 21))
    assert jobs.run_due(SYSTEM, NOW) == 2
    db.session.expire_all()
    assert [each.rating for each in (old, done, young, ancient)] == ["cold", "", "", ""]
    assert [(each.record_id, each.state) for each in runs() if each.object == "opportunity"] == [(deal, "done")]
    assert jobs.run_due(SYSTEM, NOW + timedelta(minutes=1)) == 0
    assert jobs.run_due(SYSTEM, NOW + timedelta(days=1)) == 2


def test_what_others_tell_of_records_sets_rules_off_too():
    rule(set_rating(), trigger=Trigger(When.FORM))
    made = lead()
    with transaction(SYSTEM, "test.form") as work:
        work.emit(RecordsHappened("lead", "form", (made.id,)))
    db.session.expire_all()
    assert made.rating == "hot"


def test_what_waits_holds_no_text_of_people():
    rule(set_rating(), trigger=Trigger(When.CHANGED))
    made = lead(first_name="Ines", email="ines@kestrel.example")
    with transaction(SYSTEM, "test.written") as work:
        records.change_many(work, "lead", [(made, {"email": "maertens@kestrel.example", "status": "mql"})], now=NOW)
        work.session.flush()
        waiting = db.session.scalar(select(Waiting))
        assert "maertens" not in str(waiting.changes)
        assert waiting.changes[0][1:] == [{"status": "new"}, {"email": None, "status": "mql", "mql_at": None}]


def test_a_run_can_be_taken_back_and_the_log_says_so():
    keeper = factories.administrator()
    rule(set_rating())
    made = lead()
    undo(runs()[0].transaction_id, actor=keeper)
    db.session.expire_all()
    assert (db.session.get(Lead, made.id).rating, runs()[0].state) == ("", "undone")


def test_old_lines_of_the_log_go():
    rule(set_rating())
    lead()
    assert (jobs.prune(SYSTEM, NOW), jobs.prune(SYSTEM, NOW + timedelta(days=181))) == (0, 1)


def test_records_in_the_bin_and_objects_that_are_gone_are_left_alone(sofie):
    rule(set_rating(), trigger=Trigger(When.WRITTEN))
    with transaction(SYSTEM, "test.written") as work:
        made = records.create_many(
            work, "lead", [{"last_name": f"L{n}"} for n in range(25)], now=NOW, origin="imported"
        )
        rows = [db.session.get(Lead, each) for each in made[:5]]
        records.bin_many(work, "lead", rows, NOW)
    assert service.run_waiting(NOW) == 20


def test_complete_is_a_condition_of_its_own():
    rule(set_rating(), conditions=[Condition(COMPLETE.key, Op.IS, ("no",))])
    assert lead().rating == "hot" or runs()[0].state == "done"


def test_the_log_counts_what_was_done_in_vain_and_stopped(sofie):
    number = rule(set_rating())
    lead()
    tally = queries.tallies(NOW - timedelta(days=30))[number]
    assert (tally.done, tally.failed, tally.stopped, tally.last) == (1, 0, 0, NOW)
