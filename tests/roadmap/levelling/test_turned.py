"""Plans that are laid back from their finish: tasks move to sooner, the finish stays, and the scheduler agrees."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.worktime import DAY, Calendar, Period, instant_of, minute_of, standard
from roadmap.levelling.rules.pools import Asking
from roadmap.levelling.rules.problem import Pool
from roadmap.levelling.rules.reading import Given, movable, problem_of
from roadmap.levelling.rules.serial import level
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, Share, delays, schedule

START, FRIDAY = datetime(2026, 1, 5, 8), datetime(2026, 3, 27, 17)
FIRST, DAYS = minute_of(START) // DAY, 120
OFFICE = standard()
SHORT = Calendar((*((Period(480, 720),),) * 4, (), (), ()), {})  # type: ignore[arg-type]  # seven in all
ASAP, ALAP = ConstraintType.ASAP, ConstraintType.ALAP


def row(number, days=1, **more):
    return Activity(number, duration_minutes=round(days * 480), **more)


def laid(rows, links=(), uses=None, priorities=None, **more):
    """A plan back from a Friday, its problem, and the starts that levelling finds."""
    plan = Plan(START, OFFICE, tuple(rows), tuple(links), calendars={"short": SHORT}, finish=FRIDAY)
    bare = schedule(plan).dates
    names = sorted({who for each in (uses or {}).values() for who in each})
    days = [480.0 if (FIRST + place) % 7 < 5 else 0.0 for place in range(DAYS)]
    pools = [Pool(name, days, [480.0] * DAYS) for name in names]
    asked = {task: [Asking(names.index(who), 480 * 2) for who in each] for task, each in (uses or {}).items()}
    may = frozenset(each.id for each in rows if movable(each, back=True))
    project = Given(1, plan, bare, may, priorities or {}, bare=bare, **more)
    return plan, problem_of([project], pools, asked, FIRST, FIRST + DAYS - 1, START)


def answered(plan, problem):
    """The dates as the scheduler has them with the delays of the answer, and the answer's own starts."""
    answer = level(problem, effort=60)
    wanted = {
        job.id: instant_of(problem.begin(answer.starts[place], answer.finishes[place]))
        for place, job in enumerate(problem.jobs)
        if job.takes_time and not job.fixed
    }
    added = delays(plan, wanted)
    delayed = [replace(each, delay_minutes=added.get(each.id, 0)) for each in plan.activities]
    return answer, wanted, schedule(replace(plan, activities=tuple(delayed)))


@pytest.mark.parametrize("kind", [ASAP, ALAP])
def test_of_two_tasks_at_once_one_is_done_sooner_and_the_finish_stays(kind) -> None:
    rows = [row(1, 2, constraint=kind), row(2, 2, constraint=kind), row(3, 1, constraint=kind)]
    plan, problem = laid(rows, [Link(1, 3), Link(2, 3)], {1: ["Ann"], 2: ["Ann"]})
    answer, wanted, after = answered(plan, problem)
    assert not answer.excess
    assert sorted(each.day for each in wanted.values()) == [23, 25, 27]
    assert {id: after.dates[id].start for id in wanted} == wanted
    assert after.finish == FRIDAY
    assert schedule(plan).start.day == 25


def test_dated_work_and_priority_1000_stay_where_they_are() -> None:
    rows = [row(1, 2), row(2, 2, constraint=ConstraintType.MSO, constraint_date=datetime(2026, 3, 26, 8)), row(3, 2)]
    uses = {1: ["Ann"], 2: ["Ann"], 3: ["Ann"]}
    plan, problem = laid(rows, uses={1: ["Ann"], 3: ["Ann"]}, priorities={3: 1000})
    assert [job.id for job in problem.jobs if job.fixed] == [2]
    _answer, wanted, after = answered(plan, problem)
    assert uses.keys() == after.dates.keys()
    assert (wanted[3].day, wanted[1].day) == (26, 24)
    assert {id: after.dates[id].start for id in wanted} == wanted


def test_nothing_goes_before_today_and_what_does_not_fit_is_told() -> None:
    rows = [row(number, 2) for number in (1, 2, 3)]
    plan, problem = laid(rows, uses={1: ["Ann"], 2: ["Ann"], 3: ["Ann"]}, within_slack=True)
    answer, _wanted, after = answered(plan, problem)
    assert answer.excess > 0
    assert after.start == schedule(plan).start


LINKS = st.builds(
    Link,
    predecessor=st.integers(1, 8),
    successor=st.integers(2, 9),
    type=st.sampled_from([LinkType.FS, LinkType.FS, LinkType.SS, LinkType.FF]),
    lag_minutes=st.sampled_from([0, 0, 480]),
)
ROWS = st.builds(
    dict,
    days=st.sampled_from([0.5, 1, 2, 3]),
    calendar=st.sampled_from([None, None, "short"]),
    constraint=st.sampled_from([ASAP, ALAP]),
    team=st.sampled_from([(), (), (Share(960), Share(480, "short", delay_minutes=240))]),
    who=st.lists(st.sampled_from(["Ann", "Bob"]), max_size=2, unique=True),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ROWS, min_size=2, max_size=9), st.lists(LINKS, max_size=10))
def test_a_plan_that_is_levelled_back_keeps_its_finish_and_has_room_for_everybody(rows, links) -> None:
    made = [
        row(number, each["days"], calendar=each["calendar"], constraint=each["constraint"], shares=each["team"])
        for number, each in enumerate(rows, 1)
    ]
    kept = {
        (each.predecessor, each.successor): each for each in links if each.predecessor < each.successor <= len(rows)
    }
    uses = {number: each["who"] for number, each in enumerate(rows, 1) if each["who"] and not each["team"]}
    plan, problem = laid(made, kept.values(), uses)
    answer, wanted, after = answered(plan, problem)
    plain = {each.id for each in made if not each.shares}  # a team may begin sooner and end the same
    assert {id: after.dates[id].start for id in plain} == {id: wanted[id] for id in plain}
    assert after.finish <= FRIDAY
    bare = schedule(plan).dates
    assert all(after.dates[id].finish <= dates.finish for id, dates in bare.items())
    asked, there = defaultdict(float), defaultdict(set)
    for job in problem.jobs:
        worked = [day for day in OFFICE_DAYS if touches(after.dates[job.id], day)]
        for use in job.uses:
            for each in worked:
                asked[use.pool, each] += use.minutes / len(worked)
                there[use.pool, each].add(job.id)
    short = {problem.jobs[place].id for place in answer.short}
    assert all(there[key] & short for key, minutes in asked.items() if minutes > 480 * 1.005)


OFFICE_DAYS = [FIRST + place for place in range(-60, DAYS) if (FIRST + place) % 7 < 5]


def touches(dates, day) -> bool:
    return minute_of(dates.start) < (day + 1) * DAY and minute_of(dates.finish) > day * DAY
