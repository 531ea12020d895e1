"""Earned schedule by the vector of the domain, at its edges, and by what always holds."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.worktime import Calendar, Period
from roadmap.standing.rules import schedule
from roadmap.standing.rules.curve import Work, begin

OFFICE = Calendar(((Period(480, 720), Period(780, 1020)),) * 5 + ((), ()))
PLANNED = (0, 10, 25, 45, 70, 90, 100)
START = date(2026, 1, 5)
EIGHT = time(8)


def test_earned_schedule_and_spi_t_of_the_domain():
    assert schedule.earned_schedule(PLANNED, 40) == 2.75
    assert schedule.spi_t(2.75, 4) == 0.6875


@pytest.mark.parametrize(
    ("value", "weeks"),
    [(0, 0), (10, 1), (100, 6), (140, 6), (17.5, 1.5)],
    ids=["none", "a week", "all", "more", "half"],
)
def test_earned_schedule_at_the_edges(value, weeks):
    assert schedule.earned_schedule(PLANNED, value) == weeks


def test_a_zero_denominator_is_not_available():
    assert schedule.earned_schedule((), 4) is None
    assert schedule.earned_schedule((0, 0), 4) is None
    assert schedule.spi_t(1, 0) is None
    assert schedule.spi_t(None, 4) is None


def test_work_that_waits_counts_from_the_last_week_that_earned_something():
    assert schedule.earned_schedule((0, 10, 10, 20), 10) == 2
    assert schedule.earned_schedule((0, 10, 20, 20), 20) == 2


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.floats(0, 40e6))
def test_who_has_earned_more_is_never_earlier_on_the_plan(steps, value):
    curve = [0.0]
    for step in steps:
        curve.append(curve[-1] + step)
    first, second = schedule.earned_schedule(curve, value), schedule.earned_schedule(curve, value * 1.5 + 1)
    if first is not None and second is not None:
        assert 0 <= first <= second + 1e-9
        assert second <= len(steps)


def weekly(*amounts, percent=0.0):
    """A task a week, each as much as told."""
    days = [
        date(2026, 1, 5),
        date(2026, 1, 12),
        date(2026, 1, 19),
        date(2026, 1, 26),
        date(2026, 2, 2),
        date(2026, 2, 9),
    ]
    return [
        Work(
            amount,
            percent,
            datetime.combine(day, EIGHT),
            datetime.combine(day, EIGHT).replace(day=day.day + 4, hour=17),
            OFFICE,
        )
        for day, amount in zip(days, amounts, strict=True)
    ]


@pytest.mark.parametrize("at", [datetime(2026, 1, 30, 17), datetime(2026, 1, 31), datetime(2026, 2, 2)])
def test_a_plan_by_weeks_has_the_figures_of_the_domain_from_friday_evening_to_monday_morning(at):
    found = schedule.earned_time(weekly(10, 15, 20, 25, 20, 10), START, 40, at, OFFICE)
    assert (found.es, found.at, found.spi, found.planned) == (pytest.approx(2.75), 4, pytest.approx(0.6875), 6)
    assert found.behind == pytest.approx(1.25)
    assert found.needed == pytest.approx(6 / 0.6875)
    assert found.finish == date(2026, 3, 7)


def test_when_all_is_earned_time_is_no_longer_needed():
    found = schedule.earned_time(weekly(10, 15, 20, 25, 20, 10), START, 100, begin(date(2026, 2, 2)), OFFICE)
    assert (found.es, found.spi, found.finish) == (6, None, None)


def test_before_the_start_and_without_work_there_is_no_index():
    assert schedule.earned_time(weekly(10, 15, 20, 25, 20, 10), START, 0, begin(START), OFFICE).spi is None
    assert schedule.earned_time([], START, 0, begin(date(2026, 2, 2)), OFFICE) == schedule.EarnedTime(
        START, None, 4, None
    )
