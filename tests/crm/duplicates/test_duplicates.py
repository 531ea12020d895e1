"""Duplicates: what is compared and how it is weighed, found as records are written, told to whom may see both."""

import pytest
from sqlalchemy import select

from benchmarks.crm_duplicates import fared
from crm.access.queries import access_of
from crm.duplicates import queries, service
from crm.duplicates.models import DuplicateKey, DuplicatePair
from crm.duplicates.rules.keys import keys
from crm.duplicates.rules.pairs import pairs
from crm.duplicates.rules.profiles import COMPARED, profile_of
from crm.duplicates.rules.scores import Level, score
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Mark
from crm.records import service as records
from infra.database import db
from infra.undo import undo
from kernel.actor import SYSTEM
from kernel.errors import NotFound
from tests import factories
from tests.fixtures.app import NOW

INES = {"first_name": "Ines", "last_name": "Maertens", "email": "ines.maertens@kestrel.example", "account_id": 4}
LEVELS = [
    ("contact", INES, INES, Level.SURE),
    ("contact", INES, {**INES, "last_name": "Martens"}, Level.SURE),
    ("contact", INES, {**INES, "email": "i.m@home.example"}, Level.LIKELY),
    ("contact", {**INES, "phone": "+3225551234"}, {**INES, "email": "", "phone": "02 555 12 34"}, Level.LIKELY),
    ("contact", INES, {**INES, "first_name": "Maertens", "last_name": "Ines", "phone": "1"}, Level.LIKELY),
    # Colleagues share a switchboard, an account, a street; a couple shares a name as well.
    (
        "contact",
        {**INES, "phone": "+3225551234", "street": "Kade 4", "city": "Gent"},
        {**INES, "first_name": "Wout", "last_name": "Dams", "email": "wout.dams@kestrel.example"}
        | {"phone": "+3225551234", "street": "Kade 4", "city": "Gent"},
        None,
    ),
    (
        "contact",
        {**INES, "phone": "+3225551234", "street": "Kade 4", "city": "Gent"},
        {**INES, "first_name": "Wout", "email": "wout@kestrel.example"}
        | {"phone": "+3225551234", "street": "Kade 4", "city": "Gent"},
        None,
    ),
    (
        "contact",
        {**INES, "phone": "+3225551234", "street": "Kade 4", "city": "Gent", "postcode": "9000"},
        {**INES, "last_name": "Dams", "email": "ines.dams@kestrel.example"}
        | {"phone": "+3225551234", "street": "Kade 4", "city": "Gent", "postcode": "9000"},
        None,
    ),
    # Somebody of the same name and number at another account: never sure.
    (
        "contact",
        {**INES, "phone": "+3225551234", "city": "Gent", "street": "Kade 4"},
        {**INES, "phone": "+3225551234", "city": "Gent", "street": "Kade 9", "account_id": 5}
        | {"email": "ines.maertens@osprey.example"},
        Level.LIKELY,
    ),
    ("account", {"name": "Kestrel Biologics GmbH"}, {"name": "Kestrel Biologics"}, None),
    (
        "account",
        {"name": "Kestrel Biologics GmbH", "website": "https://www.kestrel.example"},
        {"name": "KESTREL BIOLOGICS", "website": "kestrel.example"},
        Level.LIKELY,
    ),
    ("account", {"name": "Kestrel", "city": "Gent"}, {"name": "Osprey", "city": "Gent"}, None),
]


@pytest.mark.parametrize(("kind", "one", "other", "level"), LEVELS)
def test_how_sure_two_records_are_one(kind, one, other, level):
    profiles = profile_of(kind, one), profile_of(kind, other)
    scored = score(*profiles)
    assert scored.level is level, scored
    assert score(*reversed(profiles)).bits == scored.bits


def test_what_is_not_known_says_nothing():
    empty = profile_of("contact", {"last_name": "Maertens"})
    assert {each.field for each in score(empty, profile_of("contact", INES)).reasons} == {"last_name"}


def test_sensitive_fields_are_never_compared():
    for kind, fields in COMPARED.items():
        assert all(OBJECTS[kind].field(each).mark is not Mark.SENSITIVE for each in fields)


def test_records_meet_under_a_key_whatever_the_slip():
    one = keys(profile_of("contact", INES))
    for slip in ({"last_name": "Martens"}, {"first_name": "Inez"}, {"first_name": "Maertens", "last_name": "Ines"}):
        assert one & keys(profile_of("contact", {**INES, "email": "", **slip})), slip
    assert keys(profile_of("account", {"name": "?!"}))


def test_pairs_are_compared_once_and_measured_over_pairs():
    people = [profile_of("contact", each) for each in (INES, {**INES, "last_name": "Martens"}, {"last_name": "Dams"})]
    found = {pair for pair, _score in pairs(people)}
    assert found == {(0, 1)}
    assert fared(found, {(0, 1), (1, 2)}) == (1.0, 0.5, pytest.approx(2 / 3))


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


@pytest.fixture
def boss(app):
    return factories.crm_role(factories.person("Boss"), "crm-administrator")


def lead(by, **more):
    values = {"first_name": "Ines", "last_name": "Maertens", "company": "Kestrel", "email": "ines@kestrel.example"}
    return factories.record("lead", by=by, **(values | more))


def test_a_pair_is_found_as_it_is_written_and_gone_when_it_is_mended(boss):
    one, other = lead(boss), lead(boss, last_name="Martens")
    (found,) = queries.pairs(access_of(boss))
    assert (found.first.id, found.second.id, found.level) == (one, other, Level.SURE)
    said = [queries.sentence(OBJECTS["lead"], each) for each in found.reasons]
    assert "same e-mail" in said
    assert any(each.startswith("last name 9") and each.endswith("% alike") for each in said)
    mended = {"first_name": "Wout", "last_name": "Dams", "email": "wout@osprey.example", "company": "Osprey"}
    work = records.change("lead", other, mended, actor=boss, now=NOW)
    assert queries.pairs(access_of(boss)) == []
    undo(work.transaction_id, actor=boss)
    assert len(queries.pairs(access_of(boss))) == 1
    records.remove("lead", [other], actor=boss, now=NOW)
    assert queries.pairs(access_of(boss)) == []
    records.restore("lead", [other], actor=boss)
    assert len(queries.pairs(access_of(boss))) == 1


def test_a_pair_shows_to_whom_may_see_both(boss, sofie):
    mine, _theirs = lead(sofie), lead(boss)
    assert queries.pairs(access_of(sofie)) == []
    assert queries.like("lead", INES, access_of(sofie))[0].id == mine
    assert len(queries.like("lead", INES, access_of(sofie))) == 1
    (found,) = queries.pairs(access_of(boss))
    with pytest.raises(NotFound):
        service.dismiss(found.id, actor=sofie, now=NOW)


def test_points_of_hidden_fields_are_in_no_score(boss):
    lead(boss)
    lead(boss, last_name="Martens")
    reader = factories.crm_role(factories.person(), "executive")
    (whole,) = queries.pairs(access_of(boss))
    seen = queries.pairs(access_of(reader))
    assert all(each.bits < whole.bits - 12 for each in seen)
    assert all(reason.field != "email" for each in seen for reason in each.reasons)


def test_what_was_dismissed_stays_so_until_a_value_changes(boss):
    one, _other = lead(boss), lead(boss)
    (found,) = queries.pairs(access_of(boss))
    work = service.dismiss(found.id, actor=boss, now=NOW)
    assert queries.pairs(access_of(boss)) == []
    records.change("lead", one, {"rating": "hot"}, actor=boss, now=NOW)
    with service.transaction(SYSTEM, "duplicates.compared") as again:
        service.compare(again, "lead", [one])
    assert queries.pairs(access_of(boss)) == []
    undo(work.transaction_id, actor=boss)
    assert len(queries.pairs(access_of(boss))) == 1
    (found,) = queries.pairs(access_of(boss))
    service.dismiss(found.id, actor=boss, now=NOW)
    records.change("lead", one, {"phone": "+3225551234"}, actor=boss, now=NOW)
    assert len(queries.pairs(access_of(boss))) == 1


def test_what_came_in_in_bulk_is_compared_by_the_job(boss, monkeypatch):
    monkeypatch.setattr(service, "AT_ONCE", 1)
    with service.transaction(boss, "record.created") as work:
        values = {"first_name": "Ines", "last_name": "Maertens", "email": "i@k.example", "status": "new"}
        records.create_many(work, "lead", [values, values], now=NOW, origin="imported")
    assert db.session.scalars(select(DuplicateKey)).all() == []
    assert service.compare_missing(SYSTEM) == 2
    assert len(db.session.scalars(select(DuplicatePair)).all()) == 1
    assert service.compare_missing(SYSTEM) == 0


def test_an_object_that_is_not_compared_has_no_duplicates(boss):
    factories.record("campaign", by=boss)
    assert queries.like("campaign", {"name": "Spring"}, access_of(boss)) == []
    assert queries.pairs(access_of(boss), kind="campaign") == []
