"""Amounts as people type them, and what fits a day and a week."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from roadmap.timesheet.rules import amounts, limits

TODAY = date(2026, 2, 18)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1:30", 90),
        ("0:15", 15),
        ("1.5h", 90),
        ("1,5 h", 90),
        ("90m", 90),
        ("90 min", 90),
        ("1h 30m", 90),
        ("1h30", 90),
        ("2", 120),
        ("half day", 240),
        ("a day", 480),
        ("1d", 480),
        ("24h", 1440),
        (" 2 H ", 120),
    ],
)
def test_time_is_read_as_people_write_it(typed, minutes):
    assert amounts.parse(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "no amount"),
        ("soon", "no amount"),
        ("1:75", "no amount"),
        ("-2h", "one minute on"),
        ("-1:30", "one minute on"),
        ("0", "one minute on"),
        ("60h", "more than a day has"),
        ("25", "more than a day has"),
        ("1e3h", "no amount"),
        ("٣h", "no amount"),
        ("9" * 400, "no amount"),
    ],
)
def test_what_is_no_amount_of_time_says_what_would_be_right(typed, says):
    with pytest.raises(RuleBroken, match=says):
        amounts.parse(typed)


@given(st.integers(1, amounts.DAY))
def test_what_a_cell_shows_is_read_back(minutes):
    assert amounts.parse(amounts.cell_text(minutes)) == minutes


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_a_sentence(typed):
    try:
        assert 0 < amounts.parse(typed) <= amounts.DAY
    except RuleBroken as problem:
        assert problem.message.endswith((".", "m"))  # noqa: PT017  # both outcomes are right


def test_no_day_to_come_and_none_long_before_the_start():
    limits.check_day(TODAY, TODAY, TODAY)
    limits.check_day(TODAY - timedelta(days=30), TODAY, TODAY)
    with pytest.raises(RuleBroken, match="not come yet"):
        limits.check_day(TODAY + timedelta(days=1), TODAY, TODAY)
    with pytest.raises(RuleBroken, match="earliest day is 2026-01-19"):
        limits.check_day(TODAY - timedelta(days=31), TODAY, TODAY)


def test_a_full_day_says_how_much_is_logged_and_how_much_fits():
    limits.check_sum(TODAY, 20 * 60, 4 * 60)
    with pytest.raises(RuleBroken, match=r"20 h are logged on 2026-02-18 already. At most 4 h more"):
        limits.check_sum(TODAY, 20 * 60, 4 * 60 + 1)


@pytest.mark.parametrize(
    ("on_day", "in_week", "asked"),
    [(12 * 60, 60 * 60, []), (13 * 60, 40 * 60, [False]), (8 * 60, 61 * 60, [True]), (13 * 60, 61 * 60, [False, True])],
)
def test_more_than_twelve_hours_or_sixty_in_a_week_is_asked_about(on_day, in_week, asked):
    found = limits.doubts(TODAY, on_day, in_week)
    assert [each.week for each in found] == asked
    limits.check_confirmed(found, confirmed=True)
    if asked:
        with pytest.raises(limits.NeedsConfirmation, match="Really"):
            limits.check_confirmed(found, confirmed=False)


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-W08", date(2026, 2, 16)),
        ("2020-W53", date(2020, 12, 28)),
        ("2026-W54", date(2026, 2, 16)),
        ("nonsense", date(2026, 2, 16)),
        ("", date(2026, 2, 16)),
    ],
)
def test_a_week_is_read_from_its_address(text, monday):
    assert limits.parse_week(text, TODAY) == monday


@given(st.dates(date(1990, 1, 1), date(2199, 12, 31)))
def test_a_week_that_an_address_names_is_found_again(day):
    assert limits.parse_week(limits.week_text(day), TODAY) == limits.monday_of(day)
