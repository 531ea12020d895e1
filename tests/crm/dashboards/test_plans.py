"""How PostgreSQL answers the dashboards over 10,000 activities and 500 deals: the plans of what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text

from crm.counts import service as counts
from crm.records.models import Activity
from infra.database import db
from infra.transaction import transaction
from kernel.actor import SYSTEM, Actor
from tests import factories
from tests.fixtures.app import NOW

pytestmark = pytest.mark.postgres
ACTIVITIES = """
    INSERT INTO crm_activity (name, kind, state, direction, outcome, description, created_at, changed_at, occurred_at,
                              origin, owner_id, team_id)
    SELECT 'Call', 'call', 'done', '', '', '', at, at, at, 'entered', :owner, :team
    FROM (SELECT CAST(:now AS timestamp) - i * interval '105 minutes' AS at FROM generate_series(1, 10000) AS i) AS days
"""
DEALS = """
    INSERT INTO crm_opportunity (name, origin, created_at, changed_at, owner_id, team_id, stage_id, outcome, amount,
                                 currency, closes_on, closed_at, source, product_line, next_step, lost_reason, lost_to,
                                 description)
    SELECT 'Deal', 'entered', at, at, :owner, :team, stage.id, stage.outcome, 100 * i, 'EUR', CAST(at AS date),
           CASE WHEN stage.outcome = 'open' THEN NULL ELSE at END, '', '', '', '', '', ''
    FROM (SELECT i, CAST(:now AS timestamp) - i * interval '35 hours' AS at FROM generate_series(1, 500) AS i) AS days
    JOIN crm_stage AS stage ON stage.position = 1 + i % 6
"""
PAGES = ("/crm/dashboards/executive", "/crm/dashboards/sales", "/crm/dashboards/leads", "/crm/dashboards/campaigns")
ROWS = 10_000
WHOLE = "Seq Scan on crm_activity "
Asked = list[tuple[str, Any]]


@pytest.fixture
def app(make_app: Any, postgres_with_tables: str) -> Iterator[Flask]:
    """An application with records of two years whose days are tallied, but for one that somebody wrote in since."""
    app: Flask = make_app(ROADMAP_DATABASE_URL=postgres_with_tables)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def fill(owner: Actor, team: int) -> None:
    """Activities and deals that belong to somebody, tallied and known to the planner; one day is stale."""
    for statement in (ACTIVITIES, DEALS):
        db.session.execute(text(statement), {"owner": owner.id, "team": team, "now": NOW.replace(tzinfo=None)})
    db.session.commit()
    counts.rebuild(SYSTEM, NOW)
    with transaction(SYSTEM, "record.changed") as work:
        newest = work.session.scalars(select(Activity).order_by(Activity.occurred_at.desc()).limit(1)).one()
        newest.occurred_at = NOW - timedelta(hours=1)
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def test_no_dashboard_reads_all_activities(app: Flask) -> None:
    team = factories.team("North")
    seller = factories.crm_role(factories.person(), "sales-representative", team)
    readers = [factories.crm_role(factories.person(), role, team) for role in ("executive", "sales-manager")]
    fill(seller, team)
    assert db.session.scalar(select(func.count()).select_from(Activity)) == ROWS
    for reader in readers:
        browser = factories.sign_in(app.test_client(), reader)
        for page in PAGES:
            sent = asked_by(browser, page)
            assert any("crm_opportunity" in statement for statement, _values in sent) or "sales" not in page
            assert [plan for plan in plans(sent) if WHOLE in plan] == []
    (plan,) = plans([("SELECT count(*) FROM crm_activity WHERE minutes > 10", None)])
    assert WHOLE in plan  # one that reads all would be noticed


def asked_by(browser: FlaskClient, page: str) -> Asked:
    """What a page sends to the database, with its values."""
    sent: Asked = []

    def keep(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", keep)
    assert browser.get(page).status_code == 200
    event.remove(db.engine, "before_cursor_execute", keep)
    return sent


def plans(sent: Asked) -> list[str]:
    """The plans of what was asked of activities."""
    connection = db.session.connection()
    wanted = [each for each in sent if "crm_activity" in each[0] and each[0].lstrip().startswith(("SELECT", "WITH"))]
    return ["\n".join(connection.exec_driver_sql(f"EXPLAIN {said}", values).scalars()) for said, values in wanted]
