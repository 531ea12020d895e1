"""Fields of one's own are searched, put lists in order, and go along when a lead is converted."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from crm.access.queries import access_of
from crm.conversion import rules as converting
from crm.conversion import service as conversion
from crm.conversion.rules import ConversionData, DealData
from crm.lists import queries as lists
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field, Kind, Mark
from crm.records import queries as reading
from crm.records import service
from crm.records.models import Account, Contact, Opportunity
from crm.search import queries as search
from crm.search import service as searching
from infra.database import db
from infra.lists import large
from infra.lists.rules import Wish
from infra.transaction import transaction
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests.crm.fields.test_values import own
from tests.factories import record, sign_in
from tests.fixtures.app import NOW

ZONE = ZoneInfo("Europe/Oslo")


def found(actor, words):
    return [hit.id for group in search.find(access_of(actor), words, 5) for hit in group.hits]


def listed(actor, words):
    access, subject = access_of(actor), OBJECTS["lead"]
    query = reading.seen(access, subject).where(search.matching(access, subject, words))
    return [each.id for each in db.session.scalars(query)]


def test_words_inside_of_texts_are_found_in_the_search_and_in_lists(ada):
    own("garden", "text")
    own("story", "long text")
    lead = record("lead", by=ada, x_garden="Façade to the SOUTH")
    other = record("lead", by=ada, last_name="Dahl", x_story="x " * 200 + "lighthouse keeper")
    assert found(ada, "facade") == listed(ada, "facade") == [lead]
    assert found(ada, "lighthouse") == listed(ada, "lighthouse") == [other]
    assert found(ada, "dahl lighthouse") == listed(ada, "dahl lighthouse") == [other], "a word here, a word there"
    assert found(ada, "south lighthouse") == []
    (hit,) = search.find(access_of(ada), "lighthouse", 5)[0].hits
    assert any(part.hit and part.text == "lighthouse" for part in hit.excerpt)


def test_what_is_hidden_sealed_changed_or_in_the_bin_is_not_found(ada, sofie):
    own("secret", "text", levels={"sales-representative": "hide"})
    own("sealed", "text", mark="sensitive")
    lead = record("lead", by=ada, owner_id=sofie.id, x_secret="lighthouse", x_sealed="windmill")
    assert (found(ada, "lighthouse"), found(sofie, "lighthouse"), listed(sofie, "lighthouse")) == ([lead], [], [])
    assert found(ada, "windmill") == []
    service.change("lead", lead, {"x_secret": "harbour"}, actor=ada, now=NOW)
    assert (found(ada, "lighthouse"), found(ada, "harbour")) == ([], [lead])
    work = service.remove("lead", [lead], actor=ada, now=NOW)
    assert found(ada, "harbour") == []
    undo(work.transaction_id, actor=ada)
    assert found(ada, "harbour") == [lead]


def test_another_objects_field_with_the_same_words_is_told_apart(ada):
    own("note", "text")
    own("note", "text", obj="account")
    account = record("account", by=ada, name="Fjord", x_note="lighthouse")
    assert listed(ada, "lighthouse") == []
    assert found(ada, "lighthouse") == [account]


def test_the_index_is_made_anew_where_it_is_not_whole(ada):
    if not search.is_sqlite():
        pytest.skip("PostgreSQL keeps its own indexes whole")  # only SQLite has triggers that can get lost
    own("garden", "text")
    lead = record("lead", by=ada, x_garden="lighthouse")
    with transaction(SYSTEM, "search.rebuilt") as work:
        work.session.connection().exec_driver_sql("DROP TRIGGER crm_field_value_sought_in")
    record("lead", by=ada, x_garden="lighthouse two")
    assert searching.rebuild(SYSTEM) == ["own fields"]
    assert len(listed(ada, "lighthouse")) == 2
    assert lead in listed(ada, "lighthouse")


@pytest.mark.parametrize("down", [False, True])
def test_lists_of_any_size_are_put_in_order(ada, monkeypatch, down):
    monkeypatch.setattr(large, "MOST", 2)
    own("rooms", "number")
    own("garden", "text")
    ids = [record("lead", by=ada, x_rooms=n, x_garden=t) for n, t in ((3, "b"), (1, "C"), (None, ""), (2, "a"))]
    access, subject = access_of(ada), OBJECTS["lead"]
    spec, source = lists.spec_of(access, subject, NOW, ZONE), lists.source(access, subject)
    for key, order in (("x_rooms", [1, 3, 0]), ("x_garden", [3, 0, 1])):
        page = source.page(spec, Wish(sort=f"-{key}" if down else key), ZONE)
        wanted = [ids[at] for at in (reversed(order) if down else order)]
        assert [row.id for row in page.rows] == [*wanted, ids[2]]
        assert not page.messages


def lead_to(ada, **values):
    lead = record("lead", by=ada, first_name="Ida", last_name="Dahl", company="Fjord", **values)
    deal = DealData("Machines", None, "EUR", None, None)
    conversion.convert(lead, ConversionData(None, "Fjord", None, deal, None), actor=ada, now=NOW)
    return [db.session.scalars(select(each)).one() for each in (Account, Contact, Opportunity)]


def test_values_go_where_it_was_said_when_a_lead_is_converted(ada):
    own("rooms", "number")
    own("rooms", "number", obj="opportunity")
    own("garden", "text")
    own("note", "text", obj="account")
    wanted = {"x_rooms": {"opportunity": "x_rooms"}, "x_garden": {"account": "x_note", "contact": "description"}}
    conversion.map_fields(wanted, actor=ada)
    account, contact, deal = lead_to(ada, x_rooms=4, x_garden="South")
    assert (account.x_note, contact.description, deal.x_rooms) == ("South", "South", 4)


def test_a_place_that_is_gone_or_does_not_fit_any_more_gets_nothing(ada):
    own("kind", "choice", choices=[["house", "House"]])
    to = own("kind", "choice", obj="account", choices=[["house", "House"]])
    conversion.map_fields({"x_kind": {"account": "x_kind"}}, actor=ada)
    source = OBJECTS["lead"].field("x_kind")
    assert converting.from_own([source], OBJECTS["account"]) == {"x_kind": "x_kind"}
    flat = Field("x_kind", "Kind", Kind.CHOICE, choices=(("flat", "Flat"),), own=source.own, carried=source.carried)
    assert converting.from_own([flat], OBJECTS["account"]) == {}
    assert to.choices


@pytest.mark.parametrize(
    ("source", "to", "fit"),
    [
        (Field("x_a", "A"), Field("x_b", "B", Kind.LONG, longest=10_000), True),
        (Field("x_a", "A", Kind.LONG, longest=10_000), Field("x_b", "B"), False),
        (Field("x_a", "A", mark=Mark.SENSITIVE), Field("x_b", "B"), False),
        (Field("x_a", "A", mark=Mark.SENSITIVE), Field("x_b", "B", mark=Mark.SENSITIVE), True),
        (Field("x_a", "A"), Field("x_b", "B", written=False), False),
        (Field("x_a", "A", Kind.DATE), Field("x_b", "B"), False),
        (Field("x_a", "A", Kind.PERSON), Field("x_b", "B", Kind.PERSON), False),
    ],
)
def test_what_can_hold_what(source, to, fit):
    assert converting.fits(source, to) is fit


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"x_rooms": {"account": "name"}}, "can't go there"),
        ({"x_rooms": {"account": "x_nothing"}}, "can't go there"),
        ({"x_rooms": {"account": "x_note"}}, "can't go there"),
        ({"x_rooms": {"account": "x_rooms"}, "x_more": {"account": "x_rooms"}}, "into one"),
    ],
)
def test_a_place_that_does_not_fit_is_refused(ada, wanted, said):
    own("rooms", "number")
    own("more", "number")
    own("note", "text", obj="account")
    own("rooms", "number", obj="account")
    with pytest.raises(RuleBroken, match=said):
        conversion.map_fields(wanted, actor=ada)


def test_the_page_keeps_it_and_refuses_what_does_not_fit(ada, client):
    browser = sign_in(client, ada)
    assert "Leads have no fields of your own" in browser.get("/crm/setup/conversion").text
    own("rooms", "number")
    own("rooms", "number", obj="account")
    sent = browser.post("/crm/setup/conversion", data={"x_rooms-account": "x_rooms"})
    assert sent.status_code == 303
    assert 'value="x_rooms" selected' in browser.get("/crm/setup/conversion").text
    assert browser.post("/crm/setup/conversion", data={"x_rooms-account": "name"}).status_code == 422
