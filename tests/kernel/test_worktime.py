"""Working time: what the calendar answers at the edges of periods, over days off and far away."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.worktime import (
    OFFICE_HOURS,
    Calendar,
    NoWorkingTime,
    Period,
    Periods,
    around_the_clock,
    common,
    instant_of,
    minute_of,
    standard,
)

NINE_TO_FIVE: Periods = (Period(540, 1020),)
DESK = Calendar((NINE_TO_FIVE,) * 5 + ((), ()))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "minutes", "finish"),
    [
        ("2026-01-05T08:00", 480, "2026-01-05T17:00"),
        ("2026-01-05T08:00", 240, "2026-01-05T12:00"),
        ("2026-01-05T08:00", 241, "2026-01-05T13:01"),
        ("2026-01-05T12:30", 60, "2026-01-05T14:00"),
        ("2026-01-09T17:00", 1, "2026-01-12T08:01"),
        ("2026-01-10T10:00", 480, "2026-01-12T17:00"),
        ("2026-01-09T17:00", -480, "2026-01-09T08:00"),
        ("2026-01-12T08:00", -480, "2026-01-09T08:00"),
        ("2026-01-12T08:00", -1, "2026-01-09T16:59"),
        ("2026-01-10T10:00", 0, "2026-01-10T10:00"),
        ("2026-01-05T08:00", 480 * 5 * 52 * 40, "2065-11-13T17:00"),
    ],
)
def test_adding_stops_at_the_end_of_a_period_and_going_back_at_its_start(start: str, minutes: int, finish: str) -> None:
    assert standard().add(at(start), minutes) == at(finish)


def test_business_hours_of_the_help_desk() -> None:
    assert DESK.add(at("2026-11-20T16:59"), 30) == at("2026-11-23T09:29")
    assert DESK.add(at("2026-11-23T09:00"), 24 * 60) == at("2026-11-25T17:00")
    closed = Calendar(DESK.week, {date(2026, 12, 24): (), date(2026, 12, 25): ()})
    assert closed.add(at("2026-12-23T16:30"), 120) == at("2026-12-28T10:30")


def test_between_counts_working_minutes_with_a_sign() -> None:
    calendar = standard([date(2026, 1, 6)])
    assert calendar.between(at("2026-01-05T16:00"), at("2026-01-07T09:00")) == 120
    assert calendar.between(at("2026-01-07T09:00"), at("2026-01-05T16:00")) == -120
    assert calendar.between(at("2026-01-10T00:00"), at("2026-01-11T23:59")) == 0


def test_the_next_start_and_the_previous_end() -> None:
    calendar = standard()
    assert calendar.next_start(at("2026-01-09T17:00")) == at("2026-01-12T08:00")
    assert calendar.next_start(at("2026-01-09T16:00")) == at("2026-01-09T16:00")
    assert calendar.previous_end(at("2026-01-12T08:00")) == at("2026-01-09T17:00")
    assert calendar.previous_end(at("2026-01-12T08:01")) == at("2026-01-12T08:01")


def test_an_extra_working_saturday_counts() -> None:
    calendar = Calendar(standard().week, {date(2026, 1, 10): OFFICE_HOURS[:1]})
    assert calendar.is_working(date(2026, 1, 10))
    assert calendar.day_minutes(date(2026, 1, 10)) == 240
    assert calendar.add(at("2026-01-09T17:00"), 300) == at("2026-01-12T09:00")


def test_working_days_are_counted_over_weekends_and_holidays() -> None:
    calendar = standard([date(2026, 1, 6)])
    assert calendar.add_days(date(2026, 1, 5), 1) == date(2026, 1, 7)
    assert calendar.add_days(date(2026, 1, 5), -1) == date(2026, 1, 2)
    assert calendar.add_days(date(2026, 1, 10), 0) == date(2026, 1, 12)
    assert calendar.days_between(date(2026, 1, 5), date(2026, 1, 12)) == 4
    assert calendar.days_between(date(2026, 1, 12), date(2026, 1, 5)) == -4


def test_periods_until_midnight_join_the_next_day() -> None:
    assert around_the_clock().add(at("2026-01-05T23:00"), 120) == at("2026-01-06T01:00")


def test_shared_time_is_what_every_calendar_has() -> None:
    both = common([DESK, Calendar(standard().week, {date(2026, 1, 6): (), date(2026, 1, 10): OFFICE_HOURS})])
    assert both.periods(date(2026, 1, 5)) == (Period(540, 720), Period(780, 1020))
    assert not both.is_working(date(2026, 1, 6))
    assert not both.is_working(date(2026, 1, 10))


def test_a_calendar_without_working_time_is_refused() -> None:
    with pytest.raises(NoWorkingTime, match="no working time on any day"):
        Calendar(((),) * 7)


def test_work_past_the_last_working_day_is_refused() -> None:
    once = Calendar(((),) * 7, {date(2026, 1, 10): OFFICE_HOURS})
    assert once.add(at("2026-01-10T08:00"), 480) == at("2026-01-10T17:00")
    with pytest.raises(NoWorkingTime):
        once.add(at("2026-01-10T08:00"), 481)
    with pytest.raises(NoWorkingTime):
        once.add(at("2026-01-10T08:00"), -1)


@pytest.mark.parametrize(("start", "end"), [(60, 60), (-1, 5), (600, 1441), (700, 600)])
def test_a_period_lies_within_one_day(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="within one day"):
        Period(start, end)


def test_periods_of_a_day_may_not_overlap() -> None:
    with pytest.raises(ValueError, match="follow each other"):
        Calendar(((Period(480, 720), Period(700, 900)),) + ((),) * 6)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1))
instants = moments.map(lambda each: each.replace(second=0, microsecond=0))
bounds = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(sorted)
days = bounds.map(lambda cuts: tuple(Period(*pair) for pair in zip(cuts[::2], cuts[1::2], strict=False)))
calendars = st.builds(
    Calendar,
    st.tuples(days, *[st.just(()) | days] * 6),
    st.dictionaries(st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.just(()) | days, max_size=20),
)


def counted(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Working minutes between two instants, day by day, as one would with a pencil."""
    total, day = 0, start.date()
    while day <= end.date():
        midnight = datetime(day.year, day.month, day.day)
        for period in calendar.periods(day):
            first = max(start, midnight + timedelta(minutes=period.start))
            last = min(end, midnight + timedelta(minutes=period.end))
            total += max(0, int((last - first).total_seconds()) // 60)
        day += timedelta(days=1)
    return total


@settings(deadline=None)
@given(calendars, instants, st.integers(-400, 400).map(lambda hours: timedelta(minutes=hours * 37)))
def test_between_agrees_with_counting_by_hand(calendar: Calendar, start: datetime, way: timedelta) -> None:
    first, last = sorted((start, start + way))
    assert calendar.between(first, last) == counted(calendar, first, last)


@settings(deadline=None)
@given(calendars, instants, st.integers(-20_000, 20_000))
def test_what_was_added_lies_between(calendar: Calendar, start: datetime, minutes: int) -> None:
    assert calendar.between(start, calendar.add(start, minutes)) == minutes


@settings(deadline=None)
@given(calendars, instants)
def test_nothing_lies_between_an_end_and_the_next_start(calendar: Calendar, instant: datetime) -> None:
    end, start = calendar.previous_end(instant), calendar.next_start(instant)
    assert end <= instant <= start
    assert calendar.between(end, start) == 0


@settings(deadline=None)
@given(instants)
def test_clock_minutes_lead_back_to_the_instant(instant: datetime) -> None:
    assert instant_of(minute_of(instant)) == instant


def test_dates_long_ago_and_far_ahead_are_answered() -> None:
    calendar = standard()
    assert calendar.add_days(date(1999, 12, 31), 1) == date(2000, 1, 3)
    assert calendar.between(at("1999-12-31T08:00"), at("2000-01-03T17:00")) == 960
    assert calendar.next_start(at("2099-01-03T00:00")) == at("2099-01-05T08:00")
    with pytest.raises(NoWorkingTime):
        calendar.add_days(date(9999, 12, 30), 5)
