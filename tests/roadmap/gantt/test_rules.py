from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.gantt.rules.geometry import layout
from roadmap.gantt.rules.links import ROW, End, route
from roadmap.gantt.rules.paper import ROWS, fitted, paper_layout, paper_pages
from roadmap.gantt.rules.plan import GanttInput, GanttLink, GanttTask
from roadmap.gantt.rules.scale import Scale, scale_of
from roadmap.gantt.rules.view import View, query, toggled, view_of
from roadmap.gantt.rules.weeks import weeks_of
from tests.roadmap.gantt.plans import START, plan_of, roll_out, weekday

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))
ZOOMS = st.sampled_from(["hour", "day", "week", "month", "fit"])


def row_of(geometry, name):
    return next(row for row in geometry.rows if row.task.name == name)


def names(geometry):
    return [row.task.name for row in geometry.rows]


def test_a_working_week_fills_five_columns():
    geometry = layout(roll_out(), View(zoom="day"))
    row = row_of(geometry, "Profile and assess sources")
    assert (row.x0, row.x1) == (7 * 30, 12 * 30)


def test_the_fitted_chart_is_as_wide_as_asked():
    assert layout(roll_out(), View(width=910)).width == pytest.approx(910)


def test_a_chart_holds_whole_weeks_and_every_task():
    scale = scale_of(roll_out(), "week", 0)
    assert scale.start == START
    assert scale.days % 7 == 0


@given(MOMENTS, MOMENTS, ZOOMS)
def test_later_never_stands_further_left(one, other, zoom):
    scale = scale_of(roll_out(), zoom, 900)
    assert (scale.x(one) <= scale.x(other)) if one <= other else (scale.x(one) >= scale.x(other))


@given(ZOOMS, st.integers(0, 300), st.integers(320, 3000))
def test_bars_stay_inside_the_chart_and_their_progress_inside_them(zoom, count, width):
    geometry = layout(plan_of(count), View(zoom=zoom, width=width))
    for row in geometry.rows:
        assert row.x0 < row.x1 <= geometry.width + 4
        assert row.x0 <= row.done <= row.x1
        assert row.y == row.index * ROW


def test_today_stands_at_noon_and_the_status_date_at_its_end():
    geometry = layout(roll_out(), View(zoom="day"))
    assert geometry.today == 44.5 * 30
    assert geometry.status == 40 * 30


def test_today_outside_the_plan_draws_no_line():
    assert layout(roll_out(today=date(2030, 1, 1)), View()).today is None


def test_weekends_and_holidays_in_a_row_are_one_stretch():
    friday = date(2026, 1, 9)
    geometry = layout(roll_out(is_working=lambda day: weekday(day) and day != friday), View(zoom="day"))
    assert (geometry.shades[0].x, geometry.shades[0].width) == (4 * 30, 3 * 30)


def test_slack_ends_at_the_late_finish_and_done_work_has_none():
    geometry = layout(roll_out(), View(zoom="day"))
    row = row_of(geometry, "Backup and restore drill")
    assert row.slack == row.x1 + 5 * 30  # three working days over a weekend
    assert row_of(geometry, "Kick-off meeting").slack is None


def test_collapsing_hides_what_is_below_and_keeps_the_rest():
    plan = roll_out()
    phase = plan.tasks[6]
    geometry = layout(plan, View(collapsed=frozenset({phase.id})))
    assert "Validate and reconcile" not in names(geometry)
    assert "Data migration" in names(geometry)
    assert len(geometry.rows) == len(plan.tasks) - 8


def looked_at(plan, view):
    geometry = layout(plan, view, whole=True)
    return geometry.rows[geometry.work_row].task.name


def test_one_looks_first_at_the_phase_whose_work_goes_on():
    plan = roll_out()
    assert looked_at(plan, View()) == "Data migration"
    assert looked_at(plan, View(collapsed=frozenset({1, 7}))) == "Kick-off and planning"
    assert looked_at(plan, View(owner=5)) == "Data migration"
    begun = replace(plan, tasks=tuple(replace(task, percent=0) for task in plan.tasks))
    over = replace(plan, tasks=tuple(replace(task, percent=100) for task in plan.tasks))
    assert [looked_at(each, View()) for each in (begun, over)] == ["Kick-off and planning"] * 2


def test_links_of_collapsed_tasks_hang_on_their_summary_once():
    plan = roll_out()
    geometry = layout(plan, View(collapsed=frozenset({7, 16})))
    rows = names(geometry)
    summary, other = rows.index("Data migration"), rows.index("Configuration")
    assert [(link.row_from, link.row_to) for link in geometry.links].count((summary, other)) == 1
    assert len(geometry.links) < len(plan.links)


def test_links_inside_a_collapsed_summary_are_gone():
    plan = roll_out(links=(GanttLink(8, 9),))
    assert layout(plan, View(collapsed=frozenset({7}))).links == ()


def test_links_of_filtered_tasks_are_gone_with_them():
    geometry = layout(roll_out(), View(critical=True))
    assert all(row.task.critical or row.parent for row in geometry.rows)
    shown = {row.index for row in geometry.rows}
    assert all(link.row_from in shown and link.row_to in shown for link in geometry.links)


def test_a_filter_keeps_the_summary_above_what_passes():
    assert names(layout(roll_out(), View(late=True))) == ["Data migration", "Validate and reconcile"]


def test_filters_add_up():
    geometry = layout(roll_out(), View(phase=16, owner=4))
    assert names(geometry) == ["Configuration", "Reports and dashboards"]


def test_a_phase_alone_shows_its_tasks():
    assert len(layout(roll_out(), View(phase=1)).rows) == 6


@given(st.frozensets(st.integers(1, 60), max_size=6), st.booleans(), st.sampled_from([None, 1, 2, 3]))
def test_rows_are_numbered_without_gaps_and_links_join_shown_rows(collapsed, critical, owner):
    geometry = layout(plan_of(60), View(collapsed=collapsed, critical=critical, owner=owner))
    assert [row.index for row in geometry.rows] == list(range(geometry.row_count))
    assert all(0 <= link.row_from < link.row_to < geometry.row_count for link in geometry.links)


def end(row, type="task", x0=0.0, x1=100.0):
    return End(row, type, x0, x1)


def test_an_arrow_leaves_the_finish_and_comes_down_on_the_start():
    link = route(end(0), end(2, x0=150, x1=200), "FS", critical=True)
    assert link.head == "down"
    assert link.points[0] == (100, 12)
    assert link.points[-1] == (153.5, 2 * ROW + 4)


def test_an_arrow_to_an_earlier_start_runs_between_the_rows():
    link = route(end(0), end(1, x0=50, x1=80), "FS", critical=False)
    assert (53.5, ROW - 1) in link.points


def test_an_arrow_to_a_row_above_comes_from_below():
    assert route(end(3), end(1, x0=150, x1=200), "FS", critical=False).head == "up"


def test_a_milestone_is_left_below():
    link = route(end(0, "milestone", 40, 53), end(1, x0=90), "FS", critical=False)
    assert link.points[0] == (46.5, 19.5)


@pytest.mark.parametrize(("type", "first", "last", "head"), [("SS", 0, 29, "right"), ("FF", 100, 71, "left")])
def test_starts_join_at_the_left_and_finishes_at_the_right(type, first, last, head):
    link = route(end(0), end(1, x0=30, x1=70), type, critical=False)
    assert (link.points[0][0], link.points[-1][0], link.head) == (first, last, head)


def test_start_to_finish_goes_from_left_to_right_end():
    link = route(end(0, x0=200, x1=250), end(1, x0=50, x1=90), "SF", critical=False)
    assert (link.points[0][0], link.points[-1][0]) == (200, 91)


@given(
    st.sampled_from(["FS", "SS", "FF", "SF"]),
    st.sampled_from(["task", "milestone", "summary"]),
    st.sampled_from(["task", "milestone", "summary"]),
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda rows: rows[0] != rows[1]),
    st.tuples(st.floats(0, 900), st.floats(3, 300), st.floats(0, 900), st.floats(3, 300)),
)
def test_every_arrow_is_made_of_level_and_upright_pieces(type, one, other, rows, x):
    link = route(End(rows[0], one, x[0], x[0] + x[1]), End(rows[1], other, x[2], x[2] + x[3]), type, critical=False)
    for (x0, y0), (x1, y1) in pairwise(link.points):
        assert x0 == x1 or y0 == y1


def test_a_label_keeps_clear_of_arrows_and_of_the_edge():
    geometry = layout(roll_out(), View(zoom="fit", width=600))
    frozen = row_of(geometry, "Configuration frozen")
    uprights = [x for link in geometry.links for x, y0, y1 in link.verticals() if y0 < frozen.y + 12 < y1]
    assert all(not frozen.label.x <= x <= frozen.label.x + 30 for x in uprights)
    last = row_of(geometry, "Adoption review")
    assert last.label.x + 37 <= geometry.width or last.label.end


def test_a_big_plan_is_drawn_in_a_window_with_the_links_that_cross_it():
    geometry = layout(plan_of(2000), View(row_from=500, row_to=600))
    assert [row.index for row in geometry.rows] == list(range(500, 600))
    assert geometry.top == 500 * ROW
    assert geometry.height == 100 * ROW
    assert all(link.row_to >= 500 and link.row_from < 600 for link in geometry.links)


@pytest.mark.parametrize("view", [View(row_from=99_999), View(row_from=5, row_to=2), View(row_to=10**9)])
def test_a_window_outside_the_plan_is_bent_into_it(view):
    geometry = layout(plan_of(1000), view)
    assert 0 < len(geometry.rows) <= 400


def test_a_plan_without_tasks_has_an_axis_and_no_rows():
    geometry = layout(roll_out(tasks=(), links=()), View())
    assert geometry.rows == ()
    assert geometry.axis.months


@pytest.mark.parametrize("zoom", ["day", "week", "month", "fit"])
def test_labels_of_the_axis_have_room_even_over_a_century(zoom):
    plan = roll_out(finish=date(2126, 1, 1))
    geometry = layout(plan, View(zoom=zoom))
    xs = [tick.x for tick in geometry.axis.ticks]
    assert all(after - before >= 20 for before, after in pairwise(xs))
    assert geometry.width <= 60_000


def test_a_wide_axis_names_each_day_under_its_week():
    axis = layout(roll_out(), View(zoom="day")).axis
    assert [tick.week for tick in axis.months[:2]] == [1, 2]
    assert [tick.day.day for tick in axis.ticks[:3]] == [5, 6, 7]


def test_week_one_is_the_week_of_the_project_start():
    ticks = layout(roll_out(start=date(2026, 1, 7)), View(zoom="week")).axis.ticks
    assert [tick.week for tick in ticks[:3]] == [1, 2, 3]


def test_an_address_gives_back_its_view():
    view = View(zoom="week", collapsed=frozenset({3, 9}), phase=1, owner=2, critical=True, late=True, row_from=200)
    pairs = dict(pair.split("=") for pair in query(view)[1:].split("&"))
    assert view_of(pairs) == replace(view, row_to=400)


@given(
    st.dictionaries(st.sampled_from(["zoom", "collapsed", "phase", "owner", "rows", "width", "critical"]), st.text())
)
def test_an_address_of_nonsense_is_still_a_view(args):
    assert layout(plan_of(30), view_of(args)).row_count >= 0


def test_toggling_twice_changes_nothing():
    assert toggled(toggled(View(), 4), 4) == View()


def test_paper_has_the_same_bars_cut_into_pages_of_every_row_once():
    geometry = paper_layout(plan_of(100))
    pages = paper_pages(geometry)
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert [row.index for page in pages for row in page.geometry.rows] == list(range(100))
    assert len(pages[0].geometry.rows) == ROWS
    assert all(page.geometry.axis == geometry.axis for page in pages)


def test_paper_of_an_empty_plan_is_one_page():
    assert len(paper_pages(paper_layout(roll_out(tasks=(), links=())))) == 1


@given(st.text(min_size=1, max_size=300))
def test_a_name_on_paper_is_never_cut(name):
    lines, size = fitted(name, 260)
    assert "".join("".join(lines).split()) == "".join(name.split())
    assert 0 < size <= 13.5


def test_the_list_by_week_holds_each_open_task_once_from_this_week_on():
    found = weeks_of(layout(roll_out(), View()))
    items = [item.task.name for week in found.weeks for item in week.items]
    assert len(items) == len(set(items))
    assert found.weeks[0].offset == 0
    assert found.weeks[0].number == 7
    assert "Validate and reconcile" in [item.task.name for item in found.weeks[0].items]
    assert found.done + len(items) == sum(task.type != "summary" for task in roll_out().tasks)


def test_the_list_by_week_says_how_much_it_leaves_out():
    found = weeks_of(layout(plan_of(500), View()), limit=50)
    assert sum(len(week.items) for week in found.weeks) == 50
    assert found.left_out > 300


def test_a_moment_outside_working_time_stands_at_the_edge_of_its_day():
    scale = Scale(START, 7, 10.0, roll_out().day_begin, roll_out().day_end)
    assert scale.x(datetime(2026, 1, 5, 3)) == 0
    assert scale.x(datetime(2026, 1, 5, 23)) == 10


def test_a_milestone_without_length_is_as_wide_as_its_diamond():
    moment = datetime(2026, 1, 9, 17)
    task = GanttTask(1, "1", "Done", 1, "milestone", None, moment, moment)
    plan = GanttInput("P", (task,), (), START, START + timedelta(30), weekday)
    row = layout(plan, View(zoom="day")).rows[0]
    assert (row.x0 + row.x1) / 2 == 4.5 * 30
