"""What holds a task where it is, and what a new start date leaves behind."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from kernel.worktime import Calendar, standard
from roadmap.schedule.rules import (
    Activity,
    ConstraintType,
    Held,
    Hold,
    Link,
    LinkType,
    Plan,
    Reason,
    TaskType,
    schedule,
    shift_start,
    why,
)

START = datetime(2026, 1, 5, 8)
ROWS = (
    Activity(1, duration_minutes=960),
    Activity(2, duration_minutes=480),
    Activity(3, duration_minutes=480),
    Activity(4, TaskType.SUMMARY),
    Activity(5, duration_minutes=480, parent=4),
)
LINKS = (Link(1, 3), Link(2, 3), Link(3, 4, LinkType.FS, 480))


def held(task: int, status: datetime | None = None, **changes: Any) -> Held:
    rows = tuple(replace(row, **changes) if row.id == task else row for row in ROWS)
    plan = Plan(START, standard(), rows, LINKS, status_date=status)
    return why(plan, schedule(plan), task)


def test_a_task_is_held_by_the_plan_its_nearest_predecessor_or_that_of_its_summary() -> None:
    assert held(1) == Held(Hold.PROJECT_START, date=START)
    assert held(3) == Held(Hold.PREDECESSOR, by=1, link=LINKS[0])
    assert held(5) == Held(Hold.PREDECESSOR, by=3, link=LINKS[2])
    assert held(4) == Held(Hold.CHILD, by=5)


@pytest.mark.parametrize(
    ("task", "kind", "day"),
    [(2, "SNET", 8), (2, "FNET", 9), (3, "MSO", 13), (3, "MFO", 13), (3, "SNLT", 6), (3, "FNLT", 6)],
)
def test_a_task_is_held_by_its_constraint(task: int, kind: str, day: int) -> None:
    moment = datetime(2026, 1, day, 8 if kind in ("SNET", "MSO", "SNLT") else 17)
    found = held(task, constraint=ConstraintType(kind), constraint_date=moment)
    assert found == Held(Hold.CONSTRAINT, by=task, constraint=ConstraintType(kind), date=moment)


def test_a_constraint_that_does_not_bind_is_not_the_reason() -> None:
    assert held(3, constraint=ConstraintType.SNET, constraint_date=START).hold is Hold.PREDECESSOR


def test_a_task_is_held_by_what_has_happened() -> None:
    begun, ended = datetime(2026, 1, 5, 9), datetime(2026, 1, 5, 17)
    assert held(1, actual_start=begun) == Held(Hold.ACTUAL_START, date=begun)
    assert held(1, actual_start=begun, actual_finish=ended) == Held(Hold.ACTUAL_FINISH, date=ended)
    status = datetime(2026, 1, 8, 8)
    assert held(1, status) == Held(Hold.STATUS_DATE, date=status)


def test_a_task_is_held_by_being_as_late_as_possible() -> None:
    assert held(2, constraint=ConstraintType.ALAP).hold in (Hold.PREDECESSOR, Hold.AS_LATE_AS_POSSIBLE)
    assert held(2, constraint=ConstraintType.ALAP).date is None


def test_a_new_start_moves_what_follows_and_says_why_the_rest_does_not() -> None:
    saturdays = Calendar(((),) * 5 + (standard().week[0], ()))
    rows = (
        Activity(1, duration_minutes=480),
        Activity(2, duration_minutes=480, constraint=ConstraintType.MSO, constraint_date=datetime(2026, 1, 20, 8)),
        Activity(3, duration_minutes=480),
        Activity(4, duration_minutes=960, actual_start=datetime(2026, 1, 5, 8), percent_complete=50),
        Activity(5, duration_minutes=480, actual_start=START, actual_finish=datetime(2026, 1, 5, 17)),
        Activity(6, duration_minutes=480, calendar="saturdays"),
        Activity(7, TaskType.SUMMARY),
        Activity(8, duration_minutes=480, parent=7),
    )
    links = (Link(2, 3), Link(1, 8, LinkType.FS, 3 * 1440, elapsed=True))
    plan = Plan(START, standard(), rows, links, calendars={"saturdays": saturdays})
    found = shift_start(plan, date(2026, 1, 7))
    assert found.working_days == 2
    assert [(move.id, move.working_days) for move in found.moved] == [(1, 2), (8, 1)]
    assert [(each.id, each.reason, each.by) for each in found.stayed] == [
        (2, Reason.CONSTRAINT, None),
        (3, Reason.OTHER_TASK, 2),
        (4, Reason.IN_PROGRESS, None),
        (5, Reason.FINISHED, None),
        (6, Reason.OWN_CALENDAR, None),
        (8, Reason.ELAPSED_LAG, 1),
    ]


def test_what_waits_for_the_status_date_does_not_follow() -> None:
    plan = Plan(START, standard(), (Activity(1, duration_minutes=480),), status_date=datetime(2026, 1, 14, 8))
    assert [each.reason for each in shift_start(plan, date(2026, 1, 6)).stayed] == [Reason.STATUS_DATE]
