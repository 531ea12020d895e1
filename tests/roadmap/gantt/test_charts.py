import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.gantt import charts
from roadmap.gantt.rules.geometry import layout
from roadmap.gantt.rules.paper import paper_layout, paper_pages
from roadmap.gantt.rules.view import View
from roadmap.gantt.rules.words import spoken
from tests.roadmap.gantt.plans import plan_of, roll_out

BAR = '<rect class="(?:track|fill|edge)"[^>]*>'
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{name} {0} %(x)s & &amp;",
    "😀 خطة \u202eevil\u202c תוכנית",
    "\x00\x1b[31m\ufffe",
    "</title></svg><svg onload=alert(1)>",
]


def named(name):
    plan = roll_out()
    tasks = tuple(replace(task, name=name, owner_name=name, owner_initials=name[:2], wbs=name) for task in plan.tasks)
    return replace(plan, tasks=tasks, name=name)


def drawn(plan, said):
    geometry = layout(plan, View())
    table = f"<table>{charts.table_rows(geometry, said)}</table>"
    paper = [charts.paper_svg(page, said) for page in paper_pages(paper_layout(plan))]
    return [charts.svg(geometry, said), charts.svg(geometry, said, part="axis"), table, *paper]


def tags(markup):
    return {element.tag.rpartition("}")[2] for element in ET.fromstring(markup).iter()}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_text(name, said):
    for clean, markup in zip(drawn(named("plain"), said), drawn(named(name), said), strict=True):
        assert tags(markup) - {"tspan"} <= tags(clean) | {"svg"}
        attributes = {key for element in ET.fromstring(markup).iter() for key in element.attrib}
        assert not any(key.startswith("on") or key == "style" for key in attributes)


@given(st.text(min_size=2, max_size=60))
def test_any_name_gives_well_formed_markup(said, name):
    for markup in drawn(named(name), said):
        ET.fromstring(markup)


def test_a_bar_is_a_link_that_says_what_it_is(said):
    markup = charts.svg(layout(roll_out(), View()), said)
    name = "1.2 Scope, objectives and metrics, Wed 7 Jan to Tue 13 Jan, 100 % done"
    assert f'href="/tasks/3" data-id="3" aria-label="{name}"' in markup
    assert 'aria-label="2.6 Validate and reconcile, Wed 11 Feb to Fri 20 Feb, 60 % done, critical, late"' in markup
    assert 'aria-label="Milestone 1.5 Charter signed, Fri 16 Jan, reached"' in markup


def test_a_right_to_left_name_is_kept_apart_in_the_sentence(said):
    task = replace(roll_out().tasks[1], name="תוכנית")
    assert "\u2068תוכנית\u2069" in spoken(task, said)


def test_the_table_says_dates_slack_owner_and_progress(said):
    rows = charts.table_rows(layout(roll_out(), View()), said)
    row = next(part for part in rows.split("<tr ") if "Backup and restore drill" in part)
    cells = [re.sub("<[^>]+>", "", cell) for cell in re.findall("<t[dh].*?</t[dh]>", row)]
    assert cells == ["2.7", "Backup and restore drill", "TL", "12 Feb", "19 Feb", "3 d", "75"]


def test_a_chevron_is_a_link_to_the_page_with_its_summary_collapsed(said):
    rows = charts.table_rows(layout(roll_out(), View(collapsed=frozenset({1}))), said)
    assert 'href="?zoom=fit&amp;collapsed=1,7" aria-expanded="true" aria-label="Collapse Data migration"' in rows
    assert 'href="?zoom=fit" aria-expanded="false" aria-label="Expand Kick-off and planning"' in rows


def test_the_screen_needs_no_inline_style_or_script(said):
    geometry = layout(plan_of(60), View())
    markup = charts.svg(geometry, said) + charts.svg(geometry, said, part="axis") + charts.table_rows(geometry, said)
    assert "style" not in markup
    assert "<script" not in markup


def test_paper_and_screen_draw_the_same_bars(said):
    geometry = paper_layout(roll_out())
    screen = re.findall(BAR, charts.svg(geometry, said))
    paper = re.findall(BAR, charts.svg(geometry, said, mode="paper"))
    assert screen
    assert screen == paper
    assert "<a " not in charts.svg(geometry, said, mode="paper")


def test_each_name_stands_once_on_paper(said):
    plan = roll_out()
    texts = []
    for page in paper_pages(paper_layout(plan)):
        root = ET.fromstring(charts.paper_svg(page, said))
        texts += [" ".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    for task in plan.tasks:
        assert texts.count(task.name) == 1


def test_the_axis_stands_on_every_page(said):
    for page in paper_pages(paper_layout(plan_of(100))):
        assert ">W1<" in charts.paper_svg(page, said)


def test_the_day_of_today_stands_in_the_axis(said):
    assert ">18 Feb</text>" in charts.svg(layout(roll_out(), View()), said, part="axis")


def test_a_plan_over_new_year_names_the_year(said):
    assert "January 2027" in charts.svg(layout(plan_of(60), View(width=3000)), said, part="axis")


@pytest.mark.parametrize("zoom", ["hour", "day", "week", "month", "fit"])
def test_every_zoom_draws_every_row(zoom, said):
    markup = charts.svg(layout(roll_out(), View(zoom=zoom)), said)
    assert markup.count("data-id=") == len(roll_out().tasks)
