"""The load rule: spreading, the larger of share and work, overloads as runs, whole percents."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.absences.rules import ALWAYS_THERE, PersonTime, Share, Span
from kernel.worktime import standard
from roadmap.resources.rules import load as rules
from roadmap.resources.rules.load import OTHER, Cause, Demand, Frame, Kind, by_week, loads, runs, whole_percents

MONDAY = date(2026, 5, 11)
HOLIDAY = date(2026, 5, 14)
PLAN = standard([HOLIDAY])
HOUR = 60


def day(number):
    return MONDAY + timedelta(days=number)


def task(label, first, last, hours, project=1):
    return Demand(project, Cause(Kind.TASK, 1, label, project), day(first), day(last), minutes=hours * HOUR)


def share(label, first, last, percent, project=1):
    return Demand(project, Cause(Kind.ALLOCATION, 1, label, project), day(first), day(last), percent=percent)


def of(*demands, time=ALWAYS_THERE, first=0, last=6, calendars=None):
    frame = Frame(day(first), day(last), calendars or {1: PLAN, 2: PLAN})
    return loads(frame, time, demands)


def percents(found):
    return [round(each.percent) for each in found]


def test_work_is_spread_evenly_over_the_working_days_of_its_window():
    assert percents(of(task("Cleanse", 0, 4, 16))) == [50, 50, 50, 0, 50, 0, 0]


def test_days_outside_the_frame_take_their_part():
    assert percents(of(task("Cleanse", -7, 4, 72), last=1)) == [100, 100]


def test_a_share_is_of_the_projects_full_day():
    assert percents(of(share("Trainer", 0, 6, 40))) == [40, 40, 40, 0, 40, 0, 0]


def test_in_a_project_the_larger_of_share_and_work_counts():
    found = of(task("Cleanse", 0, 0, 6), task("Train", 1, 1, 1), share("Analyst", 0, 1, 50))
    assert percents(found)[:2] == [75, 50]
    assert [part.cause.label for part in found[0].parts] == ["Cleanse"]
    assert [part.cause.label for part in found[1].parts] == ["Analyst"]


def test_projects_add_up():
    assert percents(of(share("Analyst", 0, 0, 60), share("Analyst", 0, 0, 70, project=2)))[0] == 130


def test_a_day_off_takes_nothing_while_other_days_are_there():
    time = PersonTime(off=(Span(day(1), day(1)),))
    found = of(task("Cleanse", 0, 2, 8), share("Analyst", 0, 2, 40), time=time)
    assert percents(found)[:3] == [50, 0, 50]
    assert [each.off for each in found[:3]] == [False, True, False]


def test_work_that_lies_on_days_off_alone_is_an_overload():
    time = PersonTime(off=(Span(day(0), day(2)),))
    found = of(task("Cleanse", 0, 1, 4), time=time)
    assert percents(found)[:2] == [25, 25]
    (run,) = runs(found)
    assert (run.first, run.last, run.percent, run.day_off) == (day(0), day(1), 25, True)


def test_work_on_days_that_nobody_works_lies_on_the_first_of_them():
    assert percents(of(task("Move", 5, 6, 4))) == [0, 0, 0, 0, 0, 50, 0]


def test_a_part_time_day_is_full_sooner():
    time = PersonTime(shares=(Share(day(0), 50),))
    assert percents(of(task("Cleanse", 0, 0, 4), share("Analyst", 1, 1, 50), time=time))[:2] == [100, 100]
    assert percents(of(share("Analyst", 0, 0, 80), time=time))[0] == 160


def test_overload_names_days_percent_and_causes_the_largest_first():
    demands = (task("training", 1, 2, 9.12), task("cleansing", 1, 2, 12.8))
    (run,) = runs(of(*demands))
    assert (run.first, run.last, run.percent, run.days) == (day(1), day(2), 137, 2)
    assert [(each.cause.label, each.percent) for each in run.causes] == [("cleansing", 80), ("training", 57)]


def test_a_weekend_and_a_holiday_do_not_part_a_run_and_another_cause_does():
    weeks = (share("Analyst", 0, 11, 80), share("Analyst", 0, 11, 40, project=2))
    (run,) = runs(of(*weeks, last=11))
    assert (run.first, run.last) == (day(0), day(11))
    more = runs(of(*weeks, share("Trainer", 7, 7, 10, project=2), last=11))
    assert [(each.first, each.last, each.percent) for each in more] == [
        (day(0), day(4), 120),
        (day(7), day(7), 130),
        (day(8), day(11), 120),
    ]


def test_work_in_hidden_projects_is_one_cause_without_a_name():
    hidden = [Demand(project, OTHER, day(0), day(0), percent=30) for project in (2, 3)]
    found = of(share("Analyst", 0, 0, 50), *hidden, calendars={1: PLAN, 2: PLAN, 3: PLAN})
    (run,) = runs(found)
    assert [(each.cause.label, each.percent) for each in run.causes] == [("", 60), ("Analyst", 50)]
    assert OTHER.number == OTHER.project_id == 0


def test_rounding_alone_is_no_overload():
    assert runs(of(task("a", 0, 0, 8.03))) == []
    assert len(runs(of(task("a", 0, 0, 8.05)))) == 1


def test_a_week_counts_what_is_asked_against_what_there_is_and_keeps_its_worst_day():
    time = PersonTime(off=(Span(day(4), day(4)),))
    (week,) = by_week(of(task("a", 0, 0, 12), task("b", 1, 2, 6), time=time))
    assert (week.percent, week.peak, week.worst.day, week.days_off, week.over) == (75, 150, day(0), 1, True)


def test_a_week_off_has_no_figure():
    (week,) = by_week(of(time=PersonTime(off=(Span(day(0), day(6)),))))
    assert (week.percent, week.over) == (None, False)


@pytest.mark.parametrize(
    ("start", "finish", "left", "window"),
    [
        (date(2026, 5, 11), date(2026, 5, 15), 480, (date(2026, 5, 12), date(2026, 5, 15))),
        (date(2026, 5, 13), date(2026, 5, 15), 480, (date(2026, 5, 13), date(2026, 5, 15))),
        (date(2026, 5, 4), date(2026, 5, 8), 960, (date(2026, 5, 12), date(2026, 5, 13))),
        (date(2026, 5, 4), date(2026, 5, 8), 0, (date(2026, 5, 12), date(2026, 5, 12))),
    ],
)
def test_what_is_left_lies_between_today_and_the_finish_and_overdue_work_begins_today(start, finish, left, window):
    assert rules.task_window(start, finish, left, date(2026, 5, 12), PLAN) == window


def test_what_is_left_of_a_task():
    assert rules.work_left(600, 9999, 50, 50) == 300
    assert rules.work_left(None, 480, None, 0) == 480


@given(st.lists(st.floats(0, 300), max_size=12))
def test_whole_percents_add_up_and_none_is_off_by_more_than_one(exact):
    whole = whole_percents(exact)
    assert sum(whole) == round(sum(exact))
    assert all(abs(a - b) <= 1 for a, b in zip(whole, exact, strict=True))


_demands = st.builds(
    lambda project, first, length, hours, percent: Demand(
        project,
        Cause(Kind.TASK if hours else Kind.ALLOCATION, project, "x", project),
        day(first),
        day(first + length),
        minutes=hours * HOUR,
        percent=0 if hours else percent,
    ),
    st.integers(1, 2),
    st.integers(0, 40),
    st.integers(0, 20),
    st.integers(0, 40),
    st.integers(1, 100),
)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 8)), max_size=3), st.lists(_demands, max_size=6))
def test_no_work_is_lost_and_causes_add_up(spans, demands):
    off = []
    for begin, more in spans:
        span = Span(day(begin), day(begin + more))
        if not any(span.meets(other) for other in off):
            off.append(span)
    time = PersonTime(tuple(sorted(off)), (Share(day(20), 60),))
    for demand in demands:
        found = loads(Frame(day(0), day(70), {1: PLAN, 2: PLAN}), time, [demand])
        if not demand.allocated:
            assert sum(each.minutes for each in found) == pytest.approx(demand.minutes)
    found = loads(Frame(day(0), day(70), {1: PLAN, 2: PLAN}), time, demands)
    for each in found:
        assert sum(part.minutes for part in each.parts) == pytest.approx(each.minutes)
        assert sum(named.percent for named in rules.named(each)) == round(
            sum(p.minutes * 100 / each.full for p in each.parts)
        )
    over = {each.day for each in found if each.over}
    covered = {d for run in runs(found) for d in (run.first + timedelta(days=n) for n in range(run.days))}
    assert over <= covered
