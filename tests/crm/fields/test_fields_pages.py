"""Fields are set up on pages, and forms, lists, imports and permissions obey at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.access import service as access_service
from crm.access.queries import roles
from crm.access.rules import mark_of
from crm.fields import rules, service
from crm.fields.rules import CheckData, FieldData
from crm.objects.rules import checks
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.checks import Condition
from crm.objects.rules.fields import Field, Kind
from crm.records import service as records
from crm.records.models import Lead
from crm.roles.rules import Level, grants_of, matrix_of
from crm.values import queries as values
from infra.database import db
from infra.lists.models import SavedView
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests.factories import record, sign_in
from tests.fixtures.app import NOW

REP = "sales-representative"
LEADS = "/crm/setup/fields/lead"


@pytest.fixture
def browser(client, ada):
    return sign_in(client, ada)


def field(**more):
    return service.add("lead", FieldData(**{"label": "Property type", "kind": "text", **more}), actor=SYSTEM)[0]


def new_lead(browser, **sent):
    return browser.post("/crm/leads/new", data={"last_name": "Dams", "status": "new", **sent})


def test_a_field_is_made_on_a_page_and_stands_everywhere_at_once(browser, ada):
    sent = {"label": "Property type", "kind": "choice", "choices": "House\nFlat", "mark": "", "listed": "y"}
    assert browser.post(f"{LEADS}/new", data=sent).status_code == 303
    assert OBJECTS["lead"].field("x_property_type").choices == (("house", "House"), ("flat", "Flat"))
    for address in (LEADS, f"{LEADS}/x_property_type", f"{LEADS}/x_property_type/kind", f"{LEADS}/layout"):
        assert "Property type" in browser.get(address).text
    assert "Leads" in browser.get("/crm/setup/fields").text
    assert new_lead(browser, x_property_type="flat").status_code == 303
    page = browser.get("/crm/leads?x_property_type=flat").text
    assert "Dams" in page
    assert "Flat" in page
    assert "Dams" not in browser.get("/crm/leads?x_property_type=house").text
    assert "Flat" in browser.get("/crm/leads/1").text


WRONG = [
    ({"label": ""}, "Give it a name"),
    ({"label": "Company"}, "There is a field"),
    ({"kind": "riddle"}, "Choose what it holds"),
    ({"kind": "choice"}, "Write the choices"),
    ({"kind": "choice", "choices": "A\na"}, "stands there twice"),
    ({"kind": "number", "default": "much"}, "not a whole number"),
    ({"kind": "yes / no", "unique": "y"}, "told apart"),
    ({"mark": "sensitive", "default": "x"}, "no default"),
    ({"label": "x" * 90}, "at most"),
    ({"needed": "y", "level-sales-representative": "read"}, "must be able to write it"),
]


@pytest.mark.parametrize(("sent", "said"), WRONG, ids=[said for _sent, said in WRONG])
def test_what_is_wrong_with_a_field_is_said(browser, sent, said):
    answer = browser.post(f"{LEADS}/new", data={"label": "Rooms", "kind": "text", "mark": "", **sent})
    assert answer.status_code == 422
    assert said in answer.text
    assert not OBJECTS["lead"].own


def test_a_field_named_id_or_like_hostile_text_harms_nobody(browser, ada):
    assert field(label="id") == "x_id"
    assert field(label="<script>alert(1)</script>") == "x_script_alert_1_script"
    assert new_lead(browser, x_id="=1+1", x_script_alert_1_script="\u202eabc").status_code == 303
    assert db.session.get(Lead, 1).x_id == "=1+1"
    assert "<script>alert" not in browser.get("/crm/leads/1").text
    assert "<script>alert" not in browser.get(LEADS).text


def test_several_choices_are_boxes_and_none_may_be_ticked(browser, ada):
    field(label="Rooms", kind="several choices", choices="Hall\nAttic")
    sent = {"x_rooms": ["attic", "hall"], "x_rooms-offered": "1"}
    assert new_lead(browser, **sent).status_code == 303
    assert db.session.get(Lead, 1).x_rooms == "hall;attic"
    assert "Hall, Attic" in browser.get("/crm/leads/1").text
    records.change("lead", 1, {"x_rooms": ""}, actor=ada, now=NOW)
    assert db.session.get(Lead, 1).x_rooms == ""


def test_choices_hang_on_another_field(browser, ada):
    field(label="Land", kind="choice", choices="Sea\nHill")
    sent = {"label": "House", "kind": "choice", "choices": "Boat\nHut\nTent", "depends_on": "x_land"}
    among = "Sea: Boat, Tent\nHill: Hut, Tent"
    assert browser.post(f"{LEADS}/new", data={**sent, "mark": "", "among": "Moon: Boat"}).status_code == 422
    assert browser.post(f"{LEADS}/new", data={**sent, "mark": "", "among": among}).status_code == 303
    refused = new_lead(browser, x_land="sea", x_house="hut")
    assert refused.status_code == 422
    assert "does not go with Land" in refused.text
    assert new_lead(browser, x_land="hill", x_house="hut").status_code == 303


def test_a_unique_value_is_held_once(browser, ada):
    field(label="Number", kind="text", unique=True)
    assert new_lead(browser, x_number="A 1").status_code == 303
    refused = new_lead(browser, x_number="a 1")
    assert refused.status_code == 422
    assert "belongs to another record already" in refused.text
    many = [{"last_name": "A", "x_number": "7"}, {"last_name": "B", "x_number": "7"}]
    assert list(values.taken(OBJECTS["lead"], many, ())) == [1]
    records.change("lead", 1, {"x_number": "a 1"}, actor=ada, now=NOW)  # its own value


def test_a_rule_over_several_fields_says_what_would_be_right(browser, ada):
    old = record("lead", by=ada, rating="hot")
    sent = {
        "name": "Hot leads are worth something",
        "message": "Say what a hot lead is worth.",
        "joined": "all",
        "field-0": "rating",
        "how-0": "is",
        "value-0": "Hot",
        "field-1": "value",
        "how-1": "empty",
    }
    assert browser.post(f"{LEADS}/rules/new", data=sent).status_code == 303
    page = browser.get(LEADS).text
    assert "Rating is “Hot” and Expected value is empty" in page
    refused = new_lead(browser, rating="hot")
    assert refused.status_code == 422
    assert "Say what a hot lead is worth." in refused.text
    assert new_lead(browser, rating="hot", value="100").status_code == 303
    records.change("lead", old, {"company": "Dams"}, actor=ada, now=NOW)  # it broke the rule before
    with pytest.raises(RuleBroken, match="worth"):
        records.change("lead", 2, {"value": None}, actor=ada, now=NOW)
    assert browser.post(f"{LEADS}/rules/1/switch", data={"on": "0"}).status_code == 303
    assert new_lead(browser, rating="hot").status_code == 303
    assert browser.post(f"{LEADS}/rules/1/remove").status_code == 303
    assert browser.post(f"{LEADS}/rules/1/remove").status_code == 404


NEVER = [
    [("value", "above", "5"), ("value", "below", "3")],
    [("rating", "is", "hot"), ("rating", "is", "cold")],
    [("rating", "empty", ""), ("rating", "filled", "")],
    [("rating", "is", "hot"), ("rating", "empty", "")],
    [("value", "above", "5"), ("value", "at most", "5")],
    [("value", "above", "[Expected value]")],
]


@pytest.mark.parametrize("lines", NEVER)
def test_a_rule_that_can_never_hold_is_refused(app, lines):
    with pytest.raises(RuleBroken, match="never hold"):
        service.add_check("lead", CheckData("A", "B", any=False, conditions=tuple(lines)), actor=SYSTEM)
    assert not OBJECTS["lead"].checks


def test_a_rule_that_always_holds_would_stop_everything(app):
    lines = (("rating", "empty", ""), ("rating", "filled", ""))
    with pytest.raises(RuleBroken, match="always holds"):
        service.add_check("lead", CheckData("A", "B", any=True, conditions=lines), actor=SYSTEM)


_COMPARED = st.builds(
    Condition,
    field=st.sampled_from("ab"),
    how=st.sampled_from(list(checks.COMPARATORS)).filter(lambda how: how != "contains"),
    value=st.integers(1, 4),
)


@given(st.lists(_COMPARED, min_size=1, max_size=3))
def test_what_is_called_never_is_never_so(conditions):
    held = [None, *range(6)]
    if checks.never(conditions):
        assert not any(all(c.holds({"a": a, "b": b}) for c in conditions) for a in held for b in held)
    if checks.always(conditions):
        assert all(any(c.holds({"a": a, "b": b}) for c in conditions) for a in held for b in held)


def test_another_kind_takes_every_value_along_or_none(browser, ada):
    key = field(label="Rooms", kind="text")
    for typed in ("3", "12"):
        record("lead", by=ada, x_rooms=typed)
    bad = record("lead", by=ada, x_rooms="many")
    address = f"{LEADS}/{key}/kind"
    seen = browser.post(address, data={"kind": "number"}).text
    assert "1 value" in seen or "One value can" in seen
    assert "not a whole number" in seen
    assert browser.post(address, data={"kind": "number", "act": "convert"}).status_code == 422
    assert OBJECTS["lead"].field(key).kind is Kind.TEXT
    records.change("lead", bad, {"x_rooms": "7"}, actor=ada, now=NOW)
    assert browser.post(address, data={"kind": "number", "act": "convert"}).status_code == 303
    assert sorted(row.x_rooms for row in db.session.scalars(db.select(Lead))) == [3, 7, 12]
    found = db.session.scalars(db.select(Lead.id).where(values.between(Lead.id, OBJECTS["lead"].field(key), 5, 20)))
    assert len(list(found)) == 2


GOES = [
    (Kind.TEXT, "1,2345,6", Kind.MONEY, False),
    (Kind.TEXT, "1234.56", Kind.MONEY, True),
    (Kind.NUMBER, 4, Kind.TEXT, True),
    (Kind.TEXT, "2026-03-04", Kind.DATE, True),
    (Kind.TEXT, "someday", Kind.DATE, False),
    (Kind.FLAG, True, Kind.DATE, False),
    (Kind.FLAG, True, Kind.TEXT, True),
    (Kind.LONG, "x" * 300, Kind.TEXT, False),
]


@pytest.mark.parametrize(("before", "value", "after", "good"), GOES)
def test_what_goes_over_into_another_kind(before, value, after, good):
    parsed = rules.converted(Field("x_a", "A", before, own=1), Field("x_a", "A", after, own=1), value)
    assert parsed.ok is good


def test_a_field_that_is_used_is_not_deleted_and_one_that_is_comes_back(browser, ada):
    key = field(label="Rooms", kind="number")
    number = record("lead", by=ada, x_rooms=4)
    with transaction(ada, "view.saved") as work:
        work.session.add(SavedView(person_id=ada.id, page="crm_leads", name="Large", query=f"{key}_min=4"))
    assert "Large" in browser.get(f"{LEADS}/{key}").text
    browser.post(f"{LEADS}/{key}/delete")
    assert OBJECTS["lead"].has(key)
    with transaction(ada, "view.saved") as work:
        work.session.delete(work.session.get(SavedView, 1))
    assert browser.post(f"{LEADS}/{key}/delete").status_code == 303
    assert not OBJECTS["lead"].has(key)
    assert "Rooms" not in browser.get(f"/crm/leads/{number}").text
    assert browser.post(f"{LEADS}/{key}/restore").status_code == 303
    assert db.session.get(Lead, number).x_rooms == 4


def test_values_of_a_field_deleted_long_ago_are_forgotten(ada):
    key = field(label="Rooms", kind="number")
    number = record("lead", by=ada, x_rooms=4)
    service.drop("lead", key, actor=ada, now=NOW)
    assert service.prune(SYSTEM, NOW) == 0
    assert service.prune(SYSTEM, NOW + service.KEPT * 2) == 1
    assert db.session.get(Lead, number).more is None


def test_changes_of_fields_are_taken_back(ada):
    key = field(label="Rooms", kind="text")
    record("lead", by=ada, x_rooms="4")
    data = FieldData("Rooms", "number")
    work = service.convert("lead", key, data, actor=ada)
    assert OBJECTS["lead"].field(key).kind is Kind.NUMBER
    undo(work.transaction_id, actor=ada)
    assert OBJECTS["lead"].field(key).kind is Kind.TEXT
    assert db.session.get(Lead, 1).x_rooms == "4"
    found = values.among(Lead.id, OBJECTS["lead"].field(key), ["4"])
    assert list(db.session.scalars(db.select(Lead.id).where(found))) == [1]


def test_fields_that_ship_are_asked_for_or_hidden(browser, ada):
    assert browser.post(f"{LEADS}/rating/set", data={"how": "hidden"}).status_code == 303
    assert "Rating" not in browser.get("/crm/leads/new").text
    assert browser.post(f"{LEADS}/rating/set", data={"how": "needed"}).status_code == 303
    assert "Rating is needed" in new_lead(browser).text
    assert browser.post(f"{LEADS}/rating/set", data={"how": "open"}).status_code == 303
    assert new_lead(browser).status_code == 303
    for key in ("status", "last_name", "created_at"):
        browser.post(f"{LEADS}/{key}/set", data={"how": "hidden"})
        assert not OBJECTS["lead"].field(key).hidden


def test_a_layout_by_role_orders_and_leaves_out(browser, ada, app, sofie):
    field(label="Rooms", kind="number")
    place = {"place-last_name": "1", "section-last_name": "Who", "place-x_rooms": "2", "section-x_rooms": "What"}
    sent = {"role": REP, **place}
    refused = browser.post(f"{LEADS}/layout", data={**sent, "place-last_name": ""})
    assert refused.status_code == 422
    needed = {f"place-{each.key}": "9" for each in OBJECTS["lead"].written if each.needed and each.key != "last_name"}
    assert browser.post(f"{LEADS}/layout", data={**sent, **needed}).status_code == 303
    theirs = sign_in(app.test_client(), sofie).get("/crm/leads/new").text
    assert theirs.index("Who") < theirs.index("Rooms")
    assert "Company" not in theirs
    assert "Company" in browser.get("/crm/leads/new").text
    assert browser.post(f"{LEADS}/layout", data={"role": REP, "act": "reset"}).status_code == 303
    assert "Company" in sign_in(app.test_client(), sofie).get("/crm/leads/new").text


def test_the_page_of_a_role_keeps_what_it_may_do_with_a_field(ada):
    key = field(label="Rooms", kind="number")
    role = roles()[REP]
    matrix = matrix_of(role)
    assert matrix.rows["lead"].levels[key] is Level.WRITE
    matrix.rows["lead"].levels[key] = Level.HIDE
    access_service.alter_role(REP, grants_of(REP, matrix), base=mark_of(role), actor=ada)
    assert matrix_of(roles()[REP]).rows["lead"].levels[key] is Level.HIDE
    assert OBJECTS["lead"].field(key).levels == ((REP, "hide"),)


@pytest.mark.parametrize("address", [f"{LEADS}/x_none", f"{LEADS}/x_none/kind", "/crm/setup/fields/ghost"])
def test_what_is_not_there_is_not_found(browser, address):
    assert browser.get(address).status_code == 404
