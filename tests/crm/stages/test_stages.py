"""Stages: there is always a way to be open, to win and to lose, and no deal is ever in a stage out of use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.records import queries as records
from crm.records.models import Opportunity
from crm.stages import queries, rules, service
from crm.stages.rules import StageData
from infra.database import db
from infra.undo.service import undo
from kernel.errors import RuleBroken
from tests import factories
from tests.fixtures.app import NOW


def stage(name):
    return next(each for each in records.stages() if each.name == name)


@given(st.text(max_size=90), st.integers(), st.sampled_from(["open", "won", "lost", "x"]))
def test_a_kept_stage_is_sound(name, likely, outcome):
    try:
        found = rules.check(StageData(name, likely, outcome), [])
    except RuleBroken:
        return
    assert 0 < len(found.name) <= rules.NAME_LIMIT
    assert 0 <= found.probability <= 100
    assert {"won": found.probability == 100, "lost": found.probability == 0}.get(outcome, True)


def test_a_new_open_stage_stands_before_the_end(app):
    service.add(StageData("Legal review", 90, "open"), actor=factories.administrator())
    assert [each.name for each in records.stages()][-3:] == ["Legal review", "Won", "Lost"]


def test_the_order_is_changed_and_taken_back(app):
    ada = factories.administrator()
    work = service.move(stage("Demo").id, -1, actor=ada)
    assert [each.name for each in records.stages()][:3] == ["Qualify", "Demo", "Discover"]
    undo(work.transaction_id, actor=ada)
    db.session.expire_all()
    assert [each.name for each in records.stages()][:3] == ["Qualify", "Discover", "Demo"]


def test_a_retired_stage_sends_its_deals_on(app):
    ada = factories.administrator()
    deal = factories.record("opportunity", stage_id=stage("Demo").id)
    with pytest.raises(RuleBroken, match="choose another stage"):
        service.retire(stage("Demo").id, None, actor=ada, now=NOW)
    with pytest.raises(RuleBroken, match="same outcome"):
        service.retire(stage("Demo").id, stage("Won").id, actor=ada, now=NOW)
    count, _work = service.retire(stage("Demo").id, stage("Proposal").id, actor=ada, now=NOW)
    assert count == 1
    assert db.session.get(Opportunity, deal).stage_id == stage("Proposal").id
    assert [row.stage.name for row in queries.rows()][-1] == "Demo"
    service.bring_back(stage("Demo").id, actor=ada)
    assert stage("Demo").active


@pytest.mark.parametrize("name", ["Won", "Lost"])
def test_the_last_way_to_end_stays(app, name):
    ada = factories.administrator()
    with pytest.raises(RuleBroken, match="has to stay"):
        service.retire(stage(name).id, None, actor=ada, now=NOW)
    with pytest.raises(RuleBroken, match="has to stay"):
        service.change(stage(name).id, StageData(name, 50, "open"), actor=ada)


def test_the_meaning_of_a_stage_is_fixed_while_deals_are_in_it(app):
    factories.record("opportunity", stage_id=stage("Demo").id)
    with pytest.raises(RuleBroken, match="1 deals are in this stage"):
        service.change(stage("Demo").id, StageData("Demo", 40, "won"), actor=factories.administrator())


def test_the_pages_work_without_a_script(app, client):
    factories.sign_in(client, factories.administrator())
    assert "5 stages" in client.get("/crm/setup/stages").text
    bad = client.post("/crm/setup/stages", data={"name": "demo", "outcome": "open", "probability": "40"})
    assert bad.status_code == 422
    assert "already" in bad.text
    for odd in ({"name": "", "probability": "x"}, {"name": "A" * 10_000, "outcome": "open", "probability": "1"}):
        assert client.post("/crm/setup/stages", data=odd).status_code == 422
    made = client.post("/crm/setup/stages", data={"name": "<b>Pilot", "outcome": "open", "probability": "70"})
    assert made.status_code == 303
    assert "&lt;b&gt;Pilot" in client.get("/crm/setup/stages").text
    pilot = stage("<b>Pilot").id
    assert client.get(f"/crm/setup/stages/{pilot}").status_code == 200
    changed = client.post(f"/crm/setup/stages/{pilot}", data={"name": "Pilot", "outcome": "open", "probability": "75"})
    assert changed.status_code == 303
    assert client.post(f"/crm/setup/stages/{pilot}/move", data={"step": "-1"}).status_code == 303
    assert client.post(f"/crm/setup/stages/{pilot}/retire").status_code == 303
    assert client.post(f"/crm/setup/stages/{stage('Won').id}/retire").status_code == 422
    assert client.get("/crm/setup/stages/999").status_code == 404
