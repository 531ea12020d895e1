"""Calling somebody in a comment, in a browser: the list of names by keyboard, and the name in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from accounts.notices import queries
from infra.database import db
from kernel.actor import Actor
from tests import factories

Axe = Callable[[Page], list[str]]


@pytest.fixture
def samira(app: Flask) -> Actor:
    project = factories.project()
    return factories.person("Samira Haddad", projects={project: "member"})


@pytest.fixture
def task(app: Flask, samira: Actor) -> Iterator[tuple[str, dict[str, str]]]:
    """A task's page, served on a free port of this machine, and a manager's session for it."""
    maren = factories.person("Maren Solberg", projects={1: "manager"})
    number = factories.task(1, "Cleanse addresses")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    client = factories.sign_in(app.test_client(), maren)
    kept = client.get_cookie("launch90")
    assert kept is not None
    yield f"{address}/projects/1/tasks/{number}", {"name": "launch90", "value": kept.value, "url": address}
    server.shutdown()
    thread.join()


@pytest.mark.browser
def test_a_name_is_offered_taken_by_keyboard_and_told(
    chromium: Browser, axe: Axe, task: tuple[str, dict[str, str]], samira: Actor
) -> None:
    address, cookie = task
    context = chromium.new_context()
    context.add_cookies([cookie])  # type: ignore[list-item]  # a cookie as a plain mapping
    page = context.new_page()
    page.goto(address)
    field = page.locator("#comment-text")
    field.press_sequentially("Look, @sa")
    expect(page.locator(".mentions [role=option]", has_text="Samira Haddad")).to_be_visible()
    assert axe(page) == []
    field.press("Enter")
    expect(field).to_have_value("Look, @Samira Haddad ")
    expect(page.locator(".mentions")).to_be_hidden()
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".mention")).to_have_text("@Samira Haddad")
    db.session.rollback()
    assert queries.unread_of(samira) == 1
    context.close()
