"""Modules on and off, and the maps."""

from __future__ import annotations

import re

import pytest

from crm.access.queries import access_of, modules_on
from crm.automation import service as service_of_rules
from crm.automation.queries import rows as rules_of
from crm.modules import queries, service
from crm.modules.events import MaySwitchOffModule
from crm.modules.rules import maps, switching
from crm.objects.rules.catalogue import OBJECTS, Module
from crm.records import queries as records
from infra.undo import service as undo
from infra.wires import ask
from kernel.actor import SYSTEM
from kernel.errors import RuleBroken
from tests import factories
from tests.fixtures.app import NOW


@pytest.fixture
def admin(app):
    return factories.crm_role(factories.person("Ada Admin"), "crm-administrator")


@pytest.fixture
def sofie(app):
    return factories.crm_role(factories.person("Sofie"), "sales-representative", factories.team("North"))


@pytest.fixture
def browser(app, admin):
    return factories.sign_in(app.test_client(), admin)


def test_what_goes_with_a_module():
    every = frozenset(Module)
    assert switching.leaving(every, Module.SERVICE) == {"ticket"}
    assert switching.leaving(every - {Module.MARKETING}, Module.SALES) == {"lead", "opportunity", "product"}


def test_a_module_goes_and_comes_back_with_its_records(app, admin, sofie):
    deal = factories.record("opportunity", by=sofie)
    work = service.switch(Module.SALES, on=False, actor=admin)
    assert Module.SALES not in access_of(sofie).modules
    assert "opportunity" not in queries.counts(access_of(sofie))
    undo.undo(work.transaction_id, actor=admin)
    assert records.get(access_of(sofie), OBJECTS["opportunity"], deal).id == deal


def test_one_module_stays_on(app, admin):
    service.switch(Module.SALES, on=False, actor=admin)
    service.switch(Module.MARKETING, on=False, actor=admin)
    with pytest.raises(RuleBroken, match="last module"):
        service.switch(Module.SERVICE, on=False, actor=admin)
    service.switch(Module.SALES, on=True, actor=admin)
    assert modules_on() == {Module.SALES, Module.SERVICE}


def test_the_question_counts_what_is_hidden(app, sofie):
    factories.record("opportunity", by=sofie)
    factories.record("opportunity", by=sofie)
    with app.test_request_context("/"):
        said = [each.sentence for each in ask(MaySwitchOffModule(Module.SALES, frozenset({"opportunity", "product"})))]
    assert said == ["2 opportunities can't be seen any more, 2 of them under way."]


def test_places_of_a_module_that_is_off_are_not_there_and_say_why(browser, sofie):
    deal = factories.record("opportunity", by=sofie)
    page = browser.get("/crm/setup/modules/sales").text
    assert "With it go: opportunities, products." in page
    assert "1 opportunity can&#39;t be seen any more" in page
    assert browser.post("/crm/setup/modules/sales", data={"on": "no"}).status_code == 303
    for path in (
        "/crm/opportunities",
        f"/crm/opportunities/{deal}",
        "/crm/pipeline",
        f"/crm/opportunities/{deal}/share",
    ):
        answer = browser.get(path)
        assert answer.status_code == 404, path
    assert "which is switched off" in answer.text
    assert browser.get("/crm/accounts").status_code != 404
    assert browser.get("/crm/setup/map").status_code == 200


@pytest.mark.parametrize("path", ["/crm/setup/modules/finance", "/crm/setup/modules/%3Cb%3E"])
def test_no_such_module(browser, path):
    assert browser.get(path).status_code == 404
    assert browser.post(path, data={"on": "no"}).status_code == 404


def test_every_object_stands_on_the_map_and_no_two_boxes_touch():
    assert set(maps.PLACED) == set(OBJECTS)
    places = sorted(maps.PLACED.values())
    for index, (x, y) in enumerate(places):
        assert 0 <= x <= maps.WIDTH - maps.WIDE
        assert 0 <= y <= maps.HEIGHT - maps.HIGH
        for other_x, other_y in places[index + 1 :]:
            assert abs(x - other_x) >= maps.WIDE or abs(y - other_y) >= maps.HIGH


def test_every_connection_of_the_catalogue_is_drawn_and_only_between_what_is_seen():
    pairs = {(each.source, each.target) for each in maps.relations()}
    assert {("lead", "campaign"), ("contact", "account"), ("account", "account"), ("activity", "lead")} <= pairs
    drawn = maps.lines(frozenset({"account", "contact"}))
    assert {(each.relation.source, each.relation.target) for each in drawn} == {
        ("account", "account"),
        ("contact", "account"),
    }


def test_every_step_of_a_process_is_about_a_state_that_there_is():
    for way in maps.PROCESSES:
        for step in way.steps:
            subject = OBJECTS[step.object]
            known = {value for field in subject.fields for value, _label in field.choices} | {"", "open", "won"}
            assert step.state in known, (way.key, step.label)


def test_the_map_counts_what_the_reader_sees(app, sofie):
    factories.record("lead", by=sofie)
    factories.record("lead", by=SYSTEM)
    assert queries.counts(access_of(sofie))["lead"] == 1
    page = factories.sign_in(app.test_client(), sofie).get("/crm/setup/map").text
    assert re.search(r'class="map__name"[^>]*>Leads</text><text[^>]*>1</text>', page)
    agent = factories.crm_role(factories.person(), "service-agent")
    page = factories.sign_in(app.test_client(), agent).get("/crm/setup/map").text
    assert "Leads" not in page.split('class="map__s"', 1)[1].split("</svg>", 1)[0]


def test_the_map_names_the_automations_on_each_way_to_who_manages_them(app, browser, admin, sofie):
    service_of_rules.add_shipped("lead-assignment", actor=admin, now=NOW)
    rule = rules_of().pop()
    assert rule.name not in browser.get("/crm/setup/map").text, "it is off"
    service_of_rules.switch(rule.id, on=True, actor=admin, now=NOW)
    assert f'href="/crm/setup/automations/{rule.id}"' in browser.get("/crm/setup/map").text
    assert rule.name not in factories.sign_in(app.test_client(), sofie).get("/crm/setup/map").text
