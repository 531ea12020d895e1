"""What holds for any plan, and a slow calculation by the book that the fast one must agree with."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.worktime import Calendar, standard
from roadmap.schedule.rules import Activity, ConstraintType, Dates, Link, LinkType, Plan, Schedule, schedule

START = datetime(2026, 1, 5, 8)
CALENDAR = standard([date(2026, 1, 6), date(2026, 1, 14)])


@st.composite
def plans(draw: st.DrawFn, *, constraints: bool = False, plain: bool = False) -> Plan:
    size = draw(st.integers(1, 12))
    rows = [Activity(each, duration_minutes=60 * draw(st.integers(1, 40))) for each in range(size)]
    if constraints:
        kinds = st.sampled_from([ConstraintType.ASAP, *(kind for kind in ConstraintType if kind.needs_date)])
        days = st.integers(0, 20)
        rows = [
            replace(row, constraint=draw(kinds), constraint_date=START + timedelta(days=draw(days), hours=2))
            for row in rows
        ]
    pairs = draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=20))
    kinds_of_link = st.just(LinkType.FS) if plain else st.sampled_from(LinkType)
    lags = st.just(0) if plain else st.sampled_from([0, 0, 480, 90, -240])
    links = [
        Link(min(pair), max(pair), draw(kinds_of_link), draw(lags)) for pair in sorted(pairs) if pair[0] != pair[1]
    ]
    return Plan(START, CALENDAR, tuple(rows), tuple(links))


def place(moment: datetime) -> int:
    return CALENDAR.between(START, moment)


def gap(link: Link, dates: tuple[int, int, int, int]) -> int:
    """By how much a link is kept, for start and finish of its predecessor, then of its successor."""
    begin, end, start, finish = dates
    needed = {"FS": (end, start), "SS": (begin, start), "FF": (end, finish), "SF": (begin, finish)}[link.type]
    return needed[1] - needed[0] - link.lag_minutes


def places(first: Dates, second: Dates) -> tuple[int, int, int, int]:
    return place(first.start), place(first.finish), place(second.start), place(second.finish)


def by_the_book(plan: Plan) -> dict[int, tuple[int, int, int]]:
    """Early start, early finish and total slack as working minutes: repeat each rule until nothing changes."""
    size = {row.id: row.duration_minutes for row in plan.activities}
    early = _settle({row.id: _allowed(row, 0) for row in plan.activities}, plan, size)
    end = max(early[each] + size[each] for each in size)
    late = {row.id: _latest(row, end) for row in plan.activities}
    pinned = {row.id for row in plan.activities if row.constraint in (ConstraintType.MSO, ConstraintType.MFO)}
    for _ in size:
        for link in plan.links:
            one, two = link.predecessor, link.successor
            room = gap(link, (late[one], late[one] + size[one], late[two], late[two] + size[two]))
            late[one] += 0 if one in pinned else min(0, room)
    return {each: (early[each], early[each] + size[each], late[each] - early[each]) for each in size}


def _settle(early: dict[int, int], plan: Plan, size: dict[int, int]) -> dict[int, int]:
    rows = {row.id: row for row in plan.activities}
    for each in sorted(early):
        wanted = 0
        for link in plan.links:
            if link.successor == each:
                one = link.predecessor
                wanted = max(wanted, -gap(link, (early[one], early[one] + size[one], 0, size[each])))
        early[each] = _allowed(rows[each], wanted)
    return early


def _allowed(row: Activity, wanted: int) -> int:
    date = 0 if row.constraint_date is None else place(row.constraint_date)
    at_finish = date - row.duration_minutes
    return {
        "SNET": max(wanted, date),
        "FNET": max(wanted, at_finish),
        "SNLT": min(wanted, date),
        "FNLT": min(wanted, at_finish),
        "MSO": date,
        "MFO": at_finish,
    }.get(row.constraint, wanted)


def _latest(row: Activity, end: int) -> int:
    date = 0 if row.constraint_date is None else place(row.constraint_date)
    late = end - row.duration_minutes
    if row.constraint in (ConstraintType.SNLT, ConstraintType.MSO):
        return min(late, date)
    if row.constraint in (ConstraintType.FNLT, ConstraintType.MFO):
        return min(late, date - row.duration_minutes)
    return late


@settings(deadline=None)
@given(plans(constraints=True))
def test_the_fast_calculation_agrees_with_the_one_by_the_book(plan: Plan) -> None:
    found = schedule(plan).dates
    book = by_the_book(plan)
    fast = {each: (place(row.start), place(row.finish), row.total_slack_minutes) for each, row in found.items()}
    assert fast == book


@settings(deadline=None)
@given(plans())
def test_early_and_late_dates_keep_every_link(plan: Plan) -> None:
    found = schedule(plan).dates
    for link in plan.links:
        first, second = found[link.predecessor], found[link.successor]
        assert gap(link, places(first, second)) >= 0
        late = (place(first.late_start), place(first.late_finish), place(second.late_start), place(second.late_finish))
        assert gap(link, late) >= 0


@settings(deadline=None)
@given(plans(constraints=True))
def test_late_is_not_before_early_exactly_when_there_is_slack(plan: Plan) -> None:
    for row in schedule(plan).dates.values():
        assert (row.late_start >= row.early_start) == (row.total_slack_minutes >= 0)
        assert row.critical == (row.total_slack_minutes <= 0)
        assert row.free_slack_minutes >= 0


@settings(deadline=None)
@given(plans(), st.integers(-40, 40))
def test_moving_the_start_moves_every_free_task_by_as_many_working_days(plan: Plan, days: int) -> None:
    calendar = standard()
    plan = replace(plan, calendar=calendar)
    start = datetime.combine(calendar.add_days(plan.start.date(), days), plan.start.time())
    before, after = schedule(plan), schedule(replace(plan, start=start))
    for each, row in before.dates.items():
        moved = after.dates[each]
        assert calendar.add_days(row.start.date(), days) == moved.start.date()
        assert calendar.add_days(row.finish.date(), days) == moved.finish.date()
        assert (row.start.time(), row.finish.time()) == (moved.start.time(), moved.finish.time())
        assert row.total_slack_minutes == moved.total_slack_minutes


def lengthened(plan: Plan, each: int, minutes: int) -> Schedule:
    rows = (replace(row, duration_minutes=row.duration_minutes + minutes * (row.id == each)) for row in plan.activities)
    return schedule(replace(plan, activities=tuple(rows)))


@settings(deadline=None, max_examples=40)
@given(plans(plain=True))
def test_a_task_may_slip_by_its_slack_and_not_a_minute_more(plan: Plan) -> None:
    found = schedule(plan)
    for each, row in found.dates.items():
        assert lengthened(plan, each, row.total_slack_minutes).finish == found.finish
        assert lengthened(plan, each, row.total_slack_minutes + 1).finish > found.finish
        slipped = lengthened(plan, each, row.free_slack_minutes).dates
        assert all(slipped[other].start == found.dates[other].start for other in slipped)


@settings(deadline=None)
@given(plans(constraints=True), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(plan: Plan, chance: random.Random) -> None:
    rows, links = list(plan.activities), list(plan.links)
    chance.shuffle(rows)
    chance.shuffle(links)
    assert schedule(replace(plan, activities=tuple(rows), links=tuple(links))).dates == schedule(plan).dates


@settings(deadline=None)
@given(plans())
def test_a_second_calendar_that_says_the_same_changes_nothing(plan: Plan) -> None:
    rows = tuple(replace(row, calendar="same" if row.id % 2 else None) for row in plan.activities)
    same = Calendar(CALENDAR.week, CALENDAR.exceptions)
    assert schedule(replace(plan, activities=rows, calendars={"same": same})).dates == schedule(plan).dates


@settings(deadline=None)
@given(plans())
def test_the_order_names_predecessors_first(plan: Plan) -> None:
    order = schedule(plan).order
    assert sorted(order) == sorted(row.id for row in plan.activities)
    assert all(order.index(link.predecessor) < order.index(link.successor) for link in plan.links)


def _with_own_calendars(plan: Plan, own: Calendar) -> Plan:
    """Every second task is done by somebody with a calendar of their own; slack counts in the plan's."""
    rows = tuple(replace(row, calendar="own", slack_calendar="plan") if row.id % 2 else row for row in plan.activities)
    return replace(plan, activities=rows, calendars={"own": own, "plan": plan.calendar})


@given(plans(constraints=True))
def test_an_own_calendar_like_the_plans_changes_nothing(plan: Plan) -> None:
    same = Calendar(CALENDAR.week, CALENDAR.exceptions)
    assert schedule(_with_own_calendars(plan, same)) == schedule(plan)


@given(plans(plain=True), st.sets(st.integers(0, 60), max_size=8))
def test_days_off_never_bring_a_task_forward_and_are_not_worked(plan: Plan, off: set[int]) -> None:
    days = {START.date() + timedelta(days=number): () for number in off}
    own = Calendar(CALENDAR.week, {**CALENDAR.exceptions, **days})
    before, after = schedule(plan), schedule(_with_own_calendars(plan, own))
    for row in plan.activities:
        dates = after.dates[row.id]
        assert dates.start >= before.dates[row.id].start
        assert (own if row.id % 2 else CALENDAR).between(dates.start, dates.finish) == row.duration_minutes
        assert dates.total_slack_minutes >= 0
