"""Fields of one's own behave like columns: kept, read, found, told by the trail, undone, sealed, and hidden by role."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from crm.access import rules as access_rules
from crm.access.queries import access_of, roles
from crm.objects.models import OwnField
from crm.objects.rules.catalogue import OBJECTS
from crm.records import service
from crm.records.models import TABLES, Lead
from crm.values import queries as values
from infra.audit.models import AuditEntry
from infra.audit.rules import HIDDEN
from infra.database import db
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import Refused, RuleBroken
from tests.factories import record
from tests.fixtures.app import NOW

REP = "sales-representative"


def own(key, kind, obj="lead", **more):
    with transaction(SYSTEM, "own_field.added") as work:
        row = OwnField(object=obj, key=f"x_{key}", label=key.title(), kind=kind, **more)
        work.session.add(row)
    return OBJECTS[obj].field(f"x_{key}")


KINDS = [
    ("text", "Garden flat"),
    ("number", 4),
    ("decimal number", Decimal("12.125")),
    ("money", Decimal("1234.56")),
    ("date", date(2026, 3, 4)),
    ("time", "14:05"),
    ("yes / no", True),
    ("several choices", "hall;attic"),
    ("address", "Main Street 1\nGhent"),
]


@pytest.mark.parametrize(("kind", "value"), KINDS, ids=[kind for kind, _value in KINDS])
def test_a_value_is_read_as_it_was_written_by_row_and_by_sql(ada, kind, value):
    own("id", kind, choices=[["hall", "Hall"], ["attic", "Attic"]])
    number = record("lead", by=ada, x_id=value)
    empty = record("lead", by=ada)
    db.session.expire_all()
    assert db.session.get(Lead, number).x_id == value
    found = db.session.execute(select(Lead.id, Lead.x_id).order_by(Lead.id)).all()
    assert [row[1] or None for row in found] == [value, None]
    assert not db.session.get(Lead, empty).x_id
    assert db.session.get(Lead, number).id == number  # a field named "id" harms nobody


def test_numbers_are_compared_and_added_up_as_numbers(ada):
    own("price", "money")
    for each in ("9.90", "10.05", "100"):
        record("lead", by=ada, x_price=Decimal(each))
    assert [
        row.x_price for row in db.session.scalars(select(Lead).where(Lead.x_price > 10).order_by(Lead.x_price))
    ] == [
        Decimal("10.05"),
        Decimal(100),
    ]


def test_the_trail_tells_each_value_and_undo_brings_it_back(ada):
    own("rooms", "number")
    own("note", "text")
    number = record("lead", by=ada, x_rooms=3, x_note="hidden")
    work = service.change("lead", number, {"x_rooms": 5}, actor=ada, now=NOW)
    service.change("lead", number, {"x_note": "quiet"}, actor=ada, now=NOW)
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == f"crm_lead:{number}")).all()
    assert [each.changes.get("x_rooms") for each in told] == [[None, 3], [3, 5], None]
    assert "more" not in told[0].changes
    undo(work.transaction_id, actor=ada)
    row = db.session.get(Lead, number)
    assert (row.x_rooms, row.x_note) == (3, "quiet")
    assert found_by("x_rooms", values.between, 3, 3) == [number]


def found_by(key, how, *what, kind="lead"):
    table, field = TABLES[kind], OBJECTS[kind].field(key)
    return list(db.session.scalars(select(table.id).where(how(table.id, field, *what)).order_by(table.id)))


def test_records_are_found_by_their_values_until_they_lie_in_the_bin(ada):
    own("kind", "choice", choices=[["house", "House"], ["flat", "Flat"]])
    own("note", "text")
    one = record("lead", by=ada, x_kind="house", x_note="Near the Canal")
    two = record("lead", by=ada, x_kind="flat")
    assert found_by("x_kind", values.among, ["house"]) == [one]
    assert found_by("x_note", values.containing, "CANAL") == [one]
    service.change("lead", two, {"x_kind": "house"}, actor=ada, now=NOW)
    assert found_by("x_kind", values.among, ["house"]) == [one, two]
    service.remove("lead", [one], actor=ada, now=NOW)
    assert found_by("x_kind", values.among, ["house"]) == [two]
    service.restore("lead", [one], actor=ada)
    assert found_by("x_kind", values.among, ["house"]) == [one, two]


def test_a_sensitive_value_lies_sealed_and_is_hidden_in_the_trail(ada):
    field = own("passport", "text", mark="sensitive")
    number = record("lead", by=ada, x_passport="EH 123 456")
    raw = db.session.connection().exec_driver_sql("SELECT more, more_sealed FROM crm_lead").one()
    assert raw[0] is None
    assert "123" not in raw[1]
    (told,) = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == f"crm_lead:{number}"))
    assert told.changes["x_passport"] == [None, HIDDEN]
    assert db.session.get(Lead, number).x_passport == "EH 123 456"
    assert db.session.scalar(select(Lead.x_passport)) == "EH 123 456"
    assert found_by("x_passport", values.containing, "eh 123 456") == [number]
    assert found_by("x_passport", values.containing, "123") == []
    work = service.change("lead", number, {"x_passport": "other"}, actor=ada, now=NOW)
    with pytest.raises(RuleBroken):
        undo(work.transaction_id, actor=ada)
    assert values.count(field) == 1


def test_who_sees_and_fills_in_a_field_is_said_by_role(ada, sofie):
    own("open", "text")
    own("secret", "text", mark="sensitive")
    own("shown", "text", levels={REP: "read"})
    lead = OBJECTS["lead"]
    assert access_rules.fields_seen(access_of(sofie), lead) >= {"x_open", "x_shown", "name"}
    assert "x_secret" not in access_rules.fields_seen(access_of(sofie), lead)
    assert access_rules.fields_written(access_of(sofie), lead) & {"x_open", "x_shown", "x_secret"} == {"x_open"}
    assert {"x_open", "x_secret", "x_shown"} <= access_rules.fields_written(access_of(ada), lead)
    with pytest.raises(Refused):
        service.create("lead", {"last_name": "Dams", "x_secret": "1"}, actor=sofie, now=NOW)
    assert all(
        not each.startswith("x_") for role in access_rules.SHIPPED for g in role.grants for each in g.fields or ()
    )
    assert roles()[REP].grants != access_rules.SHIPPED[0].grants


def test_choices_and_lengths_are_checked(ada):
    own("kind", "choice", choices=[["house", "House"]])
    own("rooms", "several choices", choices=[["hall", "Hall"], ["attic", "Attic"]])
    with pytest.raises(RuleBroken, match="none of the choices"):
        record("lead", by=ada, x_kind="castle")
    with pytest.raises(RuleBroken, match="none of the choices"):
        record("lead", by=ada, x_rooms="hall;moat")
    assert record("lead", by=ada, x_kind="house", x_rooms="hall;attic")


def test_what_is_needed_is_asked_of_people_and_holds_no_old_record_up(ada):
    old = record("lead", by=ada)
    own("kind", "text", needed=True, default="house")
    own("note", "text", needed=True)
    with pytest.raises(RuleBroken, match="Note is needed"):
        record("lead", by=ada)
    number = record("lead", by=ada, x_note="yes")
    assert db.session.get(Lead, number).x_kind == "house"
    service.change("lead", old, {"company": "Dams"}, actor=ada, now=NOW)
    with pytest.raises(RuleBroken, match="Note is needed"):
        service.change("lead", number, {"x_note": ""}, actor=ada, now=NOW)
    with transaction(SYSTEM, "record.created") as work:
        assert service.create_many(work, "lead", [{"last_name": "Mail"}], now=NOW, origin="automatic")


def test_a_hidden_field_is_met_by_nobody(ada):
    with transaction(SYSTEM, "own_field.added") as work:
        work.session.add(OwnField(object="lead", key="rating", hidden=True))
    lead = OBJECTS["lead"]
    assert lead.field("rating").hidden
    assert "rating" not in access_rules.fields_seen(access_of(ada), lead)
    assert access_rules.widest(access_of(ada), "see", lead, "rating") is None
