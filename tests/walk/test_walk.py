"""Every page of the demo, opened as every role: no barriers, no sideways scrolling, no complaints of the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.walk.conftest import VISITORS

pytestmark = [pytest.mark.walk, pytest.mark.browser]
WIDTHS = (1440, 390)
PAGE = "text/html"
READABLE = (200, 302, 405)
BY_TOKEN = {"/sign-in/link"}
"""Pages that need what only a mail holds; the tests of signing in open them."""


def test_every_address_for_reading_has_an_example_that_somebody_can_open(answers):
    """405: an address that takes forms only sends visitors elsewhere when it is opened by hand."""
    shut = {
        path: {role: answer.status for role, answer in by_role.items()}
        for path, by_role in answers.items()
        if not (path in BY_TOKEN or any(answer.status in READABLE for answer in by_role.values()))
        or any(answer.status >= 500 for answer in by_role.values())
        or "<" in next(iter(by_role.values())).address
    }
    assert shut == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", VISITORS)
def test_every_page(chromium, axe, server, answers, cookies, role, theme):
    context = chromium.new_context(viewport={"width": WIDTHS[0], "height": 900}, color_scheme=theme)
    context.add_cookies(cookies(role))
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = {}
    for by_role in answers.values():
        answer = by_role[role]
        if answer.status == 200 and answer.kind == PAGE:
            page.goto(f"http://127.0.0.1:{server.port}{answer.address}")
            wrong = [*_at_both_widths(page, axe), *complaints]
            complaints.clear()
            if wrong:
                found[answer.address] = wrong
    context.close()
    assert not found, "\n".join(f"{address}\n  " + "\n  ".join(wrong) for address, wrong in found.items())


def _at_both_widths(page: Page, axe) -> list[str]:
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > width:
            wrong.append(f"at {width}: {across} pixels wide")
        wrong += [f"at {width}: {barrier}" for barrier in axe(page)]
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return wrong
