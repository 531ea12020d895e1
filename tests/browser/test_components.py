"""The components' page in a browser: no barriers, no complaints, and the small modules at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

Axe = Callable[[Page], list[str]]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The components' page, served on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/dev/components"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_barriers_no_sideways_scrolling_and_no_complaints(
    chromium: Browser, axe: Axe, address: str, width: int, theme: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert axe(page) == []
    assert complaints == []
    context.close()


def test_the_theme_is_kept_for_the_next_page(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Switch between light and dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_slash_finds_and_question_mark_lists_the_keys(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("/")
    expect(page.get_by_label("Search everything")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Search everything")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_the_palette_sifts_pages_and_enter_goes_to_the_first(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Control+k")
    page.keyboard.type("ireland")
    expect(page.locator("#palette li:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/2")


def test_a_refused_tick_is_taken_back_with_a_message(page: Page, address: str) -> None:
    page.goto(address)
    tick = page.get_by_role("checkbox", name="Transform street addresses").first
    tick.click()
    expect(page.locator("#toasts .toast--bad")).to_be_visible()
    expect(tick).to_have_attribute("aria-checked", "false")


def test_a_tick_that_was_saved_stays_and_offers_undo(page: Page, address: str) -> None:
    page.goto(address)
    page.route("**/dev/components", lambda route: route.fulfill(json={"message": "Ticked", "undo_url": "/undo/1"}))
    tick = page.get_by_role("checkbox", name="Transform street addresses").first
    tick.press("Space")
    expect(tick).to_have_attribute("aria-checked", "true")
    expect(page.locator("#toasts form")).to_have_attribute("action", "/undo/1")


def test_a_menu_opens_with_enter_and_is_walked_with_arrows(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="More").first.press("Enter")
    expect(page.locator("#light-menu a").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#light-menu a").nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#light-menu")).to_be_hidden()


def test_the_bulk_bar_appears_with_the_first_selected_row(page: Page, address: str) -> None:
    page.goto(address)
    bar = page.locator("#light-bulk")
    expect(bar).to_be_hidden()
    page.locator("#light-table .row-check").first.check()
    expect(bar).to_be_visible()


def test_escape_leaves_a_cell_as_it_was_and_a_refusal_keeps_what_was_typed(page: Page, address: str) -> None:
    page.goto(address)
    cell = page.locator("#light-table [data-edit]")
    cell.click()
    page.keyboard.type("9")
    page.keyboard.press("Escape")
    expect(cell).to_have_text("2 d")
    page.route("**/dev/components", lambda route: route.fulfill(status=422, json={"detail": "Slack is computed."}))
    cell.press("Enter")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(page.locator("#light-table .input--cell")).to_have_value("9")
    expect(page.locator("#toasts")).to_contain_text("Slack is computed.")


def test_what_cannot_be_undone_waits_for_the_typed_words(page: Page, address: str) -> None:
    page.goto(address)
    button = page.locator("#light-still .btn--danger")
    expect(button).to_be_disabled()
    page.locator("#light-still-confirmation").fill("Charter 16 Jan")
    expect(button).to_be_enabled()


def test_dialogs_open_by_button_and_close(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Open the panel").first.click()
    panel = page.locator("#light-panel")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_without_scripts_the_page_reads_and_ticks_are_forms(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    form = page.locator("form.tick").first
    expect(form).to_have_attribute("method", "post")
    expect(form.locator("[name=done]")).to_have_attribute("value", "0")
    expect(page.locator("[data-theme-toggle]")).to_be_hidden()
    context.close()


def test_paper_is_light_and_without_the_frame(page: Page, address: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(20, 27, 31)"
    expect(page.locator(".side")).to_be_hidden()
    expect(page.locator(".print-head")).to_be_visible()
