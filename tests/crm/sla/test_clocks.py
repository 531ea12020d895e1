"""Clocks of promises, by the examples of the domain and against a count minute by minute."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.sla.rules.clocks import Clock, Hours, Target, due, ended, reached_at, settled, turned
from crm.sla.rules.policies import office_hours
from kernel.worktime import Calendar, Period

OFFICE = Hours(office_hours())
ALWAYS = Hours(None)
MINUTE = timedelta(minutes=1)


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def closed(*days):
    week = office_hours().week
    return Hours(Calendar(week, dict.fromkeys(days, ())))


@pytest.mark.parametrize(
    ("hours", "start", "minutes", "wanted"),
    [
        (OFFICE, "2026-02-20T16:59", 30, "2026-02-23T09:29"),
        (OFFICE, "2026-02-16T09:00", 24 * 60, "2026-02-18T17:00"),
        (closed(date(2026, 12, 24), date(2026, 12, 25)), "2026-12-23T16:30", 120, "2026-12-28T10:30"),
        (ALWAYS, "2026-02-20T16:59", 24 * 60, "2026-02-21T16:59"),
        (OFFICE, "2026-02-21T12:00", 10, "2026-02-23T09:10"),
    ],
)
def test_a_promise_is_due_when_the_hours_say(hours, start, minutes, wanted):
    assert due(Clock(0, at(start)), Target(minutes, hours)) == at(wanted)


def test_a_new_priority_keeps_the_time_used():
    clock = Clock(0, at("2026-02-18T09:00"))
    clock = turned(clock, OFFICE, at("2026-02-18T10:00"), running=True)
    assert due(clock, Target(120, OFFICE)) == at("2026-02-18T11:00")


def test_a_pause_takes_no_time_and_has_no_due_moment():
    clock = turned(Clock(0, at("2026-02-18T09:00")), OFFICE, at("2026-02-18T09:40"), running=False)
    assert due(clock, Target(60, OFFICE)) is None
    clock = turned(clock, OFFICE, at("2026-02-19T14:00"), running=True)
    assert due(clock, Target(60, OFFICE)) == at("2026-02-19T14:20")


def test_a_limit_that_is_used_up_already_was_due_before():
    clock = turned(Clock(0, at("2026-02-18T09:00")), ALWAYS, at("2026-02-18T12:00"), running=True)
    assert due(clock, Target(60, ALWAYS)) == at("2026-02-18T10:00")
    assert ended(settled(clock, ALWAYS, at("2026-02-18T12:00")), 60) == "breached"


@pytest.mark.parametrize("later", ["2026-02-18T17:00", "2026-02-18T20:30", "2026-02-19T09:00", "2026-02-24T11:11"])
def test_what_was_due_stays_due_whatever_changes_after_it(later):
    """Escalated at night, the next morning or a week later: it is late since the evening on which its time was up."""
    begun = Clock(0, at("2026-02-17T09:00"))
    whole = Target(16 * 60, OFFICE)
    assert due(begun, whole) == at("2026-02-18T17:00")
    assert due(turned(begun, OFFICE, at(later), running=True), whole) == at("2026-02-18T17:00")
    assert reached_at(turned(begun, OFFICE, at(later), running=True), whole, 50) == at("2026-02-17T17:00")


@pytest.mark.parametrize("seed", range(5))
def test_a_random_promise_that_was_broken_was_due_when_it_was_due(seed):
    chance = random.Random(seed)
    for _ticket in range(100):
        moment, hours = at("2026-03-02T00:00") + chance.randrange(10 * 1440) * MINUTE, some_hours(chance)
        clock, target = Clock(0, moment), Target(chance.randrange(1, 500), hours)
        up = due(clock, target)
        later = up + chance.randrange(5000) * MINUTE
        assert due(turned(clock, hours, later, running=True), target) == up


def test_without_a_promise_nothing_is_due():
    clock = Clock(0, at("2026-02-18T09:00"))
    assert due(clock, Target(None, OFFICE)) is reached_at(clock, Target(None, OFFICE), 75) is None


def test_hours_are_those_on_the_wall_of_the_zone():
    copenhagen = Hours(office_hours(), ZoneInfo("Europe/Copenhagen"))
    assert due(Clock(0, at("2026-03-27T15:30")), Target(60, copenhagen)) == at("2026-03-30T07:30")


def test_around_the_clock_an_hour_is_an_hour_when_the_clocks_are_changed():
    night = Hours(None, ZoneInfo("Europe/Copenhagen"))
    assert due(Clock(0, at("2026-03-29T00:30")), Target(120, night)) == at("2026-03-29T02:30")


def test_a_rung_of_the_ladder_is_reached_at_its_share():
    assert reached_at(Clock(0, at("2026-02-18T09:00")), Target(120, OFFICE), 75) == at("2026-02-18T10:30")


def open_minutes(hours, start, end):
    """Every minute looked at by itself: what the clock has to agree with."""
    if hours.calendar is None:
        return (end - start) // MINUTE
    count, last = 0, end.astimezone(hours.zone).replace(tzinfo=None)
    wall = start.astimezone(hours.zone).replace(tzinfo=None)
    while wall < last:
        of_day = wall.hour * 60 + wall.minute
        count += any(each.start <= of_day < each.end for each in hours.calendar.periods(wall.date()))
        wall += MINUTE
    return count


def some_hours(chance):
    if chance.random() < 0.2:
        return ALWAYS
    periods = chance.choice([((540, 1020),), ((480, 720), (780, 1020)), ((0, 300), (1200, 1440)), ((360, 1320),)])
    on = tuple(Period(*each) for each in periods)
    week = [on if chance.random() < 0.75 else () for _day in range(7)]
    week[chance.randrange(5)] = on
    days = {date(2026, 3, chance.randrange(1, 29)): () for _day in range(chance.randrange(4))}
    zone = ZoneInfo(chance.choice(["UTC", "Asia/Kolkata", "America/Bogota", "Europe/Copenhagen"]))
    return Hours(Calendar(tuple(week), days), zone)


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_random_tickets_agree_with_a_count_minute_by_minute(seed):
    """Ten times a hundred: pauses, resumptions and new hours and limits, in zones with and without summer time."""
    chance = random.Random(seed)
    for _ticket in range(100):
        moment = at("2026-03-02T00:00") + chance.randrange(20 * 1440) * MINUTE
        hours, counted, running = some_hours(chance), 0, True
        clock = Clock(0, moment)
        for _change in range(chance.randrange(1, 5)):
            later = moment + chance.randrange(1, 700) * MINUTE
            counted += open_minutes(hours, moment, later) if running else 0
            assert settled(clock, hours, later) == counted
            running = chance.random() < 0.7
            clock, moment = turned(clock, hours, later, running=running), later
            hours = some_hours(chance) if chance.random() < 0.3 else hours
        if not running:
            assert due(clock, Target(counted + 60, hours)) is None
            continue
        limit = counted + chance.randrange(1, 240)
        up = due(clock, Target(limit, hours))
        assert counted + open_minutes(hours, moment, up) == limit
        assert open_minutes(hours, up - MINUTE, up) == 1
