"""The pipeline in a browser: a card is dragged or sent by key, its end is asked about, one press takes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from werkzeug.serving import make_server

from crm.records import queries as records
from tests import factories

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]


@pytest.fixture
def board(app: Flask, page: Page) -> Iterator[Page]:
    """A representative's board with one deal in its first stage and six in the third, of which four are shown."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    seller = factories.crm_role(factories.person("Sofie Lund"), "sales-representative", factories.team("North"))
    numbers = {each.name: each.id for each in records.stages()}
    factories.record(
        "opportunity",
        by=seller,
        name="Clean room",
        amount=Decimal(1000),
        closes_on=date(2026, 3, 20),
        stage_id=numbers["Qualify"],
    )
    for day in range(1, 7):
        closes = date(2026, 4, day)
        factories.record("opportunity", by=seller, name=f"Pump {day}", closes_on=closes, stage_id=numbers["Proposal"])
    client = factories.sign_in(app.test_client(), seller)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page.goto(address + "/crm/pipeline")
    yield page
    server.shutdown()
    thread.join()


def lane(board: Page, name: str) -> Locator:
    return board.locator(f'[data-lane][data-name="{name}"]')


def drag_to(board: Page, name: str) -> None:
    """Take the card by the mouse and leave it over a stage."""
    start = lane(board, "Qualify").locator("[data-deal]").bounding_box()
    assert start is not None
    board.mouse.move(start["x"] + 40, start["y"] + 50)
    board.mouse.down()
    board.mouse.move(start["x"] + 80, start["y"] + 60, steps=3)
    target = lane(board, name).bounding_box()
    assert target is not None
    board.mouse.move(target["x"] + target["width"] / 2, target["y"] + min(60, target["height"] / 2), steps=5)
    board.mouse.up()


def test_the_first_press_on_undo_after_a_drag_takes_the_move_back(board: Page) -> None:
    drag_to(board, "Demo")
    expect(lane(board, "Demo").locator("[data-deal]")).to_have_count(1)
    board.get_by_role("button", name="Undo").click()
    expect(lane(board, "Qualify").locator("[data-deal]")).to_have_count(1)


def test_a_lost_deal_says_why_and_a_dialog_left_alone_changes_nothing(board: Page, axe: Axe) -> None:
    drag_to(board, "Lost")
    asked = board.get_by_role("dialog", name="Why was it lost?")
    expect(asked).to_be_visible()
    assert axe(board) == []
    board.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    expect(lane(board, "Qualify").locator("[data-deal]")).to_have_count(1)


def test_a_card_goes_from_stage_to_stage_by_key_and_keeps_the_focus(board: Page) -> None:
    board.get_by_role("link", name="Clean room", exact=True).focus()
    board.keyboard.press("ArrowRight")
    expect(lane(board, "Discover").locator("[data-deal]")).to_have_count(1)
    expect(board.get_by_role("link", name="Clean room", exact=True)).to_be_focused()
    board.keyboard.press("ArrowLeft")
    expect(lane(board, "Qualify").locator("[data-deal]")).to_have_count(1)


def test_a_stage_opens_in_its_place_and_the_focus_goes_on_at_the_first_new_card(board: Page, axe: Axe) -> None:
    stage = lane(board, "Proposal")
    expect(stage.locator("[data-deal]")).to_have_count(4)
    stage.get_by_role("link", name="2 more").press("Enter")
    expect(stage.locator("[data-deal]")).to_have_count(6)
    expect(stage.get_by_role("link", name="Pump 5", exact=True)).to_be_focused()
    assert axe(board) == []
    board.keyboard.press("ArrowLeft")
    expect(lane(board, "Demo").locator("[data-deal]")).to_have_count(1)
    expect(board.locator(".toast")).to_contain_text("Moved to Demo.")
    stage.get_by_role("link", name="Show fewer").click()
    expect(stage.locator("[data-deal]")).to_have_count(4)
    expect(stage.get_by_role("link", name="One more")).to_be_focused()
