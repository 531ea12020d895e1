"""The second factor set up and used in a browser: the picture is drawn under the content policy, axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.app import HandClock

Axe = Callable[[Page], list[str]]
pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application, served on a free port of this machine."""
    factories.person("Ann", email="ann@example.org", password=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in?next=/account/second-factor")
    page.get_by_label("E-mail").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_it_is_set_up_and_then_asked_for(page: Page, address: str, axe: Axe, clock: HandClock) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    sign_in(page, address)
    assert axe(page) == []
    page.get_by_role("button", name="Set it up").click()
    drawn = page.get_by_role("img", name="QR code").bounding_box()
    assert drawn is not None
    assert drawn["width"] > 150
    assert abs(drawn["width"] - drawn["height"]) < 2
    assert axe(page) == []
    app_of_ann = pyotp.TOTP(page.locator("pre.code").inner_text().replace(" ", ""))
    page.get_by_role("textbox", name="Code").fill(app_of_ann.at(clock.now))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert axe(page) == []
    page.context.clear_cookies()
    clock.now += timedelta(seconds=30)
    sign_in(page, address)
    expect(page.get_by_role("heading", name="Now the code")).to_be_visible()
    assert axe(page) == []
    page.keyboard.type(app_of_ann.at(clock.now))
    page.keyboard.press("Enter")
    expect(page.get_by_text("10 codes are left")).to_be_visible()
    assert refused == []
