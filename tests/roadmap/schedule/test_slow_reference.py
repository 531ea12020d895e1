"""Random plans against slow, obvious answers: switched-off rows, deadlines, begun work, calendars, summaries."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from kernel.worktime import Calendar, Period, standard
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, TaskType, schedule

START = datetime(2026, 1, 5, 8)
CALENDAR = standard([date(2026, 1, 6), date(2026, 1, 14)])
OWN = {
    "early": Calendar(((Period(360, 600), Period(660, 840)),) * 6 + ((),)),
    "half": Calendar(((Period(600, 960),),) * 3 + ((),) * 4),
}
SEEDS = pytest.mark.parametrize("seed", range(40))


def place(moment: datetime) -> int:
    return CALENDAR.between(START, moment)


def plan_of(chance: random.Random) -> Plan:
    """Tasks, milestones and links of every kind, forwards only."""
    size, rows = chance.randint(3, 9), []
    for each in range(size):
        instant = chance.random() < 0.15
        kind, minutes = (TaskType.MILESTONE, 0) if instant else (TaskType.TASK, 60 * chance.randint(1, 24))
        rows.append(Activity(each, type=kind, duration_minutes=minutes))
    kinds = [LinkType.FS, LinkType.FS, *LinkType]
    links = [
        Link(one, two, chance.choice(kinds), chance.choice([0, 0, 0, 480, 90, -240]))
        for one in range(size)
        for two in range(one + 1, size)
        if chance.random() < 1.4 / size
    ]
    return Plan(START, CALENDAR, tuple(rows), tuple(links))


def asked(link: Link, begin: int, end: int, minutes: int) -> int:
    """Where a link lets a task of some minutes begin, after one that lies from begin to end."""
    moment = end if link.type in (LinkType.FS, LinkType.FF) else begin
    return moment + link.lag_minutes - (minutes if link.type in (LinkType.FF, LinkType.SF) else 0)


@SEEDS
def test_what_is_switched_off_pushes_nobody_and_takes_nobodys_slack(seed: int) -> None:
    chance = random.Random(seed)
    plan = plan_of(chance)
    off = {row.id for row in plan.activities[1:] if chance.random() < 0.3}
    asleep = replace(plan, activities=tuple(replace(row, active=row.id not in off) for row in plan.activities))
    gone = replace(
        plan,
        activities=tuple(row for row in plan.activities if row.id not in off),
        links=tuple(link for link in plan.links if not off & {link.predecessor, link.successor}),
    )
    found, wanted = schedule(asleep), schedule(gone)
    assert {id: found.dates[id] for id in wanted.dates} == dict(wanted.dates)
    assert found.finish == wanted.finish


@SEEDS
def test_a_deadline_takes_slack_from_all_that_leads_to_it(seed: int) -> None:
    chance = random.Random(seed)
    plan = plan_of(chance)
    due = {row.id: 60 * chance.randint(4, 90) for row in plan.activities if chance.random() < 0.4}
    rows = tuple(
        replace(row, deadline=CALENDAR.add(START, due[row.id])) if row.id in due else row for row in plan.activities
    )
    found, size = schedule(replace(plan, activities=rows)), {row.id: row.duration_minutes for row in rows}
    late = {id: min(place(found.finish), due.get(id, 10**9)) for id in size}
    for _round in size:
        for link in plan.links:
            one, two = link.predecessor, link.successor
            moment = late[two] - (size[two] if link.type in (LinkType.FS, LinkType.SS) else 0) - link.lag_minutes
            moment += size[one] if link.type in (LinkType.SS, LinkType.SF) else 0
            late[one] = min(late[one], moment)
    slack = {id: late[id] - place(dates.finish) for id, dates in found.dates.items()}
    assert {id: dates.total_slack_minutes for id, dates in found.dates.items()} == slack


@SEEDS
def test_done_work_stays_and_what_remains_begins_no_earlier_than_the_status_date(seed: int) -> None:
    chance = random.Random(seed)
    plan = plan_of(chance)
    planned, status = schedule(plan).dates, 60 * chance.randint(4, 60)
    rows: dict[int, Activity] = {}
    for row in plan.activities:
        begin, end = planned[row.id].start, planned[row.id].finish
        rows[row.id] = row
        if row.duration_minutes and place(begin) < status and chance.random() < 0.4:
            rows[row.id] = replace(row, actual_start=begin, percent_complete=chance.choice([25, 50, 75]))
        elif place(end) <= status and chance.random() < 0.5:
            rows[row.id] = replace(row, actual_start=begin, actual_finish=end, percent_complete=100)
    day = CALENDAR.add(START, status)
    found = schedule(replace(plan, activities=tuple(rows.values()), status_date=day)).dates
    wanted: dict[int, tuple[int, int]] = {}
    for id, row in rows.items():
        minutes, done = row.duration_minutes, row.duration_minutes * row.percent_complete // 100
        if row.actual_finish is not None:
            wanted[id] = place(planned[id].start), place(planned[id].finish)
        elif row.actual_start is not None:
            begin = place(row.actual_start)
            wanted[id] = begin, max(begin + done, status) + minutes - done
        else:
            before = [asked(link, *wanted[link.predecessor], minutes) for link in plan.links if link.successor == id]
            wanted[id] = max([status, *before]), max([status, *before]) + minutes
    assert {id: (place(dates.start), place(dates.finish)) for id, dates in found.items()} == wanted


@SEEDS
def test_each_task_works_by_its_own_calendar_and_waits_by_the_clock(seed: int) -> None:
    chance = random.Random(seed)
    plan = plan_of(chance)
    rows = tuple(
        Activity(row.id, duration_minutes=max(60, row.duration_minutes), calendar=chance.choice([None, *OWN]))
        for row in plan.activities
    )
    waits = [0, 0, 300, 1440]
    links = tuple(
        Link(each.predecessor, each.successor, lag_minutes=chance.choice(waits), elapsed=True) for each in plan.links
    )
    found = schedule(replace(plan, activities=rows, links=links, calendars=OWN)).dates
    ends: dict[int, datetime] = {}
    for row in rows:
        own = OWN.get(row.calendar or "", CALENDAR)
        waited = [
            ends[each.predecessor] + timedelta(minutes=each.lag_minutes) for each in links if each.successor == row.id
        ]
        begin = max([START, *waited])
        while not own.between(begin, begin + timedelta(minutes=1)):
            begin += timedelta(minutes=1)
        ends[row.id] = own.add(begin, row.duration_minutes)
        assert found[row.id][:2] == (begin, ends[row.id])


@SEEDS
def test_what_a_summary_waits_for_all_of_its_children_wait_for(seed: int) -> None:
    chance = random.Random(seed)
    plan = plan_of(chance)
    size = len(plan.activities)
    family = {row.id for row in plan.activities if chance.random() < 0.5} or {0}
    first, kind, lag = (
        Activity(size + 1, duration_minutes=300),
        chance.choice([LinkType.FS, LinkType.SS]),
        chance.choice([0, 480]),
    )
    rows = tuple(replace(row, parent=size) if row.id in family else row for row in plan.activities)
    above = replace(
        plan,
        activities=(*rows, Activity(size, type=TaskType.SUMMARY), first),
        links=(*plan.links, Link(first.id, size, kind, lag)),
    )
    one_by_one = replace(
        plan,
        activities=(*plan.activities, first),
        links=(*plan.links, *(Link(first.id, each, kind, lag) for each in sorted(family))),
    )
    found, wanted = schedule(above).dates, schedule(one_by_one).dates
    for id, dates in wanted.items():
        assert (found[id].start, found[id].finish, found[id].total_slack_minutes) == (
            dates.start,
            dates.finish,
            dates.total_slack_minutes,
        )


def test_a_row_that_is_late_as_possible_never_moves_the_end() -> None:
    for seed in range(40):
        chance = random.Random(seed)
        plan = plan_of(chance)
        one = chance.randrange(len(plan.activities))
        rows = tuple(replace(row, constraint=ConstraintType.ALAP) if row.id == one else row for row in plan.activities)
        before, after = schedule(plan), schedule(replace(plan, activities=rows))
        assert after.finish == before.finish
        assert after.dates[one].start >= before.dates[one].start
