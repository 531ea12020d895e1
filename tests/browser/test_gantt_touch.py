"""The roadmap under a finger on a phone: it scrolls until it rests, then it holds what lies under it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests import factories
from tests.browser.test_gantt import PX, Axe, bar, cell, ends, enter, home, project, stored

pytestmark = pytest.mark.browser
__all__ = ("home", "project")
RESTED = 480  # milliseconds: longer than the script waits, shorter than a phone


@pytest.fixture
def phone(app: Flask, project: int, home: str, chromium: Browser) -> Iterator[Page]:
    """A manager's phone with the chart by the day."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-GB"
    )
    page = context.new_page()
    enter(app, page, home, factories.person("Priya Nair", projects={project: "manager"}))
    page.goto(f"{home}projects/{project}/roadmap?zoom=day")
    page.get_by_role("link", name="Chart", exact=True).tap()
    expect(page.locator("[data-editing]")).to_be_attached()
    expect(page.locator(".gt")).to_be_visible()
    page.locator("[data-gantt-scroll]").evaluate("box => { box.scrollLeft = 0; }")
    yield page
    context.close()


@pytest.fixture
def finger(phone: Page) -> Finger:
    return Finger(phone)


class Finger:
    """A finger on the glass, by the protocol of the browser: what scrolls there scrolls here."""

    def __init__(self, page: Page) -> None:
        self.page, self.browser = page, session(page)

    def send(self, kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, rest: int = RESTED) -> None:
        """Press, rest for so many milliseconds, and move in six steps; the finger stays down."""
        self.send("touchStart", start)
        self.page.wait_for_timeout(rest)
        (left, top), (right, bottom) = start, end
        for part in (n / 6 for n in range(1, 7)):
            self.send("touchMove", (left + (right - left) * part, top + (bottom - top) * part))
            self.page.wait_for_timeout(16)


def session(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def middle(page: Page, name: str) -> tuple[float, float]:
    left, right, y = ends(page, name)
    return left + (right - left) * 0.4, y


def test_a_finger_that_rests_moves_a_bar(phone: Page, finger: Finger, project: int) -> None:
    x, y = middle(phone, "Map")
    finger.drag((x, y), (x + 2 * PX, y))
    expect(phone.locator(".gtip")).to_contain_text("Starts Wed 7 Jan")
    expect(phone.locator(".gtip")).to_contain_text("go-live 2 days later")
    tip = phone.locator(".gtip").bounding_box()
    assert tip is not None
    assert tip["y"] + tip["height"] < y  # above the finger, where it can be read
    finger.send("touchEnd")
    expect(phone.locator("[data-gantt-status]")).to_contain_text("another time")
    assert stored(project, "Map").start == datetime(2026, 1, 7, 8)
    assert phone.locator("[data-gantt-scroll]").evaluate("box => box.scrollLeft") == 0


def test_a_finger_that_goes_on_scrolls(phone: Page, finger: Finger, project: int) -> None:
    phone.get_by_role("link", name="Hour", exact=True).tap()
    phone.locator('[data-zoom="hour"][data-gantt-part]').wait_for()
    x, y = 300, ends(phone, "Map")[2]
    before = phone.locator("[data-gantt-scroll]").evaluate("box => box.scrollLeft")
    finger.drag((x, y), (x - 80, y), rest=20)
    finger.send("touchEnd")
    phone.wait_for_timeout(300)  # until the browser has scrolled
    assert phone.locator("[data-gantt-scroll]").evaluate("box => box.scrollLeft") > before + 20
    assert phone.locator("[data-dragging], .ghost").count() == 0
    assert stored(project, "Map").start == datetime(2026, 1, 5, 8)


def test_a_finger_stretches_and_links(phone: Page, finger: Finger, project: int) -> None:
    right, y = ends(phone, "Train")[1:]
    finger.drag((right - 6, y), (right - 6 + PX, y))
    expect(phone.locator(".gtip")).to_contain_text("Ends Thu 8 Jan")
    finger.send("touchEnd")
    expect(cell(phone, "Train", "finish")).to_contain_text("8 Jan")
    assert stored(project, "Train").duration_minutes == 4 * 480
    right, y = ends(phone, "Load")[1:]
    begin, end, below = ends(phone, "Train")
    finger.drag((right + 22, y), (begin + (end - begin) / 4, below))
    expect(phone.locator(".gtip")).to_contain_text("“Train” starts after “Load” has ended")
    finger.send("touchEnd")
    expect(cell(phone, "Train", "start")).to_have_text("8 Jan")
    assert [each.type for each in stored(project, "Train").predecessors] == ["FS"]


def test_a_second_finger_lets_go(phone: Page, finger: Finger, project: int) -> None:
    left = ends(phone, "Map")[0]
    x, y = middle(phone, "Map")
    finger.drag((x, y), (x + 2 * PX, y))
    finger.send("touchStart", (x + 2 * PX, y), (x, y + 120))
    expect(phone.locator(".ghost, [data-dragging]")).to_have_count(0)
    finger.send("touchEnd")
    assert ends(phone, "Map")[0] == pytest.approx(left, abs=1)
    assert stored(project, "Map").start == datetime(2026, 1, 5, 8)


def test_rows_are_chosen_by_resting_and_tapping_and_moved_by_a_button(phone: Page, finger: Finger) -> None:
    finger.drag(middle(phone, "Map"), middle(phone, "Map"))
    finger.send("touchEnd")
    expect(phone.locator(".gt tr.is-chosen")).to_have_count(1)
    bar(phone, "Train").tap()
    expect(phone.locator(".gt tr.is-chosen")).to_have_count(2)
    button = phone.get_by_role("button", name="Move later")
    button.scroll_into_view_if_needed()
    button.tap()
    expect(phone.locator("[data-gantt-status]")).to_contain_text("another time")


def test_no_barrier_on_a_phone(phone: Page, axe: Axe) -> None:
    assert axe(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
