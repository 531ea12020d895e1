"""What a deal consists of: products that add up, people with a part, and the way that it came."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.access.queries import access_of
from crm.deals import queries, rules, service
from crm.deals.rules import LineData
from crm.records import queries as records
from crm.records import service as record_service
from crm.records.models import Opportunity
from infra.database import db
from infra.undo.service import undo
from kernel.errors import NotFound, Refused, RuleBroken
from tests import factories
from tests.fixtures.app import NOW

CELL = LineData(None, "Cell", Decimal(3), Decimal("100.50"), 10)


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


def amount(deal):
    db.session.expire_all()
    return db.session.get(Opportunity, deal).amount


@given(
    st.lists(
        st.builds(
            LineData,
            st.none(),
            st.just("x"),
            st.decimals("0.01", 1000, places=2),
            st.decimals(0, 10_000, places=2),
            st.integers(0, 100),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_an_amount_follows_its_lines_exactly_while_it_is_their_sum(lines):
    assert rules.follows(rules.total(lines), lines)
    assert not rules.follows(rules.total(lines) + rules.CENT, lines)
    assert all(0 <= each.total <= each.quantity * each.price + rules.CENT for each in lines)


@pytest.mark.parametrize(
    "line",
    [
        LineData(None, "  ", Decimal(1), Decimal(1)),
        LineData(None, "x", Decimal(0), Decimal(1)),
        LineData(None, "x", Decimal(1), Decimal(1), 101),
        LineData(None, "x" * 10_000, Decimal(1), Decimal(1)),
        LineData(None, "x", rules.LARGEST, rules.LARGEST),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(line):
    with pytest.raises(RuleBroken):
        rules.check(line)


def test_the_amount_follows_the_products_until_it_is_set_by_hand(sofie):
    deal = factories.record("opportunity", by=sofie)
    service.add_line(deal, CELL, actor=sofie, now=NOW)
    assert amount(deal) == Decimal("271.35")
    record_service.change("opportunity", deal, {"amount": Decimal(250)}, actor=sofie, now=NOW)
    work = service.add_line(deal, CELL, actor=sofie, now=NOW)
    assert amount(deal) == 250
    undo(work.transaction_id, actor=sofie)
    assert len(queries.lines(deal)) == 1
    service.follow(deal, actor=sofie, now=NOW)
    assert amount(deal) == Decimal("271.35")
    work = service.remove_line(deal, queries.lines(deal)[0][0], actor=sofie, now=NOW)
    assert amount(deal) is None
    undo(work.transaction_id, actor=sofie)
    assert amount(deal) == Decimal("271.35")


def test_who_may_not_change_a_deal_may_not_change_its_products(sofie):
    deal = factories.record("opportunity", by=sofie)
    executive = factories.crm_role(factories.person(), "executive")
    with pytest.raises(Refused):
        service.add_line(deal, CELL, actor=executive, now=NOW)
    stranger = factories.crm_role(factories.person(), "sales-representative")
    with pytest.raises(NotFound):
        service.add_line(deal, CELL, actor=stranger, now=NOW)


def test_people_have_a_part(sofie):
    deal, contact = factories.record("opportunity", by=sofie), factories.record("contact", by=sofie, title="Buyer")
    service.set_part(deal, contact, "influences", actor=sofie)
    service.set_part(deal, contact, "decides", actor=sofie)
    (row,) = queries.people(access_of(sofie), deal)
    assert (row.part, row.title) == ("decides", "Buyer")
    with pytest.raises(RuleBroken):
        service.set_part(deal, contact, "<b>", actor=sofie)
    service.remove_part(deal, row.id, actor=sofie)
    assert queries.people(access_of(sofie), deal) == []


def test_the_way_through_the_stages_with_its_days(sofie):
    deal = factories.record("opportunity", by=sofie, at=NOW - timedelta(days=10))
    stages = records.stages()
    for days, stage in ((6, stages[2]), (1, stages[1])):
        at = NOW - timedelta(days=days)
        record_service.change("opportunity", deal, {"stage_id": stage.id}, actor=sofie, now=at)
    found = queries.history(db.session.get(Opportunity, deal))
    assert [(stay.stage_id, stay.days(NOW), stay.back) for stay, _who in found] == [
        (stages[0].id, 4, False),
        (stages[2].id, 5, False),
        (stages[1].id, 1, True),
    ]


def test_the_page_keeps_what_was_typed(client, sofie):
    deal = factories.record("opportunity", by=sofie)
    product = factories.record("product", name="<b>Cell", price=Decimal("52.70"))
    factories.sign_in(client, sofie)
    at = f"/crm/opportunities/{deal}"
    wrong = client.post(f"{at}/products", data={"name": "Cell", "price": "1.234", "quantity": "2"})
    assert wrong.status_code == 422
    assert 'value="1.234"' in wrong.text
    for odd in ({}, {"name": "x", "price": "1", "discount": "x"}, {"product_id": "999"}, {"price": "1"}):
        assert client.post(f"{at}/products", data=odd).status_code in {404, 422}
    assert client.post(f"{at}/products", data={"product_id": product, "quantity": "10"}).status_code == 303
    page = client.get(f"{at}/products").text
    assert "follows the products" in page
    assert "€\N{NO-BREAK SPACE}527" in page
    assert "&lt;b&gt;Cell" in page
    assert client.post(f"{at}/people", data={}).status_code == 422
    assert client.post(f"{at}/products/follow").status_code == 303
