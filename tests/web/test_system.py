"""The page of the system's health: what was asked for is on it, with what failed and where."""

from __future__ import annotations

import pytest

from infra.measure import service
from infra.measure.rules import Failure
from tests import factories
from tests.fixtures.app import NOW
from web.system.charts import response_times


@pytest.fixture
def administrator(client):
    return factories.sign_in(client, factories.person("Astrid Holm", role="administrator"))


def test_every_answer_is_counted_under_its_page(app, administrator):
    administrator.get("/healthz")
    administrator.get("/there-is-no-such-page")
    service.keep(NOW)
    page = administrator.get("/admin/system").text
    assert "health.alive" in page
    assert "no page" in page
    assert "None failed." in page


def test_a_failure_stands_with_its_number(app, administrator):
    service.count("tasks.page", 20, NOW, Failure(NOW, "GET", "/projects/1/tasks/9", 500, "abc123"))
    service.keep(NOW)
    page = administrator.get("/admin/system?window=7d").text
    assert "abc123" in page
    assert "/projects/1/tasks/9" in page
    assert "1 answer failed." in page


@pytest.mark.parametrize("query", ["", "?window=1h", "?window=30d", "?window=century", "?window=%00"])
def test_without_measurements_the_page_says_so(app, administrator, query):
    answer = administrator.get(f"/admin/system{query}")
    assert answer.status_code == 200
    assert "nothing is measured yet" in answer.text


def test_the_pages_leave_as_a_file(app, administrator):
    service.count("tasks.table", 8, NOW)
    service.keep(NOW)
    answer = administrator.get("/admin/system?format=csv")
    assert answer.mimetype == "text/csv"
    assert "tasks.table,/projects/<id>/tasks,1,0" in answer.text


def test_collectors_get_a_histogram_of_this_worker(app, administrator):
    administrator.get("/healthz")
    text = administrator.get("/metrics").text
    assert 'launch90_answer_seconds_count{page="health.alive"' in text
    assert 'le="+Inf"' in text


def test_a_line_without_answers_has_no_points():
    assert response_times([], "nothing", str)[0]["lines"] == [("s2", []), ("s1", [])]
