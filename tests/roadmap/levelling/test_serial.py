"""Answers at once: everybody has room, links hold, what holds fast stays, and the scheduler agrees."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.worktime import DAY, Calendar, Period, instant_of, minute_of, standard
from roadmap.levelling.rules.pools import Asking
from roadmap.levelling.rules.problem import Pool
from roadmap.levelling.rules.reading import Given, movable, problem_of
from roadmap.levelling.rules.reasons import why_moved
from roadmap.levelling.rules.serial import level, place_all, pushed
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, Share, TaskType, delays, schedule

MONDAY = datetime(2026, 1, 5, 8)
FIRST, DAYS = minute_of(MONDAY) // DAY, 400
OFFICE = standard()
SHORT = Calendar((*((Period(480, 720),),) * 4, (), (), ()), {})  # type: ignore[arg-type]  # seven in all


def row(number: int, days: float = 1, **more: object) -> Activity:
    return Activity(number, duration_minutes=round(days * 480), **more)  # type: ignore[arg-type]


def problem(rows, links=(), uses=None, free=480.0, calendars=None, since=MONDAY, now=None, **more):
    """A plan in which everybody named in ``uses`` ({task: [who]}) works whole days."""
    plan = Plan(MONDAY, OFFICE, tuple(rows), tuple(links), calendars=calendars or {})
    dates = now or schedule(plan).dates
    names = sorted({who for each in (uses or {}).values() for who in each})
    days = [free if (FIRST + place) % 7 < 5 else 0.0 for place in range(DAYS)]
    pools = [Pool(name, days, [480.0] * DAYS) for name in names]
    minutes = {each.id: each.duration_minutes for each in rows}
    asked = {task: [Asking(names.index(who), minutes[task]) for who in each] for task, each in (uses or {}).items()}
    project = Given(1, plan, dates, frozenset(each.id for each in rows if movable(each)), **more)
    return plan, problem_of([project], pools, asked, FIRST, FIRST + DAYS - 1, since)


def starts(answer):
    return {job.id: instant_of(answer.starts[place]) for place, job in enumerate(answer.problem.jobs)}


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number - 1)


def test_two_tasks_of_one_person_follow_each_other() -> None:
    _plan, asked = problem([row(1, 2), row(2)], uses={1: ["Ann"], 2: ["Ann"]})
    answer = level(asked)
    assert not answer.excess
    assert sorted(starts(answer).values()) in ([day(1), day(2)], [day(1), day(3)])


def test_the_longest_way_goes_first() -> None:
    rows = [row(1), row(2), row(3, 5)]
    _plan, asked = problem(rows, [Link(2, 3)], uses={1: ["Ann"], 2: ["Ann"]})
    assert starts(level(asked)) == {1: day(2), 2: day(1), 3: day(2)}


def test_a_higher_priority_goes_first_even_so() -> None:
    rows = [row(1), row(2), row(3, 5)]
    given = {"priorities": {1: 700}}
    _plan, asked = problem(rows, [Link(2, 3)], uses={1: ["Ann"], 2: ["Ann"]}, **given)
    assert starts(level(asked)) == {1: day(1), 2: day(2), 3: day(3)}


def test_what_leads_to_important_work_is_important() -> None:
    rows = [row(1), row(2), row(3)]
    _plan, asked = problem(rows, [Link(2, 3)], uses={1: ["Ann"], 2: ["Ann"]}, priorities={3: 900, 1: 700})
    assert starts(level(asked))[2] == day(1)


def test_priority_1000_is_left_alone() -> None:
    _plan, asked = problem([row(1, 3), row(2)], uses={1: ["Ann"], 2: ["Ann"]}, priorities={2: 1000})
    assert starts(level(asked)) == {1: day(2), 2: day(1)}


def test_started_and_pinned_work_stays() -> None:
    rows = [
        row(1, 2, percent_complete=50, actual_start=MONDAY),
        row(2, 1, constraint=ConstraintType.MSO, constraint_date=day(2)),
    ]
    _plan, asked = problem(rows, uses={1: ["Ann"], 2: ["Ann"]})
    assert starts(level(asked)) == {1: day(1), 2: day(2)}


def test_what_a_pinned_task_waits_for_does_not_pass_it() -> None:
    rows = [row(1, 2), row(2, 2), row(3, 1, constraint=ConstraintType.MSO, constraint_date=day(3))]
    _plan, asked = problem(rows, [Link(2, 3)], uses={1: ["Ann"], 2: ["Ann"]}, priorities={1: 900})
    answer = level(asked)
    assert starts(answer)[2] == day(1)
    assert answer.excess > 0
    assert {asked.jobs[place].id for place in answer.short} <= {1, 2}


def test_within_slack_the_end_stays_and_what_is_left_is_told() -> None:
    rows = [row(1, 2), row(2, 1), row(3, 2), row(4, 3)]
    uses = {1: ["Ann"], 2: ["Ann"], 3: ["Ann"]}
    _plan, asked = problem(rows, uses=uses, within_slack=True)
    answer = level(asked)
    assert max(answer.finishes) == minute_of(datetime(2026, 1, 7, 17))
    assert answer.excess > 0
    _plan, free = problem(rows, uses=uses)
    assert not level(free).excess


def test_somebody_elses_work_leaves_less() -> None:
    _plan, asked = problem([row(1), row(2)], uses={1: ["Ann"]}, free=0.0)
    answer = level(replace(asked, pools=(Pool("Ann", [0.0] * 3 + [480.0] * 397, [480.0] * 400),)))
    assert starts(answer)[1] == day(4)


def test_days_off_carry_nothing() -> None:
    _plan, asked = problem([row(1, 2), row(2, 2)], uses={1: ["Ann"], 2: ["Ann"]})
    free = [0.0 if place in (2, 3) else each for place, each in enumerate(asked.pools[0].free)]
    answer = level(replace(asked, pools=(Pool("Ann", free, [480.0] * DAYS, frozenset({FIRST + 2, FIRST + 3})),)))
    assert not answer.excess
    assert sorted(starts(answer).values()) == [day(1), day(5)]


def test_the_reason_names_who_when_how_much_and_what_comes_first() -> None:
    _plan, asked = problem([row(1, 2), row(2), row(3)], [Link(2, 3)], uses={1: ["Ann"], 2: ["Ann"]})
    answer = level(asked)
    place = {job.id: number for number, job in enumerate(asked.jobs)}
    moved = next(id for id in (1, 2) if starts(answer)[id] != MONDAY)
    why = why_moved(asked, answer, place[moved], 1440)
    assert (why.kind, why.pool, why.day, why.percent, why.others) == ("load", "Ann", FIRST, 200, (3 - moved,))
    if moved == 2:
        assert why_moved(asked, answer, place[3], 0).others == (2,)


LINKS = st.builds(
    Link,
    predecessor=st.integers(1, 11),
    successor=st.integers(2, 12),
    type=st.sampled_from(LinkType),
    lag_minutes=st.sampled_from([0, 0, 0, 240, 480, -240]),
    elapsed=st.booleans(),
    lag_percent=st.sampled_from([None, None, None, 50.0]),
)
ROWS = st.builds(
    dict,
    days=st.sampled_from([0.5, 1, 1, 2, 3, 4.25]),
    calendar=st.sampled_from([None, None, "short"]),
    constraint=st.sampled_from([ConstraintType.ASAP] * 5 + [each for each in ConstraintType if each.needs_date]),
    elapsed=st.sampled_from([False, False, False, True]),
    team=st.sampled_from([(), (), (), (Share(960), Share(480, "short", delay_minutes=240))]),
    started=st.booleans(),
    who=st.lists(st.sampled_from(["Ann", "Bob", "Cid"]), max_size=2, unique=True),
    priority=st.sampled_from([500, 500, 500, 700, 1000]),
)


def generated(rows, links):
    made = []
    for number, each in enumerate(rows, 1):
        dated = each["constraint"] is not ConstraintType.ASAP
        begun = number == 1 and each["started"]
        made.append(
            row(
                number,
                each["days"],
                calendar=each["calendar"],
                constraint=each["constraint"],
                elapsed=each["elapsed"],
                shares=() if begun else each["team"],
                constraint_date=day(9) if dated else None,
                percent_complete=20 if begun else 0,
                actual_start=MONDAY if begun else None,
            )
        )
    kept = {
        (link.predecessor, link.successor): link for link in links if link.predecessor < link.successor <= len(rows)
    }
    uses = {number: each["who"] for number, each in enumerate(rows, 1) if each["who"]}
    uses = {number: who for number, who in uses.items() if movable(made[number - 1])}
    priorities = {number: each["priority"] for number, each in enumerate(rows, 1)}
    return problem(made, kept.values(), uses, calendars={"short": SHORT}, priorities=priorities)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=2, max_size=12), st.lists(LINKS, max_size=14))
def test_levelled_plans_have_room_for_everybody_and_the_scheduler_agrees(rows, links) -> None:
    plan, asked = generated(rows, links)
    answer = level(asked, effort=60)
    assert answer == level(asked, effort=60)
    wanted = {job.id: start for job, start in zip(asked.jobs, starts(answer).values(), strict=True) if job.free}
    added = delays(plan, wanted)
    delayed = [replace(each, delay_minutes=added.get(each.id, 0)) for each in plan.activities]
    after = schedule(replace(plan, activities=tuple(delayed)))
    assert {id: after.dates[id].start for id in wanted} == wanted
    asked_on, there = defaultdict(float), defaultdict(set)
    for place, job in enumerate(asked.jobs):
        worked = asked.lines[job.home].days(answer.starts[place], answer.finishes[place]) if not job.fixed else []
        for use in job.uses:
            for each in worked:
                asked_on[use.pool, each] += use.minutes / len(worked)
                there[use.pool, each].add(place)
    over = [key for key, minutes in asked_on.items() if minutes > 480 * 1.005]
    assert bool(over) == bool(answer.excess)
    assert all(there[key] & set(answer.short) for key in over)


def test_a_summary_from_which_a_link_leads_lasts_as_long_as_what_is_below() -> None:
    rows = [Activity(9, type=TaskType.SUMMARY), row(1, 2, parent=9), row(2, 1, parent=9), row(3)]
    plan, asked = problem(rows, [Link(9, 3)], uses={1: ["Ann"], 2: ["Ann"]})
    answer = level(asked)
    assert starts(answer)[3] == day(4)
    assert schedule(plan).dates[3].start == day(3)


def test_an_answer_is_pushed_together_from_both_ends() -> None:
    _plan, asked = problem([row(1), row(2), row(3, 5)], [Link(2, 3)], uses={1: ["Ann"], 2: ["Ann"]})
    poor = place_all(asked, [0.0, 1.0, 1.0])
    assert starts(poor) == {1: day(1), 2: day(2), 3: day(3)}
    assert starts(pushed(poor)) == {1: day(2), 2: day(1), 3: day(2)}
