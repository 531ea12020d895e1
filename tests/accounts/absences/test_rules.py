"""A person's own time: days off, part-time shares, the calendar that comes of both."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.absences.rules import (
    ALWAYS_THERE,
    PersonTime,
    Share,
    Span,
    check_absence,
    check_share,
    personal,
    shortened,
)
from accounts.calendars.rules import OFFICE_WEEK, calendar, content
from kernel.errors import RuleBroken
from kernel.worktime import Period

OFFICE = content(OFFICE_WEEK, "DE")
MONDAY = date(2026, 3, 2)


def days(number):
    return MONDAY + timedelta(days=number)


def made(time):
    return personal(OFFICE, 2025, 2029, time)


def test_who_is_always_there_works_by_the_projects_own_calendar():
    assert made(ALWAYS_THERE) is calendar(OFFICE, 2025, 2029)


def test_days_off_are_not_worked_and_the_days_around_are():
    mine = made(PersonTime(off=(Span(days(1), days(2)),)))
    assert [mine.is_working(days(number)) for number in range(5)] == [True, False, False, True, True]
    assert mine.add(datetime(2026, 3, 2, 8), 960) == datetime(2026, 3, 5, 17)


def test_a_part_time_day_is_the_first_part_of_the_day():
    half = made(PersonTime(shares=(Share(MONDAY, 50),)))
    assert half.periods(MONDAY) == (Period(480, 720),)
    assert half.day_minutes(days(-3)) == 480, "before the share begins days are whole"


def test_each_share_counts_from_its_day_until_the_next():
    steps = made(PersonTime(shares=(Share(MONDAY, 50), Share(days(2), 100), Share(days(4), 75))))
    assert [steps.day_minutes(days(number)) for number in range(5)] == [240, 240, 480, 480, 360]


def test_holidays_stay_free():
    part = made(PersonTime(shares=(Share(MONDAY, 50),)))
    assert not part.is_working(date(2026, 4, 3))


@given(
    st.integers(1, 100),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 20)), max_size=4),
    st.integers(0, 300),
    st.integers(0, 60),
)
def test_working_days_are_those_that_the_own_calendar_works(percent, spans, first, length):
    off: list[Span] = []
    for begin, more in spans:
        span = Span(days(begin), days(begin + more))
        if not any(span.meets(other) for other in off):
            off.append(span)
    time = PersonTime(tuple(sorted(off)), (Share(MONDAY, percent),))
    mine, base = made(time), calendar(OFFICE, 2025, 2029)
    window = [days(first + number) for number in range(length + 1)]
    assert time.working_days(base, window[0], window[-1]) == sum(mine.is_working(day) for day in window)
    assert all(mine.day_minutes(day) <= base.day_minutes(day) for day in window)


@given(st.integers(1, 100), st.lists(st.integers(1, 200), min_size=1, max_size=8))
def test_a_shortened_day_has_its_share_of_minutes(percent, lengths):
    periods, at = [], 0
    for length in lengths[:5]:
        periods.append(Period(at, at + length))
        at += length + 10
    cut = shortened(tuple(periods), percent)
    whole = sum(each.end - each.start for each in periods)
    assert sum(each.end - each.start for each in cut) == max(1, round(whole * percent / 100))


@pytest.mark.parametrize(
    ("span", "reason", "sentence"),
    [
        (Span(days(4), days(0)), "holiday", "lies before the first"),
        (Span(days(0), days(4)), "flu", "holiday, sickness or other"),
        (Span(days(0), days(2000)), "other", "three years at most"),
        (Span(date(1999, 1, 1), days(0)), "other", "between 2000 and 2100"),
        (Span(days(9), days(12)), "holiday", "2026-03-12 to 2026-03-16 is entered as days off already"),
    ],
)
def test_days_off_that_make_no_sense_are_refused_with_a_sentence(span, reason, sentence):
    with pytest.raises(RuleBroken) as refused:
        check_absence(span, reason, [Span(days(10), days(14))])
    assert sentence in refused.value.message


@pytest.mark.parametrize("percent", [0, -10, 101])
def test_a_share_that_nobody_works_is_refused(percent):
    with pytest.raises(RuleBroken, match="not possible"):
        check_share(Share(MONDAY, percent))
