"""How a roll-out stands, by example and by property."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.standing.rules import curve
from roadmap.standing.rules.curve import Work
from roadmap.standing.rules.health import Health, health
from roadmap.standing.rules.standing import due_of, standing

MONDAY = date(2026, 1, 5)
TODAY = date(2026, 2, 18)


@dataclass
class Row:
    id: int = 1
    name: str = "Task"
    type: str = "task"
    start: datetime = datetime(2026, 1, 5, 8)
    finish: datetime = datetime(2026, 1, 9, 17)
    percent: float = 0
    duration_minutes: int = 2400
    work_minutes: int | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    critical: bool = False
    is_go_live: bool = False
    deadline: date | None = None


def milestone(day: date, **more) -> Row:
    at = datetime(day.year, day.month, day.day, 17)
    return Row(type="milestone", start=at, finish=at, duration_minutes=0, **more)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (MONDAY, 0.0),
        (date(2026, 1, 6), 0.2),
        (date(2026, 1, 9), 0.8),
        (date(2026, 1, 10), 1.0),
        (date(2026, 1, 12), 1.0),
        (date(2025, 12, 1), 0.0),
    ],
)
def test_a_weeks_work_is_planned_a_fifth_a_day_and_counts_when_the_day_is_over(day, expected):
    assert curve.share(day, MONDAY, date(2026, 1, 9)) == pytest.approx(expected)


def test_work_at_a_weekend_counts_once_the_weekend_is_over():
    saturday, sunday = date(2026, 1, 10), date(2026, 1, 11)
    assert [curve.share(day, saturday, sunday) for day in (saturday, sunday, date(2026, 1, 12))] == [0.0, 0.0, 1.0]


works = st.builds(
    Work,
    minutes=st.integers(0, 10_000),
    percent=st.floats(0, 100),
    start=st.dates(MONDAY, TODAY),
    finish=st.dates(TODAY, date(2026, 4, 30)),
    began=st.none() | st.dates(MONDAY, TODAY),
    ended=st.none() | st.dates(TODAY - timedelta(days=20), TODAY),
)


@given(st.lists(works, max_size=8))
def test_both_lines_rise_from_nothing_and_stay_within_the_scope(work):
    days = curve.days_between(date(2025, 12, 29), date(2026, 5, 10), TODAY)
    points = curve.series(work, days, TODAY)
    planned = [point.planned for point in points]
    done = [point.done for point in points if point.done is not None]
    scope = curve.scope(work)
    for line in (planned, done):
        assert line[0] == 0
        assert all(after >= before - 1e-6 for before, after in itertools.pairwise(line))
        assert line[-1] <= scope + 1e-6
    assert planned[-1] == pytest.approx(scope)
    assert done[-1] == pytest.approx(curve.done(work, TODAY, TODAY))


def test_effort_weighs_where_it_is_given_else_the_duration_and_summaries_never():
    rows = [Row(work_minutes=600), Row(), Row(type="summary"), milestone(TODAY)]
    assert curve.scope(curve.work_of(rows)) == 600 + 2400


def test_without_work_nothing_is_known_of_done_and_plan():
    assert (curve.percent_done([], TODAY), curve.percent_planned([], TODAY)) == (None, None)


def test_today_is_a_point_of_the_line():
    assert TODAY in curve.days_between(MONDAY, date(2026, 4, 5), TODAY)
    assert TODAY not in curve.days_between(date(2026, 3, 2), date(2026, 4, 5), TODAY)


@pytest.mark.parametrize(
    ("slip", "critical", "expected"),
    [
        (None, 0, Health.UNKNOWN),
        (None, 1, Health.AT_RISK),
        (-3, 0, Health.ON_TRACK),
        (0, 0, Health.ON_TRACK),
        (1, 0, Health.AT_RISK),
        (5, 0, Health.AT_RISK),
        (6, 0, Health.OFF_TRACK),
        (-3, 6, Health.OFF_TRACK),
    ],
)
def test_the_schedules_state_is_its_worst_sign(slip, critical, expected):
    assert health(slip, critical) is expected


def test_a_plan_tells_its_standing():
    rows = [
        Row(id=1, percent=100, actual_finish=datetime(2026, 1, 9, 17)),
        Row(id=2, start=datetime(2026, 2, 9, 8), finish=datetime(2026, 2, 13, 17), critical=True),
        milestone(date(2026, 2, 20), id=3, name="Data signed off"),
        milestone(date(2026, 3, 5), id=4, name="Go-live", is_go_live=True),
    ]
    found = standing(rows, date(2026, 3, 3), "active", TODAY)
    assert (found.go_live, found.slip, found.late, found.critical_days) == (date(2026, 3, 5), 2, 1, 5)
    assert (found.done, found.plan, found.health) == (50.0, 100.0, Health.AT_RISK)
    assert found.next is not None
    assert found.next.name == "Data signed off"


def test_what_went_live_is_measured_by_its_actual_day():
    late = milestone(date(2026, 2, 2), percent=100, is_go_live=True, actual_finish=datetime(2026, 2, 4, 9))
    found = standing([late], date(2026, 2, 2), "finished", TODAY)
    assert (found.live, found.slip, found.health, found.next) == (True, 2, Health.CLOSED, None)


def test_an_empty_plan_claims_nothing():
    found = standing([], date(2026, 3, 3), "active", TODAY)
    assert (found.tasks, found.go_live, found.slip, found.done, found.health) == (0, None, None, None, Health.UNKNOWN)


def test_a_deadline_before_the_finish_is_the_day_that_counts():
    assert due_of(Row(deadline=date(2026, 1, 7))) == date(2026, 1, 7)
    assert due_of(Row(deadline=date(2026, 2, 7))) == date(2026, 1, 9)
