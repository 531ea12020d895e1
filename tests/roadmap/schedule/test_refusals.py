"""What can't be scheduled is refused, and the refusal names the rows."""

from datetime import date, datetime

import pytest

from kernel.worktime import OFFICE_HOURS, Calendar, standard
from roadmap.schedule.rules import (
    Activity,
    ConstraintType,
    CycleFound,
    Link,
    Plan,
    PlanBroken,
    TaskType,
    schedule,
    would_cycle,
)

START = datetime(2026, 1, 5, 8)


def plan(parents: dict[int, int | None], links: list[tuple[int, int]]) -> Plan:
    rows = tuple(Activity(each, duration_minutes=480, parent=parent) for each, parent in parents.items())
    return Plan(START, standard(), rows, tuple(Link(*link) for link in links))


FLAT = dict.fromkeys(range(1, 6))
NESTED = {1: None, 2: 1, 3: 2, 4: 1, 5: None}


@pytest.mark.parametrize(
    ("parents", "links", "cycle"),
    [
        (FLAT, [(1, 2), (2, 1)], [1, 2]),
        (FLAT, [(3, 2), (2, 5), (5, 3), (1, 2)], [2, 5, 3]),
        (NESTED, [(3, 1)], [1, 2, 3]),
        (NESTED, [(1, 3)], [1, 3, 2]),
        (NESTED, [(3, 5), (5, 2)], [2, 3, 5]),
        ({1: 2, 2: 1}, [], [1, 2]),
    ],
)
def test_a_cycle_is_named_in_order(
    parents: dict[int, int | None], links: list[tuple[int, int]], cycle: list[int]
) -> None:
    with pytest.raises(CycleFound) as refused:
        schedule(plan(parents, links))
    assert refused.value.ids == cycle
    assert " → ".join(str(each) for each in [*cycle, cycle[0]]) in refused.value.message


@pytest.mark.parametrize(
    ("parents", "links", "new", "cycle"),
    [
        (FLAT, [(1, 2), (2, 3)], (3, 1), [1, 2, 3]),
        (FLAT, [(1, 2), (2, 3)], (1, 3), None),
        (FLAT, [], (4, 4), [4]),
        (NESTED, [], (4, 1), [1, 4]),
        (NESTED, [], (1, 4), [4, 1]),
        (NESTED, [(5, 2)], (3, 5), [5, 2, 3]),
        (NESTED, [], (2, 4), None),
    ],
)
def test_a_link_that_would_close_a_cycle_is_seen_before_it_is_made(
    parents: dict[int, int | None], links: list[tuple[int, int]], new: tuple[int, int], cycle: list[int] | None
) -> None:
    assert would_cycle(plan(parents, links), *new) == cycle


@pytest.mark.parametrize(
    ("rows", "links", "code", "ids"),
    [
        ([Activity(1), Activity(1)], [], "plan.id_twice", [1]),
        ([Activity(1, parent=9)], [], "plan.unknown_parent", [1, 9]),
        ([Activity(1)], [Link(1, 8)], "plan.unknown_task", [8]),
        ([Activity(1)], [Link(1, 1)], "plan.self_link", [1]),
        ([Activity(3, TaskType.MILESTONE, 60)], [], "plan.milestone_duration", [3]),
        ([Activity(3, duration_minutes=-1)], [], "plan.negative_duration", [3]),
        ([Activity(3, percent_complete=101)], [], "plan.percent_range", [3]),
        ([Activity(3, percent_complete=-1)], [], "plan.percent_range", [3]),
        ([Activity(3, constraint=ConstraintType.MSO)], [], "plan.constraint_date", [3]),
        ([Activity(3, calendar="moon")], [], "plan.unknown_calendar", [3]),
        ([Activity(3, slack_calendar="moon")], [], "plan.unknown_calendar", [3]),
        (
            [Activity(3, actual_start=datetime(2026, 1, 6), actual_finish=datetime(2026, 1, 5))],
            [],
            "plan.finish_before_start",
            [3],
        ),
    ],
)
def test_rows_that_make_no_sense_are_named(rows: list[Activity], links: list[Link], code: str, ids: list[int]) -> None:
    with pytest.raises(PlanBroken) as refused:
        schedule(Plan(START, standard(), tuple(rows), tuple(links)))
    assert (refused.value.code, refused.value.ids) == (code, ids)
    assert str(ids[0]) in refused.value.message or code == "plan.unknown_task"


def test_a_target_that_does_not_exist_is_refused() -> None:
    with pytest.raises(PlanBroken, match="There is no task 7"):
        schedule(Plan(START, standard(), (Activity(1),), target=7))


@pytest.mark.parametrize(
    "row",
    [
        Activity(1, duration_minutes=10**12),
        Activity(1, duration_minutes=480, deadline=datetime(1, 1, 1)),
        Activity(1, duration_minutes=480, calendar="once"),
    ],
)
def test_a_plan_beyond_all_calendars_is_refused(row: Activity) -> None:
    once = Calendar(((),) * 7, {date(2025, 5, 5): OFFICE_HOURS})
    with pytest.raises(PlanBroken, match="does not fit its calendars"):
        schedule(Plan(START, standard(), (row,), calendars={"once": once}))
