"""The plan in a browser: edited in place by keyboard, taken back, changed in bulk, and beside the roadmap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from infra.database import db
from roadmap.tasks import queries
from roadmap.tasks.queries import TaskRow
from tests import factories

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
DAY = 480


@pytest.fixture
def project(app: Flask) -> int:
    made = factories.project()
    phase = factories.task(made, "Migration")
    first = factories.task(made, "Map", parent_id=phase, duration_minutes=2 * DAY)
    factories.task(made, "Load", parent_id=phase, after=first)
    factories.task(made, "Data signed off", type="milestone")
    return made


@pytest.fixture
def signed_in(app: Flask, project: int, page: Page) -> Iterator[Page]:
    """A manager's page; addresses are those of the project."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    home = f"http://127.0.0.1:{server.server_port}/projects/{project}/"
    client = factories.sign_in(app.test_client(), factories.person("Priya Nair", projects={project: "manager"}))
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home.partition("projects")[0]}])
    page.goto(home + "tasks")
    yield page
    server.shutdown()
    thread.join()


def stored(project: int, name: str) -> TaskRow:
    db.session.rollback()
    return next(row for row in queries.rows(project, date(2026, 2, 18)) if row.name == name)


def test_a_cell_is_edited_by_keyboard_and_taken_back(signed_in: Page, project: int) -> None:
    cell = signed_in.get_by_role("button", name="Duration: 2 d")
    cell.focus()
    cell.press("Enter")
    field = signed_in.get_by_role("textbox", name="Duration")
    field.fill("soon")
    field.press("Enter")
    expect(signed_in.get_by_text("“soon” is no duration", exact=False)).to_be_visible()
    expect(field).to_have_value("soon")
    field.fill("4d")
    field.press("Enter")
    expect(signed_in.get_by_role("button", name="Duration: 4 d")).to_be_visible()
    expect(signed_in.locator("tr", has_text="Load").locator(".w-start")).to_have_text("9 Jan")
    assert stored(project, "Map").duration_minutes == 4 * DAY
    signed_in.get_by_role("button", name="Undo").click()
    expect(signed_in.get_by_role("button", name="Duration: 2 d")).to_be_visible()
    assert stored(project, "Map").duration_minutes == 2 * DAY


def test_several_tasks_are_changed_at_once(signed_in: Page, project: int, axe: Axe) -> None:
    bar = signed_in.get_by_role("form", name="Selected tasks")
    expect(bar).to_be_hidden()
    signed_in.get_by_label("Select Map").check()
    signed_in.get_by_label("Select Load").check()
    expect(bar).to_be_visible()
    assert axe(signed_in) == []
    bar.get_by_label("Done").fill("40")
    bar.get_by_role("button", name="Set").click()
    expect(signed_in.get_by_text("2 tasks are changed.")).to_be_visible()
    assert {stored(project, name).percent for name in ("Map", "Load")} == {40}


def test_a_task_is_changed_beside_the_roadmap(signed_in: Page, project: int, axe: Axe) -> None:
    signed_in.goto(signed_in.url.replace("/tasks", "/roadmap"))
    signed_in.locator(".gt").get_by_role("link", name="Map").click()
    panel = signed_in.get_by_role("dialog", name="Map")
    expect(panel).to_be_visible()
    assert axe(signed_in) == []
    panel.get_by_label("Duration").fill("2 moons")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("“2 moons” is no duration")
    expect(panel.get_by_label("Duration")).to_have_value("2 moons")
    panel.get_by_label("Duration").fill("3d")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_text("Duration: 2 d → 3 d")).to_be_visible()
    assert "/roadmap" in signed_in.url
    assert stored(project, "Map").duration_minutes == 3 * DAY
    signed_in.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_on_a_low_screen_the_sidebar_shows_the_place_one_is_at(signed_in: Page) -> None:
    signed_in.set_viewport_size({"width": 1440, "height": 600})
    signed_in.goto(signed_in.url.replace("/tasks", "/readiness"))
    place = signed_in.get_by_role("navigation", name="Project", exact=True).get_by_role("link", name="Readiness")
    expect(place).to_be_in_viewport()
    assert signed_in.evaluate("scrollY") == 0
