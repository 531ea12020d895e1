"""Bringing a file in, in a browser: a doubtful date is asked for, then shown as understood, then brought in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from crm.records.models import Opportunity
from infra.database import db
from tests import factories

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
DEALS = "Name;Close date;Amount\r\nPumps;03/04/2026;1.234,56\r\nValves;05/06/2026;soon\r\n"


@pytest.fixture
def imports(app: Flask, page: Page) -> Iterator[Page]:
    """A sales manager's page of imports."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    manager = factories.crm_role(factories.person("Jonas Brandt"), "sales-manager", factories.team("North"), leads=True)
    client = factories.sign_in(app.test_client(), manager)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page.goto(address + "/crm/imports")
    yield page
    server.shutdown()
    thread.join()


def deals() -> list[tuple[str, date | None]]:
    db.session.rollback()
    return [(each.name, each.closes_on) for each in db.session.scalars(select(Opportunity))]


def test_a_doubtful_date_is_asked_for_before_anything_is_brought_in(imports: Page, axe: Axe) -> None:
    imports.get_by_label("What its rows are").select_option(label="Opportunities")
    content = DEALS.encode("utf-16")
    imports.get_by_label("File").set_input_files({"name": "deals.csv", "mimeType": "text/csv", "buffer": content})
    imports.get_by_role("button", name="Look at it").press("Enter")
    expect(imports.get_by_text("One column can be read in two ways: please choose.")).to_be_visible()
    expect(imports.get_by_role("button", name="Bring in 2 rows")).to_be_disabled()
    assert axe(imports) == []
    imports.get_by_label("How dates are written").select_option("DD/MM/YYYY")
    imports.get_by_role("button", name="Look again").press("Enter")
    understood = imports.get_by_role("table", name="What is understood of the first rows")
    expect(understood).to_contain_text("3 Apr")
    expect(understood).to_contain_text("1,234.56")
    expect(imports.get_by_role("table", name="Rows that are not taken over")).to_contain_text("“soon” is not an amount")
    assert deals() == []
    assert axe(imports) == []
    imports.get_by_role("button", name="Bring in 2 rows").press("Enter")
    expect(imports.get_by_text("One record was made, 0 changed, 0 were as they are")).to_be_visible()
    assert deals() == [("Pumps", date(2026, 4, 3))]
    imports.get_by_role("button", name="Take this import back").press("Enter")
    expect(imports.get_by_text("nothing of it is left")).to_be_visible()
    assert deals() == []
