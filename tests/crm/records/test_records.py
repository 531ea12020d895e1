"""Records through their one door: who sees what, what is refused, what follows from what was written."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries, service
from crm.records.models import TABLES, Lead, Opportunity, StageChange
from infra.database import db
from infra.wires import wires
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


@pytest.fixture
def boss(north):
    return factories.crm_role(factories.person("Boss"), "sales-manager", north, leads=True)


def test_every_object_has_a_table_with_its_fields():
    for kind, subject in OBJECTS.items():
        missing = [each.key for each in subject.fields if not hasattr(TABLES[kind], each.key)]
        assert missing == [], kind


def test_a_lead_belongs_to_who_made_it_and_to_their_team(sofie, north):
    made = factories.record("lead", by=sofie, first_name="Ines", last_name="Maertens")
    row = db.session.get(Lead, made)
    assert (row.name, row.owner_id, row.team_id, row.origin) == ("Ines Maertens", sofie.id, north, "entered")


def test_a_representative_sees_own_leads_and_a_manager_those_of_the_team(sofie, boss):
    other = factories.crm_role(factories.person("Pieter"), "sales-representative")
    made = factories.record("lead", by=sofie)
    subject = OBJECTS["lead"]
    assert queries.get(access_of(sofie), subject, made).id == made
    assert queries.get(access_of(boss), subject, made).id == made
    with pytest.raises(NotFound):
        queries.get(access_of(other), subject, made)


def test_somebody_without_a_role_is_refused(app):
    with pytest.raises(Refused):
        factories.record("lead", by=factories.person("Nobody"))


def test_a_sensitive_field_can_be_written_by_those_only_who_may_read_it(sofie):
    with pytest.raises(Refused, match="private_phone"):
        factories.record("contact", by=sofie, private_phone="+32 2 555 01 23")


def test_a_deal_keeps_each_stage_it_went_through(sofie):
    deal = factories.record("opportunity", by=sofie, amount=Decimal("142000.50"))
    won = next(each for each in queries.stages() if each.outcome == "won")
    service.change("opportunity", deal, {"stage_id": won.id}, actor=sofie, now=NOW)
    row = db.session.get(Opportunity, deal)
    assert (row.outcome, row.closed_at, row.amount) == ("won", NOW, Decimal("142000.50"))
    passed = db.session.scalars(select(StageChange).order_by(StageChange.id)).all()
    assert [(each.to_id, each.probability) for each in passed] == [(queries.stages()[0].id, 10), (won.id, 100)]


def test_a_lost_deal_says_why(sofie):
    deal = factories.record("opportunity", by=sofie)
    lost = next(each for each in queries.stages() if each.outcome == "lost")
    with pytest.raises(RuleBroken, match="why"):
        service.change("opportunity", deal, {"stage_id": lost.id}, actor=sofie, now=NOW)


def test_two_people_change_different_fields_and_both_hold(sofie):
    made = factories.record("lead", by=sofie, company="Kestrel", title="")
    base = {"company": "Kestrel", "title": ""}
    service.change("lead", made, {"title": "Head of laboratory", "company": "Kestrel"}, actor=sofie, now=NOW, base=base)
    service.change("lead", made, {"company": "Kestrel Biologics", "title": ""}, actor=sofie, now=NOW, base=base)
    row = db.session.get(Lead, made)
    assert (row.company, row.title) == ("Kestrel Biologics", "Head of laboratory")
    with pytest.raises(service.Clash) as clash:
        service.change("lead", made, {"title": "Buyer"}, actor=sofie, now=NOW, base=base)
    assert [each.name for each in clash.value.conflicts] == ["title"]


def test_what_is_removed_lies_in_the_bin_and_comes_back(boss):
    made = factories.record("lead", by=boss)
    service.remove("lead", [made], actor=boss, now=NOW)
    with pytest.raises(NotFound):
        queries.get(access_of(boss), OBJECTS["lead"], made)
    service.restore("lead", [made], actor=boss)
    assert queries.get(access_of(boss), OBJECTS["lead"], made).id == made


def test_a_representative_removes_no_lead(sofie):
    made = factories.record("lead", by=sofie)
    with pytest.raises(Refused):
        service.remove("lead", [made], actor=sofie, now=NOW)


@pytest.mark.parametrize("role", [each.key for each in access_rules.SHIPPED])
def test_the_condition_for_the_database_lets_through_what_the_answer_says_yes_to(role, sofie, boss, north):
    below = factories.team("North, inside", north)
    people = [
        sofie,
        boss,
        factories.crm_role(factories.person(), role, north),
        factories.crm_role(factories.person(), role, below),
    ]
    for kind in ("lead", "opportunity", "contact", "account", "activity"):
        for each in people:
            factories.record(kind, owner_id=each.id)
        for reader in people:
            access = access_of(reader)
            for action in (access_rules.SEE, access_rules.EDIT, access_rules.DELETE):
                subject, table = OBJECTS[kind], TABLES[kind]
                rows = db.session.scalars(select(table)).all()
                let = set(db.session.scalars(select(table.id).where(queries.allowed(access, action, subject))))
                said = {
                    row.id
                    for row in rows
                    if access_rules.may(access, action, subject, queries.facts(access, action, subject, row))
                }
                assert let == said, (kind, action, reader.name)


def test_the_judge_answers_for_routes_and_subjects(sofie):
    made = factories.record("lead", by=sofie)
    policy = wires().policy
    assert policy.decide(sofie, "crm.use").yes
    assert not policy.decide(factories.person(), "crm.use").yes
    assert policy.decide(sofie, "crm.see_record", f"crm_lead:{made}").yes
    assert not policy.decide(factories.person(), "crm.see_record", f"crm_lead:{made}").yes
    assert not policy.decide(sofie, "crm.access").yes


def test_a_call_that_lies_in_the_future_is_no_call(sofie):
    with pytest.raises(RuleBroken, match="future"):
        factories.record("activity", by=sofie, kind="call", occurred_at=datetime(2099, 1, 1, tzinfo=UTC))
