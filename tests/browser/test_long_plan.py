"""A plan of two thousand rows in a browser: what is in view is drawn, the rest as one scrolls; a list on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from infra.transaction import transaction
from kernel.actor import SYSTEM
from roadmap.exchange.rules.plan_file import PlanFile
from roadmap.exchange.service import import_into
from roadmap.planting.rules import RowSeed
from roadmap.tasks import service
from roadmap.tasks.models import Task
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROWS = 2_000
DRAWN_AT_MOST = 400


@pytest.fixture
def roadmap(app: Flask, page: Page) -> Iterator[Page]:
    """A manager's page of a long plan."""
    project = factories.project("Long roll-out")
    seeds = tuple(
        RowSeed(f"t{n}", f"Step {n + 1}", None, {"duration_minutes": 480 * (1 + n % 40)}) for n in range(ROWS)
    )
    import_into(project, PlanFile(tuple(seeds)), actor=SYSTEM)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    client = factories.sign_in(app.test_client(), factories.person("Priya Nair", projects={project: "manager"}))
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    home = f"http://127.0.0.1:{server.server_port}/"
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])
    page.goto(f"{home}projects/{project}/roadmap")
    yield page
    server.shutdown()
    thread.join()


def test_rows_in_view_are_drawn_and_the_others_as_one_scrolls(roadmap: Page) -> None:
    bars = roadmap.locator(".gc__b a[data-id]")
    assert 0 < bars.count() <= DRAWN_AT_MOST
    expect(roadmap.get_by_role("link", name="Step 1", exact=True)).to_be_visible()
    roadmap.locator("[data-gantt-scroll]").evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(roadmap.get_by_role("link", name=f"Step {ROWS}", exact=True)).to_be_visible()
    assert 0 < bars.count() <= DRAWN_AT_MOST
    expect(roadmap.locator("table.gt")).to_have_attribute("aria-rowcount", str(ROWS + 1))


def test_who_scrolls_while_the_chart_is_fetched_gets_the_rows_in_view(roadmap: Page) -> None:
    expect(roadmap.locator("[data-gantt-scroll]:not([aria-busy])")).to_be_visible()

    def scroll_first(route: Route) -> None:
        roadmap.locator("[data-gantt-scroll]").evaluate("box => { box.scrollTop = box.scrollHeight; }")
        roadmap.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        route.continue_()

    roadmap.route("**/roadmap?*", scroll_first, times=1)
    roadmap.get_by_role("link", name="Week", exact=True).click()
    expect(roadmap.get_by_role("link", name=f"Step {ROWS}", exact=True)).to_be_visible()


def test_a_bar_far_down_is_dragged_and_only_what_changed_is_drawn(roadmap: Page) -> None:
    roadmap.goto(roadmap.url.partition("?")[0] + "?zoom=day")
    expect(roadmap.locator("[data-editing]")).to_be_attached()
    box = roadmap.locator("[data-gantt-scroll]")
    box.evaluate("box => { box.scrollTop = box.scrollHeight / 2; box.scrollLeft = 0; }")
    line = roadmap.locator(".gt tbody tr", has=roadmap.get_by_role("link", name="Step 1001", exact=True))
    expect(line).to_be_visible()
    expect(roadmap.locator("[data-gantt-scroll]:not([aria-busy])")).to_be_visible()
    drawing = roadmap.locator(".gc__b").element_handle()
    bar = roadmap.locator(f'.gc__b a[data-id="{line.get_attribute("data-id")}"]')
    bar.hover(position={"x": 12, "y": 7})  # waits until the chart rests
    at = bar.bounding_box()
    assert at is not None
    x, y = at["x"] + 12, at["y"] + at["height"] / 2
    roadmap.mouse.down()
    roadmap.mouse.move(x + 63, y, steps=5)
    roadmap.mouse.up()
    expect(line.locator('[data-c="start"]')).to_have_text("7 Jan")
    assert drawing.evaluate("drawing => drawing.isConnected")
    assert box.evaluate("box => box.scrollTop") > 0


def test_a_plan_opens_where_its_work_goes_on(roadmap: Page) -> None:
    with transaction(SYSTEM, "task.changed") as work:
        steps = list(work.session.scalars(select(Task).order_by(Task.id).limit(300)))
        for step in steps:
            step.percent_complete = 100
        service.reschedule(steps[0].project_id, work)
    roadmap.reload()
    expect(roadmap.get_by_role("link", name="Step 301", exact=True)).to_be_in_viewport()
    expect(roadmap.get_by_role("link", name="Step 1", exact=True)).to_have_count(0)


MIDDLE = """() => {
  const [box, chart] = ['[data-gantt-scroll]', '[data-gantt-part="chart"]'].map(each => document.querySelector(each));
  const room = box.clientWidth - document.querySelector('.gt').offsetWidth;
  return (box.scrollLeft + room / 2) / Number(chart.dataset.px) + Date.parse(chart.dataset.start) / 864e5;
}"""


def test_another_zoom_keeps_the_day_in_the_middle(roadmap: Page) -> None:
    roadmap.goto(roadmap.url.partition("?")[0] + "?zoom=hour")
    roadmap.locator("[data-gantt-scroll]").evaluate("box => { box.scrollLeft = 6_000; }")
    before = roadmap.evaluate(MIDDLE)
    roadmap.get_by_role("link", name="Day", exact=True).click()
    expect(roadmap.locator('[data-gantt-part="chart"][data-zoom="day"]')).to_be_attached()
    assert roadmap.evaluate(MIDDLE) == pytest.approx(before, abs=0.2)


def test_a_phone_gets_a_list_by_week(roadmap: Page) -> None:
    roadmap.set_viewport_size({"width": 390, "height": 844})
    expect(roadmap.get_by_role("heading", name="This week")).to_be_visible()
    expect(roadmap.locator("table.gt")).to_be_hidden()
    assert roadmap.locator(".weeks li").count() <= 150
    assert roadmap.evaluate("document.documentElement.scrollWidth <= innerWidth")
