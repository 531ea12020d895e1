"""Completeness: what counts as valid, and figures that stay equal to counting every record."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from crm.access import rules as access_rules
from crm.access.models import RecordShare
from crm.access.queries import access_of
from crm.objects.rules.catalogue import OBJECTS
from crm.quality import queries, rules, service
from crm.quality.models import QualityTally, RecordQuality
from crm.quality.rules import Completeness
from crm.records import queries as record_queries
from crm.records import service as records
from crm.records.models import TABLES
from infra.database import db
from infra.transaction import transaction
from infra.undo import undo
from kernel.actor import SYSTEM
from tests import factories
from tests.fixtures.app import NOW

TODAY = date(2026, 2, 18)
FULL = {"last_name": "Maertens", "account_id": 1, "title": "Buyer", "email": "i@k.example", "phone": "+3225551234"}
WHOLE = {**FULL, "owner_id": 1}


@pytest.mark.parametrize(
    ("kind", "key", "value", "sound"),
    [
        ("contact", "title", "Buyer", True),
        *(
            ("contact", "title", each, False)
            for each in ("n/a", "N/A", "x", "-", "unknown", "TBD", " . ", "??", "", None)
        ),
        ("contact", "title", "Xu", True),
        ("contact", "email", "ines@kestrel.example", True),
        ("contact", "email", "ines@kestrel", False),
        ("contact", "email", "ines", False),
        ("contact", "phone", "+3225551234;ext=7", True),
        ("contact", "phone", "12", False),
        ("contact", "phone", "0000000", False),
        ("opportunity", "amount", None, False),
        ("opportunity", "amount", Decimal(0), True),
        ("opportunity", "closes_on", TODAY, True),
        ("opportunity", "closes_on", TODAY - timedelta(days=1), False),
    ],
)
def test_what_a_valid_value_is(kind, key, value, sound):
    values = {"outcome": "open", key: value}
    assert rules.valid(kind, OBJECTS[kind].field(key), values, TODAY) is sound


def test_a_deal_that_is_won_may_have_closed_in_the_past():
    values = {"outcome": "won", "closes_on": TODAY - timedelta(days=1)}
    assert rules.valid("opportunity", OBJECTS["opportunity"].field("closes_on"), values, TODAY)


def test_an_activity_has_to_be_about_something():
    assert not rules.valid("activity", rules.ABOUT, {}, TODAY)
    assert rules.valid("activity", rules.ABOUT, {"lead_id": 3}, TODAY)


def test_fields_are_counted_not_records():
    assert Completeness(9 + 4, 10 + 6, 2).share == 81.25
    assert Completeness(0, 0, 0).share is None


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(1, 9)), max_size=8))
def test_parts_add_up(parts):
    whole = rules.summed((mask, 4, n) for mask, n in parts)
    good = sum(n for mask, n in parts for bit in range(4) if mask & (1 << bit))
    assert whole == Completeness(good, sum(4 * n for _mask, n in parts), sum(n for _mask, n in parts))


@pytest.fixture
def north(app):
    return factories.team("North")


@pytest.fixture
def sofie(north):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", north)


@pytest.fixture
def boss(north):
    return factories.crm_role(factories.person("Boss"), "crm-administrator", north)


def counted_by_hand(access, kind=None, owner=None):
    """Every record that the reader sees, each field that they see on it, judged alone."""

    good = required = n = 0
    for name in OBJECTS if kind is None else (kind,):
        subject = OBJECTS[name]
        for row in db.session.scalars(record_queries.seen(access, subject)):
            if owner is not None and getattr(row, "owner_id", None) != owner:
                continue
            facts = record_queries.facts(access, "see", subject, row)
            seen = access_rules.fields_seen(access, subject, facts)
            values = {key: getattr(row, key) for key in rules.needed_columns(name)}
            n += 1
            for field in rules.counted(name):
                if field is rules.ABOUT or field.key in seen:
                    required += 1
                    good += rules.valid(name, field, values, TODAY)
    return Completeness(good, required, n)


def test_figures_follow_every_write_and_equal_counting_each_record(boss, sofie):
    account = factories.record("account", by=sofie, phone="n/a", industry="pharma")
    contact = factories.record("contact", by=sofie, account_id=account, email="i@k.example")
    deal = factories.record("opportunity", by=boss, closes_on=TODAY - timedelta(days=3))
    factories.record("activity", by=boss, account_id=account)
    factories.record("lead", by=sofie, company="Kestrel", source="web")

    def same():
        for who in (boss, sofie):
            access = access_of(who)
            assert queries.completeness(access) == counted_by_hand(access)
            assert queries.completeness(access, "contact") == counted_by_hand(access, "contact")
            assert queries.completeness(access, owner=sofie.id) == counted_by_hand(access, owner=sofie.id)

    same()
    records.change("contact", contact, {"title": "Buyer", "phone": "+3225551234"}, actor=boss, now=NOW)
    same()
    records.change("contact", contact, {"owner_id": boss.id}, actor=boss, now=NOW)
    same()
    work = records.remove("account", [account], actor=boss, now=NOW)
    same()
    undo(work.transaction_id, actor=boss)
    same()
    records.change("opportunity", deal, {"closes_on": TODAY}, actor=boss, now=NOW)
    same()
    before = sorted(db.session.execute(select(RecordQuality.kind, RecordQuality.record_id, RecordQuality.mask)).all())
    assert service.rebuild(SYSTEM) > 0
    after = sorted(db.session.execute(select(RecordQuality.kind, RecordQuality.record_id, RecordQuality.mask)).all())
    assert before == after
    same()


def test_a_shared_record_counts_for_whom_it_is_shared_with(boss, sofie):

    made = factories.record("lead", by=boss, company="Kestrel")
    assert queries.completeness(access_of(sofie), "lead").n == 0
    with transaction(SYSTEM, "test") as work:
        work.session.add(RecordShare(object="lead", record_id=made, person_id=sofie.id, shared_at=NOW))
    access = access_of(sofie)
    assert queries.completeness(access, "lead") == counted_by_hand(access, "lead")
    assert [each.record.id for each in queries.flawed(access, "lead")] == [made]


def test_a_share_that_ended_counts_no_more(boss, sofie):
    made = factories.record("lead", by=boss, company="Kestrel")
    share = RecordShare(
        object="lead", record_id=made, person_id=sofie.id, shared_at=NOW, until=NOW - timedelta(hours=1)
    )
    with transaction(SYSTEM, "test") as work:
        work.session.add(share)
    assert queries.completeness(access_of(sofie), "lead").n == 0


def test_hidden_fields_are_in_no_figure(boss, north):
    reader = factories.crm_role(factories.person(), "executive", north)
    factories.record("contact", by=boss)
    access = access_of(reader)
    assert queries.completeness(access, "contact") == counted_by_hand(access, "contact")
    assert {each.field.key for each in queries.by_field(access, "contact")}.isdisjoint({"email", "phone"})


def test_records_that_came_in_silently_are_found_by_the_job(boss):
    factories.record("contact", by=boss)
    with transaction(SYSTEM, "test") as work:
        work.session.execute(delete(RecordQuality))
        work.session.execute(delete(QualityTally))
    assert queries.completeness(access_of(boss)).n == 0
    assert service.measure_missing(SYSTEM) == 1
    assert service.measure_missing(SYSTEM) == 0
    assert queries.completeness(access_of(boss)).n == 1


def test_a_close_date_passes_by_itself(boss, clock):
    factories.record("opportunity", by=boss, closes_on=TODAY)
    before = queries.completeness(access_of(boss), "opportunity")
    clock.now = NOW + timedelta(days=2)
    service.keep_day(SYSTEM, clock.now)
    after = queries.completeness(access_of(boss), "opportunity")
    assert (after.valid, after.required) == (before.valid - 1, before.required)
    assert [day for day, _figure in queries.days(TODAY, TODAY + timedelta(days=9))] == [TODAY + timedelta(days=2)]


def test_thousands_add_up_to_what_counting_each_says(boss, sofie):
    owners = (boss.id, sofie.id, None)
    for _ in range(2):
        with transaction(SYSTEM, "record.created") as work:
            rows = [{"last_name": f"L{n}", "email": "x" * (n % 2), "owner_id": owners[n % 3]} for n in range(120)]
            records.create_many(work, "contact", rows, now=NOW, origin="imported")
    tallies = db.session.execute(select(QualityTally.owner_id, QualityTally.mask, QualityTally.n)).all()
    assert len({(row.owner_id, row.mask) for row in tallies}) == len(tallies)
    assert sum(row.n for row in tallies) == 240
    access = access_of(SYSTEM)
    assert queries.completeness(access, "contact") == counted_by_hand(access, "contact")


def test_tallies_stay_as_few_as_owners_and_flaws(boss):
    for _ in range(6):
        factories.record("contact", by=boss)
    assert db.session.scalar(select(func.count()).select_from(QualityTally)) == 1
    assert db.session.scalar(select(func.count()).select_from(TABLES["contact"])) == 6
