"""The critical path: every kind of link at the edges of the calendar, constraints, progress, summaries and slack."""

from datetime import date, datetime

import pytest

from kernel.worktime import Calendar, standard
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, TaskType, schedule

DAY = 480
START = datetime(2026, 1, 5, 8)


def at(text: str) -> datetime:
    """A time of January 2026, such as "07 17:00"."""
    day, time = text.split()
    return datetime.fromisoformat(f"2026-01-{day}T{time}")


def task(number: int, days: float = 1, **more: object) -> Activity:
    kind = TaskType.TASK if days else TaskType.MILESTONE
    return Activity(number, kind, round(days * DAY), **more)  # type: ignore[arg-type]


def plan(*rows: Activity, links: tuple[Link, ...] = (), calendar: Calendar | None = None, **more: object) -> Plan:
    return Plan(START, calendar or standard(), rows, links, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "lag", "start", "finish"),
    [
        ("FS", 0, "07 08:00", "07 17:00"),
        ("FS", DAY, "08 08:00", "08 17:00"),
        ("FS", 60, "07 09:00", "08 09:00"),
        ("FS", 4 * DAY, "13 08:00", "13 17:00"),
        ("FS", -DAY, "06 08:00", "06 17:00"),
        ("FS", -30, "06 16:30", "07 16:30"),
        ("SS", 0, "05 08:00", "05 17:00"),
        ("SS", DAY, "06 08:00", "06 17:00"),
        ("SS", -DAY, "05 08:00", "05 17:00"),
        ("FF", 0, "06 08:00", "06 17:00"),
        ("FF", DAY, "07 08:00", "07 17:00"),
        ("FF", -DAY, "05 08:00", "05 17:00"),
        ("SF", 0, "05 08:00", "05 17:00"),
        ("SF", 3 * DAY, "07 08:00", "07 17:00"),
    ],
)
def test_each_kind_of_link_in_working_time(kind: str, lag: int, start: str, finish: str) -> None:
    found = schedule(plan(task(1, 2), task(2), links=(Link(1, 2, LinkType(kind), lag),))).dates[2]
    assert (found.start, found.finish) == (at(start), at(finish))


@pytest.mark.parametrize(
    ("link", "stands"),
    [
        (Link(1, 2), "05 17:00"),
        (Link(1, 2, LinkType.SS), "05 08:00"),
        (Link(1, 2, LinkType.FS, DAY), "06 17:00"),
        (Link(1, 2, LinkType.FF), "05 17:00"),
    ],
)
def test_a_milestone_stands_at_the_end_of_its_predecessors_period(link: Link, stands: str) -> None:
    found = schedule(plan(task(1), task(2, 0), links=(link,))).dates[2]
    assert found.start == found.finish == at(stands)


def test_an_elapsed_lag_runs_through_the_night() -> None:
    found = schedule(plan(task(1), task(2), links=(Link(1, 2, LinkType.FS, 17 * 60, elapsed=True),))).dates[2]
    assert found.start == at("06 10:00")


def test_days_off_are_left_out() -> None:
    found = schedule(plan(task(1, 2), calendar=standard([date(2026, 1, 6)]))).dates[1]
    assert found.finish == at("07 17:00")


@pytest.mark.parametrize(
    ("kind", "moment", "start", "slack"),
    [
        ("SNET", "08 08:00", "08 08:00", 0),
        ("SNET", "10 08:00", "12 08:00", 0),
        ("FNET", "08 17:00", "08 08:00", 0),
        ("SNLT", "06 08:00", "06 08:00", -DAY),
        ("FNLT", "06 17:00", "06 08:00", -DAY),
        ("MSO", "06 08:00", "06 08:00", -DAY),
        ("MFO", "09 17:00", "09 08:00", 0),
        ("SNLT", "09 08:00", "07 08:00", 0),
    ],
)
def test_a_constraint_wins_over_a_link_and_the_slack_shows_it(kind: str, moment: str, start: str, slack: int) -> None:
    second = task(2, constraint=ConstraintType(kind), constraint_date=at(moment))
    found = schedule(plan(task(1, 2), second, links=(Link(1, 2),))).dates
    assert found[2].start == at(start)
    if slack:
        assert found[1].total_slack_minutes == slack
        assert found[1].critical
