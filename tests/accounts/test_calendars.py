"""Working calendars: what may be typed, what comes out, and that a change is told."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.calendars import queries, rules, service
from accounts.calendars.service import CalendarData
from infra.audit.models import AuditEntry
from infra.database import db
from kernel.actor import SYSTEM
from kernel.errors import NotFound, RuleBroken

pairs = st.lists(st.integers(0, 1440), unique=True, max_size=8).map(
    lambda cuts: [[a, b] for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)]
)


@given(pairs)
def test_periods_read_back_as_they_are_written(periods):
    assert rules.parse_periods(rules.write_periods(periods), "Monday") == periods


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("08:00", "Monday: “08:00”"),
        ("morning", "“morning”"),
        ("12:00-08:00", "ends after it starts"),
        ("08:00-12:00, 11:00-17:00", "overlap"),
        ("13:00-17:00, 08:00-12:00", "order"),
        ("08:00-24:30", "24:00"),
        ("08:75-12:00", "60 minutes"),
        ("<b>08:00-12:00</b>", "can't be read"),
        (", ".join(f"{hour:02d}:00-{hour:02d}:30" for hour in range(9)), "at most 8"),
    ],
)
def test_periods_that_cannot_be_are_refused_by_day(typed, says):
    with pytest.raises(RuleBroken, match=says):
        rules.parse_periods(typed, "Monday")


@pytest.mark.parametrize(
    ("place", "says"), [("XX", "country code"), ("DE-XX", "BY"), ("be-", None), ("de-by", None), ("", None)]
)
def test_a_place_is_one_whose_holidays_are_known(place, says):
    if says is None:
        assert rules.parse_place(place)[0] == place[:2].upper()
    else:
        with pytest.raises(RuleBroken, match=says):
            rules.parse_place(place)


def test_holidays_differ_by_part_of_the_country():
    office = rules.content(rules.OFFICE_WEEK, "DE")
    bavaria = rules.content(rules.OFFICE_WEEK, "DE", "BY")
    assert rules.calendar(office, 2026, 2026).is_working(date(2026, 1, 6))
    assert not rules.calendar(bavaria, 2026, 2026).is_working(date(2026, 1, 6))


def test_an_exception_beats_a_holiday_and_a_weekend():
    odd = [(date(2026, 12, 25), "Move", [[480, 720]]), (date(2026, 1, 10), "Inventory", [[480, 720]])]
    calendar = rules.calendar(rules.content(rules.OFFICE_WEEK, "BE", "", odd), 2026, 2026)
    assert calendar.day_minutes(date(2026, 12, 25)) == 240
    assert calendar.is_working(date(2026, 1, 10))


def test_a_year_names_why_each_day_is_off():
    day_off = (date(2026, 3, 2), "Works outing", [])
    days = {out.day: out for out in rules.year(rules.content(rules.OFFICE_WEEK, "BE", "", [day_off]), 2026)}
    assert len(days) == 365
    assert days[date(2026, 7, 21)].state is rules.DayState.HOLIDAY
    assert days[date(2026, 3, 2)].name == "Works outing"
    assert days[date(2026, 3, 7)].state is rules.DayState.WEEKEND


def test_the_same_content_is_the_same_working_time(app):
    first, second = (
        service.add_calendar(CalendarData(name, rules.OFFICE_WEEK, "BE"), actor=SYSTEM) for name in ("One", "Two")
    )
    years = range(2026, 2028)
    assert queries.calendar_of(first, years) is queries.calendar_of(second, years)
    service.add_exception(second, date(2026, 3, 2), "Outing", [], actor=SYSTEM)
    assert queries.calendar_of(first, years) is not queries.calendar_of(second, years)
    friday = datetime(2026, 2, 27, 16, 0)
    assert queries.calendar_of(second, years).add(friday, 120) == datetime(2026, 3, 3, 9, 0)


def test_an_exception_is_kept_once_a_day_and_can_be_taken_back(app):
    number = service.add_calendar(CalendarData("One", rules.OFFICE_WEEK), actor=SYSTEM)
    for name in ("Outing", "Outing with cake"):
        service.add_exception(number, date(2026, 3, 2), name, [], actor=SYSTEM)
    (only,) = queries.calendar_row(number).exceptions
    assert only.name == "Outing with cake"
    service.remove_exception(number, only.id, actor=SYSTEM)
    assert queries.calendar_row(number).exceptions == ()
    subject = f"calendar_exception:{only.id}"
    kinds = db.session.scalars(
        select(AuditEntry.kind).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
    ).all()
    assert [str(each) for each in kinds] == ["added", "changed", "removed"]
    with pytest.raises(NotFound):
        service.remove_exception(number, only.id, actor=SYSTEM)


@pytest.mark.parametrize(
    "data",
    [
        CalendarData(" ", rules.OFFICE_WEEK),
        CalendarData("x" * 121, rules.OFFICE_WEEK),
        CalendarData("x", [[]] * 7),
        CalendarData("x", [[[1, 2]]] * 6),
        CalendarData("x", rules.OFFICE_WEEK, "XX"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(app, data):
    with pytest.raises(RuleBroken):
        service.add_calendar(data, actor=SYSTEM)
    assert queries.calendars() == []
