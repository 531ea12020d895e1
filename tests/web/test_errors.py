"""What goes wrong is said in words: a page for people, problem details for scripts, and never a stack trace."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError

from infra.audit.models import AuditEntry
from infra.database import db
from infra.http import public
from kernel.errors import Conflict, NotFound, RuleBroken, TooLarge, TooMany
from tests import factories


def _failing(app: Flask, error: Exception) -> None:
    @app.get("/fails")
    @public
    def fails() -> str:
        raise error


@pytest.mark.parametrize(("error", "status", "said"), [
    (RuleBroken("a.b", "%(n)d is too many.", n=3), 422, "3 is too many."),
    (NotFound(), 404, "There is no such page"),
    (Conflict("a.b", "Someone else was first."), 409, "Someone else was first."),
    (TooLarge("a.b", "That is too large."), 413, "That is too large."),
    (TooMany("a.b", "Wait a minute."), 429, "Wait a minute."),
    (OperationalError("x", {}, Exception("gone")), 503, "The database can&#39;t be reached"),
    (DataError("x", {}, Exception("integer out of range")), 422, "too large or holds signs"),
    (ZeroDivisionError("secret detail"), 500, "Something went wrong on our side."),
])  # fmt: skip
def test_each_failure_has_its_page_and_its_problem_details(
    make_app: Callable[..., Flask], error: Exception, status: int, said: str
) -> None:
    app = make_app()
    _failing(app, error)
    page = app.test_client().get("/fails")
    assert page.status_code == status
    assert said in page.text
    assert "secret detail" not in page.text
    details = app.test_client().get("/fails", headers={"Accept": "application/json"})
    assert details.status_code == status
    assert details.mimetype == "application/problem+json"
    assert details.json is not None
    assert details.json["status"] == status
    assert details.json["detail"]


def test_a_broken_rule_points_at_its_field(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    _failing(app, RuleBroken("a.b", "140 % is not possible.", field="share"))
    details = app.test_client().get("/fails", headers={"Accept": "application/json"}).json
    assert details is not None
    assert details["errors"] == [{"pointer": "#/share", "detail": "140 % is not possible."}]


def test_a_form_without_its_token_is_stale_and_says_so(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/sign-in", data={"email": "a@example.org", "password": "x"})
    assert answer.status_code == 400
    assert "This form is too old" in answer.text


def test_too_much_at_once_is_said_with_the_limit(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = app.test_client().post("/sign-in", data={"email": "x" * 5000})
    assert answer.status_code == 413
    assert "at most 20 MB" in answer.text


def test_a_refusal_is_entered_in_the_trail(app: Flask) -> None:
    who = factories.person("Curious")
    client = factories.sign_in(app.test_client(), who)
    assert client.get("/admin/audit").status_code == 403
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "access.refused")).one()
    assert (entry.actor_id, entry.label) == (who.id, "/admin/audit")


def test_headers_close_what_they_should(app: Flask) -> None:
    headers = app.test_client().get("/sign-in").headers
    assert "script-src 'self' 'nonce-" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Request-ID"]
    assert headers["Cache-Control"] == "no-store"


def test_a_page_that_an_undo_took_away_leads_to_the_one_above_it_which_says_so(app: Flask) -> None:
    browser = factories.sign_in(app.test_client(), factories.administrator())
    sent = browser.post("/crm/accounts/new", data={"name": "Kestrel"})
    way_back = re.search(r'action="(/undo/[^"]+)"', browser.get(sent.location).text)
    assert way_back is not None
    undone = browser.post(way_back[1], headers={"Referer": f"http://localhost{sent.location}"})
    assert undone.location == sent.location
    gone = browser.get(undone.location)
    assert (gone.status_code, gone.location) == (303, "/crm/accounts")
    assert "Undone." in browser.get(gone.location).text
    assert browser.get(sent.location).status_code == 404
