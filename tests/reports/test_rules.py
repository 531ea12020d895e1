"""What the report says, from values alone."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import RuleBroken
from reports.status.rules.facts import elapsed, percent_on
from reports.status.rules.health import Reason
from reports.status.rules.milestones import Basis, Mark, promise, window_end, worth_showing
from reports.status.rules.report import check_day, read_day
from reports.status.rules.space import clipped, fitting
from roadmap.gantt.rules.paper import breadth
from roadmap.standing.rules.health import Health
from tests.reports.plans import AS_OF, START, TARGET, checklist, go_live, report, weekday, work

DONE = date(2026, 2, 16)


def stone(id, now, promised=None, percent=0.0, late=False, **values):
    basis = "deadline" if promised else ""
    more = {"milestone": True, "promised": promised, "basis": basis, "late": late, **values}
    return work(id, f"Stone {id}", now, now, percent, **more)


@pytest.mark.parametrize(
    ("milestone", "mark", "slip"),
    [
        (stone(1, date(2026, 1, 16), date(2026, 1, 16), 100, done_on=date(2026, 1, 16)), Mark.DONE, 0),
        (stone(1, date(2026, 1, 20), date(2026, 1, 16), 100, done_on=date(2026, 1, 20)), Mark.DONE, 4),
        (stone(1, date(2026, 2, 20), date(2026, 1, 30)), Mark.LATE, 21),
        (stone(1, date(2026, 2, 17), None, late=True), Mark.LATE, None),
        (stone(1, date(2026, 3, 4), date(2026, 2, 27)), Mark.AT_RISK, 5),
        (stone(1, date(2026, 3, 27), date(2026, 3, 27)), Mark.ON_PLAN, 0),
        (stone(1, date(2026, 3, 20), date(2026, 3, 27)), Mark.ON_PLAN, -7),
        (stone(1, date(2026, 3, 20), None), Mark.OPEN, None),
        (stone(1, AS_OF, AS_OF), Mark.ON_PLAN, 0),
    ],
)
def test_a_milestone_is_held_against_the_day_it_was_planned_for(milestone, mark, slip):
    line = report([milestone]).milestones[0]
    assert (line.mark, line.slip) == (mark, slip)


@pytest.mark.parametrize(
    ("milestone", "target", "window", "found"),
    [
        (go_live(target=None), TARGET, date(2026, 3, 6), (TARGET, Basis.TARGET)),
        (go_live(target=None), None, date(2026, 3, 6), (date(2026, 3, 6), Basis.WINDOW)),
        (stone(1, AS_OF, deadline=START), TARGET, date(2026, 3, 6), (START, Basis.DEADLINE)),
        (stone(1, AS_OF), TARGET, None, (None, Basis.NONE)),
    ],
)
def test_what_a_milestone_is_measured_against(milestone, target, window, found):
    assert promise(milestone, target, window) == found


def test_the_end_of_a_window_steps_over_days_off():
    assert window_end(date(2026, 1, 7), 2, lambda day: weekday(day) and day != date(2026, 1, 16)) == date(2026, 1, 15)
    assert window_end(START, None, weekday) is None


def test_a_short_list_of_milestones_keeps_go_live_and_what_is_late():
    many = [stone(id, START + timedelta(days=id), percent=100) for id in range(1, 30)]
    rows = [*many, stone(50, DONE, late=True), go_live()]
    shown = worth_showing(report(rows).milestones, AS_OF, 4)
    assert {50, 99} < {line.work.id for line in shown}
    assert [line.now for line in shown] == sorted(line.now for line in shown)


LONG_AGO = date(2026, 2, 10)
STATES = [
    ([], Health.UNKNOWN, [(Reason.NO_PLAN, 0)]),
    ([work(1)], Health.UNKNOWN, [(Reason.NO_GO_LIVE, 0)]),
    ([work(1), go_live(target=None)], Health.UNKNOWN, [(Reason.NO_TARGET, 0)]),
    ([work(1), go_live()], Health.AT_RISK, [(Reason.GO_LIVE, 2)]),
    ([work(1), go_live(date(2026, 3, 9))], Health.OFF_TRACK, [(Reason.GO_LIVE, 6)]),
    ([work(1, late=True, critical=True), go_live(TARGET)], Health.AT_RISK, [(Reason.CRITICAL_LATE, 2)]),
    (
        [work(1, late=True), work(2, finish=LONG_AGO, late=True, critical=True), go_live()],
        Health.OFF_TRACK,
        [(Reason.GO_LIVE, 2), (Reason.CRITICAL_LATE, 8), (Reason.LATE, 1)],
    ),
    ([work(1, late=True), go_live(TARGET)], Health.ON_TRACK, [(Reason.IN_TIME, 0), (Reason.LATE, 1)]),
    (
        [stone(1, date(2026, 3, 4), date(2026, 3, 2)), go_live(TARGET)],
        Health.ON_TRACK,
        [(Reason.IN_TIME, 0), (Reason.MILESTONES_MOVED, 1)],
    ),
    ([work(1), go_live(TARGET)], Health.ON_TRACK, [(Reason.IN_TIME, 0)]),
]


@pytest.mark.parametrize(("rows", "health", "reasons"), STATES)
def test_the_state_is_that_of_the_standing_and_has_its_reasons(rows, health, reasons):
    has_target = not any(row.go_live and row.promised is None for row in rows)
    found = report(rows, target=TARGET if has_target else None)
    assert found.standing.health is health
    assert list(found.reasons) == reasons


def test_what_has_ended_is_closed_however_late_it_was():
    found = report([work(1, late=True, critical=True), go_live()], state="archived")
    assert (found.standing.health, found.reasons) == (Health.CLOSED, ((Reason.CLOSED, 0),))


def test_late_work_names_critical_work_first_then_what_waits_longest():
    rows = [
        work(1, finish=date(2026, 2, 13), late=True),
        work(2, finish=date(2026, 2, 6), late=True),
        work(3, finish=date(2026, 2, 17), late=True, critical=True),
        work(4, finish=date(2026, 3, 20), deadline=date(2026, 2, 16), late=True),
    ]
    assert [(late.work.id, late.days) for late in report(rows).late] == [(3, 1), (2, 12), (1, 5), (4, 2)]


def test_the_next_two_weeks_begin_today_and_leave_out_what_is_done_or_late():
    rows = [
        work(1, finish=AS_OF),
        work(2, start=date(2026, 3, 4), finish=date(2026, 3, 30)),
        work(3, start=date(2026, 3, 5), finish=date(2026, 3, 30)),
        work(4, percent=100),
        work(5, finish=date(2026, 2, 17), late=True),
        work(6, start=START, finish=date(2026, 3, 30)),
    ]
    assert [each.id for each in report(rows).coming] == [1, 2]


def test_the_last_week_is_seven_days_that_end_with_the_report():
    days = [date(2026, 2, 11), date(2026, 2, 12), date(2026, 2, 18), date(2026, 2, 19)]
    rows = [work(id, percent=100, done_on=day) for id, day in enumerate(days)]
    assert [each.done_on for each in report(rows).done] == [days[2], days[1]]


def waits(*rows, lists=()):
    return report(rows, lists).waits


def test_who_waits_is_whoever_does_what_comes_next():
    found = waits(
        work(1, "Validate", owner="Hannah", late=True, finish=date(2026, 2, 16)),
        work(2, "Test", start=date(2026, 2, 23), owner="Tom", waits_for=(1,)),
        work(3, "Train", start=date(2026, 2, 24), role="Trainer", waits_for=(1,)),
    )
    assert [(wait.waiting, wait.what, wait.then, wait.whom, wait.late) for wait in found] == [
        (("Tom", "Trainer"), "Validate", "Test", "Hannah", True)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [work(1, owner="Hannah"), work(2, owner="Hannah", waits_for=(1,))],
        [work(1, owner="Hannah", percent=100), work(2, owner="Tom", waits_for=(1,))],
        [
            work(1, owner="Hannah", start=date(2026, 3, 9), finish=date(2026, 3, 20)),
            work(2, owner="Tom", waits_for=(1,)),
        ],
    ],
    ids=["the same person", "done already", "far away"],
)
def test_no_wait(rows):
    assert waits(*rows) == ()


def test_what_waits_itself_holds_nobody_up_yet():
    found = waits(work(1, owner="A"), work(2, owner="B", waits_for=(1,)), work(3, owner="C", waits_for=(2,)))
    assert [wait.what for wait in found] == ["Task 1"]


def test_a_milestone_waits_for_required_items_of_its_list():
    signed = stone(7, date(2026, 2, 20), owner="Elena")
    found = waits(signed, lists=[checklist(guards_id=7), checklist(2, "Other", required_open=0, guards_id=7)])
    assert [(wait.waiting, wait.what, wait.items, wait.then) for wait in found] == [
        (("Elena",), "Data validated", 2, "Stone 7")
    ]


@pytest.mark.parametrize("typed", ["", "  "])
def test_without_a_day_the_report_is_of_today(typed):
    assert read_day(typed, AS_OF) == AS_OF


@pytest.mark.parametrize("typed", ["yesterday", "2026-02-30", "18.02.2026", "<b>", "9" * 400, "2026-02-19"])
def test_a_day_that_is_none_or_has_not_come_is_refused(typed):
    with pytest.raises(RuleBroken) as caught:
        read_day(typed, AS_OF)
    assert caught.value.field == "as_of"
    assert AS_OF.isoformat() in caught.value.message


def test_today_has_come():
    check_day(AS_OF, AS_OF)


@pytest.mark.parametrize(
    ("actual", "percent"),
    [
        ((None, None), 40),
        ((datetime(2026, 2, 9, 8), None), 40),
        ((datetime(2026, 2, 19, 8), None), 0),
        ((datetime(2026, 2, 9, 8), datetime(2026, 2, 18, 17)), 40),
        ((datetime(2026, 2, 9, 8), datetime(2026, 2, 20, 17)), 80),
    ],
)
def test_progress_on_an_earlier_day_comes_from_what_has_a_date(actual, percent):
    dates = (date(2026, 2, 9), date(2026, 2, 20))
    assert percent_on(40, dates, actual, AS_OF, weekday) == percent


@given(st.integers(-40, 40), st.integers(0, 40), st.integers(-60, 60))
def test_the_share_elapsed_lies_between_nothing_and_all(first, length, at):
    start = AS_OF + timedelta(days=first)
    assert 0 <= elapsed(start, start + timedelta(days=length), AS_OF + timedelta(days=at), weekday) <= 1


@given(st.text(max_size=200), st.integers(2, 60))
def test_a_clipped_text_fits(text, room):
    assert breadth(clipped(text, room)) <= room


@given(st.lists(st.text(max_size=80)), st.integers(0, 9), st.integers(0, 12))
def test_what_fits_is_the_beginning(names, most, lines):
    shown = fitting(names, str, most, lines, 20)
    assert list(shown) == names[: len(shown)]
    assert len(shown) <= min(most, lines) or not lines
