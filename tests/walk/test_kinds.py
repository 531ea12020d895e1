"""One page of each kind in a browser: no barriers, no sideways scrolling, no complaints. `make walk` opens all."""

from __future__ import annotations

from datetime import date
from threading import Thread

import pytest
from werkzeug.serving import make_server

from desk.setup import service as setup
from tests import factories
from tests.fixtures.app import NOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KINDS = {
    "a form": "/projects/new",
    "a list": "/projects/1/tasks",
    "a record": "/projects/1/tasks/20",
    "a chart": "/projects/1/roadmap",
    "boxes to tick": "/projects/1/checklists/1",
    "an overview": "/projects/1",
    "a report": "/projects/1/report",
    "a day's work": "/my-work",
    "administration": "/admin/audit",
    "an account": "/account",
}


@pytest.fixture
def visit(app, chromium):
    """A function that opens a page of a fresh roll-out as an administrator who runs it."""
    ada = factories.administrator()
    wanted = setup.NewProject(
        name="Nordic launch", start=date(2026, 1, 5), country="DK", timezone="Europe/Copenhagen",
        target_go_live=date(2026, 3, 6), purpose="", people={"project-manager": ada.id},
    )  # fmt: skip
    setup.create(wanted, actor=ada, now=NOW)
    client = factories.sign_in(app.test_client(), ada)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_page(path):
        answer = page.goto(address + path)
        assert answer.status == 200
        return page, complaints

    yield open_page
    context.close()
    server.shutdown()
    thread.join()


def test_one_page_of_each_kind(visit, axe):
    found = {}
    for kind, path in KINDS.items():
        page, complaints = visit(path)
        wrong = [*axe(page), *complaints]
        complaints.clear()
        page.set_viewport_size({"width": 390, "height": 844})
        across = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 1440, "height": 900})
        if wrong or across > 390:
            found[kind] = [f"{path} is {across} pixels wide at 390", *wrong]
    assert not found, "\n".join(f"{kind}\n  " + "\n  ".join(wrong) for kind, wrong in found.items())
