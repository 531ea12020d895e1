"""Planning back from the finish, and what counts as critical, are settings of a project."""

from __future__ import annotations

import html
import re
from datetime import date, datetime

import pytest

from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from roadmap.projects import service
from roadmap.tasks import queries as tasks
from tests import factories

TODAY = date(2026, 1, 5)


def dates(project_id):
    return {row.name: (row.start, row.critical) for row in tasks.rows(project_id, TODAY)}


def test_a_plan_is_laid_back_from_its_finish_and_forwards_again(app):
    project_id = factories.project()
    task_id = factories.task(project_id, "Rehearse", duration_minutes=480, constraint_type="ALAP")
    factories.task(project_id, "Cut over", after=task_id, duration_minutes=480, constraint_type="ALAP")
    service.edit(project_id, {"finish_by": datetime(2026, 1, 30, 17)}, actor=SYSTEM)
    assert dates(project_id)["Rehearse"][0] == datetime(2026, 1, 29, 8)
    service.edit(project_id, {"finish_by": None}, actor=SYSTEM)
    assert dates(project_id)["Rehearse"][0] == datetime(2026, 1, 5, 8)


def test_a_threshold_makes_what_has_little_slack_critical(app):
    project_id = factories.project()
    factories.task(project_id, "Long", duration_minutes=960)
    factories.task(project_id, "Short", duration_minutes=480)
    assert not dates(project_id)["Short"][1]
    service.edit(project_id, {"critical_threshold_minutes": 480}, actor=SYSTEM)
    assert dates(project_id)["Short"][1]


@pytest.mark.parametrize("day", [datetime(2026, 1, 5, 17), datetime(1899, 12, 31), datetime(2200, 1, 1)])
def test_a_finish_that_cannot_be_is_refused_where_it_stands(app, day):
    with pytest.raises(RuleBroken) as refused:
        service.edit(factories.project(), {"finish_by": day}, actor=SYSTEM)
    assert refused.value.field == "finish_by"


def test_the_settings_say_and_keep_both(app, client):
    factories.sign_in(client, factories.administrator())
    project_id = factories.project()
    at = f"/projects/{project_id}/settings"

    def send(**values):
        base = html.unescape(re.search(r'name="base" value="([^"]*)"', client.get(at).text)[1])
        sent = {
            "name": "Nordic",
            "timezone": "UTC",
            "finish_by": "2026-03-06T17:00",
            "critical_threshold_minutes": "240",
        }
        return client.post(at, data={**sent, "base": base, **values}).status_code

    assert send() == 303
    page = client.get(at).text
    assert 'value="2026-03-06T17:00"' in page
    assert 'value="240"' in page
    assert send(critical_threshold_minutes="-1") == 422
    assert send(finish_by="yesterday") == 422
    assert send(finish_by="", critical_threshold_minutes="") == 303
    assert 'value="2026-03-06T17:00"' not in client.get(at).text
