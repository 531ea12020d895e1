"""What a template becomes on a start: its weeks hold without holidays, and what is off is said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.calendars import rules as calendars
from desk.setup import rules
from desk.template import queries as templates
from roadmap.projects.service import OFFICE_WEEK

TEMPLATE = templates.load("crm-90-day")
MONDAYS = st.integers(0, 52 * 60).map(lambda week: date(2000, 1, 3) + timedelta(weeks=week))


def preview(start, target=None, country="", subdivision=""):
    content = calendars.content(OFFICE_WEEK, country, subdivision, [])
    years = start.year - 1, start.year + 2
    names = calendars.holidays_between(content, *years)
    return rules.preview(TEMPLATE, start, calendars.calendar(content, *years), target, names)


@given(MONDAYS)
def test_from_any_monday_without_holidays_every_phase_stays_in_its_weeks(start):
    found = preview(start)
    assert found.outside == ()
    assert found.start == start
    assert not found.moved


@given(MONDAYS)
def test_the_go_live_lies_in_weeks_eight_to_ten(start):
    found = preview(start)
    assert start + timedelta(weeks=7) <= found.go_live <= rules.last_day_of_week(start, 10)
    assert [each.day for each in found.milestones if each.is_go_live] == [found.go_live]


@given(MONDAYS, st.integers(-200, 200))
def test_the_slip_is_the_distance_from_the_target(start, days):
    target = start + timedelta(days=400 + days)
    found = preview(start, target)
    assert target + timedelta(days=found.slip) == found.go_live


def test_holidays_are_named_and_stepped_over():
    found = preview(date(2026, 3, 2), country="BE")
    assert (date(2026, 4, 6), "Easter Monday") in [(each.day, each.name) for each in found.holidays]
    assert all(each.day.weekday() < 5 for each in found.holidays)


def test_holidays_move_the_finish_never_to_an_earlier_day():
    without, stepped = preview(date(2026, 3, 2)), preview(date(2026, 3, 2), country="DE", subdivision="BY")
    assert stepped.finish > without.finish
    assert len(stepped.holidays) >= 4


@pytest.mark.parametrize(("asked", "begins"), [("2026-03-07", "2026-03-09"), ("2026-03-08", "2026-03-09")])
def test_a_start_on_a_weekend_begins_on_the_next_working_day(asked, begins):
    found = preview(date.fromisoformat(asked))
    assert (found.moved, found.start) == (True, date.fromisoformat(begins))
    assert found.outside


def test_a_start_in_the_middle_of_a_week_says_which_phases_leave_their_window():
    assert preview(date(2026, 3, 5)).outside
