"""Delays that levelling adds, and tasks that were switched off."""

from datetime import datetime

from kernel.worktime import standard
from roadmap.schedule.rules import Activity, Link, Plan, TaskType, delays, schedule

DAY = 480
MONDAY = datetime(2026, 1, 5, 8)


def row(number: int, days: int = 1, **more: object) -> Activity:
    return Activity(number, duration_minutes=days * DAY, **more)  # type: ignore[arg-type]


def plan(*rows: Activity, links: tuple[Link, ...] = ()) -> Plan:
    return Plan(MONDAY, standard(), rows, links)


def test_a_delay_is_time_of_the_clock_after_the_start_that_links_give() -> None:
    dates = schedule(plan(row(1, 2), row(2, delay_minutes=1440), row(3), links=(Link(1, 2), Link(2, 3)))).dates
    assert dates[2].start == datetime(2026, 1, 8, 8)
    assert dates[3].start == datetime(2026, 1, 9, 8)
    assert dates[1].total_slack_minutes == DAY


def test_the_delays_that_put_tasks_where_they_are_wanted_do_so() -> None:
    before = plan(row(1, 2), row(2), row(3), row(4), links=(Link(1, 2), Link(2, 3)))
    wanted = {2: datetime(2026, 1, 8, 8), 3: datetime(2026, 1, 12, 8), 4: datetime(2026, 1, 2, 8)}
    found = delays(before, wanted)
    assert found[4] == 0
    rows = [row(number, 2 if number == 1 else 1, delay_minutes=found.get(number, 0)) for number in (1, 2, 3, 4)]
    dates = schedule(plan(*rows, links=before.links)).dates
    assert {number: dates[number].start for number in (2, 3)} == {number: wanted[number] for number in (2, 3)}


def test_what_is_not_active_keeps_dates_and_moves_nobody() -> None:
    rows = (row(1, 2), row(2, 5, active=False), row(3), row(4, type=TaskType.SUMMARY), row(5, parent=4))
    asleep = row(6, 20, parent=4, active=False)
    found = schedule(plan(*rows, asleep, links=(Link(1, 2), Link(2, 3), Link(3, 6))))
    assert found.dates[2].start == datetime(2026, 1, 7, 8)
    assert found.dates[3].start == MONDAY
    assert found.finish == datetime(2026, 1, 6, 17)
    assert found.dates[1].critical
    assert found.dates[1].total_slack_minutes == 0
    assert found.dates[4].finish == found.dates[5].finish
    assert not found.dates[2].critical
