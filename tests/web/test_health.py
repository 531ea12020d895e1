"""What machines ask a server: alive, ready, and a few gauges for administrators."""

from __future__ import annotations

from sqlalchemy import text

from infra import migrate
from infra.database import db
from tests import factories
from web.places import place


def test_a_server_that_answers_is_alive(client):
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "alive\n")


def test_a_database_without_the_newest_schema_is_not_ready(app, client):
    db.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    db.session.commit()
    answer = client.get("/readyz")
    assert (answer.status_code, "roadmap upgrade" in answer.text) == (503, True)


def test_a_database_at_the_newest_schema_is_ready(app, client):
    db.session.remove()
    migrate.downgrade(db.engine, place("migrations"), "base")
    migrate.upgrade(db.engine, place("migrations"))
    assert client.get("/readyz").text == "ready\n"


def test_gauges_count_the_trail_and_are_for_administrators(client):
    factories.sign_in(client, factories.administrator())
    page = client.get("/metrics")
    assert page.status_code == 200
    assert "launch90_audit_unsealed" in page.text
