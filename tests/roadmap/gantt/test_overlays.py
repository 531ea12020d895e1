"""Baselines below the bars, columns that one chooses, hours, and tasks that are not like the others."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.gantt import charts
from roadmap.gantt.rules.choices import choices_of
from roadmap.gantt.rules.geometry import layout
from roadmap.gantt.rules.plan import Overlay
from roadmap.gantt.rules.scale import scale_of
from roadmap.gantt.rules.table import Table, columns_of
from roadmap.gantt.rules.view import COLUMNS, OVERLAYS, USUAL, View, query, view_of
from tests.roadmap.gantt.plans import roll_out

DAY = timedelta(1)


def changed(name, **values):
    plan = roll_out()
    return replace(plan, tasks=tuple(replace(task, **values) if task.name == name else task for task in plan.tasks))


def with_baseline(days, number=1):
    plan = roll_out()
    spans = {task.id: (task.start - days * DAY, task.finish - days * DAY) for task in plan.tasks}
    overlays = tuple(Overlay(n, f"Charter {n}", spans) for n in range(number))
    return replace(plan, overlays=overlays, baselines=tuple((each.id, each.name) for each in overlays))


def task_of(plan, name):
    return next(task for task in plan.tasks if task.name == name)


def test_by_the_hour_a_day_shows_its_hours_and_milestones_stand_at_theirs(said):
    geometry = layout(roll_out(), View(zoom="hour"))
    assert [hour for hour, _ in geometry.scale.hours] == [9, 10, 11, 12, 13, 14, 15, 16]
    row = next(row for row in geometry.rows if row.task.name == "Charter signed")
    assert (row.x0 + row.x1) / 2 == geometry.scale.x(row.task.finish)
    axis = charts.svg(geometry, said, part="axis")
    assert axis.count(">13</text>") == 1  # a pattern, however many days there are
    assert "Mon 5 Jan" in axis


def test_a_long_plan_by_the_hour_is_squeezed_where_a_browser_could_not_draw_it():
    plan = roll_out(finish=roll_out().start + timedelta(4_000))
    assert scale_of(plan, "hour", 0).width <= 400_000


def test_work_in_two_pieces_is_drawn_as_two_bars_joined_by_dots(said):
    stop, resume = datetime(2026, 2, 13, 17), datetime(2026, 2, 18, 9)
    plan = changed("Validate and reconcile", stop=stop, resume=resume)
    geometry = layout(plan, View(zoom="day"))
    row = next(row for row in geometry.rows if row.task.name == "Validate and reconcile")
    assert row.pause == (geometry.scale.x(stop), geometry.scale.x(resume))
    markup = charts.svg(geometry, said)
    bar = markup[markup.index(f'data-id="{row.task.id}"') :].partition("</a>")[0]
    assert bar.count('class="track"') == 2
    assert bar.count('class="pause"') == 1


@given(percent=st.integers(0, 100))
def test_done_work_never_leaves_its_pieces(said, percent):
    plan = changed(
        "Validate and reconcile", stop=datetime(2026, 2, 13, 17), resume=datetime(2026, 2, 18, 9), percent=percent
    )
    markup = charts.svg(layout(plan, View(zoom="day")), said)
    bar = markup[markup.index('data-id="13"') :].partition("</a>")[0]
    boxes = re.findall(r'class="(track|fill)" x="([\d.]+)"[^>]* width="([\d.]+)"', bar)
    tracks = {x: float(width) for kind, x, width in boxes if kind == "track"}
    assert all(float(width) <= tracks[x] + 0.1 for kind, x, width in boxes if kind == "fill")


@pytest.mark.parametrize(
    ("values", "mark", "word"),
    [({"active": False}, "off", "not active"), ({"manual": True}, "own", "with dates of its own")],
)
def test_what_is_switched_off_or_dated_by_hand_is_told_apart(said, values, mark, word):
    markup = charts.svg(layout(changed("Backup and restore drill", **values), View()), said)
    assert re.search(rf'class="b {mark}"[^>]*aria-label="[^"]*{word}"', markup)


def test_each_baseline_has_a_line_of_its_own_below_the_bars(said):
    geometry = layout(with_baseline(3, number=3), View(zoom="day"))
    markup = charts.svg(geometry, said)
    assert [f'class="bl bl{n}"' in markup for n in (1, 2, 3)] == [True] * 3
    paths = re.findall(r'class="bl bl\d" stroke-width="([\d.]+)" d="([^"]*)"', markup)
    lines = [(float(y) % 26, float(width) / 2) for width, path in paths for y in re.findall(r"M[\d.]+ ([\d.]+)H", path)]
    assert len(lines) > 40
    assert all(19 <= y - half < y + half <= 26 for y, half in lines)
    sheet = (Path(__file__).parents[3] / "static/css/gantt.css").read_text(encoding="utf-8")
    assert len({re.search(rf"\.gc \.bl{n} \{{.*(stroke-dasharray: [\d ]+)", sheet)[1] for n in (2, 3)}) == 2


def test_the_forecast_of_the_go_live_is_a_band_and_the_scale_holds_it(said):
    plan = replace(roll_out(), likely=(date(2026, 3, 9), date(2026, 5, 20)))
    geometry = layout(plan, View(zoom="day"))
    assert geometry.likely == (geometry.scale.day_x(date(2026, 3, 9)), geometry.scale.day_x(date(2026, 5, 21)))
    assert 'class="likely"' in charts.svg(geometry, said)
    assert 'class="likely"' not in charts.svg(layout(roll_out(), View()), said)


def test_criticality_is_a_share_and_nothing_where_no_run_counted_it(said):
    plan = changed("Champions trained", criticality=0.375)
    rows = charts.table_rows(layout(plan, View(columns=frozenset({"criticality"}))), said)
    assert rows.count('data-c="criticality">38 %<') == 1
    assert rows.count('data-c="criticality"><') == len(plan.tasks) - 1


def test_the_scale_holds_what_a_baseline_planned():
    plan = with_baseline(40)
    assert scale_of(plan, "day", 0).start <= min(start for start, _ in plan.overlays[0].spans.values()).date()


@pytest.mark.parametrize(("days", "shown"), [(7, "+5 d"), (0, "0 d"), (-7, "−5 d")])
def test_variance_is_told_in_working_days(said, days, shown):
    geometry = layout(with_baseline(days), View())
    row = next(part for part in charts.table_rows(geometry, said).split("<tr ") if "Guides and short videos" in part)
    assert f'data-c="variance">{shown}</td>' in row


def test_a_task_that_the_baseline_lacks_is_called_new(said):
    plan = with_baseline(3)
    task = task_of(plan, "Champions trained")
    spans = {id: span for id, span in plan.overlays[0].spans.items() if id != task.id}
    geometry = layout(replace(plan, overlays=(replace(plan.overlays[0], spans=spans),)), View())
    assert Table(geometry, said).variance(task) is None
    assert 'data-c="variance">new</td>' in charts.table_rows(geometry, said)


def test_with_a_baseline_variance_is_a_usual_column_that_can_be_left_out():
    geometry = layout(with_baseline(3), View())
    assert columns_of(geometry) == ("owner", "start", "finish", "slack", "done", "variance")
    choice = next(each for each in choices_of(geometry).columns if each.value == "owner")
    assert choice.on
    assert "columns=start,finish,slack,done,variance" in choice.href


@given(st.frozensets(st.sampled_from(COLUMNS)), st.lists(st.integers(1, 99), max_size=OVERLAYS, unique=True))
def test_columns_and_baselines_come_back_from_the_address(columns, numbers):
    view = View(columns=columns, baselines=tuple(numbers))
    args = dict(part.split("=") for part in query(view).lstrip("?").split("&"))
    assert view_of(args) == view


@pytest.mark.parametrize("text", ["", "x", "owner;DROP", "²", "1,1,1,1,1", "-5", "9" * 40])
def test_odd_words_in_the_address_choose_nothing(text):
    view = view_of({"columns": text, "baseline": text})
    assert view.columns <= USUAL
    assert view.baselines in {(), (1,)}


def test_a_fourth_baseline_takes_the_place_of_the_first():
    plan = with_baseline(3, number=5)
    choices = choices_of(layout(plan, View(baselines=(0, 1, 2))))
    assert choices.more_baselines[0].href == "?zoom=fit&baseline=1,2,3"
