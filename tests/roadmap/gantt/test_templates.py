from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from jinja2 import StrictUndefined
from markupsafe import Markup

from roadmap.gantt import charts
from roadmap.gantt.rules.view import View
from tests.roadmap.gantt.plans import plan_of, roll_out

TEMPLATES = Path(__file__).parents[3] / "templates"
PAPER = '{% from "roadmap/gantt/_paper.html" import gantt_pages %}<div>{{ gantt_pages(sheets, name) }}</div>'


@pytest.fixture(scope="module")
def app():
    app = Flask("gantt", template_folder=str(TEMPLATES))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals["asset"] = "/static/{}".format
    Babel(app)
    return app


def shown(app, plan, view=None, **extra):
    with app.test_request_context():
        chart = charts.draw(plan, view or View())
        sentence = Markup("<strong>Go-live lands on Thu 5 Mar.</strong>")
        return render_template_string(
            '{% include "roadmap/gantt/_work.html" %}', chart=chart, sentence=sentence, **extra
        )


def test_the_answer_stands_before_the_chart(app):
    page = shown(app, roll_out())
    assert page.index("Go-live lands on") < page.index("data-gantt-scroll")


def test_every_zoom_is_a_link_and_one_is_current(app):
    page = shown(app, roll_out(), View(zoom="week"))
    assert 'href="?zoom=week" data-zoom="week" aria-current="true"' in page
    assert page.count("data-zoom=") == 6  # five links and the chart itself


def test_a_filter_that_is_on_can_be_taken_away(app):
    page = shown(app, roll_out(), View(phase=7, critical=True))
    assert "Data migration, take this filter away" in page
    assert 'href="?zoom=fit&amp;critical=1"' in page


def test_filters_that_nothing_passes_say_so_and_offer_the_whole_plan(app):
    page = shown(app, roll_out(), View(owner=999))
    assert "No task passes these filters" in page
    assert 'href="?zoom=fit"' in page


def test_an_empty_plan_says_what_will_be_here(app):
    page = shown(app, roll_out(tasks=(), links=()), add_href="/tasks/new")
    assert "The plan has no tasks yet" in page
    assert 'href="/tasks/new"' in page


def test_a_big_plan_keeps_its_height_and_leads_to_its_other_rows(app):
    page = shown(app, plan_of(2000), View(row_from=400, row_to=600))
    assert page.count('height="10400"') == 2
    assert f'height="{1400 * 26}"' in page
    assert "401 to 600 of 2000" in page
    assert "rows=200-400" in page
    assert "rows=600-800" in page


def test_a_phone_lists_this_week_with_a_bar_for_each_task(app):
    page = shown(app, roll_out())
    weeks = page[page.index('data-gantt-part="weeks"') :]
    assert weeks.index("This week") < weeks.index("Next week") < weeks.index("Week 9")
    assert weeks.count('class="mini') == sum(not task.done and task.type != "summary" for task in roll_out().tasks)


def test_a_finished_plan_says_that_nothing_is_open(app):
    plan = roll_out()
    plan = replace(plan, tasks=tuple(replace(task, percent=100) for task in plan.tasks))
    assert "Nothing is open" in shown(app, plan)


@pytest.mark.parametrize("view", [View(), View(phase=1, owner=1)])
def test_hostile_names_are_text_everywhere_on_the_page(app, view):
    plan = roll_out()
    name = '"><script>alert(1)</script>'
    plan = replace(plan, tasks=tuple(replace(task, name=name, owner_name=name) for task in plan.tasks))
    page = shown(app, plan, view)
    assert "<script" not in page
    assert "style=" not in page


def test_each_name_stands_once_in_the_pages_for_a_pdf(app):
    plan = plan_of(100)
    with app.test_request_context():
        page = render_template_string(PAPER, sheets=charts.paper(plan), name=plan.name)
    root = ET.fromstring(page)
    pictures = [b64decode(node.get("src").partition(",")[2]).decode() for node in root.iter("img")]
    assert [node.text for node in root.iter("th") if node.get("scope")] == [task.name for task in plan.tasks]
    assert [picture.count("W1<") for picture in pictures] == [1, 1, 1, 1]
