"""What MS Project does, rule by rule: teams, calendars, given dates, work in progress, plans from their finish."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.worktime import DAY, Calendar, Period, minute_of, standard
from roadmap.schedule.rules import (
    Activity,
    ConstraintType,
    Hold,
    Link,
    LinkType,
    Origin,
    Plan,
    Share,
    TaskType,
    origins,
    schedule,
    why,
)
from tests.roadmap.schedule.test_properties import plans

HOURS = 60
WORKDAY = 8 * HOURS
MONDAY = datetime(2026, 1, 5, 8)
_HALF = (Period(8 * HOURS, 12 * HOURS),)
_NIGHT = (Period(0, 4 * HOURS), Period(20 * HOURS, DAY))
HALF_DAYS = Calendar((_HALF,) * 5 + ((), ()))
NIGHTS = Calendar((_NIGHT,) * 7)
NAMED = {"half": HALF_DAYS, "nights": NIGHTS, "holiday": standard([date(2026, 1, 6)])}


def row(number: int, days: float = 1, **more: object) -> Activity:
    return Activity(number, duration_minutes=round(days * WORKDAY), **more)  # type: ignore[arg-type]


def plan(*rows: Activity, links: tuple[Link, ...] = (), **more: object) -> Plan:
    return Plan(MONDAY, standard(), rows, links, calendars=NAMED, **more)  # type: ignore[arg-type]


def january(day: int, hour: int = 8) -> datetime:
    return datetime(2026, 1, day, hour)


def test_a_team_begins_with_the_first_and_ends_with_the_last_of_them() -> None:
    shares = (Share(2 * WORKDAY), Share(WORKDAY, "half"), Share(WORKDAY, delay_minutes=2 * WORKDAY))
    found = schedule(plan(row(1, shares=shares), row(2), links=(Link(1, 2),))).dates
    assert (found[1].start, found[1].finish) == (MONDAY, january(7, 17))
    assert found[2].start == january(8)
    alone = schedule(plan(row(1, shares=(Share(WORKDAY, "half"),)))).dates[1]
    assert alone.finish == january(6, 12)


def test_slack_of_a_team_counts_in_the_calendar_of_the_plan() -> None:
    found = schedule(plan(row(1, shares=(Share(WORKDAY, "half"),)), row(2, 5))).dates[1]
    assert found.total_slack_minutes == 7 * WORKDAY // 2 - 4 * HOURS
    assert not found.critical


def test_work_around_the_clock_begins_at_once_and_night_shifts_cross_midnight() -> None:
    rows = (row(1, 5), row(2, 3, elapsed=True), row(3, 1, calendar="nights"))
    found = schedule(plan(*rows, links=(Link(1, 2), Link(1, 3)))).dates
    assert (found[2].start, found[2].finish) == (january(9, 17), january(10, 17))
    assert (found[3].start, found[3].finish) == (january(9, 20), january(10, 4))


def test_slack_of_work_around_the_clock_is_time_of_the_clock() -> None:
    rows = (row(1, 5), row(2, 9 / 8, elapsed=True), row(3))
    monday = schedule(plan(row(1, 10), *rows[1:], links=(Link(1, 3), Link(2, 3)))).dates[2]
    assert monday.total_slack_minutes == monday.free_slack_minutes == (14 * 24 - 9) * HOURS
    assert (monday.late_start, monday.late_finish) == (january(18, 23), january(19))
    friday = schedule(plan(*rows, links=(Link(1, 3), Link(2, 3)))).dates[2]
    assert (friday.total_slack_minutes, friday.critical) == ((7 * 24 - 9) * HOURS, False)


def test_slack_counts_from_the_date_that_people_gave() -> None:
    """Who does it works in the mornings only: the task stands in the afternoon, and slack counts from there."""
    pinned = row(2, constraint=ConstraintType.SNET, constraint_date=january(8, 15))
    mornings = replace(pinned, shares=(Share(WORKDAY, "half"),))
    found = schedule(plan(row(1), mornings, row(3, 20), links=(Link(1, 2),))).dates[2]
    assert (found.start, found.finish) == (january(8, 15), january(12, 12))
    assert found.total_slack_minutes == min(
        _office_minutes(found.start, found.late_start), _office_minutes(found.finish, found.late_finish)
    )


def _office_minutes(start: datetime, end: datetime) -> int:
    axis = standard().axis
    return axis.index(minute_of(end)) - axis.index(minute_of(start))


@pytest.mark.parametrize(
    ("link", "begins"),
    [
        (Link(1, 2, lag_percent=50), january(8)),
        (Link(1, 2, lag_percent=-50), january(6)),
        (Link(1, 2, LinkType.SS, lag_percent=100), january(7)),
        (Link(1, 2, elapsed=True, lag_percent=100), january(7, 9)),
    ],
)
def test_a_lag_may_be_a_share_of_the_predecessor(link: Link, begins: datetime) -> None:
    assert schedule(plan(row(1, 2), row(2), links=(link,))).dates[2].start == begins


def test_a_lag_in_percent_of_a_summary_is_of_what_it_spans() -> None:
    rows = (row(1, 0, type=TaskType.SUMMARY), row(2, 2, parent=1), row(3, 2, parent=1), row(4))
    links = (Link(2, 3), Link(1, 4, lag_percent=25))
    assert schedule(plan(*rows, links=links)).dates[4].start == january(12)


def test_lags_count_in_the_calendar_of_the_successor() -> None:
    found = schedule(plan(row(1), row(2, calendar="holiday"), links=(Link(1, 2, LinkType.SS, WORKDAY),))).dates[2]
    assert found.start == january(7)


def test_a_point_that_is_no_milestone_goes_on_to_the_next_day() -> None:
    rows = (row(1), row(2, 0), row(3, 0, type=TaskType.MILESTONE))
    found = schedule(plan(*rows, links=(Link(1, 2), Link(1, 3)))).dates
    assert (found[2].start, found[3].start) == (january(6), january(5, 17))


def test_a_task_that_waits_for_nothing_may_begin_before_the_plan() -> None:
    early = row(1, constraint=ConstraintType.SNET, constraint_date=january(2))
    found = schedule(plan(early, replace(early, id=2), row(3, 0.5), links=(Link(3, 2),))).dates
    assert (found[1].start, found[2].start) == (january(2), january(5, 13))


def test_a_given_date_stays_on_a_holiday_but_work_begins_after_it() -> None:
    given_date = row(2, calendar="holiday", constraint=ConstraintType.SNET, constraint_date=january(6))
    found = schedule(plan(row(1, 0.5), given_date, links=(Link(1, 2),))).dates[2]
    assert (found.start, found.finish) == (january(6), january(7, 17))
    weekend = replace(given_date, constraint_date=january(10))
    assert schedule(plan(row(1), weekend, links=(Link(1, 2),))).dates[2].start == january(12)


def test_a_given_date_stays_in_the_hours_of_the_plan_whatever_the_task_works_by() -> None:
    given_date = row(2, 0.5, calendar="half", constraint=ConstraintType.SNET, constraint_date=january(6, 14))
    found = schedule(plan(row(1, 0.5), given_date, links=(Link(1, 2),))).dates[2]
    assert (found.start, found.finish) == (january(6, 14), january(7, 12))


def test_a_task_on_its_day_owes_nothing_to_what_follows() -> None:
    pinned = row(2, constraint=ConstraintType.MSO, constraint_date=january(7))
    late = row(3, constraint=ConstraintType.FNLT, constraint_date=january(6, 17))
    found = schedule(plan(row(1, 4), pinned, late, links=(Link(1, 2), Link(2, 3)))).dates
    assert [found[each].total_slack_minutes for each in (1, 2, 3)] == [-2 * WORKDAY, 0, 0]
    pushed = schedule(plan(row(1, 4), pinned, links=(Link(1, 2),), honours_constraints=False)).dates
    assert (pushed[2].start, pushed[2].total_slack_minutes) == (january(9), -2 * WORKDAY)


def test_what_stands_by_hand_moves_others_and_is_moved_by_nobody() -> None:
    by_hand = row(2, manual_start=january(10), manual_finish=january(11, 12))
    found = schedule(plan(row(1, 9), by_hand, row(3), links=(Link(1, 2), Link(2, 3)))).dates
    assert (found[2].start, found[2].finish, found[3].start) == (january(10), january(11, 12), january(12))


def test_interrupted_work_lies_in_two_pieces() -> None:
    begun = row(1, 4, actual_start=MONDAY, percent_complete=50, resume=january(9))
    found = schedule(plan(begun)).dates[1]
    assert (found.stop, found.resume, found.finish) == (january(6, 17), january(9), january(12, 17))
    exact = schedule(plan(replace(begun, done_minutes=WORKDAY, resume=None), status_date=january(8))).dates[1]
    assert (exact.stop, exact.resume, exact.finish) == (january(5, 17), january(8), january(12, 17))


def test_who_waits_for_the_rest_of_begun_work_has_its_slack_to_that() -> None:
    begun = row(2, 4, actual_start=MONDAY, percent_complete=75)
    found = schedule(plan(row(1, 2), begun, row(3), links=(Link(1, 2), Link(2, 3)))).dates
    assert found[1].total_slack_minutes == WORKDAY


def test_a_plan_from_its_finish_begins_as_late_as_it_may() -> None:
    late = ConstraintType.ALAP
    rows = (row(1, 3, constraint=late), row(2, 1, constraint=late), row(3), row(4, 1, constraint=late))
    found = schedule(plan(*rows, links=(Link(1, 2), Link(3, 4)), finish=january(16, 17)))
    assert (found.dates[1].start, found.dates[2].finish) == (january(13), january(16, 17))
    assert found.dates[3].start == january(13)
    assert found.dates[4].start == january(16)
    assert found.start == january(13)
    assert found.finish == january(16, 17)


def test_why_names_the_calendar_that_lets_a_task_wait() -> None:
    waiting = plan(row(1, 0.75), row(2, calendar="half"), links=(Link(1, 2),))
    held = why(waiting, schedule(waiting), 2)
    assert (held.hold, held.since, held.calendar) == (Hold.PREDECESSOR, january(5, 15), "half")


@pytest.mark.parametrize(
    ("changes", "hold", "start", "finish"),
    [
        ({}, Hold.PROJECT_START, Origin.INHERITED, Origin.COMPUTED),
        ({"manual_start": january(7), "manual_finish": january(8)}, Hold.MANUAL, Origin.GIVEN, Origin.GIVEN),
        ({"delay_minutes": DAY}, Hold.DELAY, Origin.COMPUTED, Origin.COMPUTED),
        ({"actual_start": january(5, 9)}, Hold.ACTUAL_START, Origin.GIVEN, Origin.COMPUTED),
        (
            {"constraint": ConstraintType.MFO, "constraint_date": january(8, 17)},
            Hold.CONSTRAINT,
            Origin.COMPUTED,
            Origin.GIVEN,
        ),
        (
            {"constraint": ConstraintType.SNET, "constraint_date": january(8)},
            Hold.CONSTRAINT,
            Origin.GIVEN,
            Origin.COMPUTED,
        ),
    ],
)
def test_given_inherited_and_computed_dates_are_told_apart(
    changes: dict[str, Any], hold: Hold, start: Origin, finish: Origin
) -> None:
    one = row(1, **changes)
    found = plan(one)
    held = why(found, schedule(found), 1)
    assert held.hold is hold
    assert origins(one, held) == (start, finish)


@settings(deadline=None, max_examples=60)
@given(plans(), st.data())
def test_another_predecessor_never_makes_a_task_begin_earlier(before: Plan, data: st.DataObject) -> None:
    ids = [each.id for each in before.activities]
    pair = sorted(data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2)))
    kind, lag = data.draw(st.sampled_from(LinkType)), data.draw(st.sampled_from([0, 480, -960]))
    more = (Link(pair[0], pair[1], kind, lag),) if pair[0] != pair[1] else ()
    first, second = schedule(before), schedule(replace(before, links=(*before.links, *more)))
    assert all(second.dates[each].early_start >= first.dates[each].early_start for each in ids)
    assert schedule(before) == first
