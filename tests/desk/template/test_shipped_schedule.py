"""The shipped template keeps its weeks from any Monday, and nobody in it works more than a whole day."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.template import queries
from kernel.worktime import standard
from roadmap.schedule.rules import Activity, Link, LinkType, Plan, TaskType, schedule

DAY = 480
CALENDAR = standard()
TEMPLATE = queries.load("crm-90-day")
MIGRATION = {
    "profiling-complete": 2,
    "cleansing-complete": 3,
    "mapping-complete": 3,
    "pilot-complete": 3,
    "execution-complete": 4,
    "validation-complete": 4,
}
MONDAYS = st.dates(date(2020, 1, 6), date(2040, 1, 2)).map(lambda day: day - timedelta(days=day.weekday()))


def at(day, hour):
    return datetime.combine(day, time(hour))


@cache
def dates(monday):
    ids = {task.key: place for place, task in enumerate(TEMPLATE.tasks, 1)}
    activities = tuple(
        Activity(
            ids[task.key],
            TaskType.MILESTONE if task.milestone else TaskType.TASK,
            round(task.duration_days * DAY),
        )
        for task in TEMPLATE.tasks
    )
    links = tuple(
        Link(ids[each.task], ids[task.key], LinkType(each.type), round(each.lag_days * DAY))
        for task in TEMPLATE.tasks
        for each in task.predecessors
    )
    found = schedule(Plan(at(monday, 8), CALENDAR, activities, links))
    return {task.key: found.dates[ids[task.key]] for task in TEMPLATE.tasks}


def friday(monday, week):
    return at(monday + timedelta(weeks=week - 1, days=4), 17)


@settings(max_examples=15, deadline=None)
@given(MONDAYS)
def test_each_task_lies_in_the_weeks_of_its_phase(monday):
    windows = {phase.key: phase.weeks for phase in TEMPLATE.phases}
    found = dates(monday)
    late_or_early = [
        task.key
        for task in TEMPLATE.tasks
        if found[task.key].start < at(monday + timedelta(weeks=windows[task.phase].from_ - 1), 8)
        or found[task.key].finish > friday(monday, windows[task.phase].to)
    ]
    assert late_or_early == []


@settings(max_examples=15, deadline=None)
@given(MONDAYS)
def test_the_six_migration_milestones_fall_on_fridays(monday):
    found = dates(monday)
    expected = {key: friday(monday, week) for key, week in MIGRATION.items()}
    assert {key: found[key].finish for key in MIGRATION} == expected


def test_phase_windows_are_those_of_the_roadmap():
    windows = [(phase.weeks.from_, phase.weeks.to) for phase in TEMPLATE.phases]
    assert windows == [(1, 2), (2, 4), (3, 6), (6, 8), (8, 10), (10, 12), (13, 13)]


@settings(max_examples=15, deadline=None)
@given(MONDAYS)
def test_go_live_and_closure_fall_into_their_weeks(monday):
    found = dates(monday)
    assert at(monday + timedelta(weeks=7), 8) <= found[TEMPLATE.template.go_live].finish <= friday(monday, 10)
    end = found[TEMPLATE.template.closing].finish.date()
    assert 85 <= (end - monday).days + 1 <= TEMPLATE.template.days


def test_no_slack_is_negative_and_the_end_is_critical():
    found = dates(date(2026, 1, 5))
    assert min(each.total_slack_minutes for each in found.values()) == 0
    assert min(each.free_slack_minutes for each in found.values()) >= 0
    assert found[TEMPLATE.template.closing].critical
    assert found[TEMPLATE.template.go_live].critical


def loads(monday):
    """Person-days by role and day, effort spread evenly over each task's working time."""
    load = Counter()
    found = dates(monday)
    for task in TEMPLATE.tasks:
        start, finish = found[task.key].start, found[task.key].finish
        day = start.date()
        while task.effort and day <= finish.date():
            minutes = CALENDAR.between(max(start, at(day, 0)), min(finish, at(day, 23)))
            load[task.role, day] += task.effort * minutes / (task.duration_days * DAY)
            day += timedelta(days=1)
    return load


def test_nobody_is_loaded_above_the_share_of_the_week():
    monday = date(2026, 1, 5)
    shares = {
        (role.key, week): period.percent / 100
        for role in TEMPLATE.roles
        for period in role.periods
        for week in range(period.weeks.from_, period.weeks.to + 1)
    }
    over = {
        (role, str(day)): round(load, 3)
        for (role, day), load in loads(monday).items()
        if load > shares[role, (day - monday).days // 7 + 1] + 1e-9
    }
    assert over == {}


def test_all_effort_is_spread():
    assert sum(loads(date(2026, 1, 5)).values()) == pytest.approx(sum(task.effort for task in TEMPLATE.tasks))


@pytest.mark.parametrize("kind", ["FS", "SS", "FF"])
def test_overlapping_work_is_linked_as_such(kind):
    kinds = Counter(link.type for task in TEMPLATE.tasks for link in task.predecessors)
    assert kinds[kind]
    assert kinds["FS"] > kinds["SS"] + kinds["FF"]
