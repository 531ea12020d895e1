"""The critical path: every kind of link at the edges of the calendar, constraints, progress, summaries and slack."""

from datetime import date, datetime

import pytest

from kernel.worktime import Calendar, standard
from roadmap.schedule.rules import Activity, ConstraintType, Link, LinkType, Plan, TaskType, schedule

DAY = 480
START = datetime(2026, 1, 5, 8)


def at(text: str) -> datetime:
    """A time of January 2026, such as "07 17:00"."""
    day, time = text.split()
    return datetime.fromisoformat(f"2026-01-{day}T{time}")


def task(number: int, days: float = 1, **more: object) -> Activity:
    kind = TaskType.TASK if days else TaskType.MILESTONE
    return Activity(number, kind, round(days * DAY), **more)  # type: ignore[arg-type]


def plan(*rows: Activity, links: tuple[Link, ...] = (), calendar: Calendar | None = None, **more: object) -> Plan:
    return Plan(START, calendar or standard(), rows, links, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "lag", "start", "finish"),
    [
        ("FS", 0, "07 08:00", "07 17:00"),
        ("FS", DAY, "08 08:00", "08 17:00"),
        ("FS", 60, "07 09:00", "08 09:00"),
        ("FS", 4 * DAY, "13 08:00", "13 17:00"),
        ("FS", -DAY, "06 08:00", "06 17:00"),
        ("FS", -30, "06 16:30", "07 16:30"),
        ("SS", 0, "05 08:00", "05 17:00"),
        ("SS", DAY, "06 08:00", "06 17:00"),
        ("SS", -DAY, "05 08:00", "05 17:00"),
        ("FF", 0, "06 08:00", "06 17:00"),
        ("FF", DAY, "07 08:00", "07 17:00"),
        ("FF", -DAY, "05 08:00", "05 17:00"),
        ("SF", 0, "05 08:00", "05 17:00"),
        ("SF", 3 * DAY, "07 08:00", "07 17:00"),
    ],
)
def test_each_kind_of_link_in_working_time(kind: str, lag: int, start: str, finish: str) -> None:
    found = schedule(plan(task(1, 2), task(2), links=(Link(1, 2, LinkType(kind), lag),))).dates[2]
    assert (found.start, found.finish) == (at(start), at(finish))


@pytest.mark.parametrize(
    ("link", "stands"),
    [
        (Link(1, 2), "05 17:00"),
        (Link(1, 2, LinkType.SS), "05 08:00"),
        (Link(1, 2, LinkType.FS, DAY), "06 17:00"),
        (Link(1, 2, LinkType.FF), "05 17:00"),
    ],
)
def test_a_milestone_stands_at_the_end_of_its_predecessors_period(link: Link, stands: str) -> None:
    found = schedule(plan(task(1), task(2, 0), links=(link,))).dates[2]
    assert found.start == found.finish == at(stands)


def test_an_elapsed_lag_runs_through_the_night() -> None:
    found = schedule(plan(task(1), task(2), links=(Link(1, 2, LinkType.FS, 17 * 60, elapsed=True),))).dates[2]
    assert found.start == at("06 10:00")


def test_days_off_are_left_out() -> None:
    found = schedule(plan(task(1, 2), calendar=standard([date(2026, 1, 6)]))).dates[1]
    assert found.finish == at("07 17:00")


@pytest.mark.parametrize(
    ("kind", "moment", "start", "slack"),
    [
        ("SNET", "08 08:00", "08 08:00", 0),
        ("SNET", "10 08:00", "12 08:00", 0),
        ("FNET", "08 17:00", "08 08:00", 0),
        ("SNLT", "06 08:00", "06 08:00", -DAY),
        ("FNLT", "06 17:00", "06 08:00", -DAY),
        ("MSO", "06 08:00", "06 08:00", -DAY),
        ("MFO", "09 17:00", "09 08:00", 0),
        ("SNLT", "09 08:00", "07 08:00", 0),
    ],
)
def test_a_constraint_wins_over_a_link_and_the_slack_shows_it(kind: str, moment: str, start: str, slack: int) -> None:
    second = task(2, constraint=ConstraintType(kind), constraint_date=at(moment))
    found = schedule(plan(task(1, 2), second, links=(Link(1, 2),))).dates
    assert found[2].start == at(start)
    if slack:
        assert found[1].total_slack_minutes == slack
        assert found[1].critical


def test_finish_no_earlier_than_waits_but_never_pulls_forward() -> None:
    row = task(2, constraint=ConstraintType.FNET, constraint_date=at("05 17:00"))
    assert schedule(plan(task(1, 2), row, links=(Link(1, 2),))).dates[2].start == at("07 08:00")


def test_as_late_as_possible_uses_up_its_slack() -> None:
    late = task(2, constraint=ConstraintType.ALAP)
    found = schedule(plan(task(1, 4), late, task(3), links=(Link(1, 3), Link(2, 3)))).dates[2]
    assert (found.start, found.finish) == (at("08 08:00"), at("08 17:00"))
    assert found.total_slack_minutes == 0


def test_a_deadline_takes_slack_but_moves_nothing() -> None:
    found = schedule(plan(task(1, 2, deadline=at("05 17:00")), task(2, 5))).dates[1]
    assert found.finish == at("06 17:00")
    assert found.late_finish == at("05 17:00")
    assert found.total_slack_minutes == -DAY
    assert found.critical


def test_slack_and_criticality_of_two_parallel_ways() -> None:
    found = schedule(plan(task(1, 3), task(2, 1), task(3, 1), links=(Link(1, 3), Link(2, 3)))).dates
    assert [found[each].critical for each in (1, 2, 3)] == [True, False, True]
    assert found[2].total_slack_minutes == found[2].free_slack_minutes == 2 * DAY
    assert (found[2].late_start, found[2].late_finish) == (at("07 08:00"), at("07 17:00"))


def test_free_slack_ends_at_the_next_task_total_slack_at_the_end() -> None:
    found = schedule(plan(task(1), task(2), task(3, 4), links=(Link(1, 2),))).dates[1]
    assert (found.free_slack_minutes, found.total_slack_minutes) == (0, 2 * DAY)


def test_the_threshold_widens_what_is_critical() -> None:
    rows = (task(1, 3), task(2, 2))
    assert not schedule(plan(*rows)).dates[2].critical
    assert schedule(plan(*rows, critical_threshold_minutes=DAY)).dates[2].critical


def test_slack_to_a_chosen_milestone() -> None:
    rows = (task(1, 1), task(2, 3), task(3, 0), task(4, 9))
    links = (Link(1, 3), Link(2, 3), Link(1, 4))
    found = schedule(plan(*rows, links=links, target=3)).dates
    assert [found[each].critical for each in (1, 2, 3, 4)] == [False, True, True, False]
    assert found[1].total_slack_minutes == 2 * DAY
    assert schedule(plan(*rows, links=links)).dates[1].total_slack_minutes == 0


def test_slack_to_a_summary_is_slack_to_its_last_child() -> None:
    rows = (Activity(1, TaskType.SUMMARY), task(2, 3, parent=1), task(3, 1, parent=1), task(4, 5))
    found = schedule(plan(*rows, target=1)).dates
    assert [found[each].total_slack_minutes for each in (1, 2, 3)] == [0, 0, 2 * DAY]


def test_a_summary_spans_its_children() -> None:
    rows = (Activity(1, TaskType.SUMMARY), task(2, 2, parent=1), task(3, 1, parent=1), task(4, 5))
    found = schedule(plan(*rows, links=(Link(2, 3),))).dates
    assert (found[1].start, found[1].finish) == (at("05 08:00"), at("07 17:00"))
    assert found[1].total_slack_minutes == 2 * DAY
    assert not found[1].critical


@pytest.mark.parametrize(
    ("kind", "starts"),
    [("FS", ["08 08:00", "08 08:00"]), ("SS", ["05 08:00", "05 08:00"]), ("FF", ["06 08:00", "07 08:00"])],
)
def test_a_link_between_summaries_means_all_their_children(kind: str, starts: list[str]) -> None:
    rows = (
        Activity(1, TaskType.SUMMARY),
        task(2, 3, parent=1),
        task(3, 1, parent=1),
        Activity(4, TaskType.SUMMARY),
        task(5, 2, parent=4),
        Activity(6, TaskType.SUMMARY, parent=4),
        task(7, 1, parent=6),
    )
    found = schedule(plan(*rows, links=(Link(1, 4, LinkType(kind)),))).dates
    assert [found[each].start for each in (5, 7)] == [at(each) for each in starts]
    if kind == "FS":
        assert [found[each].critical for each in (2, 3, 5, 7)] == [True, False, True, False]
        assert found[3].free_slack_minutes == 2 * DAY


def test_a_constraint_on_a_summary_holds_its_children() -> None:
    top = Activity(1, TaskType.SUMMARY, constraint=ConstraintType.SNET, constraint_date=at("08 08:00"))
    found = schedule(plan(top, Activity(2, TaskType.SUMMARY, parent=1), task(3, 1, parent=2))).dates
    assert found[3].start == found[1].start == at("08 08:00")


def test_finished_work_stays_where_it_happened_and_is_never_critical() -> None:
    done = task(1, 2, actual_start=at("06 08:00"), actual_finish=at("08 12:00"), percent_complete=100)
    found = schedule(plan(done, task(2), links=(Link(1, 2),))).dates
    assert (found[1].start, found[1].finish) == (at("06 08:00"), at("08 12:00"))
    assert (found[1].total_slack_minutes, found[1].critical) == (0, False)
    assert found[2].start == at("08 13:00")


def test_remaining_work_begins_no_earlier_than_the_status_date() -> None:
    begun = task(1, 4, actual_start=at("05 08:00"), percent_complete=25)
    rows = (begun, task(2, 1), task(3, 1, actual_start=at("05 08:00"), actual_finish=at("05 17:00")))
    found = schedule(plan(*rows, status_date=at("08 08:00"))).dates
    assert (found[1].start, found[1].finish) == (at("05 08:00"), at("12 17:00"))
    assert found[2].start == at("08 08:00")
    assert found[3].finish == at("05 17:00")
    assert schedule(plan(begun)).dates[1].finish == at("08 17:00")


def test_once_started_only_the_finish_has_slack() -> None:
    begun = task(1, 2, actual_start=at("05 08:00"), percent_complete=50)
    found = schedule(plan(begun, task(2, 5))).dates[1]
    assert (found.late_start, found.late_finish) == (at("05 08:00"), at("09 17:00"))
    assert found.total_slack_minutes == 3 * DAY


def test_progress_without_a_start_counts_from_where_the_plan_has_it() -> None:
    rows = (task(1), task(2, 2, percent_complete=50), task(3, 2, actual_finish=at("08 17:00")))
    found = schedule(plan(*rows, links=(Link(1, 2),))).dates
    assert found[2].start == at("06 08:00")
    assert found[3].start == at("07 08:00")


def test_a_task_with_its_own_calendar_works_when_that_says() -> None:
    saturday = Calendar(((),) * 5 + (standard().week[0], ()))
    rows = (task(1), task(2, 1, calendar="sat"), task(3))
    links = (Link(1, 2), Link(2, 3))
    found = schedule(plan(*rows, links=links, calendars={"sat": saturday})).dates
    assert (found[2].start, found[2].finish, found[3].start) == (at("10 08:00"), at("10 17:00"), at("12 08:00"))
    assert all(found[each].critical for each in (2, 3))


def test_slack_can_count_in_another_calendar_than_the_work() -> None:
    six_days = Calendar((standard().week[0],) * 6 + ((),))
    rows = (task(1, 1, slack_calendar="six"), task(2, 8))
    found = schedule(plan(*rows, calendars={"six": six_days})).dates[1]
    assert found.total_slack_minutes == 8 * DAY


def test_an_empty_plan_is_its_start() -> None:
    found = schedule(plan())
    assert (found.start, found.finish, dict(found.dates)) == (START, START, {})


def test_a_start_on_a_day_off_means_the_next_working_day() -> None:
    found = schedule(Plan(datetime(2026, 1, 3, 8), standard(), (task(1), task(2, 0)))).dates
    assert found[1].start == found[2].start == START


def test_finished_work_asks_nothing_of_a_predecessor_that_is_behind() -> None:
    done = task(2, 1, actual_start=at("05 08:00"), actual_finish=at("05 17:00"))
    found = schedule(plan(task(1, 3), done, task(3, 5), links=(Link(1, 2),))).dates
    assert found[1].total_slack_minutes == 2 * DAY
    assert (found[2].late_start, found[2].late_finish) == (at("05 08:00"), at("05 17:00"))
    assert found[2].total_slack_minutes == 0


def test_all_children_of_a_gated_summary_finished() -> None:
    rows = (task(1, 3), Activity(2, TaskType.SUMMARY), task(3, 1, parent=2, actual_finish=at("05 17:00")), task(4, 5))
    found = schedule(plan(*rows, links=(Link(1, 2), Link(1, 2, LinkType.FF, 60)))).dates
    assert found[1].total_slack_minutes == 2 * DAY
    assert not found[2].critical


def test_a_task_begun_before_its_target_was_reached_has_slack_to_it() -> None:
    begun = task(1, 2, actual_start=at("05 08:00"), percent_complete=50)
    found = schedule(plan(begun, task(2, 3), task(3, 0), task(4, 9), links=(Link(1, 3), Link(2, 3)), target=3)).dates
    assert found[1].total_slack_minutes == DAY
    aside = schedule(plan(begun, task(2, 3), target=2)).dates[1]
    assert (aside.total_slack_minutes, aside.critical) == (DAY, False)


def test_once_started_slack_in_another_calendar_counts_the_finish_alone() -> None:
    six_days = Calendar((standard().week[0],) * 6 + ((),))
    begun = task(1, 1, slack_calendar="six", actual_start=START)
    found = schedule(plan(begun, task(2, 8), calendars={"six": six_days})).dates[1]
    assert found.total_slack_minutes == 8 * DAY


def test_a_finish_link_to_a_summary_leaves_room_only_until_its_most_urgent_child() -> None:
    rows = (
        task(1, 1),
        Activity(2, TaskType.SUMMARY),
        task(3, 2, parent=2, deadline=at("06 17:00")),
        task(4, 5, parent=2),
    )
    found = schedule(plan(*rows, links=(Link(1, 2, LinkType.FF),))).dates
    assert found[1].late_finish == at("06 17:00")
    assert found[1].total_slack_minutes == DAY


def test_free_slack_of_a_summary_is_the_least_below_it() -> None:
    rows = (Activity(1, TaskType.SUMMARY), task(2, 1, parent=1), task(3, 3, parent=1), task(4, 4))
    assert schedule(plan(*rows)).dates[1].free_slack_minutes == DAY


@pytest.mark.parametrize("days", [4, 4.5, 5])
@pytest.mark.parametrize("kind", [LinkType.FS, LinkType.FF])
def test_nobody_is_late_for_a_milestone_whose_calendar_rests_while_they_work(days: float, kind: LinkType) -> None:
    four_days = Calendar((standard().week[0],) * 4 + ((), (), ()))
    rows = (task(1, days), task(2, 0, calendar="four"))
    found = schedule(plan(*rows, links=(Link(1, 2, kind),), calendars={"four": four_days})).dates
    room = (5 - days) * DAY if days > 4 else 0
    assert (found[1].total_slack_minutes, found[2].total_slack_minutes) == (room, 0)
    assert found[2].late_start == found[2].start
