"""Amounts, rates, earned value and what a plan costs, by examples and by what always holds."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from kernel.worktime import Calendar, Period
from roadmap.costs.rules import amounts, figures
from roadmap.costs.rules.earned import Earned
from roadmap.costs.rules.figures import Amount, Books, Planned
from roadmap.costs.rules.rates import Flat, Hours, Rate, RateTable, check_past, price

MONDAY = date(2026, 1, 5)
FRIDAY = date(2026, 1, 9)
OFFICE = Calendar(((Period(480, 720), Period(780, 1020)),) * 5 + ((), ()))


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1234.56", 123456),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1'234.56", 123456),
        ("1 234,5", 123450),
        ("1.234.567", 123456700),
        ("€ 5", 500),
        ("1200 eur", 120000),
        ("0.500", 50),
        ("0", 0),
    ],
)
def test_amounts_are_read_as_people_write_them(typed, cents):
    assert amounts.parse(typed, "EUR") == cents


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1.234", "Write 1234 or 1.23"),
        ("1,234", "Write 1234 or 1.23"),
        ("12.3456", "2 digits"),
        ("-5", "less than nothing"),
        ("", "no amount"),
        ("many", "no amount"),
        ("1.2,3.4", "no amount"),
        ("1e5", "no amount"),
        ("٣", "no amount"),
        ("99999999999999", "more than can be kept"),
        ("5 USD", "no amount"),
    ],
)
def test_what_is_no_amount_or_two_says_what_would_be_right(typed, says):
    with pytest.raises(RuleBroken, match=says):
        amounts.parse(typed, "EUR")


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_that_a_field_shows_is_read_back(cents, currency):
    assert amounts.parse(amounts.plain(cents, currency), currency) == cents


@pytest.mark.parametrize("code", ["XYZ", "", "DEM", "EURO", "€"])
def test_an_unknown_currency_is_refused(code):
    with pytest.raises(RuleBroken, match="no currency"):
        amounts.check_currency(code)


def test_earned_value_has_the_figures_of_the_book():
    found = Earned(bac=100_000, pv=50_000, ev=40_000, ac=48_000)
    assert (found.spi, round(found.cpi, 4), round(found.eac)) == (0.8, 0.8333, 120_000)
    assert (round(found.etc), round(found.vac), round(found.tcpi, 3)) == (72_000, -20_000, 1.154)
    assert (found.sv, found.cv) == (-10_000, -8_000)


def test_a_zero_denominator_has_no_answer():
    nothing = Earned(0, 0, 0, 0)
    assert [nothing.spi, nothing.cpi, nothing.eac, nothing.etc, nothing.vac, nothing.tcpi] == [None] * 6
    assert Earned(100, 10, 0, 20).eac is None
    assert Earned(100, 10, 10, 100).tcpi is None


TABLE = RateTable(
    [
        Rate(1, 1, None, MONDAY, 6000),
        Rate(2, 1, None, MONDAY + timedelta(days=2), 9000),
        Rate(3, None, 7, MONDAY, 12000),
    ]
)


def test_a_rate_runs_until_the_next_and_a_persons_own_goes_first():
    assert TABLE.on(MONDAY - timedelta(days=1), 1, None) is None
    assert TABLE.on(MONDAY, 1, 8) == 6000
    assert TABLE.on(FRIDAY, 1, 8) == 9000
    assert TABLE.on(FRIDAY, 1, 7) == 12000
    assert TABLE.on(FRIDAY, 2, None) is None


def task(**values):
    days = {"start": datetime(2026, 1, 5, 8), "finish": datetime(2026, 1, 9, 17), "time": OFFICE}
    return Planned(**({"phase_id": 1, "minutes": 600, "percent": 50, "role_id": 1, "person_id": None} | days | values))


def test_a_task_costs_its_effort_at_the_rates_of_its_days():
    assert figures.whole_cost(task(), TABLE) == pytest.approx(10 * (2 * 6000 + 3 * 9000) / 5)
    assert figures.cost_until(task(), TABLE, MONDAY + timedelta(days=3)) == pytest.approx(10 * (2 * 6000 + 9000) / 5)
    assert figures.whole_cost(task(role_id=2), TABLE) is None


BOOKS = Books(
    tasks=[task(), task(phase_id=2, role_id=2)],
    hours=[Hours(1, 1, 8, MONDAY, 90), Hours(1, 2, 8, MONDAY, 60)],
    fixed=[Amount(1, MONDAY, 5000), Amount(None, FRIDAY, 7000)],
    expenses=[Amount(None, MONDAY, 4000)],
    budgets={1: 50_000, None: 10_000},
)


def test_a_line_adds_up_what_is_known_and_says_what_is_not():
    whole = figures.line(BOOKS, TABLE, MONDAY, None)
    cost = 10 * (2 * 6000 + 3 * 9000) // 5
    assert (whole.budget, whole.planned, whole.planned_to_date) == (60_000, cost + 12_000, 12_000 + 5000)
    assert (whole.actual, whole.earned) == (9000 + 4000, cost // 2 + 5000)
    assert whole.forecast == 13_000 + cost // 2 + 7000
    assert (whole.minutes, whole.unpriced, whole.unplanned) == (150, 60, 600)
    assert whole.variance == 60_000 - whole.forecast


def test_without_any_rate_or_cost_money_is_unknown_and_never_nothing():
    line = figures.line(Books(tasks=[task()], hours=[Hours(1, 1, 8, MONDAY, 90)]), RateTable([]), MONDAY, None)
    assert (line.planned, line.actual, line.forecast, line.budget, line.value) == (None,) * 5
    assert line.unpriced == 90


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(0, 20), st.integers(1, 900)), max_size=12),
    st.integers(0, 20),
)
def test_phases_add_up_to_the_whole(found, after):
    books = Books(
        tasks=[task(phase_id=phase, role_id=role, minutes=minutes) for phase, role, _day, minutes in found],
        hours=[Hours(p, r, None, MONDAY + timedelta(days=d), m) for p, r, d, m in found],
    )
    as_of = MONDAY + timedelta(days=after)
    whole = figures.line(books, TABLE, as_of, None)
    parts = [figures.line(books, TABLE, as_of, [phase]) for phase in (1, 2, 3)]
    assert sum(part.actual or 0 for part in parts) == (whole.actual or 0)
    assert sum(part.minutes for part in parts) == whole.minutes
    assert figures.line(books, Flat(), as_of, None).actual in (None, whole.minutes)


@pytest.mark.parametrize(
    ("minutes", "cents", "comes_to"), [(60, 8500, 8500), (1, 100, 2), (0, 100, 0), (7, 10000, 1167)]
)
def test_minutes_are_priced_to_the_cent(minutes, cents, comes_to):
    assert price(minutes, cents) == comes_to


def test_a_rate_in_the_past_changes_no_reported_cost():
    hours = [Hours(1, 1, 8, MONDAY, 60), Hours(1, 2, 8, FRIDAY, 60)]
    before = RateTable([Rate(1, 1, None, MONDAY, 6000)])
    after = RateTable([Rate(1, 1, None, MONDAY, 6000), Rate(2, 1, None, MONDAY, 7000)])
    with pytest.raises(RuleBroken, match="earliest day for this one is 2026-01-06"):
        check_past(before, after, hours, MONDAY, FRIDAY)
    check_past(before, after, hours, MONDAY, MONDAY)
    of_the_other = RateTable([Rate(1, 1, None, MONDAY, 6000), Rate(2, 2, None, MONDAY, 7000)])
    check_past(before, of_the_other, hours, MONDAY, FRIDAY + timedelta(days=3))
