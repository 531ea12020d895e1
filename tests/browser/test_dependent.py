"""Choices that depend on another field are narrowed while somebody fills a form in, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests import factories
from tests.crm.fields.test_values import own


@pytest.fixture
def place(app: Flask) -> Iterator[tuple[str, dict[str, str]]]:
    """A form for new leads, served on a free port of this machine, and an administrator's session for it."""
    ada = factories.crm_role(factories.person("Ada"), "crm-administrator")
    own("land", "choice", choices=[["no", "Norway"], ["be", "Belgium"]])
    among = {"no": ["bergen", "oslo"], "be": ["ghent"]}
    towns = [["bergen", "Bergen"], ["oslo", "Oslo"], ["ghent", "Ghent"]]
    own("town", "choice", choices=towns, depends_on="x_land", among=among)
    own("seen", "several choices", choices=towns, depends_on="x_land", among=among)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    kept = factories.sign_in(app.test_client(), ada).get_cookie("launch90")
    assert kept is not None
    yield f"{address}/crm/leads/new", {"name": "launch90", "value": kept.value, "url": address}
    server.shutdown()


def test_only_what_goes_together_stands_open(place: tuple[str, dict[str, str]], page: Page) -> None:
    address, cookie = place
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # its names are those of the browser
    page.goto(address)
    for fold in page.locator("details").all():
        fold.evaluate("each => each.open = true")

    def offered() -> list[str]:
        return page.locator("#f-x_town option:not([disabled])").evaluate_all("all => all.map(each => each.value)")

    assert offered() == [""]
    page.select_option("#f-x_land", "no")
    assert offered() == ["", "bergen", "oslo"]
    page.select_option("#f-x_town", "oslo")
    page.check("input[name=x_seen][value=oslo]")
    page.select_option("#f-x_land", "be")
    assert offered() == ["", "ghent"]
    assert page.input_value("#f-x_town") == ""
    assert not page.locator("input[name=x_seen][value=oslo]").is_checked()
    assert not page.locator("input[name=x_seen][value=oslo]").is_visible()
    assert page.locator("input[name=x_seen][value=ghent]").is_visible()
