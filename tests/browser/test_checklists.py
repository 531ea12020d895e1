"""A checklist in a browser: ticked by mouse and keyboard, refused, asked about, and without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from checklists import queries, service
from infra.database import db
from kernel.actor import SYSTEM, Actor
from tests import factories
from tests.fixtures.app import NOW

Axe = Callable[[Page], list[str]]


@pytest.fixture
def project(app: Flask) -> int:
    return factories.project()


@pytest.fixture
def made(project: int) -> tuple[int, list[int]]:
    return factories.checklist(project, "Pre-implementation", "Audit every source", "Map every field", "Load a sample")


@pytest.fixture
def manager(project: int) -> Actor:
    return factories.person("Priya Nair", projects={project: "manager"})


@pytest.fixture
def address(app: Flask, project: int, made: tuple[int, list[int]]) -> Iterator[str]:
    """The list, served on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/projects/{project}/checklists/{made[0]}"
    server.shutdown()
    thread.join()


@pytest.fixture
def cookie(app: Flask, manager: Actor, address: str) -> dict[str, str]:
    """The manager's session, for a browser."""
    client = factories.sign_in(app.test_client(), manager)
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found is not None
    return {"name": found.key, "value": found.value, "url": address}


@pytest.fixture
def signed_in(page: Page, cookie: dict[str, str]) -> Page:
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    return page


def box(page: Page, name: str = "Audit every source"):
    return page.get_by_role("checkbox", name=name, exact=True)


def is_ticked(project: int, item: int) -> bool:
    db.session.expire_all()
    db.session.rollback()
    return queries.item(project, item).tick is not None


def test_one_press_ticks_and_every_count_follows(signed_in: Page, address: str) -> None:
    signed_in.goto(address)
    box(signed_in).click()
    expect(box(signed_in)).to_have_attribute("aria-checked", "true")
    expect(signed_in.locator(".answer")).to_contain_text("1 of 3")
    expect(signed_in.locator("#toasts")).to_contain_text("Ticked.")
    expect(signed_in.locator("main")).to_contain_text("ticked by Priya Nair")


def test_the_space_bar_ticks_and_focus_stays(signed_in: Page, address: str, project: int, made) -> None:
    signed_in.goto(address)
    box(signed_in).focus()
    signed_in.keyboard.press("Space")
    expect(signed_in.locator(".answer")).to_contain_text("1 of 3")
    expect(box(signed_in)).to_be_focused()
    assert is_ticked(project, made[1][0])


def test_a_refused_tick_is_taken_back_and_said(signed_in: Page, address: str, project: int, made) -> None:
    signed_in.goto(address)
    service.remove_item(project, made[1][0], actor=SYSTEM)
    box(signed_in).click()
    expect(signed_in.locator("#toasts .toast--bad")).to_be_visible()
    expect(box(signed_in)).to_have_attribute("aria-checked", "false")


@pytest.mark.parametrize("sure", [True, False])
def test_anothers_tick_is_asked_about_in_a_dialog(
    signed_in: Page, address: str, project: int, made, sure: bool
) -> None:
    hannah = factories.person("Hannah Okafor", projects={project: "member"})
    service.tick(project, made[1][0], actor=hannah, now=NOW)
    signed_in.goto(address)
    box(signed_in).click()
    dialog = signed_in.get_by_role("dialog", name="Untick it?")
    expect(dialog).to_contain_text("Hannah Okafor ticked this")
    dialog.get_by_role("button", name="Untick it" if sure else "Leave it ticked").click()
    expect(signed_in.locator(".answer")).to_contain_text("0 of 3" if sure else "1 of 3")
    assert is_ticked(project, made[1][0]) is not sure


def test_without_scripts_a_press_ticks_and_anothers_tick_is_asked_about_on_a_page(
    chromium: Browser, cookie: dict[str, str], address: str, project: int, made
) -> None:
    hannah = factories.person("Hannah Okafor", projects={project: "member"})
    service.tick(project, made[1][1], actor=hannah, now=NOW)
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(address)
    box(page).click()
    expect(page.locator("main")).to_contain_text("ticked by Priya Nair")
    box(page, "Map every field").click()
    expect(page.locator(".answer")).to_contain_text("Hannah Okafor ticked this")
    page.get_by_role("button", name="Untick it").click()
    expect(page.locator(".answer")).to_contain_text("1 of 3")
    context.close()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_no_barriers_and_no_sideways_scrolling(
    chromium: Browser, axe: Axe, cookie: dict[str, str], address: str, made, width: int, theme: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    base = address.rsplit("/", 1)[0]
    for path in (address, f"{address}/arrange", f"{address}/print", f"{address}/edit", f"{base}/items/{made[1][0]}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        assert axe(page) == [], path
    context.close()
