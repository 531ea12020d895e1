"""Merging: what is suggested, what moves, and that taking it back restores everything exactly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from crm.access.models import CrmGrant, CrmRole, RecordShare
from crm.access.queries import access_of
from crm.merging import queries, rules, service
from crm.merging.models import Merge
from crm.merging.rules import Candidate
from crm.notes import service as notes
from crm.notes.service import NoteData
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as record_queries
from crm.records import service as records
from crm.records.models import TABLES, Account, Activity, Contact
from infra.comments import service as comments
from infra.database import Base, db
from infra.transaction import transaction
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import Conflict, NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

CONTACT = OBJECTS["contact"]
OLD, NEW = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def test_the_most_complete_record_stays_and_of_equals_the_oldest():
    thin = Candidate(1, {"last_name": "Dams", "title": "n/a"}, NEW, OLD)
    rich = Candidate(2, {"last_name": "Dams", "title": "Buyer"}, OLD, NEW)
    assert rules.suggested_survivor(CONTACT, [thin, rich]) == 2
    assert rules.suggested_survivor(CONTACT, [thin, Candidate(3, thin.values, NEW, NEW)]) == 1


def test_of_each_field_the_value_that_says_something():
    one = Candidate(1, {"title": "n/a", "phone": "+3225551234", "owner_id": 4, "city": ""}, NEW, OLD)
    other = Candidate(2, {"title": "Buyer", "phone": "+3225559999", "owner_id": 5, "city": "Gent"}, OLD, NEW)
    picks = rules.suggested(CONTACT, [one, other], 1)
    assert (picks["title"], picks["phone"], picks["owner_id"], picks["city"]) == (2, 1, 1, 2)
    assert rules.chosen(CONTACT, [one, other], 1, picks) == {"title": "Buyer", "city": "Gent"}
    assert rules.chosen(CONTACT, [one, other], 1, {"title": 99}) == {}


@given(st.dictionaries(st.integers(1, 6), st.one_of(st.none(), st.integers(1, 6)), max_size=6), st.data())
def test_a_tree_of_accounts_stays_a_tree(parents, data):
    survivor = data.draw(st.integers(1, 6))
    losers = data.draw(st.sets(st.integers(1, 6), min_size=1, max_size=3)) - {survivor}
    above = rules.parent_after(parents, survivor, losers)
    moved = {each: survivor if up in losers else up for each, up in parents.items() if each not in losers}
    moved[survivor] = above
    assert above not in losers
    seen, step = set(), survivor
    while step is not None and step not in seen:
        seen.add(step)
        step = moved.get(step)
    assert step != survivor


@pytest.fixture
def boss(app):
    return factories.crm_role(factories.person("Boss"), "crm-administrator")


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


def everything():
    """Every audited row of the database but the trail's own."""
    found = {}
    for mapper in Base.registry.mappers:
        if mapper.class_.audited:
            for row in db.session.scalars(select(mapper.class_).execution_options(populate_existing=True)):
                values = {column.key: getattr(row, column.key) for column in inspect(mapper.class_).column_attrs}
                found[mapper.class_.__tablename__, row.id] = values
    return found


def two(boss):
    account = factories.record("account", by=boss)
    one = factories.record("contact", by=boss, first_name="Ines", last_name="Maertens", account_id=account)
    other = factories.record("contact", by=boss, first_name="Ines", last_name="Martens", title="Buyer")
    return one, other


def test_what_hangs_on_a_record_moves_and_comes_back_exactly(boss, sofie):
    one, other = two(boss)
    call = factories.record("activity", by=boss, contact_id=other)
    deal = factories.record("opportunity", by=boss, contact_id=other)
    comments.add_comment(f"crm_contact:{other}", "Rang twice", actor=boss)
    with transaction(SYSTEM, "test") as work:
        for number in (one, other):
            work.session.add(RecordShare(object="contact", record_id=number, person_id=sofie.id, shared_at=NOW))
    before = everything()
    work = service.merge("contact", one, [other], {"title": other}, actor=boss, now=NOW)
    kept = db.session.get(Contact, one)
    assert (kept.last_name, kept.title) == ("Maertens", "Buyer")
    assert db.session.get(Activity, call).contact_id == one
    assert db.session.get(TABLES["opportunity"], deal).contact_id == one
    assert queries.survivor_of("contact", other) == one
    with pytest.raises(NotFound):
        record_queries.get(access_of(boss), CONTACT, other)
    with pytest.raises(NotFound):
        records.restore("contact", [other], actor=boss)
    shares = db.session.scalars(select(RecordShare).where(RecordShare.object == "contact")).all()
    assert [each.record_id for each in shares] == [one]
    undo(work.transaction_id, actor=boss)
    assert everything() == before


def test_it_is_taken_back_much_later_unless_something_changed_since(boss, clock):
    one, other = two(boss)
    call = factories.record("activity", by=boss, contact_id=other)
    service.merge("contact", one, [other], {"title": other}, actor=boss, now=NOW)
    (merge,) = queries.merges_of("contact", one)
    clock.now = NOW + timedelta(days=30)
    records.change("contact", one, {"department": "Laboratory"}, actor=boss, now=clock.now)
    records.change("activity", call, {"outcome": "Will ring back"}, actor=boss, now=clock.now)
    records.change("contact", one, {"title": "Head buyer"}, actor=boss, now=clock.now)
    with pytest.raises(Conflict, match="was changed since by Boss"):
        service.take_back(merge.id, actor=boss)
    records.change("contact", one, {"title": "Buyer"}, actor=boss, now=clock.now)
    service.take_back(merge.id, actor=boss)
    assert db.session.get(Contact, one).department == "Laboratory"
    assert db.session.get(Activity, call).contact_id == other
    assert db.session.get(Contact, other).deleted_at is None
    assert queries.merges_of("contact", one) == []


def test_several_become_one_and_chains_are_followed(boss):
    one, other = two(boss)
    third = factories.record("contact", by=boss, phone="+3225551234")
    service.merge("contact", other, [third], {"phone": third}, actor=boss, now=NOW)
    service.merge("contact", one, [other], {"phone": other}, actor=boss, now=NOW)
    assert db.session.get(Contact, one).phone == "+3225551234"
    assert queries.survivor_of("contact", third) == one
    assert queries.survivor_of("contact", one) is None


def test_an_account_that_absorbs_its_parent_makes_no_loop(boss):
    top = factories.record("account", by=boss)
    middle = factories.record("account", by=boss, parent_id=top)
    low = factories.record("account", by=boss, parent_id=middle)
    beside = factories.record("account", by=boss, parent_id=middle)
    service.merge("account", low, [middle], {}, actor=boss, now=NOW)
    parents = {each.id: each.parent_id for each in db.session.scalars(select(Account))}
    assert (parents[low], parents[beside]) == (top, low)


def test_who_may_merge(boss, sofie):
    one, other = (factories.record("lead", by=sofie) for _ in range(2))
    with pytest.raises(Refused, match="Merge records"):
        service.merge("lead", one, [other], {}, actor=sofie, now=NOW)
    manager = factories.crm_role(factories.person(), "sales-manager")
    with pytest.raises(NotFound):
        service.merge("lead", one, [other], {}, actor=manager, now=NOW)
    for losers in ([], [one], list(range(100, 120))):
        with pytest.raises(RuleBroken):
            service.merge("lead", one, losers, {}, actor=boss, now=NOW)


def test_a_value_that_one_may_not_see_is_not_lost(boss, sofie):
    manager = factories.crm_role(factories.person(), "sales-manager", factories.team("South"))
    one = factories.record("contact", by=manager)
    other = factories.record("contact", by=manager)
    records.change("contact", other, {"private_phone": "+3225557777"}, actor=SYSTEM, now=NOW)
    service.merge("contact", one, [other], {}, actor=manager, now=NOW)
    assert db.session.get(Contact, one).private_phone == "+3225557777"


def test_sure_pairs_are_merged_only_once_that_is_switched_on(boss):
    values = {"first_name": "Ines", "last_name": "Maertens", "company": "Kestrel", "email": "ines@kestrel.example"}
    for _ in range(2):
        factories.record("lead", by=boss, **values)
    factories.record("lead", by=boss, first_name="Ines", last_name="Maertens", company="Kestrel")
    assert service.merge_sure(SYSTEM, NOW) == 0
    service.switch(on=True, actor=boss, now=NOW)
    assert service.merge_sure(SYSTEM, NOW) == 1
    (merge,) = db.session.scalars(select(Merge))
    assert merge.automatic
    assert service.merge_sure(SYSTEM, NOW) == 0
    service.take_back(merge.id, actor=boss)
    assert db.session.scalars(select(Merge)).all() == []


@pytest.fixture
def narrow(sofie):
    """Somebody who may merge all leads, and sees where their own came from only; of activities their own."""
    with transaction(SYSTEM, "crm_role.given") as work:
        fields = [each.key for each in OBJECTS["lead"].fields if each.key != "source"]
        wide = CrmRole(key="wide", name="Wide", description="")
        wide.grants = [CrmGrant(object="lead", action=each, visibility=4, fields=fields) for each in ("see", "edit")]
        wide.grants.append(CrmGrant(object="function", action="merge", visibility=4, fields=None))
        own = CrmRole(key="own", name="Own", description="")
        own.grants = [
            CrmGrant(object=kind, action=each, visibility=1, fields=None)
            for kind in ("lead", "activity")
            for each in ("see", "edit", "create")
        ]
        work.session.add_all([wide, own])
    who = factories.person("Narrow")
    for key in ("wide", "own"):
        factories.crm_role(who, key)
    return who


def test_a_hidden_value_does_not_come_to_light_by_merging(narrow, boss):
    mine = factories.record("lead", by=narrow, last_name="Maertens")
    other = factories.record("lead", by=boss, last_name="Maertens", source="partner")
    service.merge("lead", mine, [other], {}, actor=narrow, now=NOW)
    assert db.session.get(TABLES["lead"], mine).source in (None, "")
    assert db.session.get(TABLES["lead"], other).source == "partner"


def test_a_pick_whose_value_is_hidden_empties_nothing(narrow, boss):
    mine = factories.record("lead", by=narrow, last_name="Maertens", source="web")
    other = factories.record("lead", by=boss, last_name="Maertens", source="partner")
    service.merge("lead", mine, [other], {"source": other}, actor=narrow, now=NOW)
    assert db.session.get(TABLES["lead"], mine).source == "web"


def test_what_hangs_on_a_record_is_counted_as_far_as_it_is_seen(narrow, boss):
    lead = factories.record("lead", by=boss, last_name="Maertens")
    for who in (narrow, boss, boss):
        factories.record("activity", by=who, lead_id=lead)
    notes.add("lead", lead, NoteData("Sealed", "", confidential=True), actor=boss, now=NOW)
    assert dict(queries.counted(access_of(narrow), "lead", lead)) == {"crm_activity": 1}
    assert dict(queries.counted(access_of(boss), "lead", lead)) == {"crm_activity": 3, "crm_note": 1}


def test_a_merge_of_hidden_records_is_one_that_never_was(boss):
    one, other = two(boss)
    service.merge("contact", one, [other], {}, actor=boss, now=NOW)
    (merge,) = queries.merges_of("contact", one)
    manager = factories.crm_role(factories.person(), "sales-manager", factories.team("South"))
    for number in (merge.id, merge.id + 1):
        with pytest.raises(RuleBroken, match="taken back already"):
            service.take_back(number, actor=manager)
    assert (queries.recent(access_of(manager)), len(queries.recent(access_of(boss)))) == ([], 1)


def test_the_list_of_merges_asks_a_statement_an_object(boss, asked):
    one, _other = two(boss)
    for _turn in range(4):
        service.merge("contact", one, [two(boss)[1]], {}, actor=boss, now=NOW)
    access = access_of(boss)
    with asked() as statements:
        assert len(queries.recent(access)) == 4
    assert len(statements) == 2
