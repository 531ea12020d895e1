"""From rows to the plan: whose calendar a task follows, and what each who is assigned has to do."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from kernel.worktime import OFFICE_HOURS, Calendar, standard
from roadmap.schedule.rules import Activity, Plan, Share
from roadmap.tasks.rules.planning import (
    PROJECT_CALENDAR,
    Assigned,
    Frame,
    calendar_name,
    deadline_of,
    person_name,
    plan,
)

FOUR_DAYS = Calendar((OFFICE_HOURS,) * 4 + ((), (), ()))
WEEKEND = Calendar(((),) * 5 + (OFFICE_HOURS, OFFICE_HOURS))
KNOWN = {person_name(7): FOUR_DAYS, calendar_name(3): WEEKEND, calendar_name(4): standard([date(2026, 1, 6)])}
_EMPTY = dict.fromkeys(
    [
        "parent_id",
        "constraint_date",
        "deadline",
        "deadline_minute",
        "actual_start",
        "actual_finish",
        "owner_id",
        "manual_start",
        "manual_finish",
        "calendar_id",
        "done_minutes",
        "stop",
        "resume",
    ]
)


def task(**more: Any) -> SimpleNamespace:
    values = {"id": 1, "type": "task", "duration_minutes": 960, "constraint_type": "ASAP", "percent_complete": 0}
    flags = {"active": True, "ignores_people": False, "elapsed": False, "fixed": "units", "delay_minutes": 0}
    return SimpleNamespace(**(_EMPTY | values | flags | more))


def assigned(person: int | None = None, calendar: int | None = None, **more: Any) -> Assigned:
    values = {"units": 100.0, "work_minutes": 960, "done_minutes": 0, "delay_minutes": 0} | more
    return Assigned(1, person, calendar, **values)


def made(row: SimpleNamespace, *team: Assigned, links: tuple[Any, ...] = ()) -> Plan:
    return plan(Frame(datetime(2026, 1, 5, 8), standard()), [row], links, team, KNOWN)


def activity(row: SimpleNamespace, *team: Assigned) -> Activity:
    return made(row, *team).activities[0]


def test_days_off_of_the_one_who_does_a_task_move_it_and_slack_counts_in_the_plans_calendar() -> None:
    for found in (activity(task(owner_id=7)), activity(task(fixed="duration"), assigned(person=7))):
        assert (found.calendar, found.slack_calendar) == (person_name(7), PROJECT_CALENDAR)
    ignored = activity(task(owner_id=7, ignores_people=True))
    assert (ignored.calendar, ignored.slack_calendar) == (None, None)


def test_each_who_is_assigned_has_work_by_their_units_on_their_own_calendar() -> None:
    team = (
        assigned(person=7, units=50.0),
        assigned(calendar=4, work_minutes=480, delay_minutes=60),
        assigned(person=8),
    )
    assert activity(task(percent_complete=50), *team).shares == (
        Share(1920, person_name(7), 0, 960),
        Share(480, calendar_name(4), 60, 240),
        Share(960, None, 0, 480),
    )


def test_no_units_and_a_fixed_duration_take_no_share() -> None:
    assert activity(task(), assigned(person=8, units=0.0)).shares == ()
    assert activity(task(fixed="duration"), assigned(person=7), assigned(person=8)).shares == ()


def test_a_task_with_a_calendar_is_worked_in_the_time_it_shares_with_its_people() -> None:
    found = made(task(calendar_id=4), assigned(person=7))
    name = found.activities[0].shares[0].calendar
    assert name is not None
    shared = found.calendars[name]
    assert not shared.is_working(date(2026, 1, 6))
    assert not shared.is_working(date(2026, 1, 9))
    assert shared.is_working(date(2026, 1, 8))


def test_where_they_share_no_time_the_calendar_of_the_task_counts() -> None:
    found = made(task(calendar_id=3), assigned(person=7))
    assert found.calendars[str(found.activities[0].shares[0].calendar)] is WEEKEND


def test_a_few_exceptional_days_that_they_share_are_no_time_to_do_it_in() -> None:
    once = Calendar(FOUR_DAYS.week, {date(2026, 1, 10): OFFICE_HOURS})
    frame = Frame(datetime(2026, 1, 5, 8), standard())
    found = plan(frame, [task(calendar_id=3)], (), [assigned(person=7)], {**KNOWN, person_name(7): once})
    assert found.calendars[str(found.activities[0].shares[0].calendar)] is WEEKEND


def test_links_and_deadlines_say_exactly_what_was_stored() -> None:
    link = {"predecessor_id": 1, "successor_id": 2, "type": "SS", "lag_minutes": 5, "lag_percent": 50.0}
    units = ("working", "elapsed", "percent", "elapsed percent")
    links = tuple(SimpleNamespace(**link, lag_unit=unit) for unit in units)
    found = [(each.lag_minutes, each.elapsed, each.lag_percent) for each in made(task(), links=links).links]
    assert found == [(5, False, None), (5, True, None), (0, False, 50.0), (0, True, 50.0)]
    assert deadline_of(date(2026, 1, 6), None) == datetime(2026, 1, 7)
    assert deadline_of(date(2026, 1, 6), 600) == datetime(2026, 1, 6, 10)


def test_only_work_that_stopped_is_resumed() -> None:
    later = datetime(2026, 1, 9, 8)
    assert activity(task(resume=later)).resume is None
    assert activity(task(stop=datetime(2026, 1, 7, 17), resume=later)).resume == later
