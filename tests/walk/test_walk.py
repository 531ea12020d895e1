"""Every page of the demo, opened as every role: no barriers, no sideways scrolling, no complaints of the browser."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Page

from tests.walk.conftest import VISITORS

pytestmark = [pytest.mark.walk, pytest.mark.browser]
WIDTHS = (1440, 390)
BY_THEME = {"light": (), "dark": (["cat.color"],)}
"""What axe looks at in each theme: all, and what depends on colour."""
SEE_MOST = ("administrator", "manager")
"""Those whose pages hold what the others' hold and more: axe looks at theirs, which bounds the time of the walk."""
PAGE = "text/html"
READABLE = (200, 302, 405)
BY_TOKEN = {"/sign-in/link"}
"""Pages that need what only a mail holds, as do all with a token in their address; their own tests open them."""
FOR_A_WHILE = {"/projects/<id>/level/<proposal_id>"}
"""Pages of what is there only until somebody decides; their own tests open them."""
NOT_FOUND, REFUSED = "/projects/987654", "/admin/audit"


def elsewhere(path):
    """Whether tests of its own open a page, which has nothing to show in the demo by itself."""
    return "<token>" in path or path in BY_TOKEN | FOR_A_WHILE


def test_every_address_for_reading_has_an_example_that_somebody_can_open(answers):
    """405: an address that takes forms only sends visitors elsewhere when it is opened by hand."""
    shut = {
        path: {role: answer.status for role, answer in by_role.items()}
        for path, by_role in answers.items()
        if not (elsewhere(path) or any(answer.status in READABLE for answer in by_role.values()))
        or any(answer.status >= 500 for answer in by_role.values())
        or "<" in next(iter(by_role.values())).address
    }
    assert shut == {}


@pytest.mark.parametrize("role", VISITORS)
def test_every_page(visit, answers, role):
    found = {}
    for by_role in answers.values():
        answer = by_role[role]
        if answer.status == 200 and answer.kind == PAGE:
            found[answer.address] = visit(role, answer.address, barriers=role in SEE_MOST)
    assert found, "this role has pages"
    _none_of(found)


def test_the_pages_that_say_no(visit):
    """The browser itself complains about their status; nothing else may be wrong with them."""
    said = {NOT_FOUND: ("administrator", 404), REFUSED: ("member", 403), "/sign-in": ("anonymous", 200)}
    found = {}
    for address, (role, status) in said.items():
        wrong = visit(role, address, barriers=True)
        found[address] = [line for line in wrong if f"status of {status}" not in line]
    _none_of(found)


@pytest.fixture
def visit(chromium, axe, server, cookies):
    """A function that opens an address as a role and gives what is wrong with it, at both widths, in both themes."""
    contexts = {}

    def page_of(role: str) -> tuple[Page, list[str]]:
        if role not in contexts:
            context = chromium.new_context(viewport={"width": WIDTHS[0], "height": 900}, reduced_motion="reduce")
            context.add_cookies(cookies(role))
            page, complaints = context.new_page(), []
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            contexts[role] = page, complaints
        return contexts[role]

    def look(role: str, address: str, *, barriers: bool) -> list[str]:
        page, complaints = page_of(role)
        page.goto(f"http://127.0.0.1:{server.port}{address}")
        wrong = []
        for width, theme in product(WIDTHS, BY_THEME):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            across = page.evaluate("document.documentElement.scrollWidth")
            seen = [f"{across} pixels wide"] if across > width else []
            seen += axe(page, *BY_THEME[theme]) if barriers else []
            wrong += [f"at {width}, {theme}: {line}" for line in seen]
        wrong += complaints
        complaints.clear()
        return wrong

    yield look
    for page, _complaints in contexts.values():
        page.context.close()


def _none_of(found: dict[str, list[str]]) -> None:
    bad = {address: wrong for address, wrong in found.items() if wrong}
    assert not bad, "\n".join(f"{address}\n  " + "\n  ".join(wrong) for address, wrong in bad.items())
