"""What the pages of the CRM ask the database, explained: 15,000 activities are never read from end to end.

SQLite may walk an index that gives the order of a list which stops after one page; nothing else walks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from accounts.access.queries import actor_of
from accounts.people.models import Person
from crm.records.models import TABLES
from infra.database import db
from tests.factories import sign_in
from web.demo.cast import DOMAIN

pytestmark = pytest.mark.slow

PAGES = (
    "/crm",
    "/crm/activities",
    "/crm/activities?sort=-occurred_at",
    "/crm/leads",
    "/crm/accounts",
    "/crm/accounts/30",
    "/crm/contacts/30",
    "/crm/leads/30",
    "/crm/opportunities/30",
    "/crm/opportunities",
    "/crm/pipeline",
    "/crm/campaigns/1",
    "/crm/quality",
    "/crm/kpis",
    "/crm/calendar",
    "/crm/bin",
    "/crm/search?q=call",
    "/crm/search?q=maertnes",
    "/crm/search?q=ca",
    "/crm/dashboards/executive",
    "/crm/dashboards/sales",
)
READERS = ("oskar", "beatrix")
_THERE = {200, 302, 403, 404}
Asked = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def big(visited_demo: Flask) -> Iterator[Flask]:
    """The demo that people come to, with its context pushed."""
    with visited_demo.app_context():
        yield visited_demo
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def readers(big: Flask) -> dict[str, FlaskClient]:
    """A browser for each reader."""
    return {key: _browser(big, key) for key in READERS}


@pytest.fixture
def asked(big: Flask) -> Iterator[Asked]:
    """What was sent to the database meanwhile, with its values."""
    sent: Asked = []

    def keep(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", keep)
    yield sent
    event.remove(db.engine, "before_cursor_execute", keep)


def test_there_is_enough_to_read(big: Flask) -> None:
    assert db.session.scalar(select(func.count()).select_from(TABLES["activity"])) == 15_009


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("path", PAGES)
def test_no_page_reads_all_activities(readers: dict[str, FlaskClient], asked: Asked, path: str, who: str) -> None:
    assert readers[who].get(path).status_code in _THERE
    sent = [each for each in asked if "crm_activity" in each[0] and each[0].lstrip().startswith(("SELECT", "WITH"))]
    assert [step for each in sent for step in _walks(*each)] == []


def test_a_full_scan_would_be_noticed(big: Flask) -> None:
    activity = TABLES["activity"]
    statement = str(select(func.count()).select_from(activity).where(activity.minutes > 10).compile(db.engine))
    assert _walks(statement, (10,))


def _walks(statement: str, values: Any) -> list[str]:
    """Steps of a plan that go through all activities, with the statement."""
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    steps = [str(row[-1]) for row in plan if str(row[-1]).startswith("SCAN crm_activity")]
    stops = "LIMIT" in statement
    return [f"{step}: {statement[:2000]}" for step in steps if not (stops and "INDEX" in step)]


def _browser(app: Flask, key: str) -> FlaskClient:
    number = db.session.scalar(select(Person.id).where(Person.email == f"{key}@{DOMAIN}"))
    actor = actor_of(number or 0)
    assert actor is not None
    return sign_in(app.test_client(), actor)
