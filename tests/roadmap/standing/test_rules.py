"""How a roll-out stands, by example and by property."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.worktime import Calendar, Period
from roadmap.standing.rules import curve
from roadmap.standing.rules.curve import Work, begin
from roadmap.standing.rules.health import Health, health
from roadmap.standing.rules.standing import due_of, standing

MONDAY = date(2026, 1, 5)
TODAY = date(2026, 2, 18)
OFFICE = Calendar(((Period(480, 720), Period(780, 1020)),) * 5 + ((), ()))


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
    ("at", "expected"),
    [
        (datetime(2026, 1, 5), 0.0),
        (datetime(2026, 1, 6), 0.2),
        (datetime(2026, 1, 6, 12), 0.3),
        (datetime(2026, 1, 9), 0.8),
        (datetime(2026, 1, 10), 1.0),
        (datetime(2025, 12, 1), 0.0),
    ],
)
def test_a_weeks_work_is_spread_over_its_working_time(at, expected):
    assert curve.share(at, datetime(2026, 1, 5, 8), datetime(2026, 1, 9, 17), OFFICE) == pytest.approx(expected)


def test_days_off_of_the_calendar_plan_no_work():
    closed = Calendar(OFFICE.week, {date(2026, 1, 6): (), date(2026, 1, 7): ()})
    at = [datetime(2026, 1, day) for day in (6, 7, 8, 9)]
    found = [curve.share(each, datetime(2026, 1, 5, 8), datetime(2026, 1, 8, 17), closed) for each in at]
    assert found == [0.5, 0.5, 0.5, 1.0]


def test_work_outside_all_working_time_is_spread_by_the_clock():
    saturday, sunday = datetime(2026, 1, 10), datetime(2026, 1, 11)
    assert curve.share(sunday, saturday, datetime(2026, 1, 12), OFFICE) == 0.5
    assert curve.share(datetime(2026, 1, 12), saturday, sunday, OFFICE) == 1.0


def test_work_that_lies_still_earns_and_plans_nothing_meanwhile():
    start, finish = datetime(2026, 1, 5, 8), datetime(2026, 1, 9, 17)
    gap = (datetime(2026, 1, 5, 17), datetime(2026, 1, 8, 8))
    at = [datetime(2026, 1, day) for day in (6, 7, 8, 9)]
    found = [curve.share(each, start, finish, OFFICE, gap) for each in at]
    assert found == pytest.approx([1 / 3, 1 / 3, 1 / 3, 2 / 3])


def test_done_work_of_an_open_task_lies_right_behind_its_start():
    half = Row(percent=50, actual_start=datetime(2026, 1, 5, 8))
    work = curve.work_of([half], OFFICE)
    done = [curve.done(work, date(2026, 1, day), TODAY) for day in (5, 6, 7, 8, 20)]
    assert done == pytest.approx([0, 480, 960, 1200, 1200])


def test_progress_that_nobody_dated_counts_from_the_planned_start():
    work = curve.work_of([Row(percent=50)], OFFICE)
    assert [curve.done(work, day, TODAY) for day in (date(2026, 1, 5), date(2026, 1, 6))] == [0, 1200]


works = st.builds(
    Work,
    minutes=st.integers(0, 10_000),
    percent=st.floats(0, 100),
    start=st.datetimes(begin(MONDAY), begin(TODAY)),
    finish=st.datetimes(begin(TODAY), datetime(2026, 4, 30)),
    time=st.just(OFFICE),
    began=st.none() | st.datetimes(begin(MONDAY), begin(TODAY)),
    ended=st.none() | st.datetimes(begin(TODAY) - timedelta(days=20), begin(TODAY)),
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
    assert curve.scope(curve.work_of(rows, OFFICE)) == 600 + 2400


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
    found = standing(rows, OFFICE, date(2026, 3, 3), "active", TODAY)
    assert (found.go_live, found.slip, found.late, found.critical_days) == (date(2026, 3, 5), 2, 1, 5)
    assert (found.done, found.plan, found.health) == (50.0, 100.0, Health.AT_RISK)
    assert found.next is not None
    assert found.next.name == "Data signed off"


def test_what_went_live_is_measured_by_its_actual_day():
    late = milestone(date(2026, 2, 2), percent=100, is_go_live=True, actual_finish=datetime(2026, 2, 4, 9))
    found = standing([late], OFFICE, date(2026, 2, 2), "finished", TODAY)
    assert (found.live, found.slip, found.health, found.next) == (True, 2, Health.CLOSED, None)


def test_an_empty_plan_claims_nothing():
    found = standing([], OFFICE, date(2026, 3, 3), "active", TODAY)
    assert (found.tasks, found.go_live, found.slip, found.done, found.health) == (0, None, None, None, Health.UNKNOWN)


def test_a_deadline_before_the_finish_is_the_day_that_counts():
    assert due_of(Row(deadline=date(2026, 1, 7))) == date(2026, 1, 7)
    assert due_of(Row(deadline=date(2026, 2, 7))) == date(2026, 1, 9)
