"""Rates: read without guessing, a rate holds until the next, and no amount is left out of a sum in silence."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, literal, select

from crm.rates import charts, queries, rules, service
from crm.rates.models import Rate
from crm.rates.rules import Book, Group
from crm.rates.service import RateData
from crm.records.models import Opportunity
from infra.database import db
from infra.undo.service import undo
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.fixtures.app import NOW

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234", "1234"),
        ("1.234.567", "1234567"),
        ("0.50", "0.5"),
        ("12,5", "12.5"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, amount):
    assert rules.read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["1.234", "abc", "-3", "1..2", "=1+1", "9" * 30, "1.2345", "<b>", "9" * 10_000])
def test_what_can_not_be_read_for_sure_is_refused(typed):
    with pytest.raises(RuleBroken):
        rules.read_amount(typed)


@pytest.mark.parametrize("typed", ["0", "-1", "", "1e5", "1,000,000", "9999999.0", "x"])
def test_a_rate_is_a_plain_number_above_nothing(typed):
    with pytest.raises(RuleBroken):
        rules.read_rate(typed)


@given(
    st.lists(
        st.tuples(st.sampled_from(["EUR", "SEK", "USD"]), st.decimals(0, 10**6, places=2), st.sampled_from([JAN, FEB])),
        max_size=20,
    )
)
def test_a_sum_and_what_stands_beside_it_are_all_there_is(rows):
    book = Book("EUR", {"SEK": [(FEB, Decimal("0.5"))]})
    found = rules.total([Group(currency, day, amount, 1) for currency, amount, day in rows], book)
    sure = sum((amount for currency, amount, _day in rows if currency == "EUR"), Decimal(0))
    halved = sum(
        (
            (amount / 2).quantize(rules.CENT, ROUND_HALF_UP)
            for currency, amount, day in rows
            if currency == "SEK" and day == FEB
        ),
        Decimal(0),
    )
    assert found.amount == sure + halved
    left = sum((a for c, a, d in rows if c == "USD" or (c == "SEK" and d == JAN)), Decimal(0))
    assert sum((amount for _currency, amount in found.unrated), Decimal(0)) == left
    assert found.count == len(rows)


@pytest.mark.parametrize(
    ("amount", "said"),
    [(Decimal(1_390_000), "€ 1.39 M"), (Decimal(620_400), "€ 620 k"), (Decimal(46), "€ 46"), (None, "unknown")],
)
def test_a_large_sum_is_said_shortly(app, amount, said):
    with app.test_request_context():
        assert charts.short_money(amount, "EUR").replace("\N{NO-BREAK SPACE}", " ") == said


def test_sums_of_the_database_are_those_of_the_rules(app):
    factories.record("opportunity", amount=Decimal("100.10"), currency="SEK", closes_on=FEB)
    factories.record("opportunity", amount=Decimal(70), currency="EUR", closes_on=JAN)
    factories.record("opportunity", amount=Decimal(50), currency="SEK", closes_on=JAN)
    service.enter([RateData("SEK", FEB, Decimal("0.0874"))], actor=factories.administrator(), now=NOW)
    assert queries.rate("SEK", date(2026, 3, 1)) == Decimal("0.0874")
    assert queries.in_base(Decimal("100.10"), "SEK", FEB) == Decimal("8.75")
    column = queries.cents_in_base(Opportunity.amount, Opportunity.currency, Opportunity.closes_on)
    assert sorted(db.session.scalars(select(column)), key=str) == [7000, 875, None]


@given(
    rates=st.lists(st.decimals("0.000000001", 10**6, places=9), min_size=1, max_size=3, unique=True),
    amounts=st.lists(st.decimals(-(10**6), 10**11, places=2), min_size=1, max_size=6),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_database_rounds_to_the_cent_as_the_rules_do(app, rates, amounts):
    """No list of cases: the sums of a page and of its file must agree, whatever the rate."""
    known = dict(zip(("SEK", "DKK", "USD"), rates, strict=False))
    service.enter([RateData(code, JAN, rate) for code, rate in known.items()], actor=SYSTEM, now=NOW)
    book = Book("EUR", {code: [(JAN, rate)] for code, rate in known.items()})
    asked = [(amount, code) for amount in [*amounts, Decimal("0.05"), Decimal("-0.05")] for code in known]
    cells = [
        queries.cents_in_base(literal(int(amount * 100), BigInteger), literal(currency), literal(FEB))
        for amount, currency in asked
    ]
    found = db.session.execute(select(*(each.label(f"c{at}") for at, each in enumerate(cells)))).one()
    wanted = [book.in_base(amount, currency, FEB) for amount, currency in asked]
    assert [Decimal(cents) / 100 for cents in found] == wanted


@pytest.mark.parametrize(("amount", "cents"), [("0.05", 3), ("0.01", 1), ("-0.05", -3), ("0.03", 2)])
def test_half_a_cent_goes_away_from_zero(app, amount, cents):
    service.enter([RateData("SEK", JAN, Decimal("0.5"))], actor=factories.administrator(), now=NOW)
    whole = literal(int(Decimal(amount) * 100), BigInteger)
    assert db.session.scalar(select(queries.cents_in_base(whole, literal("SEK"), literal(FEB)))) == cents
    assert queries.in_base(Decimal(amount), "SEK", FEB) == Decimal(cents) / 100


def test_a_rate_is_corrected_and_taken_back(app):
    ada = factories.administrator()
    service.enter([RateData("SEK", JAN, Decimal("0.08"))], actor=ada, now=NOW)
    count, work = service.enter([RateData("SEK", JAN, Decimal("0.09"))], actor=ada, now=NOW)
    assert (count, queries.rate("SEK", JAN)) == (1, Decimal("0.09"))
    undo(work.transaction_id, actor=ada)
    db.session.expire_all()
    assert queries.rate("SEK", JAN) == Decimal("0.08")


def test_the_currency_of_sums_stays_while_rates_are_in_it(app):
    ada = factories.administrator()
    service.set_base("SEK", actor=ada)
    assert queries.base() == "SEK"
    service.enter([RateData("EUR", JAN, Decimal(11))], actor=ada, now=NOW)
    with pytest.raises(RuleBroken, match="Remove them"):
        service.set_base("EUR", actor=ada)
    with pytest.raises(RuleBroken, match="worth 1"):
        service.enter([RateData("SEK", JAN, Decimal(1))], actor=ada, now=NOW)


def test_a_file_is_taken_in_whole_or_not_at_all(app):
    ada = factories.administrator()
    good = b"Currency;Day;Rate\nSEK;2026-01-01;0,0874\nUSD;2026-01-01;0.92\n"
    count, wrong, _work = service.take_in(good, "bank.csv", actor=ada, now=datetime(2026, 2, 1, tzinfo=UTC))
    assert (count, wrong) == (2, [])
    assert service.take_in(good, "bank.csv", actor=ada, now=NOW)[0] == 0
    bad = b"currency,day,rate\nSEK,03/04/2026,0.1\nXXX,2026-01-02,0.1\nUSD,2026-01-02,0.93\n"
    count, wrong, work = service.take_in(bad, "bank.csv", actor=ada, now=NOW)
    assert (count, [each.number for each in wrong], work) == (0, [2, 3], None)
    assert len(db.session.scalars(select(Rate)).all()) == 2


def test_the_page_keeps_what_was_typed(app, client):
    factories.sign_in(client, factories.administrator())
    answer = client.post("/crm/setup/rates", data={"currency": "SEK", "day": "2026-01-01", "rate": "a lot"})
    assert answer.status_code == 422
    assert "is no rate" in answer.text
    assert 'value="a lot"' in answer.text
    assert client.post("/crm/setup/rates", data={"currency": "SEK", "day": "x", "rate": "1"}).status_code == 422
    assert client.post("/crm/setup/rates/file", data={}).status_code == 422
    assert client.post("/crm/setup/rates/base", data={"base": "XX"}).status_code == 422
    answer = client.post("/crm/setup/rates", data={"currency": "SEK", "day": "2026-01-01", "rate": "0.0874"})
    assert answer.status_code == 303
    assert "0.0874" in client.get("/crm/setup/rates").text
